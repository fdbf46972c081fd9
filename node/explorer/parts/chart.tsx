/**
 * Small charts over time, drawn as SVG: bars or a line, with a sentence that says the same and a table on demand.
 * @module
 */
import type { VNode } from "preact";
import { useState } from "preact/hooks";
import { exactTime } from "../words/formats.ts";

export interface ChartPoint {
  readonly fromMs: number;
  /** Null: nothing happened in that time. */
  readonly value: number | null;
}

export interface ChartProps {
  readonly title: string;
  readonly points: readonly ChartPoint[];
  readonly form: "bars" | "line";
  /** `12.3 ms` */
  readonly valueText: (value: number) => string;
  /** The top of the scale where values are few or small; else the highest value is. */
  readonly atLeast?: number;
}

const width = 240;
const height = 64;

export function Chart(props: ChartProps): VNode {
  const { title, points, form, valueText, atLeast = 0 } = props;
  const [isTable, setTable] = useState(false);
  const values = points.flatMap(({ value }) => (value === null ? [] : [value]));
  const top = Math.max(atLeast, ...values) || 1;
  const last = values.at(-1);
  return (
    <figure class="chart">
      <figcaption>
        <span>{title}</span>
        <strong>{last === undefined ? "none yet" : valueText(last)}</strong>
      </figcaption>
      <svg
        viewBox={`0 0 ${width} ${height}`}
        preserveAspectRatio="none"
        role="img"
        aria-label={`${title}: ${summary(values, valueText)}`}
      >
        <line class="ground" x1="0" x2={width} y1={height - 0.5} y2={height - 0.5} />
        {form === "bars" ? bars(points, top) : line(points, top)}
      </svg>
      <div class="foot">
        <span class="soft">{summary(values, valueText)}</span>
        <button
          type="button"
          class="quiet small"
          aria-expanded={isTable}
          onClick={() => setTable(!isTable)}
        >
          {isTable ? "Hide" : "Show"} figures<span class="hidden"> of {title}</span>
        </button>
      </div>
      {isTable && <Values {...props} />}
    </figure>
  );
}

function summary(values: readonly number[], valueText: (value: number) => string): string {
  if (values.length === 0) return "nothing in this time";
  return `from ${valueText(Math.min(...values))} to ${valueText(Math.max(...values))}`;
}

function bars(points: readonly ChartPoint[], top: number): readonly VNode[] {
  const step = width / points.length;
  return points.flatMap(({ fromMs, value }, i) => {
    if (value === null || value === 0) return [];
    const tall = Math.max(1.5, (value / top) * (height - 4));
    return [
      <rect
        key={fromMs}
        class="bar"
        x={i * step + step * 0.1}
        y={height - tall}
        width={step * 0.8}
        height={tall}
      />,
    ];
  });
}

/** So much at each side is free for the ends of a line. */
const edge = 3;

/** Through the points that have a value. */
function line(points: readonly ChartPoint[], top: number): VNode {
  const step = (width - 2 * edge) / Math.max(1, points.length - 1);
  const places = points.flatMap(({ value }, i) =>
    value === null
      ? []
      : [
          `${(edge + i * step).toFixed(1)},${(height - 2 - (value / top) * (height - 6)).toFixed(1)}`,
        ],
  );
  const [only] = places;
  const drawn = places.length === 1 ? [only, only] : places; // One alone is a dot.
  return <polyline class="line" points={drawn.join(" ")} />;
}

const Values = ({ title, points, valueText }: ChartProps): VNode => (
  // biome-ignore lint/a11y/useSemanticElements: a fieldset is for forms
  // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls
  <div class="wide" role="group" tabIndex={0} aria-label={`Figures of ${title}`}>
    <table>
      <thead>
        <tr>
          <th scope="col">From</th>
          <th scope="col" class="number">
            {title}
          </th>
        </tr>
      </thead>
      <tbody>
        {points.map(({ fromMs, value }) => (
          <tr key={fromMs}>
            <td data-title="From">{exactTime(fromMs)?.slice(0, 19).replace("T", " ")}</td>
            <td class="number" data-title={title}>
              {value === null ? "none" : valueText(value)}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  </div>
);
