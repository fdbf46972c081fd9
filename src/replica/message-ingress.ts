/**
 * Ingress: what a peer's message is worth, and where it goes.
 *
 * The order is always: is it wanted at all (free), is it well formed and consistent (a hash), are its signatures good
 * (the expensive part), and only then is it given on. A refusal says whose fault it is: `ignore` = an honest peer could
 * have sent it, `reject` = none does.
 * @module
 */
import type { Clock } from "../base/clock.ts";
import type { Input } from "../consensus/input.ts";
import type { Hasher, Verifier } from "../crypto/ports.ts";
import type { Network, Peer } from "../network/network.ts";
import { blockIdOf, bodyMatches } from "../protocol/block.ts";
import type { ChainId, Epoch } from "../protocol/ids.ts";
import type { Certified, Message, ProposalMessage } from "../protocol/message.ts";
import {
  type Vote,
  type VoteVerification,
  verifyCertificate,
  verifyVote,
} from "../protocol/vote.ts";
import type { Activity } from "./activity.ts";
import type { BlockRequests } from "./block-requests.ts";
import type { Candidates } from "./candidates.ts";
import type { CatchUp } from "./catch-up.ts";
import type { CertificateSpread } from "./certificate-spread.ts";
import { EarlyMessages } from "./early-messages.ts";
import type { Epochs } from "./epochs.ts";
import type { Serving } from "./serving.ts";

export type Verdict =
  | { readonly kind: "accept" }
  | { readonly kind: "ignore" }
  | { readonly kind: "reject"; readonly why: "bad-signature" | "malformed" | "wrong-block" };

const accept: Verdict = { kind: "accept" };
const ignore: Verdict = { kind: "ignore" };
const reject = (why: "bad-signature" | "malformed" | "wrong-block"): Verdict => ({
  kind: "reject",
  why,
});

export interface IngressDependencies {
  readonly chainId: ChainId;
  readonly hasher: Hasher;
  readonly verifier: Verifier;
  readonly clock: Clock;
  readonly epochs: Epochs;
  readonly network: Network;
  readonly candidates: Candidates;
  readonly requests: BlockRequests;
  readonly catchUp: CatchUp;
  readonly serving: Serving;
  readonly spread: CertificateSpread;
  readonly activity: Activity;
  readonly give: (input: Input) => void;
  /** An answer to what a validator without its journal asks. */
  readonly certified: (peer: Peer, message: Certified) => void;
  readonly fatal: (error: unknown) => void;
  /** A peer stands in an earlier view than we do: it may need our best certificate. */
  readonly peerBehind: (peer: Peer) => void;
}

export class MessageIngress {
  readonly #d: IngressDependencies;
  readonly #early = new EarlyMessages();

  constructor(dependencies: IngressDependencies) {
    this.#d = dependencies;
  }

  /** An epoch has begun: what came for it before is looked at now. */
  beganEpoch(): void {
    for (const { peer, message } of this.#early.take()) this.received(peer, message);
  }

  get #verification(): VoteVerification {
    const { verifier, chainId, epochs } = this.#d;
    return { verifier, chainId, validators: epochs.validators };
  }

  received(peer: Peer, message: Message): void {
    const verdict = this.#receive(peer, message);
    if (verdict.kind === "reject") this.#d.network.punish(peer, verdict.why);
  }

