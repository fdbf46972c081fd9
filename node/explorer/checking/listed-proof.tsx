/**
 * The transactions that a page lists, proven one by one when the reader wants that.
 * @module
 */
import type { VNode } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { countText, manyText } from "../words/formats.ts";
import { checkRows } from "./check.ts";
import type { Claim, RowsVerdict } from "./claims.ts";

type State =
  | { readonly kind: "idle" }
  | { readonly kind: "busy"; readonly done: number; readonly total: number }
  | { readonly kind: "done"; readonly verdict: RowsVerdict };

export function ListedProof({ claim }: { readonly claim: Claim }): VNode | null {
  const [of, setOf] = useState<{ readonly rows: unknown; readonly state: State }>();
  const leave = useRef<AbortController | undefined>(undefined);
  const rows = "listed" in claim ? claim.listed?.rows : undefined;
  useEffect(() => () => leave.current?.abort(), [rows]);
  if (claim.kind !== "account" && claim.kind !== "block") return null;
  if (rows === undefined || rows.length === 0) return null;
  // What came of other rows says nothing of these.
  const state: State = of?.rows === rows ? of.state : { kind: "idle" };
  const setState = (next: State): void => setOf({ rows, state: next });
  const start = async (): Promise<void> => {
    const left = new AbortController();
    leave.current = left;
    setState({ kind: "busy", done: 0, total: 0 });
    const show = (done: number, total: number): void => {
      if (!left.signal.aborted) setState({ kind: "busy", done, total });
    };
    const verdict = await checkRows(claim, show, left.signal);
    if (!left.signal.aborted) setState({ kind: "done", verdict });
  };
  return (
    <div class="listed-proof">
      <p>
        <button
          type="button"
          class="quiet"
          disabled={state.kind === "busy"}
          onClick={() => void start()}
        >
          Check the listed transactions too
        </button>
      </p>
      <p role="status">{stateWords(state)}</p>
      {state.kind === "done" && state.verdict.flaws.length > 0 && (
        <ul class="bad">
          {state.verdict.flaws.map((flaw) => (
            <li key={flaw}>{flaw}</li>
          ))}
        </ul>
      )}
    </div>
  );
}

function stateWords(state: State): string {
  switch (state.kind) {
    case "idle":
      return "";
    case "busy":
      return state.total === 0
        ? "Checking …"
        : `Checking ${countText(state.done)} of ${countText(state.total)} …`;
    case "done": {
      const { proven, total, complete } = state.verdict;
      const all = `${countText(proven)} of ${manyText(total, "listed transaction")} proven.`;
      return `${all} ${complete}`;
    }
  }
}
