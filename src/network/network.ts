/**
 * The network: turns links into peers, frames into messages, and keeps every peer within its limits.
 *
 * A received frame passes, in this order: its kind's size limit, the peer's allowance, the decoder. Then Ping, Pong,
 * Goodbye and peer exchange end here; everything else goes to the events, decoded once. What no honest peer does
 * bans it; what merely costs adds up and is forgiven with time.
 *
 * All timing is by the Clock port. `left` may come from inside a call that closes a peer (punish, cost, stop); nothing
 * else does.
 * @module
 */
import type { Signer } from "../crypto/ports.ts";
import type { NodeId, PublicKey } from "../protocol/ids.ts";
import type { Hello, Message, Standing } from "../protocol/message.ts";
import { normalAddress } from "./address.ts";
import { AddressBook } from "./address-book.ts";
import { Dialer } from "./dialer.ts";
import { decodeFrame, encodeFrame, frameRule } from "./frames.ts";
import { type GoodbyeReason, goodbyeReason, sayGoodbye } from "./goodbye.ts";
import { type Introduction, judgeHello, linkThatStays, makeHello } from "./hello.ts";
import { assertLimits, type NetworkLimits, networkLimits } from "./limits.ts";
import type { NetworkDependencies, NetworkEvents, NetworkOptions } from "./network-options.ts";
import { LinkedPeer, type Peer } from "./peer.ts";
import { PeerExchange } from "./peer-exchange.ts";
import { PeerTable } from "./peer-table.ts";
import { type Fault, Scores } from "./scoring.ts";
import type { Link, LinkEvents } from "./transport.ts";

export type { NetworkDependencies, NetworkEvents, NetworkOptions } from "./network-options.ts";
export type { Peer } from "./peer.ts";

/** What a frame beyond the sender's allowance costs it. */
const overAllowanceCost = 1;

export class Network {
  readonly #limits: NetworkLimits;
  #introduction: Introduction;
  readonly #d: NetworkDependencies;
  readonly #scores: Scores;
  readonly #book: AddressBook;
  readonly #dialer: Dialer;
  readonly #exchange: PeerExchange;
  readonly #addresses: readonly string[];
  readonly #table = new PeerTable();
  #events: NetworkEvents | undefined;