  #receive(peer: Peer, message: Message): Verdict {
    switch (message.kind) {
      case "votes":
        return this.#votes(peer, message);
      case "certificate":
        return this.#certificate(peer, message);
      case "proposal":
        return this.#proposal(peer, message);
      case "block":
        return this.#block(peer, message);
      case "block-transactions":
        return this.#blockTransactions(peer, message);
      case "blocks":
        this.#blocks(peer, message);
        return accept;
      case "certified":
        this.#d.certified(peer, message);
        return accept;
      case "blocks-request":
        this.#d.serving.range(message).then((range) => peer.send(range), this.#d.fatal);
        return accept;
      default: {
        const answer = this.#d.serving.answer(message);
        if (answer !== undefined) peer.send(answer);
        return answer === undefined ? ignore : accept;
      }
    }
  }

  /** Whether it is of this epoch. A later one is told by the network before we have seen its beginning. */
  #isNow(peer: Peer, of: Epoch, message: Message): boolean {
    const { epoch } = this.#d.epochs;
    if (of < epoch) this.#d.peerBehind(peer);
    if (of === epoch + 1) this.#early.keep(peer, message);
    return of === epoch;
  }

  #votes(peer: Peer, message: Extract<Message, { kind: "votes" }>): Verdict {
    for (const vote of message.votes) {
      if (!this.#isNow(peer, vote.body.epoch, message)) continue;
      const verdict = this.#vote(peer, vote);
      if (verdict.kind === "reject") return verdict;
    }
    return accept;
  }

  #vote(peer: Peer, vote: Vote): Verdict {
    const { consensus } = this.#d.epochs;
    if (vote.body.view < consensus.view) this.#d.peerBehind(peer);
    if (!consensus.wantsVote(vote)) return ignore;
    const verified = verifyVote(vote, this.#verification);
    if (verified === undefined) return reject("bad-signature");
    this.#d.give({ kind: "vote", vote: verified });
    return accept;
  }

  #certificate(peer: Peer, message: Extract<Message, { kind: "certificate" }>): Verdict {
    const { certificate } = message;
    this.#d.spread.cameFrom(peer, certificate.subject);
    if (!this.#isNow(peer, certificate.subject.epoch, message)) return ignore;
    if (!this.#d.epochs.consensus.wantsCertificate(certificate.subject)) return ignore;
    const verified = verifyCertificate(certificate, this.#verification);
    if (verified === undefined) return reject("bad-signature");
    this.#d.activity.quorumSeen();
    this.#d.give({ kind: "certificate", certificate: verified });
    return accept;
  }

  /** The leader's vote with the compact block: the header is the voted one, and commits to these hashes. */
  #proposal(peer: Peer, message: ProposalMessage): Verdict {
    const { hasher, candidates } = this.#d;
    const { consensus } = this.#d.epochs;
    const { vote, header, hashes } = message;
    const { body } = vote;
    if (body.kind !== "notarize") return reject("malformed");
    if (!this.#isNow(peer, body.epoch, message)) return ignore;
    if (vote.signer !== consensus.leader(body.view)) return reject("malformed");
    const known = candidates.blockOf(body.blockId) !== undefined;
    if (!consensus.wantsVote(vote)) {
      if (body.view < consensus.view) this.#d.peerBehind(peer);
      return ignore;
    }
    if (!known) {
      if (blockIdOf(hasher, header) !== body.blockId) return reject("wrong-block");
      if (!bodyMatches(hasher, header, hashes)) return reject("wrong-block");
    }
    const verified = verifyVote(vote, this.#verification);
    if (verified === undefined) return reject("bad-signature");
    if (!known) candidates.announced(header, body.blockId, hashes, peer.nodeId);
    this.#d.activity.proposalSeen(body.blockId);
    this.#d.give({ kind: "vote", vote: verified });
    return accept;
  }

  #block(peer: Peer, message: Extract<Message, { kind: "block" }>): Verdict {
    const { requests, candidates } = this.#d;
    if (!requests.wants(message.blockId)) return ignore;
    if (message.block === undefined) {
      requests.failed(message.blockId, peer.nodeId);
      return ignore;
    }
    if (candidates.delivered(message.blockId, message.block)) return accept;
    requests.failed(message.blockId, peer.nodeId);
    return reject("wrong-block");
  }

  #blockTransactions(
    peer: Peer,
    message: Extract<Message, { kind: "block-transactions" }>,
  ): Verdict {
    const { requests, candidates } = this.#d;
    if (!requests.wants(message.blockId)) return ignore;
    if (message.transactions.length > 0) {
      if (candidates.deliveredBodies(message.blockId, message.transactions)) return accept;
      // The pool moved on since we asked, or the peer is wrong: fetch the whole block, nobody's fault.
    }
    requests.failed(message.blockId, peer.nodeId);
    return ignore;
  }

  #blocks(peer: Peer, message: Extract<Message, { kind: "blocks" }>): void {
    this.#d.catchUp.received(peer, message).then(
      (fault) => {
        if (fault !== undefined) this.#d.network.punish(peer, "wrong-block");
      },
      () => {}, // `received` has ended the replica.
    );
  }
}
