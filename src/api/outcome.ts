/**
 * What several nodes' answers about one transaction amount to. A function, so that every row can be tested.
 *
 * Answers are either *proven* (a light client has checked them: one is as good as a hundred) or mere *words*:
 *
 * | answers | outcome |
 * | --- | --- |
 * | some `final`, all of the same block | final |
 * | two `final` of different blocks, or `final` against `superseded` or `expired`, or a fork | disagreement |
 * | proven: one `superseded` or `expired` | that |
 * | words: `superseded`, `expired` or `invalid` from more than half of the nodes that answered | that |
 * | `refused` or `invalid` from every node that was reached, when no node may hold it | refused |
 * | the same, because it is expired | words: expired. Proven: unknown, until a later block proves it |
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
  /** It claims an end that it does not prove. */
  | { readonly kind: "unproven"; readonly message: string }
  /** What it proves contradicts what was proven before. */
  | { readonly kind: "forked"; readonly message: string }
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
  /** Of the certificate, where the answer is proven. */
  readonly signed?: { readonly signers: number; readonly validatorCount: number } | undefined;
}

/** What answers are worth: checked proofs, or the words of nodes. */
export type AnswerWorth = "proven" | "words";

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

export interface DecideOptions {
  /**
   * A node accepted it earlier, or may have (a lost answer, an earlier run), so that a refusal now decides nothing.
   */
  readonly mayBeHeld: boolean;
  readonly worth: AnswerWorth;
}

type AnswerOf<Kind extends NodeAnswer["kind"]> = Extract<NodeAnswer, { kind: Kind }>;

/** The outcome of one answer per node. */
export function decideOutcome(answers: readonly NodeAnswer[], options: DecideOptions): Outcome {
  const reached = answers.filter(isReached);
  const forks = ofKind(reached, "forked");
  if (forks.length > 0) return { kind: "disagreement", answers: forks };
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
  const terminal = options.worth === "proven" ? provenEnd(reached) : terminalByMajority(reached);
  return terminal ?? refusedByAll(answers, options) ?? open(answers, options);
}

/** Whether asking further can change it. */
export function isSettled(outcome: Outcome): boolean {
  return outcome.kind !== "unknown" && outcome.kind !== "unreachable";
}

/** Whether the rest need not be asked: an end is proven, or more than half of all nodes say the same one. */
export function isDecidedEarly(
  answers: readonly NodeAnswer[],
  nodeCount: number,
  worth: AnswerWorth,
): boolean {
  if (worth === "proven") return provenEnd(answers) !== undefined;
  return (["superseded", "expired", "invalid"] as const).some(
    (kind) => 2 * ofKind(answers, kind).length > nodeCount,
  );
}

/** Whether the node may hold the transaction after this answer. */
export function mayHold(answer: NodeAnswer): boolean {
  return holding.has(answer.kind);
}

const holding: ReadonlySet<NodeAnswer["kind"]> = new Set(["pending", "final", "lost", "unproven"]);

function provenEnd(answers: readonly NodeAnswer[]): Outcome | undefined {
  const [superseded] = ofKind(answers, "superseded");
  if (superseded !== undefined) return { kind: "superseded", by: superseded.by };
  return ofKind(answers, "expired").length > 0 ? { kind: "expired" } : undefined;
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
  { mayBeHeld, worth }: DecideOptions,
): Outcome | undefined {
  if (mayBeHeld) return undefined;
  const asked = answers.filter(({ kind }) => kind !== "unreachable");
  const refusals = asked.filter((each) => each.kind === "refused" || each.kind === "invalid");
  const [first] = worth === "proven" ? refusals : ofKind(asked, "refused");
  if (first === undefined || refusals.length < asked.length) return undefined;
  const { code, message } = first;
  if (code !== "expired") return { kind: "refused", code, message };
  return worth === "words" ? { kind: "expired" } : undefined;
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
