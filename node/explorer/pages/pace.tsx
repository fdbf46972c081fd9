/**
 * The pace of the ledger as charts: time to finality, transactions a second, fill of blocks, over a time to choose.
 * @module
 */
import type { VNode } from "preact";
import { useRef, useState } from "preact/hooks";
import { paths } from "../../../src/api/paths.ts";
import type { SeriesJson, SeriesPointJson } from "../../../src/api/series-json.ts";
import { useLoad } from "../asking/load.ts";
import { ask } from "../asking/node-api.ts";
import { Card } from "../parts/card.tsx";
import { Chart } from "../parts/chart.tsx";
import { millisecondsText, shareText } from "../words/formats.ts";

const spans = [
  { window: "1m", name: "Minute", title: "The last minute" },
  { window: "10m", name: "10 minutes", title: "The last ten minutes" },
  { window: "24h", name: "Day", title: "The last day" },
] as const;
type Span = (typeof spans)[number];
const [minute, tenMinutes] = spans;

const points = 60;
const refreshMs = 2_000;
const youngMs = 10 * 60_000;

interface Shown {
  readonly span: Span;
  readonly series: SeriesJson;
}

const seriesOf = (span: Span, left: AbortSignal): Promise<SeriesJson> =>
  ask(paths.series({ window: span.window, points }), left);

/** A node that has just begun has nothing to show of ten minutes but their end. */
async function fitting(left: AbortSignal): Promise<Shown> {
  const series = await seriesOf(minute, left);
  if (Date.now() - series.sinceMs < youngMs) return { span: minute, series };
  return { span: tenMinutes, series: await seriesOf(tenMinutes, left) };
}

export function Pace(): VNode | null {
  const [chosen, choose] = useState<Span>();
  const last = useRef<Shown | undefined>(undefined);
  const load = useLoad<Shown>(
    async (left) =>
      chosen === undefined
        ? await fitting(left)
        : { span: chosen, series: await seriesOf(chosen, left) },
    chosen?.window ?? "fitting",
    { everyMs: refreshMs },
  );
  if (load.kind === "ready") last.current = load.value;
  if (last.current === undefined) return null;
  const { span, series } = last.current;
  const choices = spans.map((each) => (
    <button
      key={each.window}
      type="button"
      class="quiet small"
      aria-pressed={each === span}
      onClick={() => choose(each)}
    >
      {each.name}
    </button>
  ));
  return (
    <Card title={span.title} actions={choices}>
      <Charts series={series} />
    </Card>
  );
}

const Charts = ({ series }: { readonly series: SeriesJson }): VNode => {
  const pick = (of: (point: SeriesPointJson) => number | null) =>
    series.points.map((point) => ({ fromMs: point.fromMs, value: of(point) }));
  return (
    <div class="charts">
      <Chart
        title="Finality, median"
        form="line"
        points={pick(({ finalityMsMedian }) => finalityMsMedian)}
        valueText={millisecondsText}
      />
      <Chart
        title="Transactions a second"
        form="bars"
        points={pick(({ transactions }) => (transactions * 1000) / series.pointMs)}
        valueText={(value) => value.toFixed(1)}
        atLeast={1}
      />
      <Chart
        title="Fill of blocks"
        form="bars"
        points={pick(({ fillMean }) => fillMean)}
        valueText={shareText}
        atLeast={0.01}
      />
    </div>
  );
};