  constructor(options: NetworkOptions, dependencies: NetworkDependencies) {
    const { limits = networkLimits, chainId, nodeId, agent, consensusSigner } = options;
    const { clock, log, random, transport } = dependencies;
    assertLimits(limits);
    this.#limits = limits;
    this.#d = dependencies;
    this.#addresses = options.addresses;
    const listenAddress = normalAddress(options.listenAddress ?? "");
    const session = Math.floor(random() * 2 ** 32);
    this.#introduction = { chainId, nodeId, session, agent, listenAddress, consensusSigner };
    this.#scores = new Scores(limits, { clock });
    this.#book = new AddressBook(limits, {
      own: { nodeId, listenAddress },
      privateAllowed: options.loopbackExempt ?? false,
    });
    this.#dialer = new Dialer(limits, {
      clock,
      log,
      random,
      book: this.#book,
      dial: (address) => transport.dial(address),
      isLinked: (id) => this.#table.isLinked(id),
      outboundLinks: () => this.#table.count({ outbound: true }),
    });
    this.#exchange = new PeerExchange({
      book: this.#book,
      peers: () => this.#table.ready,
      learned: () => this.#dialer.seek(),
      cost: (peer, points) => this.cost(peer, points),
    });
  }

  /** Rejects when the transport cannot start, with its named error. */
  async start(events: NetworkEvents): Promise<void> {
    this.#events = events;
    const linkEvents: LinkEvents = {
      opened: (link) => this.#opened(link),
      received: (link, frame) => this.#received(link, frame),
      drained: (link) => this.#table.get(link)?.drained(),
      closed: (link, reason) => this.#closed(link, reason),
    };
    await this.#d.transport.start(linkEvents);
    for (const address of this.#addresses) if (address !== "") this.keep(address);
    this.#dialer.start();
  }

  /** Says goodbye to all, and ends when the transport has let go of every socket. */
  async stop(): Promise<void> {
    this.#dialer.stop();
    for (const peer of this.#table.all()) this.#drop(peer, "stopping");
    this.#events = undefined;
    await this.#d.transport.stop();
  }

  /** Peers whose Hello was accepted, the oldest first. The array is replaced when it changes, never altered. */
  get peers(): readonly Peer[] {
    return this.#table.ready;
  }

  peerByKey(key: PublicKey): Peer | undefined {
    return this.#table.ready.find(({ consensusKey }) => consensusKey === key);
  }

  /** Another key votes for us now: links are made anew, since a Hello proves a key for its own link only. */
  proveAs(consensusSigner: Signer): void {
    if (this.#introduction.consensusSigner === consensusSigner) return;
    this.#introduction = { ...this.#introduction, consensusSigner };
    for (const peer of this.#table.all()) this.#drop(peer, "key_changed");
  }

  /** Keeps a link to one more address for ever. False when it is not an address. */
  keep(text: string): boolean {
    const address = normalAddress(text);
    if (address !== undefined && address === this.#introduction.listenAddress) return true;
    if (address !== undefined && this.#dialer.keep(address)) return true;
    this.#d.log.warn("address not kept", { address: text });
    return false;
  }

  /** To all peers, encoded once. */
  broadcast(message: Message, except?: Peer): void {
    const frame = encodeFrame(message);
    for (const peer of this.#table.ready) if (peer !== except) peer.sendFrame(frame);
  }

  /** It did what no honest peer does: closed, and banned for an hour. */
  punish(peer: Peer, fault: Fault): void {
    this.#d.log.warn("peer banned", { peer: peer.nodeId, address: peer.address, fault });
    this.#scores.ban(peer.nodeId);
    this.#dropNode(peer.nodeId, "fault");
  }

  /** It cost us something for nothing. Forgiven at 1 point a second; at 100 it is shut out for a minute. */
  cost(peer: Peer, points: number): void {
    if (!this.#scores.addCost(peer.nodeId, points)) return;
    this.#d.log.warn("peer too costly", { peer: peer.nodeId, address: peer.address });
    this.#dropNode(peer.nodeId, "too_costly");
  }

  #opened(link: Link): void {
    const { nodeId, outbound, remoteAddress } = link;
    if (outbound) this.#dialer.opened(remoteAddress, nodeId);
    const refusal = this.#refusal(link);
    if (refusal !== undefined) {
      sayGoodbye(link, refusal);
      if (refusal === "self_connection") this.#dialer.forget(remoteAddress);
      else this.#dialer.released(nodeId, 0);
      return;
    }
    const { clock, standing } = this.#d;
    const peer = new LinkedPeer(link, this.#limits, {
      clock,
      standing,
      helloLate: (late) => this.#drop(late, "hello_late"),
      unresponsive: (gone) => this.#drop(gone, "unresponsive"),
    });
    this.#table.add(peer);
    if (outbound) this.#greet(peer);
  }

  #greet(peer: LinkedPeer): void {
    const now = { standing: this.#d.standing(), wallMs: this.#d.clock.wallMs() };
    peer.send(makeHello(this.#introduction, peer.link, now));
  }

  #refusal({ nodeId, outbound }: Link): GoodbyeReason | undefined {
    if (this.#events === undefined) return "stopping";
    if (nodeId === this.#introduction.nodeId) return "self_connection";
    if (this.#scores.isBanned(nodeId)) return "banned";
    if (!outbound)
      return this.#table.count({ outbound: false }) >= this.#limits.inboundMax
        ? "too_many_peers"
        : undefined;
    // Two addresses of one node: only we know that both links are ours, so we close the second.
    const twice = this.#table.linksOf(nodeId).some((peer) => peer.outbound);
    return twice ? "duplicate_link" : undefined;
  }

  #received(link: Link, bytes: Uint8Array): void {
    const peer = this.#table.get(link);
    if (peer === undefined) return;
    peer.bytesIn += bytes.length;
    const rule = frameRule(bytes);
    if (!rule.ok) {
      this.punish(peer, rule.reason === "oversized" ? "oversized" : "malformed");
      return;
    }
    if (!peer.allows(rule.value, bytes.length)) {
      this.cost(peer, overAllowanceCost);
      return;
    }
    const decoded = decodeFrame(bytes);
    if (!decoded.ok) this.punish(peer, "malformed");
    else this.#dispatch(peer, decoded.value, bytes.length);
  }

  #dispatch(peer: LinkedPeer, message: Message, bytes: number): void {
    if (message.kind === "goodbye") {
      this.#dismissed(peer, message.code);
      return;
    }
    if ((message.kind === "hello") !== (peer.state === "new")) {
      this.punish(peer, "malformed"); // Hello comes first, and once.
      return;
    }
    switch (message.kind) {
      case "hello":
        this.#greeted(peer, message);
        break;
      case "ping":
        peer.standing = standingOf(message);
        peer.send({ kind: "pong", token: message.token, ...this.#d.standing() });
        break;
      case "pong":
        peer.standing = standingOf(message);
        peer.answered(message.token);
        break;
      case "peers-request":
        this.#exchange.answer(peer);
        break;
      case "peers":
        this.#exchange.learn(peer, message);
        break;
      default:
        this.#events?.received(peer, message, bytes);
    }
  }

  #greeted(peer: LinkedPeer, hello: Hello): void {
    const judged = judgeHello(hello, peer.link, this.#introduction, this.#d);
    if (!judged.ok) {
      this.#d.log.info("hello refused", { peer: peer.nodeId, reason: judged.reason });
      if (judged.reason === "hello_wrong") this.#scores.ban(peer.nodeId);
      this.#drop(peer, judged.reason);
      return;
    }
    const first = this.#table.readyOf(peer.nodeId);
    if (first !== undefined && !this.#replaces(first, peer, hello)) return;
    if (!peer.outbound) this.#greet(peer);
    peer.becomeReady(hello, judged.value);
    this.#table.addReady(peer);
    this.#d.log.debug("peer joined", { peer: peer.nodeId, address: peer.address });
    this.#exchange.joined(peer);
    this.#events?.joined(peer);
  }

  /** Whether a second link to the same node takes the place of the first; one of them is closed. */
  #replaces(first: LinkedPeer, second: LinkedPeer, hello: Hello): boolean {
    const stays = linkThatStays(
      { outbound: first.outbound, session: first.hello.session },
      { outbound: second.outbound, session: hello.session },
      { own: this.#introduction.nodeId, peer: first.nodeId },
    );
    if (stays === "second") {
      this.#drop(first, "duplicate_link");
      return true;
    }
    const sameSession = first.hello.session === hello.session;
    this.#drop(second, sameSession ? "duplicate_link" : "duplicate_identity");
    first.probe();
    return false;
  }

  #dismissed(peer: LinkedPeer, code: number): void {
    const reason = goodbyeReason(code) ?? `code_${code}`;
    const fields = { peer: peer.nodeId, address: peer.address, reason };
    if (reason === "duplicate_identity") {
      this.#d.log.warn("refused: something else with this node key is linked there", fields);
      if (peer.outbound) this.#events?.duplicated(peer.address);
    } else if (reason === "wrong_chain" || reason === "wrong_version" || reason === "banned") {
      this.#d.log.warn("refused by a peer", fields);
    } else {
      this.#d.log.debug("peer said goodbye", fields);
    }
    peer.link.close(1_000, "");
    this.#gone(peer);
  }

  #closed(link: Link, reason: string): void {
    const peer = this.#table.get(link);
    if (peer === undefined) return;
    this.#d.log.debug("link closed", { peer: peer.nodeId, address: peer.address, reason });
    this.#gone(peer);
  }

  #drop(peer: LinkedPeer, reason: GoodbyeReason): void {
    if (peer.state === "closed") return;
    sayGoodbye(peer.link, reason);
    this.#gone(peer);
  }

  #dropNode(nodeId: NodeId, reason: GoodbyeReason): void {
    for (const peer of this.#table.linksOf(nodeId)) this.#drop(peer, reason);
  }

  #gone(peer: LinkedPeer): void {
    const wasReady = peer.state === "ready";
    peer.close();
    this.#table.delete(peer);
    if (wasReady) {
      this.#exchange.left(peer);
      this.#events?.left(peer);
    }
    const livedMs = wasReady ? this.#d.clock.monotonicMs() - peer.readyAtMs : 0;
    this.#dialer.released(peer.nodeId, livedMs);
  }
}

function standingOf({ epoch, view, lastFinalView, finalHeight }: Standing): Standing {
  return { epoch, view, lastFinalView, finalHeight };
}
