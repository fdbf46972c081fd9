/**
 * Which waiting transactions go into a block, best fee rate first, each account's in the order of its nonces.
 *
 * The heap of accounts is walked, not emptied: what is not asked for costs nothing, and the pool may change meanwhile
 * (a queue is looked at when its turn comes). The rest of an account is left out as soon as the block's builder says that
 * it is stuck: none of it is decoded.
 * @module
 */
import type { CandidateVerdict } from "../ledger/block-steps.ts";
import { reopenTransaction } from "../protocol/held-transaction.ts";
import type { AccountId, ContentHash } from "../protocol/ids.ts";
import type { NamedSigned } from "../protocol/transaction.ts";
import type { AccountQueue, Waiting } from "./account-queue.ts";
import { bestFirst, Heap, type HeapNode } from "./heap.ts";

/** An account whose turn has not come (by its place in the heap), or one whose next transaction is known. */
type Turn =
  | { readonly kind: "account"; readonly place: number }
  | { readonly kind: "next"; readonly queue: AccountQueue; readonly waiting: Waiting };

export interface CandidateQuestions {
  /** Whether the blocks that the new one stands on hold it already. */
  readonly excluded: (contentHash: ContentHash) => boolean;
  /** The next nonce of an account after the parent block. */
  readonly nonceOf: (account: AccountId) => number;
  /** Whether it is to be judged again before anything is done with it. */
  readonly isDoubtful: (waiting: Waiting) => boolean;
}

export function* candidatesOf(
  accounts: readonly HeapNode<AccountQueue>[],
  questions: CandidateQuestions,
): Generator<NamedSigned, void, CandidateVerdict | undefined> {
  const turns = new Heap<Turn>(bestFirst);
  const enter = (place: number) => {
    const node = accounts[place];
    if (node !== undefined) turns.insert({ kind: "account", place }, node.rate, node.arrival);
  };
  const enterNext = (queue: AccountQueue, waiting: Waiting | undefined) => {
    if (waiting === undefined) return;
    turns.insert({ kind: "next", queue, waiting }, waiting.rate, waiting.arrival);
  };
  enter(0);
  for (let top = turns.pop(); top !== undefined; top = turns.pop()) {
    const turn = top.value;
    if (turn.kind === "account") {
      enter(2 * turn.place + 1);
      enter(2 * turn.place + 2);
      const queue = accounts[turn.place]?.value;
      if (queue !== undefined) enterNext(queue, firstOf(queue, questions));
    } else {
      const { queue, waiting } = turn;
      if (questions.isDoubtful(waiting)) continue;
      const verdict = yield reopenTransaction(waiting.held);
      if (verdict !== "sender-stuck") enterNext(queue, queue.at(waiting.nonce + 1));
    }
  }
}

/** The queue's transaction for the account's next nonce, if it is there. */
function firstOf(queue: AccountQueue, questions: CandidateQuestions): Waiting | undefined {
  let waiting = queue.head;
  while (waiting !== undefined && questions.excluded(waiting.held.contentHash)) {
    waiting = queue.from(waiting.nonce + 1);
  }
  // Asked last: it reads the state.
  return waiting && queue.at(questions.nonceOf(queue.account));
}
