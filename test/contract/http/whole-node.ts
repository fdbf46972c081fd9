/**
 * A node that answers every question about the ledger from a real one on its store: blocks, transactions, accounts,
 * assets, records and proofs, all signed. What is about its network and its pool is listed.
 * @module
 */

import type { Genesis } from "../../../src/protocol/genesis.ts";
import type { ChainId } from "../../../src/protocol/ids.ts";
import type { NamedSigned, NamedTransaction } from "../../../src/protocol/transaction.ts";
import { AccountQueries } from "../../../src/replica/account-queries.ts";
import { AssetQueries } from "../../../src/replica/asset-queries.ts";
import type {
  BlockSummary,
  FoundBlock,
  NodeQueries,
  Tip,
  TransactionStatus,
} from "../../../src/replica/node-queries.ts";
import { RecordQueries } from "../../../src/replica/record-queries.ts";
import { encodedLength } from "../../../src/storage/block-rows.ts";
import { MemoryStore } from "../../../src/storage/memory-store.ts";
import { assetOf, createAsset, mint, record } from "../../fixtures/content.ts";
import { epochLength, ProvingNode, payee, payer } from "../../fixtures/proving-node.ts";
import { ListedNode } from "./listed-node.ts";
import { emptyPool } from "./listed-pool.ts";

type Answers<Name extends keyof NodeQueries> = NodeQueries[Name];

export class WholeNode extends ListedNode {
  override readonly genesis: Genesis;
  override readonly chainId: ChainId;
  readonly proving: ProvingNode;
  /** A transaction that is in a block, and one that waits. */
  readonly paid: NamedTransaction;
  readonly waiting: NamedTransaction;
  readonly #accounts: AccountQueries;

  private constructor(proving: ProvingNode, paid: NamedTransaction) {
    super();
    this.genesis = proving.genesis;
    this.chainId = proving.chainId;
    this.proving = proving;
    this.paid = paid;
    this.waiting = proving.payment(1n);
    this.proofs = proving.proofs;
    this.assets = new AssetQueries(proving);
    this.records = new RecordQueries(proving);
    const mempool = { pendingNonce: (_: unknown, nonce: number): number => nonce };
    this.#accounts = new AccountQueries({ ...proving, mempool });
    const waits = { rate: 0, receivedMs: 1_700_000_000_000, missingNonce: undefined };
    const transaction = this.waiting as NamedSigned;
    this.pool = {
      page: (...asked) => ({ ...emptyPool.page(...asked), items: [{ transaction, ...waits }] }),
    };
    this.rule(this.waiting.id, { kind: "pending", transaction: this.waiting });
  }

  /** Payments, assets and records, over two epochs with different validators. */
  static async open(): Promise<WholeNode> {
    const proving = await ProvingNode.open(new MemoryStore());
    const paid = proving.payment(5n);
    await proving.grow([paid]);
    await proving.grow([
      proving.transaction(payer, [
        createAsset("EUR"),
        mint(assetOf(payer, "EUR"), payee, 7n),
        record({ topic: "lots", key: "7" }, 1, 0xa1),
      ]),
    ]);
    await proving.grow([
      proving.transaction(payer, [record({ topic: "lots", key: "7" }, 2, 0xa2)]),
    ]);
    await proving.growTo(epochLength);
    await proving.change({ joins: "v5" });
    await proving.growTo(2 * epochLength + 2);
    return new WholeNode(proving, paid);
  }

  override tip(): Tip {
    // The class above asks before there is a chain.
    if (this.proving === undefined) return super.tip();
    const { height, id, header } = this.proving.chain.tip;
    return { height, id, header };
  }

  override async blockSummary(
    reference: Parameters<Answers<"blockSummary">>[0],
  ): Promise<BlockSummary | undefined> {
    const { chain } = this.proving;
    const summary = await chain.summaryOf(reference);
    return summary && { ...summary, finalization: chain.finalizationAt(summary.header.height) };
  }

  override blockAt(at: Parameters<Answers<"blockAt">>[0]): FoundBlock | undefined {
    const block = this.proving.chain.blockAt(at);
    return block && { block, bytes: encodedLength(block), finalization: undefined };
  }

  override blockById(id: Parameters<Answers<"blockById">>[0]): FoundBlock | undefined {
    const block = this.proving.chain.blockById(id);
    return block && { block, bytes: encodedLength(block), finalization: undefined };
  }

  override transaction(id: Parameters<Answers<"transaction">>[0]): TransactionStatus {
    const found = this.proving.chain.transactionById(id);
    return found === undefined ? super.transaction(id) : { kind: "final", found };
  }

  override account(...asked: Parameters<Answers<"account">>): ReturnType<Answers<"account">> {
    return this.#accounts.account(...asked);
  }

  override accountTransactions(
    ...asked: Parameters<Answers<"accountTransactions">>
  ): ReturnType<Answers<"accountTransactions">> {
    return this.proving.chain.history.page(...asked);
  }

  override accountPlaceBefore(
    ...asked: Parameters<Answers<"accountPlaceBefore">>
  ): ReturnType<Answers<"accountPlaceBefore">> {
    return this.proving.chain.history.placeBefore(...asked);
  }

  override accountHeights(
    ...asked: Parameters<Answers<"accountHeights">>
  ): ReturnType<Answers<"accountHeights">> {
    return this.proving.chain.history.heights(...asked);
  }
}
