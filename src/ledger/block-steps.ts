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

/** Transactions between two pauses: some milliseconds. */
export const transactionsPerStep = 500;

export interface Dropped {
  readonly contentHash: ContentHash;
  readonly code: TransactionErrorCode;
}

export interface Filling {
  readonly transactions: readonly NamedTransaction[];
  /** Candidates that did not apply; later ones of the same sender were not tried. */
  readonly dropped: readonly Dropped[];
}

/** Applies candidates in their order until there are no more or one does not fit. Undefined: the parent is gone. */
export function* fillBlock(
  execution: BlockExecution,
  room: BlockRoom,
  candidates: Iterable<NamedTransaction>,
  isLive: () => boolean,
): Generator<void, Filling | undefined, void> {
  const transactions: NamedTransaction[] = [];
  const dropped: Dropped[] = [];
  const stuck = new Set<AccountId>();
  let tried = 0;
  for (const named of candidates) {
    const sender = isFault(named) ? undefined : named.signed.transaction.sender;
    if (sender !== undefined && stuck.has(sender)) continue;
    const lack = room.lack(named);
    if (lack === "too_many_faults") continue;
    if (lack !== undefined || transactions.length >= blockTransactionsMax) break;
    const code = tryApply(execution, named);
    if (code !== undefined) {
      if (sender !== undefined) stuck.add(sender);
      dropped.push({ contentHash: named.contentHash, code });
    } else {
      room.take(named);
      transactions.push(named);
    }
    tried += 1;
    if (tried % transactionsPerStep !== 0) continue;
    yield;
    if (!isLive()) return undefined;
  }
  return { transactions, dropped };
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
