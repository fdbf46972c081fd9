/**
 * Whether this node may vote now, and if not, why: the one place that joins all reasons for silence.
 *
 *   no key of ours is in the epoch's set        observer
 *   just started                                listening for what peers know of our earlier votes
 *   a key's journal is damaged or gone          silent until journal-recovery.ts names an epoch and that epoch begins
 *   the journal has forgotten this epoch        silent until the ledger is where the journal is
 *   something else uses our node key            silent while more than f validators say so
 *   a vote of our key that we did not journal   silent for good: something else signs with it
 * @module
 */
import type { Clock } from "../base/clock.ts";
import type { Log } from "../base/log.ts";
import type { Hasher, Verifier } from "../crypto/ports.ts";
import type { Network, Peer } from "../network/network.ts";
import { blockIdOf } from "../protocol/block.ts";
import { epochOf } from "../protocol/epochs.ts";
import type { ChainId, PublicKey } from "../protocol/ids.ts";
import type { Certified } from "../protocol/message.ts";
import { type Vote, verifyCertificate } from "../protocol/vote.ts";
import type { ChainStore } from "../storage/chain-store.ts";
import { DuplicateWatch } from "./duplicate-watch.ts";
import { type Epochs, publicKeyOf } from "./epochs.ts";
import { JournalRecovery } from "./journal-recovery.ts";
import type { VotingState } from "./node-queries.ts";
import type { ValidatorIdentity } from "./ports.ts";

export interface VotePermissionDependencies {
  readonly chainId: ChainId;
  readonly clock: Clock;
  readonly log: Log;
  readonly hasher: Hasher;
  readonly verifier: Verifier;
  readonly chain: ChainStore;
  readonly epochs: Epochs;
  readonly network: Network;
  readonly fatal: (error: unknown) => void;
}

export class VotePermission {
  readonly #d: VotePermissionDependencies;
  readonly #duplicates: DuplicateWatch;
  /** Of each key whose journal was not sound when this run began. */
  readonly #recoveries = new Map<ValidatorIdentity, JournalRecovery>();
  readonly #renewing = new Set<ValidatorIdentity>();
  /** Keys that have signed what their journal does not hold. */
  readonly #elsewhere = new Set<ValidatorIdentity>();
  #isListening = true;

  constructor(identities: readonly ValidatorIdentity[], dependencies: VotePermissionDependencies) {
    this.#d = dependencies;
    const { clock, epochs } = dependencies;
    this.#duplicates = new DuplicateWatch({ clock, validators: epochs.validators });
    for (const identity of identities) {
      const { journal } = identity;
      if (journal.state.kind === "sound") continue;
      this.#recoveries.set(identity, new JournalRecovery({ markEpoch: journal.markEpoch }));
    }
  }

  state(): VotingState {
    const { epochs } = this.#d;
    const { identity } = epochs;
    if (identity === undefined) return { kind: "observer" };
    const reason = this.#lossOf(identity) ?? this.#otherReason(identity);
    return reason === undefined ? { kind: "voting" } : { kind: "silent", reason };
  }

  /** Tells consensus, if anything has changed. */
  judge(): void {
    const { epochs } = this.#d;
    const may = this.state().kind === "voting";
    if (may !== epochs.mayVote) epochs.setMayVote(may);
  }

  stopListening(): void {
    this.#isListening = false;
    this.judge();
  }

  /** Who answers at this address says that something else is linked there with our node key. */
  duplicated(address: string): void {
    this.#duplicates.claimed(address);
    this.judge();
  }

  /** A validly signed vote of our own key came that its journal does not hold. */
  votesElsewhere(vote: Vote): void {
    const { epochs, log } = this.#d;
    const { identity } = epochs;
    // Without its journal that is no news: this epoch is not voted in anyway.
    if (identity === undefined || identity.journal.state.kind !== "sound") return;
    this.#elsewhere.add(identity);
    log.error("this validator key has voted elsewhere", {
      epoch: vote.body.epoch,
      view: vote.body.view,
      kind: vote.body.kind,
    });
    this.judge();
  }

