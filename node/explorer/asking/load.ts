/**
 * What a page has of an answer: not yet, the answer, or why there is none. Four states, and every page shows all of them.
 * @module
 */
import { useEffect, useState } from "preact/hooks";
import type { Path } from "../../../src/api/paths.ts";
import type { Problem } from "../../../src/api/problem.ts";
import { connection } from "./live.ts";
import { ask, ProblemError } from "./node-api.ts";

export type Load<Value> =
  | { readonly kind: "loading" }
  /** `again` asks once more; the old answer stays until the new one is there. */
  | { readonly kind: "ready"; readonly value: Value; readonly again: () => void }
  | { readonly kind: "problem"; readonly problem: Problem; readonly again: () => void }
  | { readonly kind: "offline"; readonly again: () => void };

export interface LoadOptions {
  /** Ask again so often while the page is looked at. */
  readonly everyMs?: number | undefined;
}

/** The node's answer to one path. */
export function useAnswer<Value>(path: Path<Value>, options: LoadOptions = {}): Load<Value> {
  return useLoad((left) => ask(path, left), path, options);
}

/**
 * Whatever `load` resolves to; it is called anew when `key` changes, when the node comes back, and when asked `again`.
 * A page that is left, or shows another key, drops what was under way.
 */
export function useLoad<Value>(
  load: (left: AbortSignal) => Promise<Value>,
  key: string,
  { everyMs }: LoadOptions = {},
): Load<Value> {
  const [state, setState] = useState<{ key: string; load: Load<Value> }>();
  const [round, setRound] = useState(0);
  const again = (): void => setRound((count) => count + 1);
  const shown: Load<Value> = state?.key === key ? state.load : { kind: "loading" };
  const isBack = connection.value === "open" && shown.kind === "offline";

  useEffect(() => {
    const leave = new AbortController();
    const settle = (next: Load<Value>): void => {
      if (!leave.signal.aborted) setState({ key, load: next });
    };
    load(leave.signal).then(
      (value) => settle({ kind: "ready", value, again }),
      (error: unknown) => {
        // A node that is busy has said nothing new: what is there stays.
        if (shown.kind !== "ready" || !isBusy(error)) settle(failureOf(error, again));
      },
    );
    return () => leave.abort();
  }, [key, round]);

  useEffect(() => {
    if (isBack) again();
  }, [isBack]);

  useEffect(() => {
    if (everyMs === undefined) return;
    const timer = setInterval(() => {
      if (document.visibilityState === "visible") again();
    }, everyMs);
    return () => clearInterval(timer);
  }, [key, everyMs]);

  return shown;
}

const isBusy = (error: unknown): boolean =>
  error instanceof ProblemError && (error.problem.status === 429 || error.problem.status === 503);

function failureOf(error: unknown, again: () => void): Load<never> {
  if (error instanceof ProblemError) return { kind: "problem", problem: error.problem, again };
  return { kind: "offline", again };
}
