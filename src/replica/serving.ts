/**
 * Serving: answers to what other nodes ask for. "I do not have it" is an answer; nothing here changes anything.
 * @module
 */
import type { Block } from "../protocol/block.ts";
import { encodeBlock } from "../protocol/block.ts";
import { type BlockId, height } from "../protocol/ids.ts";
import {
  type BlockRequest,
  type Blocks,
  type BlocksRequest,
  type BlockTransactionsRequest,
  blockRangeMax,
  type Message,
} from "../protocol/message.ts";
import type { ChainStore } from "../storage/chain-store.ts";
import type { Candidates } from "./candidates.ts";
import type { Epochs } from "./epochs.ts";

/** Bytes of blocks in one range; a single larger block still goes. */
const rangeBytesMax = 1024 * 1024;

export class Serving {
  readonly #d: {
    readonly chain: ChainStore;
    readonly candidates: Candidates;
    readonly epochs: Epochs;
  };

  constructor(dependencies: {
    readonly chain: ChainStore;
    readonly candidates: Candidates;
    readonly epochs: Epochs;
  }) {
    this.#d = dependencies;
  }

  /** The answer to a request, or undefined when the message asks for nothing that we can say at once. */
  answer(message: Message): Message | undefined {
    switch (message.kind) {
      case "block-request":
        return this.#block(message);
      case "block-transactions-request":
        return this.#blockTransactions(message);
      case "certificate-request": {
        const { epochs } = this.#d;
        if (message.epoch !== epochs.epoch) return undefined;
        const certificate = epochs.consensus.certificateFor(message.view);
        return certificate && { kind: "certificate", certificate };
      }
      case "certified-request":
        return this.#certified();
      default:
        return undefined;
    }
  }

  /** The highest block that we have certified, and why: what a validator without its journal asks for. */
  #certified(): Message {
    const { epochs, chain } = this.#d;
    const { consensus } = epochs;
    const { view, blockId } = consensus.highestCertified;
    const header = this.#find(blockId)?.header ?? chain.tip.header;
    const held = consensus.certificateFor(view) ?? chain.finalizationAt(header.height);
    return { kind: "certified", header, certificate: held };
  }

  #find(id: BlockId): Block | undefined {
    return this.#d.candidates.blockOf(id) ?? this.#d.chain.blockById(id);
  }

  #block({ blockId }: BlockRequest): Message {
    const block = this.#find(blockId);
    return { kind: "block", blockId, block: block && encodeBlock(block) };
  }

  #blockTransactions({ blockId, indexes }: BlockTransactionsRequest): Message {
    const block = this.#find(blockId);
    const transactions: Uint8Array[] = [];
    for (const index of indexes) {
      const transaction = block?.transactions[index];
      if (transaction !== undefined) transactions.push(transaction.bytes);
    }
    const whole = transactions.length === indexes.length;
    return { kind: "block-transactions", blockId, transactions: whole ? transactions : [] };
  }

  /** A range with the proof of its last block. Gives way between blocks: others are served meanwhile. */
  async range({ from, count }: BlocksRequest): Promise<Blocks> {
    const { chain } = this.#d;
    const blocks = await chain.blocksFrom(from, Math.min(count, blockRangeMax), rangeBytesMax);
    const last = height(from + blocks.length - 1);
    const finality = blocks.length === 0 ? undefined : await chain.finalityAt(last);
    if (finality === undefined) {
      return { kind: "blocks", from, blocks: [], covering: [], finalization: undefined };
    }
    const { certificate, covering } = finality;
    return { kind: "blocks", from, blocks, covering, finalization: certificate };
  }
}