  beganEpoch(): void {
    this.#duplicates.setValidators(this.#d.epochs.validators);
    this.judge();
  }

  /** To be called regularly: asks for what a recovery lacks, and ends it when its epoch has come. */
  poke(): void {
    this.judge();
    const { epochs, network } = this.#d;
    const { identity, validators, epoch } = epochs;
    const recovery = identity && this.#recoveries.get(identity);
    if (identity === undefined || recovery === undefined) return;
    const own = publicKeyOf(identity);
    const others = new Set(
      validators.validators.map(({ consensusKey }) => consensusKey).filter((key) => key !== own),
    );
    recovery.inEpoch({ epoch, others, quorum: validators.quorum });
    for (const peer of network.peers) {
      if (peer.consensusKey !== undefined && recovery.wants(peer.consensusKey)) {
        peer.send({ kind: "certified-request" });
      }
    }
    this.#endRecovery(identity, recovery);
  }

  /** An answer to what `poke` asked; counted only when it proves itself. */
  certified(peer: Peer, message: Certified): void {
    const { identity } = this.#d.epochs;
    const recovery = identity && this.#recoveries.get(identity);
    const key: PublicKey | undefined = peer.consensusKey;
    if (recovery === undefined || key === undefined || !recovery.wants(key)) return;
    const { boundaryHeight, lastHeight } = this.#d.epochs.facts;
    if (!this.#isProven(message)) return;
    recovery.answered(key, epochOf(message.header.height + 1, lastHeight - boundaryHeight));
  }

  /** A final block that we hold, or one that a certificate of this epoch names. */
  #isProven({ header, certificate }: Certified): boolean {
    const { chain, epochs, hasher, verifier, chainId } = this.#d;
    const id = blockIdOf(hasher, header);
    const held = chain.headerAt(header.height);
    if (held !== undefined && blockIdOf(hasher, held) === id) return true;
    if (certificate === undefined || certificate.subject.kind === "nullify") return false;
    const { subject } = certificate;
    if (subject.epoch !== epochs.epoch || subject.blockId !== id) return false;
    const { validators } = epochs;
    return verifyCertificate(certificate, { verifier, chainId, validators }) !== undefined;
  }

  /** The epoch has come, and its boundary is durable: a new journal begins. */
  #endRecovery(identity: ValidatorIdentity, { votesFrom }: JournalRecovery): void {
    const { epochs, chain, log, fatal } = this.#d;
    const { epoch, facts } = epochs;
    if (votesFrom === undefined || epoch < votesFrom) return;
    if (chain.tip.height < facts.boundaryHeight || this.#renewing.has(identity)) return;
    this.#renewing.add(identity);
    identity.journal.renew({ epoch, view: 0 }).then(() => {
      this.#recoveries.delete(identity);
      log.info("a new vote journal begins: voting again", { epoch });
      this.judge();
    }, fatal);
  }

  #lossOf(identity: ValidatorIdentity): string | undefined {
    const { journal } = identity;
    const recovery = this.#recoveries.get(identity);
    if (recovery === undefined) return undefined;
    const what =
      journal.state.kind === "damaged"
        ? `the vote journal is damaged: ${journal.state.reason}`
        : "there is no vote journal beside the validator key: it may have voted elsewhere";
    const { votesFrom, progress } = recovery;
    if (votesFrom !== undefined) return `${what}; votes again from epoch ${votesFrom} on`;
    return `${what}; asking the other validators what they have seen (${progress.held} of ${progress.needed} answered)`;
  }

  #otherReason(identity: ValidatorIdentity): string | undefined {
    if (this.#elsewhere.has(identity)) {
      return "this validator key has voted elsewhere: something else signs with it";
    }
    if (!this.#d.epochs.isJournalComplete) {
      return "the ledger is behind the vote journal: following until it is there";
    }
    if (this.#duplicates.isDuplicate) {
      return "something else with this node key is linked to the network: a copied home votes twice";
    }
    return this.#isListening ? "just started: listening first" : undefined;
  }
}
