/**
 * From which epoch a validator may vote again that does not know its own votes: its journal is damaged or gone.
 *
 * It asks q *other* validators of the newest epoch N that its ledger knows for the highest block that they have
 * certified. It votes again from the first epoch greater than N, than that of its journal's mark, and than the epoch
 * of the block after each one shown. An answer that shows an epoch beyond N begins the round again when the ledger is
 * there: the ledger may be a backup.
 *
 * Why that is enough: let E be the last epoch in which it voted. If E ≤ N, it waits for an epoch beyond N. If E > N, q
 * validators of N made the boundary of N + 1 final before anybody voted beyond N; any q others of N contain an honest
 * one of them, whose answer shows an epoch beyond N: the round cannot end before the ledger has left N.
 *
 * A pure state machine: who asks and checks certificates is the replica.
 * @module
 */
import { assert } from "../base/assert.ts";
import { type Epoch, epoch, type PublicKey } from "../protocol/ids.ts";

export interface RecoveryRound {
  /** The newest epoch that the ledger knows. */
  readonly epoch: Epoch;
  /** Its validators' keys, without our own. */
  readonly others: ReadonlySet<PublicKey>;
  readonly quorum: number;
}

export class JournalRecovery {
  readonly #markEpoch: Epoch | undefined;
  #round: RecoveryRound | undefined;
  /** By validator: the epoch of the block after the highest one that it has certified. */
  readonly #answers = new Map<PublicKey, Epoch>();
  #votesFrom: Epoch | undefined;

  /** @param options markEpoch: the highest epoch that the lost journal's mark still names. */
  constructor(options: { readonly markEpoch: number | undefined }) {
    const { markEpoch } = options;
    this.#markEpoch = markEpoch === undefined ? undefined : epoch(markEpoch);
  }

  /** The first epoch in which to vote again, once it is known. */
  get votesFrom(): Epoch | undefined {
    return this.#votesFrom;
  }

  /** How many answers are held, and how many are needed. */
  get progress(): { readonly held: number; readonly needed: number } {
    return { held: this.#answers.size, needed: this.#round?.quorum ?? 0 };
  }

  /** The ledger is in this epoch. Answers of an earlier round no longer count: its validators were others. */
  inEpoch(round: RecoveryRound): void {
    if (this.#votesFrom !== undefined || this.#round?.epoch === round.epoch) return;
    this.#round = round;
    this.#answers.clear();
  }

  /** Whether this validator's answer is still wanted. */
  wants(from: PublicKey): boolean {
    if (this.#votesFrom !== undefined || this.#round === undefined) return false;
    return this.#round.others.has(from) && !this.#answers.has(from);
  }

  /**
   * A validator has proven which block it has certified; `shown` is the epoch of the block after it. Newer than the
   * round's: the ledger is behind, and whoever said so is asked again in that epoch.
   */
  answered(from: PublicKey, shown: Epoch): void {
    if (!this.wants(from)) return;
    const round = this.#round;
    assert(round !== undefined, "an answer is wanted in a round");
    if (shown > round.epoch) return;
    this.#answers.set(from, shown);
    if (this.#answers.size < round.quorum) return;
    // The round's own epoch too: its boundary was made final by the validators of the epoch before, who may be others.
    const touched = [...this.#answers.values(), round.epoch, this.#markEpoch ?? epoch(0)];
    this.#votesFrom = epoch(Math.max(...touched) + 1);
  }
}
