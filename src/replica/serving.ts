/**
 * Serving: answers to what other nodes ask for. "I do not have it" is an answer; nothing here changes anything.
 * @module
 */
import type { Consensus } from "../consensus/consensus.ts";
import type { Block } from "../protocol/block.ts";
import { encodeBlock, type Header } from "../protocol/block.ts";
import { type BlockId, height } from "../protocol/ids.ts";
import {
  type BlockRequest,
  type Blocks,
  type BlocksRequest,
  type BlockTransactionsRequest,
  blockRangeMax,
  coveringHeadersMax,
  type Message,
} from "../protocol/message.ts";
import type { ChainStore } from "../storage/chain-store.ts";
import type { Candidates } from "./candidates.ts";

/** Bytes of blocks in one range; a single larger block still goes. */
const rangeBytesMax = 1024 * 1024;

export class Serving {
  readonly #d: {
    readonly chain: ChainStore;
    readonly candidates: Candidates;
    readonly consensus: Consensus;
  };

  constructor(dependencies: {
    readonly chain: ChainStore;
    readonly candidates: Candidates;
    readonly consensus: Consensus;
  }) {
    this.#d = dependencies;
  }

  /** The answer to a request, or undefined when the message asks for nothing that we can say. */
  answer(message: Message): Message | undefined {
    switch (message.kind) {
      case "block-request":
        return this.#block(message);
      case "block-transactions-request":
        return this.#blockTransactions(message);
      case "certificate-request": {
        const { epoch, view } = message;
        if (epoch !== this.#d.consensus.epoch) return undefined;
        const certificate = this.#d.consensus.certificateFor(view);
        return certificate && { kind: "certificate", certificate };
      }
      case "blocks-request":
        return this.#blocks(message);
      default:
        return undefined;
    }
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

  #blocks({ from, count }: BlocksRequest): Blocks {
    const { chain } = this.#d;
    const nothing: Blocks = {
      kind: "blocks",
      from,
      blocks: [],
      covering: [],
      finalization: undefined,
    };
    const blocks: Uint8Array[] = [];
    let bytes = 0;
    let next = from as number;
    while (blocks.length < Math.min(count, blockRangeMax) && next <= chain.tip.height) {
      const block = chain.blockAt(height(next));
      if (block === undefined) break;
      const encoded = encodeBlock(block);
      if (blocks.length > 0 && bytes + encoded.length > rangeBytesMax) break;
      blocks.push(encoded);
      bytes += encoded.length;
      next += 1;
    }
    if (blocks.length === 0) return nothing;
    const covering: Header[] = [];
    for (let at = next - 1; covering.length <= coveringHeadersMax; at += 1) {
      const finalization = chain.finalizationAt(height(at));
      if (finalization !== undefined) {
        return { kind: "blocks", from, blocks, covering, finalization };
      }
      const header = chain.blockAt(height(at + 1))?.header;
      if (header === undefined || covering.length === coveringHeadersMax) break;
      covering.push(header);
    }
    return nothing;
  }
}
