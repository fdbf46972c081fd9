/**
 * Who has signed, as a row of marks: one a validator, filled where it did. The sign of the house.
 * @module
 */
import type { VNode } from "preact";

const step = 12;

export function Quorum({
  signers,
  count,
}: {
  /** Positions in the set. */
  readonly signers: readonly number[];
  readonly count: number;
}): VNode {
  const signed = new Set(signers);
  const said = `${signers.length} of ${count} validators signed`;
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
