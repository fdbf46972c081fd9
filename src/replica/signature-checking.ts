/**
 * Checks the signatures of transactions, on the pool of verifiers and away from the loop.
 *
 * What was checked is remembered by content hash, never by id, which does not cover signatures. The keys of a Fault's
 * votes are those of the set that its epoch had, so they are looked up at the final state.
 * @module
 */
import { fromHex } from "../base/bytes.ts";
import { RecentMap } from "../base/recent-map.ts";
import type { Mempool } from "../mempool/mempool.ts";
import {
  acceptChecked,
  type SignatureCheck,
  signatureChecks,
  signatureCount,
} from "../protocol/authorization.ts";
import { faultChecks } from "../protocol/fault.ts";
import { acceptCheckedFault, offenceOf } from "../protocol/fault-rules.ts";
import type { ChainId, ContentHash } from "../protocol/ids.ts";
import { isFault, type NamedTransaction } from "../protocol/transaction.ts";
import type { Verified } from "../protocol/verified.ts";
import type { SignaturePool } from "./ports.ts";
import type { TipRules } from "./tip-rules.ts";

/** Content hashes of blocks' transactions, never in the mempool here, whose signatures are known to be good. */
const checkedMax = 65_536;
/** Checks of one block given to the pool at a time: with those that intake lets in, never more than its queue takes. */
const checksPerStep = 1_024;

export interface SignatureCheckingDependencies {
  readonly chainId: ChainId;
  readonly mempool: Mempool;
  readonly signatures: SignaturePool;
  readonly rules: TipRules;
}

export class SignatureChecking {
  readonly #d: SignatureCheckingDependencies;
  readonly #checked = new RecentMap<ContentHash, true>({ entriesMax: checkedMax });

  constructor(dependencies: SignatureCheckingDependencies) {
    this.#d = dependencies;
  }

  /** Those of them whose signatures are all good. */
  async verified(
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
    const { chainId, rules } = this.#d;
    if (!isFault(transaction)) return signatureChecks(chainId, transaction);
    const { signed } = transaction;
    const offence = offenceOf(signed, rules.evidence().sets);
    return offence.ok ? faultChecks(chainId, signed, fromHex(offence.value.consensusKey)) : [];
  }

  /**
   * Whether every signature of a block's transactions is good. Those of the mempool and those checked before cost
   * nothing; those of Faults are the ledger's to check.
   */
  async areGood(transactions: readonly NamedTransaction[]): Promise<boolean> {
    let step: NamedTransaction[] = [];
    let checks = 0;
    for (const transaction of transactions) {
      if (isFault(transaction)) continue;
      const { contentHash } = transaction;
      if (this.#d.mempool.has(contentHash) || this.#checked.has(contentHash)) continue;
      step.push(transaction);
      checks += signatureCount(transaction.signed);
      if (checks < checksPerStep) continue;
      if (!(await this.#isStepGood(step))) return false;
      step = [];
      checks = 0;
    }
    return await this.#isStepGood(step);
  }

  /** What the mempool takes in needs no note: being there says it. */
  async #isStepGood(transactions: readonly NamedTransaction[]): Promise<boolean> {
    const good = await this.verified(transactions);
    for (const { contentHash } of good) this.#checked.set(contentHash, true);
    return good.length === transactions.length;
  }
}
