/**
 * Intake: the one way by which transactions enter, from clients and from peers alike, and what is known about each id.
 *
 * Cheap questions come first: have we these bytes, is the id final, could it apply at all; only then are signatures
 * checked, once per content hash, away from the loop. Submitting is idempotent: an id is looked up before any rule,
 * so a final transaction is never answered `nonce_too_low`. Reading blocks is what an answer costs most: of what has
 * used its nonce each is looked up once, giving way, until the answer has cost enough: then the node is busy. Whose the
 * nonce was is searched for a single submission only.
 *
 * Faults come in by the same way and wait in a pool of their own; the node's own evidence begins here.
 * @module
 */
import { fromHex } from "../base/bytes.ts";
import type { Clock } from "../base/clock.ts";
import { RecentMap } from "../base/recent-map.ts";
import type { Hasher } from "../crypto/ports.ts";
import type { Ledger } from "../ledger/ledger.ts";
import type { AdmissionContext } from "../mempool/admission.ts";
import type { EvidenceContext, EvidencePool } from "../mempool/evidence-pool.ts";
import type { Admission, Mempool } from "../mempool/mempool.ts";
import {
  acceptChecked,
  type SignatureCheck,
  signatureChecks,
  signatureCount,
} from "../protocol/authorization.ts";
import type { Block } from "../protocol/block.ts";
import { faultChecks, orderedFault } from "../protocol/fault.ts";
import { acceptCheckedFault, offenceOf, setsAfter } from "../protocol/fault-rules.ts";
import type { BlockId, ChainId, ContentHash, TransactionId } from "../protocol/ids.ts";
import type { Parameters } from "../protocol/parameters.ts";
import { readAccount, readParameters, type StateReader } from "../protocol/state.ts";
import {
  contentHashOf,
  isFault,
  type NamedFault,
  type NamedSigned,
  type NamedTransaction,
  nameTransaction,
  openTransaction,
} from "../protocol/transaction.ts";
import type { Verified } from "../protocol/verified.ts";
import type { Vote } from "../protocol/vote.ts";
import type { ChainStore } from "../storage/chain-store.ts";
import { ReadAllowance } from "../storage/read-allowance.ts";
import type { SubmitAnswer, TransactionStatus } from "./node-queries.ts";
import { busy, endOf, Outcomes, refusal } from "./outcomes.ts";
import type { SignaturePool } from "./ports.ts";

