/**
 * A client of the simulated network: pays at random, now and then does something else (wallet-book.ts), asks any node,
 * and remembers every answer of "final".
 * @module
 */
import { nativeHasher } from "../../../node/adapters/native-crypto.ts";
import { type ChainId, nativeAsset, type TransactionId } from "../../../src/protocol/ids.ts";
import type { OperationBody } from "../../../src/protocol/operations.ts";
import { readAccount, type StateKey } from "../../../src/protocol/state.ts";
import {
  chainTag,
  nameTransaction,
  signWithSingleKey,
  type Transaction,
} from "../../../src/protocol/transaction.ts";
import type { SimulatedGenesis } from "./network-of-nodes.ts";
import { baseFee } from "./network-of-nodes.ts";
import type { Pursued, Pursuit } from "./pursuit.ts";
import type { Random } from "./random.ts";
import type { Timeline } from "./timeline.ts";
import { WalletBook } from "./wallet-book.ts";

export interface ClientOptions {
  readonly timeline: Timeline;
  readonly random: Random;
  readonly network: SimulatedGenesis;
  readonly wallMs: () => number;
  readonly pursuit: Pursuit;
}

export class Client {
  readonly #o: ClientOptions;
  readonly #nonces: number[];
  /** One payment a wallet at a time: the next nonce is used when the last is final. */
  readonly #busy: boolean[];
  readonly #book: WalletBook;
  readonly acknowledged: Set<TransactionId> = new Set();
  submitted = 0;
  #everyMs = 0;
  #running = false;

  constructor(options: ClientOptions) {
    this.#o = options;
    const { wallets, carried } = options.network;
    const state = { read: (key: StateKey) => carried?.entries.get(key) };
    this.#nonces = wallets.map(({ account }) => readAccount(state, account).nonce);
    this.#book = new WalletBook(wallets, state);
    this.#busy = options.network.wallets.map(() => false);
  }

  /** Pays from one idle wallet after the other, every so often, until stopped. */
  start(everyMs: number): void {
    this.#everyMs = everyMs;
    this.resume();
  }

  resume(): void {
    if (this.#running) return;
    this.#running = true;
    const next = (): void => {
      if (!this.#running) return;
      this.pay();
      this.#o.timeline.after(this.#o.random.between(0.5, 1.5) * this.#everyMs, next);
    };
    next();
  }

  stop(): void {
    this.#running = false;
  }

  pay(): void {
    const idle = this.#busy.findIndex((busy) => !busy);
    if (idle < 0) return;
    this.#busy[idle] = true;
    const { settle, ...payment } = this.#sign(idle, this.#nonces[idle] ?? 0, true);
    this.submitted += 1;
    this.#pursue(idle, payment, settle);
  }

  /** So many payments from each idle wallet, all handed in at once. Returns their ids. */
  burst(each: number): readonly TransactionId[] {
    const ids: TransactionId[] = [];
    for (const [from, busy] of this.#busy.entries()) {
      if (busy) continue;
      this.#busy[from] = true;
      const first = this.#nonces[from] ?? 0;
      const payments = Array.from({ length: each }, (_, i) => this.#sign(from, first + i, false));
      for (const payment of payments) this.#pursue(from, payment);
      ids.push(...payments.map(({ id }) => id));
    }
    this.submitted += ids.length;
    return ids;
  }

  /** The wallet's transaction of this nonce; one that is not `alone` among unfinal ones is a payment. */
  #sign(from: number, nonce: number, alone: boolean): Pursued & { readonly settle: () => void } {
    const { random, network, wallMs } = this.#o;
    const { wallets, chainId } = network;
    const wallet = wallets[from];
    const to = wallets[(from + 1 + random.below(wallets.length - 1)) % wallets.length];
    if (wallet === undefined || to === undefined) throw new RangeError("a wallet exists");
    const payment = transfer({
      chainId,
      sender: wallet.account,
      to: to.account,
      nonce,
      amount: BigInt(1 + random.below(1_000)),
      expiryMs: wallMs() + 24 * 3_600_000,
    });
    const deed = alone ? this.#book.deed(from, nonce, to.account) : undefined;
    const transaction = deed === undefined ? payment : doing(payment, deed.bodies);
    const policy = this.#book.policy(from);
    const signed = signWithSingleKey(chainId, transaction, policy, wallet.signer);
    const { id, bytes } = nameTransaction(nativeHasher, chainId, signed);
    return { id, bytes, settle: deed?.settle ?? (() => {}) };
  }

  #pursue(from: number, payment: Pursued, settle: () => void = () => {}): void {
    this.#o.pursuit.deliver(payment, () => {
      settle();
      this.acknowledged.add(payment.id);
      this.#nonces[from] = (this.#nonces[from] ?? 0) + 1;
      this.#busy[from] = false;
    });
  }
}

const doing = (payment: Transaction, bodies: readonly OperationBody[]): Transaction => ({
  ...payment,
  operations: bodies.map((body) => ({ from: undefined, body })),
});

export function transfer(facts: {
  readonly chainId: ChainId;
  readonly sender: Transaction["sender"];
  readonly to: Transaction["sender"];
  readonly nonce: number;
  readonly amount: bigint;
  readonly expiryMs: number;
}): Transaction {
  return {
    chain: chainTag(facts.chainId),
    sender: facts.sender,
    nonce: facts.nonce,
    expiryMs: facts.expiryMs,
    fee: baseFee,
    memo: new Uint8Array(),
    operations: [
      {
        from: undefined,
        body: { kind: "transfer", to: facts.to, asset: nativeAsset, amount: facts.amount },
      },
    ],
  };
}
