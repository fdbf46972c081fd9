/**
 * A node that answers from a real ledger on a store, as far as blocks and accounts go, and can be stopped and opened
 * again on the same store.
 * @module
 */
import type { Genesis } from "../../../src/protocol/genesis.ts";
import type { AccountId, ChainId, Height } from "../../../src/protocol/ids.ts";
import type { Operation } from "../../../src/protocol/operations.ts";
import type { NamedSigned } from "../../../src/protocol/transaction.ts";
import type {
  BlockListener,
  FoundBlock,
  HeightSpan,
  Tip,
  TransactionPage,
  TransactionStatus,
} from "../../../src/replica/node-queries.ts";
import { encodedLength } from "../../../src/storage/block-rows.ts";
import type { Store } from "../../../src/storage/store.ts";
import { type Holder, holder, native } from "../../fixtures/small-ledger.ts";
import { StoredLedger, storedGenesis } from "../../fixtures/stored-ledger.ts";
import { ListedNode } from "./listed-node.ts";

/** Four who pay each other. */
export const holders: readonly [Holder, Holder, Holder, Holder] = [
  holder("ann"),
  holder("ben"),
  holder("cid"),
  holder("dot"),
];

/** Positions of who pays and who is paid in `holders`. */
export interface Payment {
  readonly from: number;
  readonly to: number;
}

const genesis: Genesis = storedGenesis(holders.map((each) => [each, 1_000_000_000n] as const));

export const holderAt = (position: number): Holder => holders[position % 4] ?? holders[0];

export class LedgerNode extends ListedNode {
  override readonly genesis: Genesis = genesis;
  override readonly chainId: ChainId;
  readonly stored: StoredLedger;
  readonly #told = new Set<BlockListener>();

  private constructor(stored: StoredLedger) {
    super();
    this.stored = stored;
    this.chainId = stored.chainId;
  }

  static async open(store: Store): Promise<LedgerNode> {
    return new LedgerNode(await StoredLedger.open(store, genesis));
  }

  /** The next block, durable and told to whoever listens. */
  async pay(payments: readonly Payment[]): Promise<FoundBlock> {
    const sent = new Map<number, number>();
    const signed = payments.map(({ from, to }): NamedSigned => {
      const ahead = sent.get(from) ?? 0;
      sent.set(from, ahead + 1);
      const operation: Operation = native(holderAt(to), 1_000n);
      return this.stored.transaction(holderAt(from), [operation], ahead);
    });
    const block = this.stored.finalize(signed);
    await this.stored.commit();
    const found = { block, bytes: encodedLength(block), finalization: undefined };
    for (const listener of [...this.#told]) listener(found);
    return found;
  }

  override get listeners(): number {
    return this.#told.size;
  }

  override tip(): Tip {
    const { height, id, header } = this.stored.chain.tip;
    return { height, id, header };
  }

  override blockAt(at: Height): FoundBlock | undefined {
    const block = this.stored.chain.blockAt(at);
    return block && { block, bytes: encodedLength(block), finalization: undefined };
  }

  override transaction(id: Parameters<ListedNode["transaction"]>[0]): TransactionStatus {
    const found = this.stored.chain.transactionById(id);
    if (found === undefined) return { kind: "unknown" };
    return { kind: "final", found };
  }

  override accountHeights(account: AccountId, span: HeightSpan): Promise<readonly Height[]> {
    return this.stored.chain.history.heights(account, span);
  }

  override accountTransactions(
    account: AccountId,
    from: { readonly height: number; readonly index: number } | undefined,
    limit: number,
  ): Promise<TransactionPage> {
    return this.stored.chain.history.page(account, from, limit);
  }

  override subscribe(listener: BlockListener): () => void {
    this.#told.add(listener);
    return () => this.#told.delete(listener);
  }
}
