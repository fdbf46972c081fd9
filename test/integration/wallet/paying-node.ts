/**
 * A node's twin that takes payments: a real ledger that proves itself, without consensus, and with a quorum that can
 * be lost.
 *
 * Several HTTP servers over one of these are several nodes that agree.
 * @module
 */
import {
  createNativeSigner,
  nativeHasher,
  nativeVerifier,
} from "../../../node/adapters/native-crypto.ts";
import type { Position } from "../../../src/api/position.ts";
import { verifyTransaction } from "../../../src/protocol/authorization.ts";
import { encodeBlock } from "../../../src/protocol/block.ts";
import type { Genesis } from "../../../src/protocol/genesis.ts";
import {
  type AccountId,
  type BlockId,
  type ChainId,
  type Height,
  nativeAsset,
  type TransactionId,
} from "../../../src/protocol/ids.ts";
import type { Operation } from "../../../src/protocol/operations.ts";
import { accountIdOf, singleKeyPolicy } from "../../../src/protocol/policy.ts";
import { readAccount } from "../../../src/protocol/state.ts";
import {
  chainTag,
  isSigned,
  type NamedSigned,
  nameTransaction,
  openTransaction,
  signWithSingleKey,
} from "../../../src/protocol/transaction.ts";
import { AccountQueries } from "../../../src/replica/account-queries.ts";
import { AssetQueries } from "../../../src/replica/asset-queries.ts";
import type { MembershipAnswers } from "../../../src/replica/membership-queries.ts";
import type {
  AccountSummary,
  BlockListener,
  BlockSummary,
  FoundBlock,
  HeightSpan,
  LedgerStats,
  NodeQueries,
  NodeStatus,
  PeerStatus,
  SubmitAnswer,
  Tip,
  TransactionPage,
  TransactionStatus,
  ValidatorStatus,
} from "../../../src/replica/node-queries.ts";
import type { PaceAnswers } from "../../../src/replica/pace.ts";
import type { PoolAnswers } from "../../../src/replica/pool-queries.ts";
import { ProofQueries } from "../../../src/replica/proof-queries.ts";
import { RecordQueries } from "../../../src/replica/record-queries.ts";
import { ListedNode } from "../../contract/http/listed-node.ts";
import { SignedChain, signedGenesis } from "./signed-chain.ts";

const keysOf = (byte: number) => {
  const signer = createNativeSigner(new Uint8Array(32).fill(byte));
  const policy = singleKeyPolicy(signer.publicKey);
  return { account: accountIdOf(nativeHasher, policy), policy, signer };
};
const aliceKeys = keysOf(0xa1);
const { account: bobAccount } = keysOf(0xb0);

export class PayingNode implements NodeQueries {
  /** Without it, payments wait. */
  hasQuorum = true;
  /** Every submission in order, repeated ones too. */
  readonly submitted: TransactionId[] = [];
  readonly genesis: Genesis;
  readonly chainId: ChainId;
  readonly membership: MembershipAnswers;
  readonly proofs: ProofQueries;
  readonly assets: AssetQueries;
  readonly records: RecordQueries;
  /** For what no wallet asks. */
  readonly #listed = new ListedNode();
  readonly pool: PoolAnswers = this.#listed.pool;
  readonly pace: PaceAnswers = this.#listed.pace;
  readonly #signed: SignedChain;
  readonly #accounts: AccountQueries;
  readonly #verdicts = new Map<TransactionId, TransactionStatus>();
  #waiting: NamedSigned[] = [];

