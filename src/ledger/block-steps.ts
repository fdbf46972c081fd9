/**
 * Many transactions, a slice at a time: the loops of building and of executing a block, which give way in between.
 *
 * What happens while they wait may put an end to them: a finalization drops the branch that they stand on. They ask
 * after every pause, and end with undefined or `parent_unknown`.
 * @module
 */
import type { AccountId, ContentHash } from "../protocol/ids.ts";
import { blockTransactionsMax } from "../protocol/limits.ts";
import { isFault, type NamedTransaction } from "../protocol/transaction.ts";
import type { TransactionErrorCode } from "../protocol/transaction-errors.ts";
import type { BlockFlaw, BlockRoom } from "./block-rules.ts";
import type { BlockExecution } from "./execute.ts";
import { StateCorruption } from "./final-state.ts";

/** Transactions or candidates between two pauses: some milliseconds. */
export const transactionsPerStep = 500;

/** Of candidates that do not apply, so many are tried for one block: as long as a few steps take. */
export const refusedMax = 2_000;

export interface Dropped {
  readonly contentHash: ContentHash;
  readonly code: TransactionErrorCode;
}

export interface Filling {
  readonly transactions: readonly NamedTransaction[];
  /** Candidates that did not apply; later ones of the same sender were not tried. */
  readonly dropped: readonly Dropped[];
}

/**
 * What is said of a candidate when the next one is asked for: after `sender-stuck`, those of the same sender need not be
 * offered any more. Whoever does not listen has them skipped.
 */
export type CandidateVerdict = "taken" | "sender-stuck" | "skipped";

/** In order of preference, of one sender in the order of their nonces. */
export type Candidates = Iterable<NamedTransaction, unknown, CandidateVerdict>;

/**
 * Applies candidates in their order until there are no more, one does not fit, or too many did not apply. Undefined:
 * the parent is gone.
 */
export function* fillBlock(
  execution: BlockExecution,
  room: BlockRoom,
  candidates: Candidates,
  isLive: () => boolean,
): Generator<void, Filling | undefined, void> {
  const filling = new BlockFilling(execution, room);
  const walk = candidates[Symbol.iterator]();
  let seen = 0;
  let step = walk.next();
  while (step.done !== true) {
    const verdict = filling.offer(step.value);
    if (verdict === "full") break;
    seen += 1;
    if (seen % transactionsPerStep === 0) {
      yield;
      if (!isLive()) return undefined;
    }
    step = walk.next(verdict);
  }
  return filling;
}

class BlockFilling implements Filling {
  readonly transactions: NamedTransaction[] = [];
  readonly dropped: Dropped[] = [];
  readonly #execution: BlockExecution;
  readonly #room: BlockRoom;
  readonly #stuck = new Set<AccountId>();

  constructor(execution: BlockExecution, room: BlockRoom) {
    this.#execution = execution;
    this.#room = room;
  }

  /** `full`: it is not in, and nothing else is to be tried. */
  offer(named: NamedTransaction): CandidateVerdict | "full" {
    const sender = isFault(named) ? undefined : named.signed.transaction.sender;
    if (sender !== undefined && this.#stuck.has(sender)) return "sender-stuck";
    const lack = this.#room.lack(named);
    if (lack === "too_many_faults") return "skipped";
    if (lack !== undefined || this.transactions.length >= blockTransactionsMax) return "full";
    const code = tryApply(this.#execution, named);
    if (code === undefined) {
      this.#room.take(named);
      this.transactions.push(named);
      return "taken";
    }
    this.dropped.push({ contentHash: named.contentHash, code });
    if (this.dropped.length >= refusedMax) return "full";
    if (sender === undefined) return "skipped";
    this.#stuck.add(sender);
    return "sender-stuck";
  }
}

/** A defect in the execution of one transaction costs that transaction its place, and nothing else. */
function tryApply(
  execution: BlockExecution,
  named: NamedTransaction,
): TransactionErrorCode | undefined {
  try {
    const result = execution.apply(named);
    return result.ok ? undefined : result.reason;
  } catch (error) {
    if (error instanceof StateCorruption) throw error;
    return "execution_threw";
  }
}

/** Applies exactly these; the first that does not apply makes the block invalid. */
export function* applyAll(
  execution: BlockExecution,
  transactions: readonly NamedTransaction[],
  isLive: () => boolean,
): Generator<void, BlockFlaw | undefined, void> {
  for (const [position, named] of transactions.entries()) {
    const result = execution.apply(named);
    if (!result.ok) return `transaction_${result.reason}`;
    if ((position + 1) % transactionsPerStep !== 0) continue;
    yield;
    if (!isLive()) return "parent_unknown";
  }
  return undefined;
}
