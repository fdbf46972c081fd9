/**
 * Asking the node that served this page.
 *
 * Answers are believed to be in the agreed form: the page and its node are of one version. What they hold is only ever
 * shown as text, and checked by `checking/`.
 * @module
 */
import type { Path } from "../../../src/api/paths.ts";
import type { Problem } from "../../../src/api/problem.ts";

/** The node answered that it cannot answer this. */
export class ProblemError extends Error {
  override readonly name = "ProblemError";
  readonly problem: Problem;

  constructor(problem: Problem) {
    super(problem.detail);
    this.problem = problem;
  }
}

/** There was no answer at all. */
export class OfflineError extends Error {
  override readonly name = "OfflineError";
}

const timeoutMs = 10_000;

/** Throws ProblemError or OfflineError. */
export async function ask<Answer>(path: Path<Answer>, left?: AbortSignal): Promise<Answer> {
  const signals = [AbortSignal.timeout(timeoutMs), ...(left === undefined ? [] : [left])];
  let response: Response;
  let json: unknown;
  try {
    response = await fetch(path, { signal: AbortSignal.any(signals) });
    json = await response.json();
  } catch {
    throw new OfflineError("the node does not answer");
  }
  if (!response.ok) throw new ProblemError(json as Problem);
  return json as Answer;
}
