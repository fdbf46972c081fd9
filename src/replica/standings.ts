/**
 * Where a transaction stands, as those who ask are told: waiting, final, expired, superseded or refused.
 *
 * A transaction that is final in memory is still waiting to the outside: nothing is called final before it is durable.
 * Reading blocks is what an answer costs most: of what has used its nonce each is looked up once, giving way, until the
 * answer has cost enough: then the node is busy. Whose the nonce was is searched for a single submission only.
 * @module
 */
import type { EvidencePool } from "../mempool/evidence-pool.ts";
import type { Mempool } from "../mempool/mempool.ts";
import type { ContentHash, TransactionId } from "../protocol/ids.ts";
import { readAccount } from "../protocol/state.ts";
import { isFault, type NamedSigned, type NamedTransaction } from "../protocol/transaction.ts";
import type { ChainStore } from "../storage/chain-store.ts";
import type { ReadAllowance } from "../storage/read-allowance.ts";
import type { TransactionStatus } from "./node-queries.ts";
import { busy, type Outcomes, refusal } from "./outcomes.ts";
import type { TipRules } from "./tip-rules.ts";

export interface StandingsDependencies {
  readonly chain: ChainStore;
  readonly mempool: Mempool;
  readonly evidence: EvidencePool;
  readonly rules: TipRules;
  readonly outcomes: Outcomes;
}

export class Standings {
  readonly #d: StandingsDependencies;
  /** Final in memory, not yet durable. Bounded by the committer's queue. */
  readonly #committing = new Map<TransactionId, NamedTransaction>();

  constructor(dependencies: StandingsDependencies) {
    this.#d = dependencies;
  }

  /** They are final in memory. */
  becameFinal(transactions: readonly NamedTransaction[]): void {
    for (const transaction of transactions) this.#committing.set(transaction.id, transaction);
  }

  /** They are durable: found in the store from now on. */
  committed(transactions: readonly NamedTransaction[]): void {
    for (const { id } of transactions) this.#committing.delete(id);
  }

  isCommitting(id: TransactionId): boolean {
    return this.#committing.has(id);
  }

  /** It waits in the mempool, or for its block to be durable. Faults wait in a pool of their own. */
  isPending(id: TransactionId): boolean {
    return this.#d.mempool.hasId(id) || this.#committing.has(id);
  }

  /** What is known about an id. */
  of(id: TransactionId): TransactionStatus {
    const { chain, outcomes } = this.#d;
    const found = chain.transactionById(id);
    if (found !== undefined) return { kind: "final", found };
    const pending = this.#waiting(id) ?? this.#committing.get(id);
    if (pending !== undefined) return { kind: "pending", transaction: pending };
    return outcomes.of(id);
  }

  #waiting(id: TransactionId): NamedTransaction | undefined {
    const { mempool, evidence } = this.#d;
    return mempool.findById(id) ?? evidence.get(id as string as ContentHash);
  }

  /** Of a transaction whose bytes we have more can be said, and more cheaply, than about a mere id. */
  async ofTransaction(
    transaction: NamedTransaction,
    allowance: ReadAllowance,
  ): Promise<TransactionStatus> {
    const { id } = transaction;
    if (isFault(transaction)) return this.of(id);
    if (this.isPending(id)) return { kind: "pending", transaction };
    // Only what has used its nonce can be final: no need to look for anything else.
    if (!this.isUsed(transaction)) return this.ofUnused(transaction);
    if (allowance.isSpent) return busy;
    const found = await this.#d.chain.transactionByIdLater(id, allowance);
    return found === undefined ? refusal("nonce_too_low") : { kind: "final", found };
  }

  /** Whether its nonce is below the sender's next one, by the final state. */
  isUsed({ signed }: NamedSigned): boolean {
    const { sender, nonce } = signed.transaction;
    return readAccount(this.#d.rules.admission().state, sender).nonce > nonce;
  }

  /** Of one that is neither pending nor final. */
  ofUnused({ id, signed }: NamedSigned): TransactionStatus {
    const { rules, outcomes } = this.#d;
    const isOver = rules.admission().tipTimestampMs > signed.transaction.expiryMs;
    return isOver ? { kind: "expired" } : outcomes.of(id);
  }

  /** Of one that came too late: which transaction has its nonce, if that is found with little reading. */
  async explained(
    transaction: NamedTransaction,
    known: TransactionStatus,
  ): Promise<TransactionStatus> {
    if (isFault(transaction)) return known;
    if (known.kind !== "refused" || known.code !== "nonce_too_low") return known;
    const { sender, nonce } = transaction.signed.transaction;
    for (const { id, signed } of this.#committing.values()) {
      if (signed.kind === "fault") continue;
      const other = signed.transaction;
      if (other.sender === sender && other.nonce === nonce) return { kind: "superseded", by: id };
    }
    const found = await this.#d.chain.history.byNonce(sender, nonce);
    if (found === undefined) return known;
    const { id: by } = found.transaction;
    return by === transaction.id ? { kind: "final", found } : { kind: "superseded", by };
  }
}
