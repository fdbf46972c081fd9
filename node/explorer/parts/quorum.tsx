/**
 * Who has signed, or votes now, as a row of marks: one a validator, filled where it does. The sign of the house.
 * @module
 */
import type { VNode } from "preact";

const step = 12;

export function Quorum({
  signers,
  count,
  did = "signed",
}: {
  /** Positions in the set. */
  readonly signers: readonly number[];
  readonly count: number;
  /** What they did, as the sentence ends that stands for the marks. */
  readonly did?: string;
}): VNode {
  const signed = new Set(signers);
  const said = `${signers.length} of ${count} validators ${did}`;
  return (
    <svg
      class="quorum-marks"
      viewBox={`0 0 ${Math.max(1, count) * step} ${step}`}
      width={Math.max(1, count) * step}
      height={step}
      role="img"
      aria-label={said}
    >
      <title>{said}</title>
      {Array.from({ length: count }, (_, i) => (
        <circle
          key={i}
          class={signed.has(i) ? "signed" : "unsigned"}
          cx={i * step + step / 2}
          cy={step / 2}
          r="4"
        />
      ))}
    </svg>
  );
}
