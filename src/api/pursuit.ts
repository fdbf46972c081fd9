/**
 * Pursuing one transaction: several nodes, lost answers and slow ones, until its outcome is certain or time is up.
 *
 * Nodes are asked in order. The next one is asked as soon as the one before has answered anything but `final`, or
 * has been silent for `patienceMs`; all of them go on being asked until the outcome is settled. Sending the same
 * bytes to several nodes, or twice to one, is harmless: the id is what makes a payment one payment.
 * @module
 */
import type { Cancel, Clock } from "../base/clock.ts";
import {
  type AnswerWorth,
  decideOutcome,
  isDecidedEarly,
  isSettled,
  mayHold,
  type NodeAnswer,
  type Outcome,
} from "./outcome.ts";

/** Asks one node, which should answer within `waitMs`; the signal ends the request. Never throws. */
export type AskNode = (node: string, waitMs: number, signal: AbortSignal) => Promise<NodeAnswer>;

/** Timers and the time that they count. */
export type PursuitClock = Pick<Clock, "monotonicMs" | "after">;

export interface PursuitOptions {
  readonly nodes: readonly string[];
  readonly askNode: AskNode;
  readonly clock: PursuitClock;
  readonly timeoutMs: number;
  readonly patienceMs: number;
  /** An earlier run may have sent it. */
  readonly mayBeHeld: boolean;
  /** What `askNode` answers: what it has checked the proofs of, or the words of nodes. */
  readonly worth: AnswerWorth;
  /** `accepted`: also over when a node says that it waits there. `asked-once`: over when each node was asked. */
  readonly until: "settled" | "accepted" | "asked-once";
  /** Whether to keep trying while no node can be reached. */
  readonly isPatient: boolean;
  /** Called once if there is no outcome after `patienceMs`. */
  readonly whenSlow?: () => void;
}

export interface Pursued {
  readonly outcome: Outcome;
  /** The last answer of each node that gave one. */
  readonly answers: readonly NodeAnswer[];
  /** A node has it, or may have it. */
  readonly mayBeHeld: boolean;
}

const roundPauseMs = 250;
/** Nodes are asked to answer so long before we stop listening. */
const answerMarginMs = 250;

/** So long a refusal that may pass by itself is not believed. */
const passingRefusalMsMax = 3_000;
/** Parallel payments arrive out of order; a full pool empties with the next block, and takes one vote at a time. */
const passingCodes: ReadonlySet<string> = new Set(["nonce_too_high", "pool_full", "vote_waiting"]);

const isPassing = (outcome: Outcome): boolean =>
  outcome.kind === "refused" && passingCodes.has(outcome.code);

const isWaiting = ({ kind }: NodeAnswer): boolean => kind === "pending";

export async function pursue(options: PursuitOptions): Promise<Pursued> {
  const { clock, whenSlow } = options;
  const startedMs = clock.monotonicMs();
  const elapsedMs = (): number => clock.monotonicMs() - startedMs;
  const remainingMs = (): number => Math.max(0, options.timeoutMs - elapsedMs());
  const cancelSlow = whenSlow && clock.after(options.patienceMs, whenSlow);
  let { mayBeHeld } = options;
  try {
    for (;;) {
      const answers = await askRound(options, remainingMs());
      mayBeHeld ||= answers.some(mayHold);
      const outcome = decideOutcome(answers, { mayBeHeld, worth: options.worth });
      const isAccepted = options.until === "accepted" && answers.some(isWaiting);
      const isHopeless = outcome.kind === "unreachable" && !options.isPatient;
      const mayPass = isPassing(outcome) && elapsedMs() < passingRefusalMsMax;
      const isEnough = isAccepted || isHopeless || options.until === "asked-once";
      const isOver = (isSettled(outcome) && !mayPass) || isEnough;
      const hasTime = remainingMs() > roundPauseMs + 2 * answerMarginMs;
      if (isOver || !hasTime) return { outcome, answers, mayBeHeld };
      await new Promise<void>((resolve) => clock.after(roundPauseMs, resolve));
    }
  } finally {
    cancelSlow?.();
  }
}

/** Asks every node once, or as many as it takes; a node that has not answered at the end counts as lost. */
async function askRound(options: PursuitOptions, timeMs: number): Promise<readonly NodeAnswer[]> {
  const { nodes, askNode, until, patienceMs, clock, worth } = options;
  const answers = new Map<string, NodeAnswer>();
  const asked = new Set<string>();
  const over = new AbortController();
  const waitMs = Math.max(1, timeMs - answerMarginMs);
  const startedMs = clock.monotonicMs();

  await new Promise<void>((resolve) => {
    const cancelDeadline = clock.after(timeMs, resolve);
    let cancelHedge: Cancel = () => {};
    const finish = (): void => {
      cancelDeadline();
      cancelHedge();
      resolve();
    };
    const askNext = (): void => {
      cancelHedge();
      const node = nodes[asked.size];
      if (node === undefined || over.signal.aborted) return;
      asked.add(node);
      cancelHedge = clock.after(patienceMs, askNext);
      const leftMs = Math.max(1, waitMs - (clock.monotonicMs() - startedMs));
      askNode(node, leftMs, over.signal).then((answer) => {
        if (over.signal.aborted) return;
        answers.set(node, answer);
        const isEnough =
          answer.kind === "final" ||
          (until === "accepted" && answer.kind === "pending") ||
          isDecidedEarly([...answers.values()], nodes.length, worth) ||
          answers.size === nodes.length;
        if (isEnough) finish();
        else askNext();
      }, resolve);
    };
    askNext();
  });
  over.abort();
  for (const node of asked) {
    if (!answers.has(node)) answers.set(node, { node, kind: "lost", message: "no answer in time" });
  }
  return withoutTheCutOff([...answers.values()]);
}

/** Nodes that were cut off because another said `final` have said nothing, and nothing against it. */
function withoutTheCutOff(answers: readonly NodeAnswer[]): readonly NodeAnswer[] {
  return answers.some(({ kind }) => kind === "final")
    ? answers.filter(({ kind }) => kind !== "lost")
    : answers;
}
