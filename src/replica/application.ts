/**
 * The application side of consensus: builds blocks, says whether a block is valid, holds it durably, makes it final.
 *
 * Every answer goes back as an input. "later" means that something is still missing; whatever changes that gives a
 * `retry`, and consensus asks again. The wall clock is read in two places only: the stamp of an own block, and the rule
 * that one's own notarize vote waits for a block from the future.
 * @module
 */
import type { Cancel } from "../base/clock.ts";
import type { Log } from "../base/log.ts";
import type { NullifyReason } from "../consensus/effect.ts";
import type { Verdict } from "../consensus/input.ts";
import { StateCorruption } from "../ledger/final-state.ts";
import type { Mempool } from "../mempool/mempool.ts";
import type { Network } from "../network/network.ts";
import type { Block } from "../protocol/block.ts";
import type { BlockId, ValidatorIndex, View } from "../protocol/ids.ts";
import { clockAheadMsMax, unfinalHeightsFull, unfinalHeightsMax } from "../protocol/limits.ts";
import type { Verified } from "../protocol/verified.ts";
import type { Certificate, Proposal, Vote } from "../protocol/vote.ts";
import type { Activity, ViewFacts } from "./activity.ts";
import type { Candidates } from "./candidates.ts";
import type { CertificateSpread } from "./certificate-spread.ts";
import type { CertificateWants } from "./certificate-wants.ts";
import type { Committer } from "./committer.ts";
import type { ConsensusHost } from "./consensus-driver.ts";
import { operatorOf } from "./leaders.ts";
import { runInSteps } from "./ports.ts";
import { Work, type WorkDependencies } from "./work.ts";

export interface ApplicationDependencies extends WorkDependencies {
  readonly log: Log;
  readonly mempool: Mempool;
  readonly candidates: Candidates;
  readonly committer: Committer;
  readonly network: Network;
  readonly wants: CertificateWants;
  readonly spread: CertificateSpread;
  readonly activity: Activity;
  /** Blocks that became final in memory, oldest first. */
  readonly becameFinal: (blocks: readonly Block[]) => void;
  /** Something final is not here. True: it is being fetched by height. */
  readonly behind: () => boolean;
  /** The epoch's last block is final in memory. */
  readonly epochEnded: () => void;
  /** Two votes of one validator that contradict each other. */
  readonly evidence: (first: Vote, second: Vote) => void;
  /** This key has signed what our journal does not hold: it votes elsewhere. */
  readonly votesElsewhere: (vote: Vote) => void;
  readonly fatal: (error: unknown) => void;
}

export class Application implements ConsensusHost {
  readonly #d: ApplicationDependencies;
  readonly #work: Work;
  #finalTarget: { readonly proposal: Proposal; readonly certificate: Certificate } | undefined;
  #retryTimer: Cancel | undefined;

  constructor(dependencies: ApplicationDependencies) {
    this.#d = dependencies;
    this.#work = new Work(dependencies);
  }

  stop(): void {
    this.#retryTimer?.();
  }

  // What consensus asks.