  private constructor(signed: SignedChain) {
    const { ledger, chain } = signed;
    this.#signed = signed;
    this.genesis = signed.genesis;
    this.chainId = signed.chainId;
    this.membership = this.#listed.membership;
    this.proofs = new ProofQueries({ ledger, chain, hasher: nativeHasher });
    this.assets = new AssetQueries({ ledger, chain });
    this.records = new RecordQueries({ ledger, chain });
    const mempool = { pendingNonce: (of: AccountId, from: number) => this.#pending(of, from) };
    this.#accounts = new AccountQueries({ ledger, chain, mempool });
  }

  /** With one empty block: the genesis itself is nobody's to sign. */
  static async start(balances: ReadonlyMap<AccountId, bigint>): Promise<PayingNode> {
    const node = new PayingNode(await SignedChain.open(signedGenesis(balances)));
    await node.makeBlock();
    return node;
  }

  balanceOf(account: AccountId): bigint {
    return this.#account(account).balance;
  }

  /** From now on this is said of the id. */
  rule(id: TransactionId, status: TransactionStatus): void {
    this.#verdicts.set(id, status);
  }

  /** Makes final what waits and applies, if there is a quorum. */
  async finalize(): Promise<void> {
    if (!this.hasQuorum || this.#waiting.length === 0) return;
    const ready = this.#waiting.toSorted((a, b) => nonceOf(a) - nonceOf(b));
    await this.makeBlock(ready);
  }

  /** The next block, of those that apply, stamped with this time. */
  async makeBlock(
    candidates: readonly NamedSigned[] = [],
    wallMs: number = Date.now(),
  ): Promise<void> {
    const { block } = await this.#signed.add(candidates, wallMs);
    const done = new Set<string>(block.transactions.map(({ id }) => id));
    this.#waiting = this.#waiting.filter(
      (named) => !done.has(named.id) && nonceOf(named) >= this.#account(senderOf(named)).nonce,
    );
  }

  /** A transfer from alice to bob that she has signed, and no wallet knows of. */
  transfer(nonce: number, memo: string): NamedSigned {
    const body = { kind: "transfer", to: bobAccount, asset: nativeAsset, amount: 1n } as const;
    return this.signed(nonce, [{ from: undefined, body }], memo);
  }

  /** Any transaction of alice, signed by her. */
  signed(nonce: number, operations: readonly Operation[], memo = ""): NamedSigned {
    const { chainId } = this;
    const { account: sender, policy, signer } = aliceKeys;
    const transaction = {
      chain: chainTag(chainId),
      sender,
      nonce,
      expiryMs: Date.now() + 600_000,
      fee: 0n,
      memo: new TextEncoder().encode(memo),
      operations,
    };
    const signed = signWithSingleKey(chainId, transaction, policy, signer);
    return nameTransaction(nativeHasher, chainId, signed);
  }

  tip(): Tip {
    const { tip } = this.#signed.chain;
    return { height: tip.height, id: tip.id, header: tip.header };
  }

  status(): NodeStatus {
    const { chainId } = this;
    return { ...this.#listed.status(), chainId, tip: this.tip() };
  }

  validators(): readonly ValidatorStatus[] {
    return this.#listed.validators();
  }

  peers(): readonly PeerStatus[] {
    return this.#listed.peers();
  }

  stats(windowMs: number): LedgerStats {
    return this.#listed.stats(windowMs);
  }

  async blockSummary(reference: Height | BlockId): Promise<BlockSummary | undefined> {
    const summary = await this.#signed.chain.summaryOf(reference);
    if (summary === undefined) return undefined;
    const finalization = this.#signed.chain.finalizationAt(summary.header.height);
    return { ...summary, finalization };
  }

  blockAt(height: Height): FoundBlock | undefined {
    const block = this.#signed.chain.blockAt(height);
    if (block === undefined) return undefined;
    const finalization = this.#signed.chain.finalizationAt(height);
    return { block, bytes: encodeBlock(block).length, finalization };
  }

  blockById(id: BlockId): FoundBlock | undefined {
    const block = this.#signed.chain.blockById(id);
    return block && this.blockAt(block.header.height);
  }

  transaction(id: TransactionId): TransactionStatus {
    const verdict = this.#verdicts.get(id);
    if (verdict !== undefined) return verdict;
    const found = this.#signed.chain.transactionById(id);
    if (found !== undefined) return { kind: "final", found };
    const waiting = this.#waiting.find((named) => named.id === id);
    return waiting === undefined ? { kind: "unknown" } : { kind: "pending", transaction: waiting };
  }

  async account(account: AccountId): Promise<AccountSummary> {
    return await this.#accounts.account(account);
  }

  async accountTransactions(
    account: AccountId,
    from: { readonly height: number; readonly index: number } | undefined,
    limit: number,
  ): Promise<TransactionPage> {
    return await this.#signed.chain.history.page(account, from, limit);
  }

  accountPlaceBefore(
    account: AccountId,
    from: Position,
    limit: number,
  ): Promise<Position | undefined> {
    return this.#signed.chain.history.placeBefore(account, from, limit);
  }

  accountHeights(account: AccountId, span: HeightSpan): Promise<readonly Height[]> {
    return this.#signed.chain.history.heights(account, span);
  }

  async submit(transactions: readonly Uint8Array[]): Promise<readonly SubmitAnswer[]> {
    const answers = transactions.map((bytes) => this.#admit(bytes));
    await this.finalize();
    return answers.map(({ id, status }) =>
      id === undefined || status.kind !== "pending"
        ? { id, status }
        : { id, status: this.transaction(id) },
    );
  }

  async wait(id: TransactionId, timeoutMs: number): Promise<TransactionStatus> {
    const endMs = performance.now() + timeoutMs;
    while (this.transaction(id).kind === "pending" && performance.now() < endMs) {
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    return this.transaction(id);
  }

  subscribe(_listener: BlockListener): () => void {
    return () => {};
  }

  #account(account: AccountId) {
    const { ledger } = this.#signed;
    return readAccount(ledger.state(ledger.tip.id), account);
  }

  #pending(account: AccountId, from: number): number {
    const held = new Set(this.#waiting.filter((named) => senderOf(named) === account).map(nonceOf));
    let nonce = from;
    while (held.has(nonce)) nonce += 1;
    return nonce;
  }

  #admit(bytes: Uint8Array): SubmitAnswer {
    const opened = openTransaction(nativeHasher, this.chainId, bytes);
    if (!opened.ok) {
      const { message } = opened.reason;
      return { id: undefined, status: { kind: "invalid", code: "malformed", message } };
    }
    const named = opened.value;
    if (!isSigned(named)) throw new Error("a wallet sends no faults");
    const { id } = named;
    this.submitted.push(id);
    const known = this.transaction(id);
    if (known.kind !== "unknown") return { id, status: known };
    const flaw = this.#flaw(named);
    if (flaw !== undefined) return { id, status: flaw };
    this.#waiting.push(named);
    return { id, status: this.transaction(id) };
  }

  #flaw(named: NamedSigned): TransactionStatus | undefined {
    const { chain, sender, nonce, expiryMs, fee, operations } = named.signed.transaction;
    const invalid = (code: string) => ({ kind: "invalid", code, message: code }) as const;
    const refused = (code: string) => ({ kind: "refused", code, message: code }) as const;
    if (chain !== chainTag(this.chainId)) return invalid("wrong_chain");
    const options = { verifier: nativeVerifier, chainId: this.chainId };
    if (verifyTransaction(named, options) === undefined) return invalid("bad_signature");
    if (expiryMs < Date.now()) return refused("expired");
    if (nonce < this.#account(sender).nonce) return refused("nonce_too_low");
    if (this.#waiting.some((other) => senderOf(other) === sender && nonceOf(other) === nonce)) {
      return refused("nonce_taken");
    }
    const total = operations.reduce(
      (sum, { body }) => sum + (body.kind === "transfer" ? body.amount : 0n),
      fee,
    );
    return total > this.balanceOf(sender) ? refused("insufficient_balance") : undefined;
  }
}

const nonceOf = ({ signed }: NamedSigned): number => signed.transaction.nonce;
const senderOf = ({ signed }: NamedSigned): AccountId => signed.transaction.sender;
