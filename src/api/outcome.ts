/**
 * What several nodes' answers about one transaction amount to. A function, so that every row can be tested.
 *
 * | answers | outcome |
 * | --- | --- |
 * | some `final`, all of the same block, and no majority against it | final |
 * | two `final` of different blocks, or `final` against `superseded` or `expired` | disagreement |
 * | `superseded`, `expired` or `invalid` from more than half of the nodes that answered | that |
 * | `refused` or `invalid` from every node that was reached, when no node may hold it | refused (expired, if that is why) |
 * | no node reached, and no byte ever left | unreachable |
 * | anything else | unknown: it may still become final |
 *
 * The last row is the point: a lost answer, a time-out or one node's refusal is never called a failure.
 * @module
 */

/** What became of asking one node. */
export type NodeAnswer = { readonly node: string } & AnswerBody;

export type AnswerBody =
  | FinalBody
  | { readonly kind: "pending" }
  | { readonly kind: "unknown" }
  | { readonly kind: "expired" }
  | { readonly kind: "superseded"; readonly by: string }
  | { readonly kind: "invalid"; readonly code: string; readonly message: string }
  /** Not accepted there, now. */
  | { readonly kind: "refused"; readonly code: string; readonly message: string }
  /** Reached, but it looked at nothing: over its rate, or behind. */
  | { readonly kind: "busy"; readonly message: string }
  /** No connection was made: not a byte left. */
  | { readonly kind: "unreachable"; readonly message: string }
  /** The request may have arrived; no usable answer did. */
  | { readonly kind: "lost"; readonly message: string };

export interface FinalBody {
  readonly kind: "final";
  readonly height: number;
  readonly blockId: string;
  readonly timestampMs: number;
}

export type Outcome =
  | FinalBody
  | { readonly kind: "expired" }
  | { readonly kind: "superseded"; readonly by: string }
  | { readonly kind: "invalid"; readonly code: string; readonly message: string }
  | { readonly kind: "refused"; readonly code: string; readonly message: string }
  | { readonly kind: "disagreement"; readonly answers: readonly NodeAnswer[] }
  | { readonly kind: "unreachable" }
  /** `held`: a node says that it waits there. */
  | { readonly kind: "unknown"; readonly held: boolean };

type AnswerOf<Kind extends NodeAnswer["kind"]> = Extract<NodeAnswer, { kind: Kind }>;

/**
 * The outcome of one answer per node. `mayBeHeld`: a node accepted it earlier, or may have (a lost answer, an
 * earlier run), so that a refusal now decides nothing.
 */
export function decideOutcome(
  answers: readonly NodeAnswer[],
  options: { readonly mayBeHeld: boolean },
): Outcome {
  const reached = answers.filter(isReached);
  const finals = ofKind(reached, "final");
  const over = [...ofKind(reached, "superseded"), ...ofKind(reached, "expired")];
  const [final] = finals;
  if (final !== undefined) {
    const isOneBlock = finals.every(
      ({ height, blockId }) => height === final.height && blockId === final.blockId,
    );
    if (!isOneBlock || over.length > 0)
      return { kind: "disagreement", answers: [...finals, ...over] };
    const { node: _, ...body } = final;
    return body;
  }
  return terminalByMajority(reached) ?? refusedByAll(answers, options) ?? open(answers, options);
}

/** Whether asking further can change it. */
export function isSettled(outcome: Outcome): boolean {
  return outcome.kind !== "unknown" && outcome.kind !== "unreachable";
}

/** Whether more than half of all nodes, reached or not, already say the same terminal thing. */
export function isDecidedEarly(answers: readonly NodeAnswer[], nodeCount: number): boolean {
  return (["superseded", "expired", "invalid"] as const).some(
    (kind) => 2 * ofKind(answers, kind).length > nodeCount,
  );
}

/** Whether the node may hold the transaction after this answer. */
export function mayHold(answer: NodeAnswer): boolean {
  return answer.kind === "pending" || answer.kind === "final" || answer.kind === "lost";
}

function terminalByMajority(reached: readonly NodeAnswer[]): Outcome | undefined {
  const isMajority = (count: number): boolean => 2 * count > reached.length;
  const superseded = ofKind(reached, "superseded");
  const [first] = superseded;
  if (first !== undefined && isMajority(superseded.length)) {
    return { kind: "superseded", by: first.by };
  }
  if (isMajority(ofKind(reached, "expired").length)) return { kind: "expired" };
  const invalid = ofKind(reached, "invalid");
  const [flaw] = invalid;
  if (flaw !== undefined && isMajority(invalid.length)) {
    return { kind: "invalid", code: flaw.code, message: flaw.message };
  }
  return undefined;
}

function refusedByAll(
  answers: readonly NodeAnswer[],
  { mayBeHeld }: { readonly mayBeHeld: boolean },
): Outcome | undefined {
  if (mayBeHeld) return undefined;
  const asked = answers.filter(({ kind }) => kind !== "unreachable");
  const refusals = asked.filter(({ kind }) => kind === "refused" || kind === "invalid");
  const [first] = ofKind(asked, "refused");
  if (first === undefined || refusals.length < asked.length) return undefined;
  const { code, message } = first;
  return code === "expired" ? { kind: "expired" } : { kind: "refused", code, message };
}

function open(
  answers: readonly NodeAnswer[],
  { mayBeHeld }: { readonly mayBeHeld: boolean },
): Outcome {
  const isSilent = answers.every(({ kind }) => kind === "unreachable");
  if (isSilent && !mayBeHeld) return { kind: "unreachable" };
  return { kind: "unknown", held: answers.some(({ kind }) => kind === "pending") };
}

const isReached = ({ kind }: NodeAnswer): boolean =>
  kind !== "unreachable" && kind !== "lost" && kind !== "busy";

function ofKind<Kind extends NodeAnswer["kind"]>(
  answers: readonly NodeAnswer[],
  kind: Kind,
): readonly AnswerOf<Kind>[] {
  return answers.filter((answer): answer is AnswerOf<Kind> => answer.kind === kind);
}
