/**
 * Intake: the one way by which transactions enter, from clients and from peers alike. What they are judged by is in
 * tip-rules.ts and signature-checking.ts; what clients are told of them, in standings.ts.
 *
 * Cheap questions come first: have we these bytes, is the id final, could it apply at all; only then are signatures
 * checked, once per content hash, away from the loop. Submitting is idempotent: an id is looked up before any rule,
 * so a final transaction is never answered `nonce_too_low`.
 *
 * Faults come in by the same way and wait in a pool of their own; the node's own evidence begins here.
 * @module
 */
import type { Clock } from "../base/clock.ts";
import type { Hasher } from "../crypto/ports.ts";
import type { Ledger } from "../ledger/ledger.ts";
import type { EvidencePool } from "../mempool/evidence-pool.ts";
import type { Admission, Mempool } from "../mempool/mempool.ts";
import { signatureCount } from "../protocol/authorization.ts";
import type { Block } from "../protocol/block.ts";
import { orderedFault } from "../protocol/fault.ts";
import type { ChainId, ContentHash, TransactionId } from "../protocol/ids.ts";
import {
  contentHashOf,
  isFault,
  type NamedFault,
  type NamedTransaction,
  nameTransaction,
  openTransaction,
} from "../protocol/transaction.ts";
import type { Verified } from "../protocol/verified.ts";
import type { Vote } from "../protocol/vote.ts";
import type { ChainStore } from "../storage/chain-store.ts";
import { ReadAllowance } from "../storage/read-allowance.ts";
import type { SubmitAnswer, TransactionStatus } from "./node-queries.ts";
import { busy, endOf, Outcomes } from "./outcomes.ts";
import type { SignaturePool } from "./ports.ts";
import { SignatureChecking } from "./signature-checking.ts";
import { Standings } from "./standings.ts";
import { TipRules } from "./tip-rules.ts";

/** Signature checks of submitted transactions under way at once; beyond it this node is busy. */
const checksUnderWayMax = 4_096;

/** What a peer's transaction turned out to be: the last two say whose fault a refusal is. */
export type Received = "admitted" | "known" | "refused" | "malformed" | "bad-signature";

export interface IntakeDependencies {
  readonly chainId: ChainId;
  readonly hasher: Hasher;
  readonly clock: Clock;
  readonly ledger: Ledger;
  readonly chain: ChainStore;
  readonly mempool: Mempool;
  readonly evidence: EvidencePool;
  readonly signatures: SignaturePool;
  /** Called for each newly admitted transaction. */
  readonly admitted: (transaction: NamedTransaction) => void;
  readonly fatal: (error: unknown) => void;
  /** What one answer may cost. */
  readonly allowance?: () => ReadAllowance;
}

export class Intake {
  readonly #d: IntakeDependencies;
  #checksUnderWay = 0;
  readonly #rules: TipRules;
  readonly #outcomes: Outcomes;
  readonly #standings: Standings;
  readonly #signatures: SignatureChecking;

  constructor(dependencies: IntakeDependencies) {
    this.#d = dependencies;
    this.#rules = new TipRules(dependencies);
    this.#outcomes = new Outcomes(dependencies);
    const { chain, mempool, evidence } = dependencies;
    const rules = this.#rules;
    this.#signatures = new SignatureChecking({ ...dependencies, rules });
    this.#standings = new Standings({ chain, mempool, evidence, rules, outcomes: this.#outcomes });
  }