/** Content hashes of blocks' transactions, never in the pool here, whose signatures are known to be good. */
const checkedMax = 65_536;
/** Signature checks of submitted transactions under way at once; beyond it this node is busy. */
const checksUnderWayMax = 4_096;
/** Checks of one block given to the pool at a time: with the above, never more than its queue takes. */
const checksPerStep = 1_024;

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
  readonly #checked = new RecentMap<ContentHash, true>({ entriesMax: checkedMax });
  /** Final in memory, not yet durable: still pending to the outside. Bounded by the committer's queue. */
  readonly #committing = new Map<TransactionId, NamedTransaction>();
  #checksUnderWay = 0;
  #rules:
    | { readonly tip: BlockId; readonly state: StateReader; readonly parameters: Parameters }
    | undefined;
  readonly #outcomes: Outcomes;

  constructor(dependencies: IntakeDependencies) {
    this.#d = dependencies;
    this.#outcomes = new Outcomes(dependencies);
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
        const status = await this.#standing(transaction.value, allowance);
        answers.push({
          id,
          status: isAlone ? await this.#explained(transaction.value, status) : status,
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
    this.#verify([named]).then((verified) => {
      for (const fault of verified) this.#admit(fault);
    }, fatal);
  }

  /** What is known about an id. */
  status(id: TransactionId): TransactionStatus {
    const found = this.#d.chain.transactionById(id);
    if (found !== undefined) return { kind: "final", found };
    const pending = this.#waiting(id) ?? this.#committing.get(id);
    if (pending !== undefined) return { kind: "pending", transaction: pending };
    return this.#outcomes.of(id);
  }

  #waiting(id: TransactionId): NamedTransaction | undefined {
    const { mempool, evidence } = this.#d;
    return mempool.findById(id) ?? evidence.get(id as string as ContentHash);
  }

  /** Blocks became final together, in memory: the pool forgets what they held or made impossible. Returns what ended. */
  becameFinal(blocks: readonly Block[]): readonly TransactionId[] {
    const { ledger, mempool } = this.#d;
    const transactions = blocks.flatMap((block) => block.transactions);
    for (const transaction of transactions) this.#committing.set(transaction.id, transaction);
    const { id: tip, header } = ledger.tip;
    const departures = mempool.finalized(transactions, ledger.state(tip), header.timestampMs);
    const ended: TransactionId[] = [];
    for (const departure of departures) {
      if (departure.kind === "included") continue;
      this.#outcomes.remember(departure.id, endOf(departure));
      ended.push(departure.id);
    }
    for (const { id, code } of this.#d.evidence.finalized(this.#evidenceContext())) {
      if (this.#committing.has(id)) continue;
      this.#outcomes.refused(id, code);
      ended.push(id);
    }
    return ended;
  }

  /** The block is durable: its transactions are found in the store. */
  committed({ transactions }: Block): void {
    for (const { id } of transactions) {
      this.#committing.delete(id);
      this.#outcomes.forget(id);
    }
  }

  /**
   * Whether every signature of all of them is good. Those of the pool and those checked before cost nothing; those of
   * Faults are the ledger's to check.
   */
  async checkSignatures(transactions: readonly NamedTransaction[]): Promise<boolean> {
    let step: NamedTransaction[] = [];
    let checks = 0;
    for (const transaction of transactions) {
      if (isFault(transaction)) continue;
      const { contentHash } = transaction;
      if (this.#d.mempool.has(contentHash) || this.#checked.has(contentHash)) continue;
      step.push(transaction);
      checks += signatureCount(transaction.signed);
      if (checks < checksPerStep) continue;
      if (!(await this.#checkStep(step))) return false;
      step = [];
      checks = 0;
    }
    return await this.#checkStep(step);
  }

  /** What the pool takes in needs no note: being there says it. */
  async #checkStep(transactions: readonly NamedTransaction[]): Promise<boolean> {
    const good = await this.#verify(transactions);
    for (const { contentHash } of good) this.#checked.set(contentHash, true);
    return good.length === transactions.length;
  }

  /** Against the final state: rules that need no signature; remembers a refusal. Undefined: it is to be checked. */
  #unwanted(transaction: NamedTransaction): "refused" | "malformed" | undefined {
    if (isFault(transaction)) return this.#unwantedFault(transaction);
    if (this.#isPending(transaction)) return "refused";
    if (!this.#isUsed(transaction)) {
      const status = this.#ofUnused(transaction);
      // What was refused may be acceptable now; everything else that is known stays as it is.
      if (status.kind !== "unknown" && status.kind !== "refused") return "refused";
    }
    const code = this.#d.mempool.precheck(transaction, this.#context());
    if (code === undefined) return undefined;
    this.#outcomes.refused(transaction.id, code);
    return "refused";
  }

  /** Votes that could never be a Fault are the fault of whoever sends them; those of an unknown epoch are nobody's. */
  #unwantedFault(fault: NamedFault): "refused" | "malformed" | undefined {
    const { evidence } = this.#d;
    if (evidence.has(fault.contentHash) || this.#committing.has(fault.id)) return "refused";
    const code = evidence.precheck(fault, this.#evidenceContext());
    if (code === undefined) return undefined;
    this.#outcomes.refused(fault.id, code);
    return code === "fault_invalid" ? "malformed" : "refused";
  }

  /** The status of a transaction whose bytes we have: more can be said, and more cheaply, than about a mere id. */
  async #standing(
    transaction: NamedTransaction,
    allowance: ReadAllowance,
  ): Promise<TransactionStatus> {
    const { id } = transaction;
    if (isFault(transaction)) return this.status(id);
    if (this.#isPending(transaction)) return { kind: "pending", transaction };
    // Only what has used its nonce can be final: no need to look for anything else.
    if (!this.#isUsed(transaction)) return this.#ofUnused(transaction);
    if (allowance.isSpent) return busy;
    const found = await this.#d.chain.transactionByIdLater(id, allowance);
    return found === undefined ? refusal("nonce_too_low") : { kind: "final", found };
  }

  #isPending({ id }: NamedTransaction): boolean {
    return this.#d.mempool.hasId(id) || this.#committing.has(id);
  }

  #isUsed({ signed }: NamedSigned): boolean {
    const { sender, nonce } = signed.transaction;
    return readAccount(this.#context().state, sender).nonce > nonce;
  }

  /** It is neither pending nor final. */
  #ofUnused({ id, signed }: NamedSigned): TransactionStatus {
    const isOver = this.#context().tipTimestampMs > signed.transaction.expiryMs;
    return isOver ? { kind: "expired" } : this.#outcomes.of(id);
  }

  /** Of one that came too late: which transaction has its nonce, if that is found with little reading. */
  async #explained(
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

  async #checkAndAdmit(transactions: readonly NamedTransaction[]): Promise<readonly Received[]> {
    const wanted = transactions.filter((transaction) => this.#reserve(transaction));
    const verified = new Set<NamedTransaction>(await this.#verify(wanted));
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
    if (!isFault(transaction)) return this.#d.mempool.admit(transaction, this.#context());
    const verdict = this.#d.evidence.admit(transaction, this.#evidenceContext());
    return verdict.kind === "admitted" ? { ...verdict, evicted: [] } : verdict;
  }

  #reserve(transaction: NamedTransaction): boolean {
    const checks = signatureCount(transaction.signed);
    if (this.#checksUnderWay + checks > checksUnderWayMax) return false;
    this.#checksUnderWay += checks;
    return true;
  }

  /** Those of them whose signatures are all good. */
  async #verify(
    transactions: readonly NamedTransaction[],
  ): Promise<readonly Verified<NamedTransaction>[]> {
    const entries = transactions.map((transaction) => ({
      transaction,
      checks: this.#checksOf(transaction),
    }));
    const results = await this.#d.signatures.verify(entries.flatMap(({ checks }) => checks));
    const good: Verified<NamedTransaction>[] = [];
    let next = 0;
    for (const { transaction, checks } of entries) {
      const own = results.slice(next, next + checks.length);
      const verified = isFault(transaction)
        ? acceptCheckedFault(transaction, own)
        : acceptChecked(transaction, own);
      next += checks.length;
      if (verified !== undefined) good.push(verified);
    }
    return good;
  }

  #checksOf(transaction: NamedTransaction): readonly SignatureCheck[] {
    const { chainId } = this.#d;
    if (!isFault(transaction)) return signatureChecks(chainId, transaction);
    const { signed } = transaction;
    const offence = offenceOf(signed, this.#evidenceContext().sets);
    return offence.ok ? faultChecks(chainId, signed, fromHex(offence.value.consensusKey)) : [];
  }

  /** The final state and what it says of the rules: the same until the tip moves. */
  #context(): AdmissionContext {
    const { ledger, clock } = this.#d;
    const { id, header } = ledger.tip;
    if (this.#rules?.tip !== id) {
      const state = ledger.state(id);
      this.#rules = { tip: id, state, parameters: readParameters(state).current };
    }
    const { state, parameters } = this.#rules;
    return { state, parameters, tipTimestampMs: header.timestampMs, wallMs: clock.wallMs() };
  }

  /** What a Fault is judged by: as a part of the next block. */
  #evidenceContext(): EvidenceContext {
    const { state } = this.#context();
    return { state, sets: setsAfter(this.#d.ledger.tip.header.height, state) };
  }
}