  propose(view: View, parent: Proposal): void {
    const { consensus } = this.#d.epochs;
    this.#build(view, parent).catch((error: unknown) => {
      if (error instanceof StateCorruption) this.#d.fatal(error);
      else this.#d.log.error("a block could not be built", { view, error: String(error) });
      if (this.#d.epochs.consensus !== consensus) return;
      this.#d.give({ kind: "proposed", view, blockId: undefined });
    });
  }

  verify(proposal: Proposal, parent: Proposal): void {
    this.#d.give({ kind: "verified", proposal, verdict: this.#verdict(proposal, parent) });
  }

  certify(proposal: Proposal): void {
    const state = this.#d.candidates.ask(proposal.blockId);
    const stored = state.kind === "executed" && state.stored;
    const result = stored ? "ok" : state.kind === "invalid" ? "failed" : "later";
    this.#d.give({ kind: "certified", proposal, result });
  }

  finalized(proposal: Proposal, certificate: Verified<Certificate>): void {
    this.#d.activity.quorumSeen();
    this.#finalTarget = { proposal, certificate };
    this.advanceFinal();
  }

  fetchCertificate(view: View, from: ValidatorIndex | undefined): void {
    const { epochs, wants, clock } = this.#d;
    const key = from === undefined ? undefined : epochs.validators.at(from)?.consensusKey;
    wants.want(view, key, epochs.epoch, clock.monotonicMs());
  }

  sendVote(vote: Verified<Vote>): void {
    const { network, candidates, epochs, activity } = this.#d;
    activity.voteSent(vote.body.kind);
    const { consensus, self } = epochs;
    if (vote.body.kind === "notarize" && consensus.leader(vote.body.view) === self) {
      const block = candidates.blockOf(vote.body.blockId);
      if (block !== undefined) {
        activity.proposalSeen(block.id);
        const hashes = block.transactions.map(({ contentHash }) => contentHash);
        network.broadcast({ kind: "proposal", vote, header: block.header, hashes });
        return;
      }
    }
    network.broadcast({ kind: "votes", votes: [vote] });
  }

  spreadCertificate(certificate: Verified<Certificate>): void {
    this.#d.activity.quorumSeen();
    this.#d.spread.send(certificate);
  }

  sendCertificate(certificate: Verified<Certificate>): void {
    this.#d.network.broadcast({ kind: "certificate", certificate });
  }

  passOnVote(vote: Verified<Vote>): void {
    this.#d.network.broadcast({ kind: "votes", votes: [vote] });
  }

  fault(first: Vote, second: Vote): void {
    this.#d.activity.faultSeen();
    this.#d.log.warn("a validator signed conflicting votes", {
      validator: this.#d.epochs.validators.at(first.signer)?.name,
      epoch: first.body.epoch,
      view: first.body.view,
      first: first.body.kind,
      second: second.body.kind,
    });
    this.#d.evidence(first, second);
  }

  entered(view: View, _leader: ValidatorIndex): void {
    this.#d.activity.viewEntered(view);
  }

  nullified(view: View, reason: NullifyReason): void {
    this.#d.activity.viewNullified(this.#viewFacts(view), reason);
    this.#d.log.debug("nullified a view", { ...this.#viewFacts(view), reason });
  }

  passedOver(view: View, _leader: ValidatorIndex): void {
    this.#d.activity.viewPassedOver(this.#viewFacts(view));
  }

  #viewFacts(view: View): ViewFacts {
    const { consensus, epoch, validators } = this.#d.epochs;
    return { epoch, view, leader: validators.at(consensus.leader(view))?.name ?? "" };
  }

  ownVoteUnknown(vote: Vote): void {
    this.#d.votesElsewhere(vote);
  }

  turned(): void {
    this.updateWork();
  }

  // What others tell.

  /** A candidate got further: whatever waited for it is asked again. */
  candidateChanged(id: BlockId): void {
    this.#work.candidateChanged(id);
    this.#d.give({ kind: "retry" });
    this.advanceFinal();
  }

  /** Makes the newest finalized block final if it is executed, else sees to it that it comes. */
  advanceFinal(): void {
    const target = this.#finalTarget;
    const { ledger, candidates } = this.#d;
    if (target === undefined) return;
    const position = ledger.position(target.proposal.blockId);
    if (position === undefined) {
      if (!this.#d.behind()) candidates.ask(target.proposal.blockId);
      return;
    }
    this.#finalTarget = undefined;
    if (position.header.height <= ledger.tip.header.height) return;
    const path = ledger.finalize(target.proposal.blockId);
    this.#d.committer.commit(path, target.certificate);
    this.#d.becameFinal(path.map(({ block }) => block));
    this.#work.becameFinal(position.header.height);
    candidates.pruneTo(position.header.height);
    if (position.header.height === this.#d.epochs.lastHeight) this.#d.epochEnded();
  }

  /** A fresh consensus runs: nothing that the last one asked or was told counts any more. */
  beganEpoch(): void {
    this.#finalTarget = undefined;
    this.#work.beganEpoch();
    this.#retryTimer?.();
  }

  /** The pool has taken one more: that can only make work where there was none. */
  poolGrew(): void {
    this.#work.poolGrew();
  }

  /** Tells consensus since when there is work, if that changed. */
  updateWork(): void {
    this.#work.update();
  }

  // How.

  async #build(view: View, parent: Proposal): Promise<void> {
    const { ledger, candidates, epochs, clock, log, mempool, waiting } = this.#d;
    const { consensus } = epochs;
    const position = ledger.position(parent.blockId);
    // Nothing is built on an epoch's last block before it is final: it is proposed again.
    const isRepeated = position?.header.height === epochs.lastHeight;
    if (position === undefined || isRepeated) {
      this.#d.give({ kind: "proposed", view, blockId: isRepeated ? parent.blockId : undefined });
      return;
    }
    const ahead = position.header.height - ledger.tip.header.height;
    const isFull = ahead > unfinalHeightsFull;
    const steps = ledger.build({
      parent: parent.blockId,
      epoch: consensus.epoch,
      view,
      leader: operatorOf(epochs.validators, view),
      wallMs: clock.wallMs(),
      candidates: isFull ? [] : waiting.candidatesOn(parent.blockId, epochs.epoch),
    });
    const built = await runInSteps(steps, clock);
    if (epochs.consensus !== consensus) return; // The epoch has ended meanwhile.
    if (built === undefined) {
      this.#d.give({ kind: "proposed", view, blockId: undefined });
      return;
    }
    const { block, dropped } = built;
    for (const { contentHash, code } of dropped) {
      log.debug("left out of a block", { transaction: contentHash, code });
      if (code === "execution_threw") mempool.quarantine(contentHash);
    }
    candidates.built(block);
    this.#d.give({ kind: "proposed", view, blockId: block.id });
  }

  #verdict(proposal: Proposal, parent: Proposal): Verdict {
    const { candidates, ledger, epochs, clock } = this.#d;
    const state = candidates.ask(proposal.blockId);
    const parentHeight = ledger.position(parent.blockId)?.header.height;
    if (parentHeight === undefined) return "later";
    const isRepeated = proposal.blockId === parent.blockId;
    // An epoch's last block, and no other, is proposed again until it is final.
    if ((parentHeight === epochs.lastHeight) !== isRepeated) return "invalid";
    const executed = ledger.position(proposal.blockId)?.header;
    const announced = executed ?? candidates.headerOf(proposal.blockId);
    if (!isRepeated && announced !== undefined) {
      if (announced.parent !== parent.blockId) return "invalid";
      if (announced.view !== proposal.view || announced.epoch !== proposal.epoch) return "invalid";
    }
    if (state.kind === "invalid") return "invalid";
    if (state.kind !== "executed") return "later";
    if (executed === undefined) return "later"; // Already below the final tip: the view is over.
    if (isRepeated) return "valid";
    const ahead = executed.height - ledger.tip.header.height;
    if (ahead > unfinalHeightsMax && executed.transactionCount > 0) return "later";
    const parentMs = ledger.position(executed.parent)?.header.timestampMs ?? 0;
    const latestMs = Math.max(parentMs + 1, clock.wallMs() + clockAheadMsMax);
    if (executed.timestampMs <= latestMs) return "valid";
    this.#retryAfter(executed.timestampMs - latestMs);
    return "later";
  }

  #retryAfter(delayMs: number): void {
    this.#retryTimer?.();
    this.#retryTimer = this.#d.clock.after(delayMs, () => this.#d.give({ kind: "retry" }));
  }
}
