/**
 * The evidence pool: proven Faults that wait for a block.
 *
 * One for each key and epoch: whatever else a validator signed, one pair of votes puts it out, and so nobody can fill the
 * pool with what he alone has done. A Fault leaves when a final block holds one of that key and epoch, or when the
 * next block is too late for it.
 * @module
 */
import { fail, ok, type Result } from "../base/result.ts";
import { type KnownSets, type Offence, offenceOf } from "../protocol/fault-rules.ts";
import type { ContentHash, Epoch, TransactionId } from "../protocol/ids.ts";
import { blockFaultsMax } from "../protocol/limits.ts";
import { readFault, type StateReader } from "../protocol/state.ts";
import type { NamedFault } from "../protocol/transaction.ts";
import type { Verified } from "../protocol/verified.ts";

/** More than the third of the largest set that may ever be faulty. */
export const evidenceMax = 64;

export interface EvidenceContext {
  /** At the final tip. */
  readonly state: StateReader;
  /** Of the block after it. */
  readonly sets: KnownSets;
}

export type EvidenceRefusal = "fault_invalid" | "fault_epoch" | "fault_known" | "pool_full";

export type EvidenceAdmission =
  | { readonly kind: "admitted" }
  | { readonly kind: "known" }
  | { readonly kind: "refused"; readonly code: EvidenceRefusal };

/** Why a Fault left the pool when blocks became final. */
export interface EvidenceDeparture {
  readonly id: TransactionId;
  readonly code: "fault_epoch" | "fault_known";
}

interface Evidence {
  readonly named: NamedFault;
  readonly offence: Offence;
}

export class EvidencePool {
  readonly #byOffence = new Map<string, Evidence>();
  readonly #byHash = new Map<ContentHash, NamedFault>();

  get size(): number {
    return this.#byHash.size;
  }

  has(contentHash: ContentHash): boolean {
    return this.#byHash.has(contentHash);
  }

  get(contentHash: ContentHash): NamedFault | undefined {
    return this.#byHash.get(contentHash);
  }

  /** Content hashes, oldest first. */
  hashes(): readonly ContentHash[] {
    return [...this.#byHash.keys()];
  }

  /**
   * Why it would be refused, as far as can be said before its signatures are checked; undefined also for one that is
   * known. Changes nothing.
   */
  precheck(named: NamedFault, context: EvidenceContext): EvidenceRefusal | undefined {
    if (this.has(named.contentHash)) return undefined;
    const judged = this.#judge(named, context);
    return judged.ok ? undefined : judged.reason;
  }

  admit(named: Verified<NamedFault>, context: EvidenceContext): EvidenceAdmission {
    if (this.has(named.contentHash)) return { kind: "known" };
    const judged = this.#judge(named, context);
    if (!judged.ok) return { kind: "refused", code: judged.reason };
    this.#byOffence.set(nameOf(judged.value), { named, offence: judged.value });
    this.#byHash.set(named.contentHash, named);
    return { kind: "admitted" };
  }

  /**
   * Those that a block of this epoch may hold, oldest first: as many as it may hold at most.
   *
   * @param state after the block's parent.
   */
  candidates(state: StateReader, epoch: Epoch): readonly NamedFault[] {
    const found: NamedFault[] = [];
    for (const { named, offence } of this.#byOffence.values()) {
      if (found.length === blockFaultsMax) break;
      if (isTimely(offence, epoch) && !isKnown(state, offence)) found.push(named);
    }
    return found;
  }

  /** Whether a block of this epoch on that state would have a Fault to hold: there is work. */
  hasCandidates(state: StateReader, epoch: Epoch): boolean {
    return this.size > 0 && this.candidates(state, epoch).length > 0;
  }

  /** Blocks became final: forgets what is known now, or too late. Returns those that no block will ever hold. */
  finalized({ state, sets }: EvidenceContext): readonly EvidenceDeparture[] {
    const departures: EvidenceDeparture[] = [];
    for (const [name, { named, offence }] of this.#byOffence) {
      const known = isKnown(state, offence);
      if (!known && offence.epoch + 1 >= sets.epoch) continue;
      this.#byOffence.delete(name);
      this.#byHash.delete(named.contentHash);
      departures.push({ id: named.id, code: known ? "fault_known" : "fault_epoch" });
    }
    return departures;
  }

  #judge(named: NamedFault, { state, sets }: EvidenceContext): Result<Offence, EvidenceRefusal> {
    const judged = offenceOf(named.signed, sets);
    if (!judged.ok) return judged;
    const offence = judged.value;
    if (isKnown(state, offence) || this.#byOffence.has(nameOf(offence))) return fail("fault_known");
    return this.size >= evidenceMax ? fail("pool_full") : ok(offence);
  }
}

const nameOf = ({ consensusKey, epoch }: Offence): string => `${consensusKey}/${epoch}`;

const isKnown = (state: StateReader, { consensusKey, epoch }: Offence): boolean =>
  readFault(state, consensusKey, epoch) !== undefined;

/** A block may hold the faults of its epoch and of the one before. */
const isTimely = (offence: Offence, epoch: Epoch): boolean =>
  offence.epoch === epoch || offence.epoch + 1 === epoch;