  /** From clients: an answer for each, in order. */
  async submit(encoded: readonly Uint8Array[]): Promise<readonly SubmitAnswer[]> {
    const opened = encoded.map((bytes) => openTransaction(this.#d.hasher, this.#d.chainId, bytes));
    const fresh: NamedTransaction[] = [];
    for (const transaction of opened) {
      if (!transaction.ok || this.#unwanted(transaction.value) !== undefined) continue;
      fresh.push(transaction.value);
    }
    await this.#checkAndAdmit(fresh);
    const isAlone = encoded.length === 1;
    const allowance = this.#d.allowance?.() ?? new ReadAllowance();
    const answers: SubmitAnswer[] = [];
    for (const transaction of opened) {
      if (transaction.ok) {
        const { id } = transaction.value;
        const status = await this.#standings.ofTransaction(transaction.value, allowance);
        answers.push({
          id,
          status: isAlone ? await this.#standings.explained(transaction.value, status) : status,
        });
      } else {
        const { message } = transaction.reason;
        answers.push({ id: undefined, status: { kind: "invalid", code: "malformed", message } });
      }
    }
    return answers;
  }

  /** From a peer, with the content hashes of these bytes. */
  async receive(
    encoded: readonly Uint8Array[],
    hashes: readonly ContentHash[],
  ): Promise<readonly Received[]> {
    const results: Received[] = [];
    const fresh: { readonly transaction: NamedTransaction; readonly position: number }[] = [];
    for (const [position, bytes] of encoded.entries()) {
      const hash = hashes[position] ?? contentHashOf(this.#d.hasher, bytes);
      results.push("known");
      if (this.#d.mempool.has(hash) || this.#d.evidence.has(hash)) continue;
      const opened = openTransaction(this.#d.hasher, this.#d.chainId, bytes, hash);
      const unwanted = opened.ok ? this.#unwanted(opened.value) : "malformed";
      if (unwanted !== undefined) results[position] = unwanted;
      else if (opened.ok) fresh.push({ transaction: opened.value, position });
    }
    const ends = await this.#checkAndAdmit(fresh.map(({ transaction }) => transaction));
    for (const [i, { position }] of fresh.entries()) results[position] = ends[i] ?? "refused";
    return results;
  }

  /** Two votes of one validator in one view that this node found in conflict: evidence, for everyone. */
  offerFault(first: Vote, second: Vote): void {
    const { hasher, chainId, fatal } = this.#d;
    const named = nameTransaction(hasher, chainId, orderedFault(first, second));
    if (this.#unwanted(named) !== undefined) return;
    this.#signatures.verified([named]).then((verified) => {
      for (const fault of verified) this.#admit(fault);
    }, fatal);
  }

  /** What is known about an id. */
  status(id: TransactionId): TransactionStatus {
    return this.#standings.of(id);
  }

  /** Blocks became final together, in memory: the pool forgets what they held or made impossible. Returns what ended. */
  becameFinal(blocks: readonly Block[]): readonly TransactionId[] {
    const { ledger, mempool } = this.#d;
    const transactions = blocks.flatMap((block) => block.transactions);
    this.#standings.becameFinal(transactions);
    const { id: tip, header } = ledger.tip;
    const departures = mempool.finalized(transactions, ledger.state(tip), header.timestampMs);
    const ended: TransactionId[] = [];
    for (const departure of departures) {
      if (departure.kind === "included") continue;
      this.#outcomes.remember(departure.id, endOf(departure));
      ended.push(departure.id);
    }
    for (const { id, code } of this.#d.evidence.finalized(this.#rules.evidence())) {
      if (this.#standings.isCommitting(id)) continue;
      this.#outcomes.refused(id, code);
      ended.push(id);
    }
    return ended;
  }

  /** The block is durable: its transactions are found in the store. */
  committed({ transactions }: Block): void {
    this.#standings.committed(transactions);
    for (const { id } of transactions) this.#outcomes.forget(id);
  }

  /** Whether every signature of these, of one block, is good; those of Faults are the ledger's to check. */
  async checkSignatures(transactions: readonly NamedTransaction[]): Promise<boolean> {
    return await this.#signatures.areGood(transactions);
  }

  /** Against the final state: rules that need no signature; remembers a refusal. Undefined: it is to be checked. */
  #unwanted(transaction: NamedTransaction): "refused" | "malformed" | undefined {
    if (isFault(transaction)) return this.#unwantedFault(transaction);
    const standings = this.#standings;
    if (standings.isPending(transaction.id)) return "refused";
    if (!standings.isUsed(transaction)) {
      const status = standings.ofUnused(transaction);
      // What was refused may be acceptable now; everything else that is known stays as it is.
      if (status.kind !== "unknown" && status.kind !== "refused") return "refused";
    }
    const code = this.#d.mempool.precheck(transaction, this.#rules.admission());
    if (code === undefined) return undefined;
    this.#outcomes.refused(transaction.id, code);
    return "refused";
  }

  /** Votes that could never be a Fault are the fault of whoever sends them; those of an unknown epoch are nobody's. */
  #unwantedFault(fault: NamedFault): "refused" | "malformed" | undefined {
    const { evidence } = this.#d;
    if (evidence.has(fault.contentHash) || this.#standings.isCommitting(fault.id)) return "refused";
    const code = evidence.precheck(fault, this.#rules.evidence());
    if (code === undefined) return undefined;
    this.#outcomes.refused(fault.id, code);
    return code === "fault_invalid" ? "malformed" : "refused";
  }

  async #checkAndAdmit(transactions: readonly NamedTransaction[]): Promise<readonly Received[]> {
    const wanted = transactions.filter((transaction) => this.#reserve(transaction));
    const verified = new Set<NamedTransaction>(await this.#signatures.verified(wanted));
    for (const transaction of wanted) this.#checksUnderWay -= signatureCount(transaction.signed);
    const taken = new Set(wanted);
    return transactions.map((transaction) => {
      if (!taken.has(transaction)) {
        this.#outcomes.remember(transaction.id, busy);
        return "refused";
      }
      if (!verified.has(transaction)) {
        this.#outcomes.refused(transaction.id, "bad_signature");
        return "bad-signature";
      }
      return this.#admit(transaction as Verified<NamedTransaction>);
    });
  }

  #admit(transaction: Verified<NamedTransaction>): Received {
    const verdict = this.#takeIn(transaction);
    if (verdict.kind === "refused") this.#outcomes.refused(transaction.id, verdict.code);
    if (verdict.kind !== "admitted") return verdict.kind;
    for (const id of verdict.evicted) this.#outcomes.refused(id, "pool_full");
    this.#outcomes.forget(transaction.id);
    this.#d.admitted(transaction);
    return "admitted";
  }

  #takeIn(transaction: Verified<NamedTransaction>): Admission {
    if (!isFault(transaction)) return this.#d.mempool.admit(transaction, this.#rules.admission());
    const verdict = this.#d.evidence.admit(transaction, this.#rules.evidence());
    return verdict.kind === "admitted" ? { ...verdict, evicted: [] } : verdict;
  }

  #reserve(transaction: NamedTransaction): boolean {
    const checks = signatureCount(transaction.signed);
    if (this.#checksUnderWay + checks > checksUnderWayMax) return false;
    this.#checksUnderWay += checks;
    return true;
  }
}
