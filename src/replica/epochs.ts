/**
 * The current epoch and its engine: who votes, as whom we vote, and the one consensus that runs.
 *
 * Each epoch gets a fresh consensus that starts at its boundary block, and a driver with the journal of whichever of
 * our keys its set names. Nothing of an epoch outlives it here: a late answer to the old engine reaches nobody.
 * @module
 */
import { assert } from "../base/assert.ts";
import { toHex } from "../base/bytes.ts";
import type { Clock } from "../base/clock.ts";
import { Consensus } from "../consensus/consensus.ts";
import type { Input } from "../consensus/input.ts";
import { epochOfEntry, type JournalEntry } from "../consensus/journal-entry.ts";
import type { ConsensusSettings } from "../consensus/settings.ts";
import type { ChainId, Epoch, Height, PublicKey, ValidatorIndex, View } from "../protocol/ids.ts";
import type { ValidatorSet } from "../protocol/validator-set.ts";
import type { Proposal } from "../protocol/vote.ts";
import { ConsensusDriver, type ConsensusHost } from "./consensus-driver.ts";
import type { EpochFacts } from "./epoch-facts.ts";
import type { ValidatorIdentity } from "./ports.ts";

export interface EpochsOptions {
  readonly chainId: ChainId;
  readonly settings: ConsensusSettings;
  /** Our keys; the epoch's set decides which of them votes. */
  readonly identities: readonly ValidatorIdentity[];
  /** What the journal of each key held when it was opened. */
  readonly entriesOf: ReadonlyMap<ValidatorIdentity, readonly JournalEntry[]>;
  readonly first: EpochFacts;
  readonly lastFinal: { readonly view: View; readonly proposal?: Proposal };
}

interface Engine {
  readonly facts: EpochFacts;
  readonly identity: ValidatorIdentity | undefined;
  readonly self: ValidatorIndex | undefined;
  readonly consensus: Consensus;
  /** Entries of the journal of that key that are of later epochs. */
  readonly later: readonly JournalEntry[];
  /** Whether all votes that this key has given in the epoch are known. */
  readonly isJournalComplete: boolean;
}

export class Epochs {
  readonly #options: EpochsOptions;
  readonly #clock: Clock;
  #engine: Engine;
  #driver: ConsensusDriver | undefined;
  #host: ConsensusHost | undefined;
  #fatal: (error: unknown) => void = () => {};
  #mayVote = false;

  constructor(options: EpochsOptions, dependencies: { readonly clock: Clock }) {
    this.#options = options;
    this.#clock = dependencies.clock;
    this.#engine = this.#engineOf(options.first, options.lastFinal);
  }

  /** To be called once, when everything that consensus asks of exists. */
  connect(host: ConsensusHost, fatal: (error: unknown) => void): void {
    this.#host = host;
    this.#fatal = fatal;
    this.#driver = this.#driverOf(this.#engine);
  }

  get facts(): EpochFacts {
    return this.#engine.facts;
  }

  get epoch(): Epoch {
    return this.#engine.facts.epoch;
  }

  get lastHeight(): Height {
    return this.#engine.facts.lastHeight;
  }

  get validators(): ValidatorSet {
    return this.#engine.facts.validators;
  }

  /** The key that votes in this epoch, or undefined for an observer of it. */
  get identity(): ValidatorIdentity | undefined {
    return this.#engine.identity;
  }

  /** Our place in the set, if one of our keys is in it. */
  get self(): ValidatorIndex | undefined {
    return this.#engine.self;
  }

  /**
   * False when the journal has forgotten this epoch: a ledger that was lost and is fetched again passes epochs in which
   * this key has voted, and whose votes were pruned.
   */
  get isJournalComplete(): boolean {
    return this.#engine.isJournalComplete;
  }

  get consensus(): Consensus {
    return this.#engine.consensus;
  }

  get driver(): ConsensusDriver {
    assert(this.#driver !== undefined, "the epochs are connected before they run");
    return this.#driver;
  }

  /** To the consensus of this epoch. */
  give(input: Input): void {
    this.driver.give(input);
  }

  setMayVote(allowed: boolean): void {
    this.#mayVote = allowed;
    this.driver.setMayVote(allowed);
  }

  get mayVote(): boolean {
    return this.#mayVote;
  }

  /** The last block of this epoch is final: ends its engine, and starts that of the next one. */
  begin(facts: EpochFacts): void {
    assert(facts.epoch === this.epoch + 1, "epochs follow one another");
    this.driver.stop();
    this.#engine = this.#engineOf(facts, { view: 0 as View });
    this.#driver = this.#driverOf(this.#engine);
    this.#driver.give({ kind: "start" });
    this.#driver.setMayVote(this.#mayVote);
  }

  #engineOf(
    facts: EpochFacts,
    lastFinal: { readonly view: View; readonly proposal?: Proposal },
  ): Engine {
    const { identities, settings, entriesOf } = this.#options;
    const { epoch, boundary, validators } = facts;
    const identity = identities.find((one) => placeOf(validators, one) !== undefined);
    const self = identity && placeOf(validators, identity);
    const entries = (identity && entriesOf.get(identity)) ?? [];
    const consensus = new Consensus({
      epoch,
      boundary,
      validators,
      self,
      settings,
      lastFinal,
      entries,
      mayVote: false, // Until the replica says so.
    });
    const later = entries.filter((entry) => epochOfEntry(entry) > epoch);
    const isJournalComplete =
      epoch >= (identity?.journal.markEpoch ?? 0) ||
      entries.some((entry) => epochOfEntry(entry) === epoch);
    return { facts, identity, self, consensus, later, isJournalComplete };
  }

  #driverOf({ consensus, identity, self, later }: Engine): ConsensusDriver {
    assert(this.#host !== undefined, "the epochs are connected before they run");
    const { chainId } = this.#options;
    const voter =
      identity === undefined || self === undefined
        ? undefined
        : { signer: identity.signer, position: self };
    return new ConsensusDriver(
      { consensus, chainId, voter, journal: identity?.journal, later },
      { host: this.#host, clock: this.#clock, fatal: this.#fatal },
    );
  }
}

export const publicKeyOf = ({ signer }: ValidatorIdentity): PublicKey =>
  toHex(signer.publicKey) as PublicKey;

const placeOf = (
  validators: ValidatorSet,
  identity: ValidatorIdentity,
): ValidatorIndex | undefined => validators.indexOf(publicKeyOf(identity));
