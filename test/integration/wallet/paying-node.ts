/**
 * A node's twin that takes payments: the ListedNode with balances, signatures and a quorum that can be lost.
 *
 * Several HTTP servers over one of these are several nodes that agree.
 * @module
 */
import { nobleVerifier } from "../../../src/crypto/ed25519.ts";
import { nobleHasher } from "../../../src/crypto/hash.ts";
import { verifyTransaction } from "../../../src/protocol/authorization.ts";
import { type AccountId, nativeAsset, type TransactionId } from "../../../src/protocol/ids.ts";
import type { Operation, Transfer } from "../../../src/protocol/operations.ts";
import {
  chainTag,
  isSigned,
  type NamedSigned,
  openTransaction,
} from "../../../src/protocol/transaction.ts";
import type {
  AccountSummary,
  FoundBlock,
  SubmitAnswer,
  Tip,
  TransactionStatus,
} from "../../../src/replica/node-queries.ts";
import { ListedNode } from "../../contract/http/listed-node.ts";

export class PayingNode extends ListedNode {
  /** Without it, payments wait. */
  hasQuorum = true;
  /** Moves the time of the newest block. */
  aheadMs = 0;
  /** Every submission in order, repeated ones too. */
  readonly submitted: TransactionId[] = [];
  readonly #balances: Map<AccountId, bigint>;
  readonly #nonces = new Map<AccountId, number>();
  #waiting: NamedSigned[] = [];

  constructor(balances: ReadonlyMap<AccountId, bigint>) {
    super();
    this.#balances = new Map(balances);
  }

  balanceOf(account: AccountId): bigint {
    return this.#balances.get(account) ?? 0n;
  }

  override tip(): Tip {
    const tip = super.tip();
    const timestampMs = tip.header.timestampMs + this.aheadMs;
    return { ...tip, header: { ...tip.header, timestampMs } };
  }

  override account(account: AccountId): AccountSummary {
    const nonce = this.#nonces.get(account) ?? 0;
    const waiting = new Set(this.#waiting.filter(isFrom(account)).map(nonceOf));
    let pendingNonce = nonce;
    while (waiting.has(pendingNonce)) pendingNonce += 1;
    const balances = [{ asset: nativeAsset, amount: this.balanceOf(account) }];
    return { ...super.account(account), exists: true, nonce, pendingNonce, balances };
  }

  override async submit(transactions: readonly Uint8Array[]): Promise<readonly SubmitAnswer[]> {
    const answers = await Promise.all(transactions.map(async (bytes) => await this.#admit(bytes)));
    this.finalize();
    return answers.map(({ id, status }) =>
      id === undefined ? { id, status } : { id, status: this.#now(id, status) },
    );
  }

  /** Makes final what waits and has no gap before it, if there is a quorum. */
  finalize(): void {
    if (!this.hasQuorum) return;
    const ready: NamedSigned[] = [];
    const expected = new Map(this.#nonces);
    for (const named of this.#waiting.toSorted((a, b) => nonceOf(a) - nonceOf(b))) {
      const { sender } = named.signed.transaction;
      if ((expected.get(sender) ?? 0) !== nonceOf(named)) continue;
      expected.set(sender, nonceOf(named) + 1);
      ready.push(named);
    }
    if (ready.length === 0) return;
    this.#waiting = this.#waiting.filter((named) => !ready.includes(named));
    for (const named of ready) this.#execute(named);
    this.makeBlock(ready);
  }

  override makeBlock(transactions: readonly NamedSigned[] = []): FoundBlock {
    return super.makeBlock(transactions);
  }

  #now(id: TransactionId, status: TransactionStatus): TransactionStatus {
    return status.kind === "pending" ? this.transaction(id) : status;
  }

  async #admit(bytes: Uint8Array): Promise<SubmitAnswer> {
    const opened = openTransaction(nobleHasher, this.chainId, bytes);
    if (!opened.ok) return (await super.submit([bytes]))[0] as SubmitAnswer;
    const named = opened.value;
    const { id } = named;
    if (!isSigned(named)) throw new Error("a wallet sends no faults");
    this.submitted.push(id);
    const known = this.transaction(id);
    if (known.kind !== "unknown") return { id, status: known };
    const flaw = this.#flaw(named);
    if (flaw !== undefined) return { id, status: flaw };
    this.#waiting.push(named);
    return (await super.submit([bytes]))[0] as SubmitAnswer;
  }

  #flaw(named: NamedSigned): TransactionStatus | undefined {
    const { chain, sender, nonce, expiryMs, fee, operations } = named.signed.transaction;
    const invalid = (code: string) => ({ kind: "invalid", code, message: code }) as const;
    const refused = (code: string) => ({ kind: "refused", code, message: code }) as const;
    if (chain !== chainTag(this.chainId)) return invalid("wrong_chain");
    const options = { verifier: nobleVerifier, chainId: this.chainId };
    if (verifyTransaction(named, options) === undefined) return invalid("bad_signature");
    if (expiryMs < Date.now()) return refused("expired");
    if (nonce < (this.#nonces.get(sender) ?? 0)) return refused("nonce_too_low");
    if (this.#waiting.some((other) => isFrom(sender)(other) && nonceOf(other) === nonce)) {
      return refused("nonce_taken");
    }
    const total = transfersOf(operations).reduce((sum, { amount }) => sum + amount, fee);
    return total > this.balanceOf(sender) ? refused("insufficient_balance") : undefined;
  }

  #execute({ signed }: NamedSigned): void {
    const { sender, nonce, fee, operations } = signed.transaction;
    this.#nonces.set(sender, nonce + 1);
    this.#balances.set(sender, this.balanceOf(sender) - fee);
    for (const { to, amount } of transfersOf(operations)) {
      this.#balances.set(sender, this.balanceOf(sender) - amount);
      this.#balances.set(to, this.balanceOf(to) + amount);
    }
  }
}

const transfersOf = (operations: readonly Operation[]): readonly Transfer[] =>
  operations.flatMap(({ body }) => (body.kind === "transfer" ? [body] : []));
const nonceOf = ({ signed }: NamedSigned): number => signed.transaction.nonce;
const isFrom =
  (account: AccountId) =>
  ({ signed }: NamedSigned): boolean =>
    signed.transaction.sender === account;
