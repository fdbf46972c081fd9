/**
 * One node's part in the ledger: joins storage, ledger, mempool, consensus and network, and runs until it is stopped.
 *
 * Here is only who tells whom. What decides is elsewhere: the rules of voting in consensus, of blocks in ledger, of
 * transactions in intake and mempool, of messages in message-ingress.
 * @module
 */
import type { Cancel } from "../base/clock.ts";
import { ok, type Result } from "../base/result.ts";
import type { NetworkEvents, Peer } from "../network/network.ts";
import type { Block } from "../protocol/block.ts";
import type { ContentHash, View } from "../protocol/ids.ts";
import type { Message, Standing } from "../protocol/message.ts";
import { encodedLength } from "../storage/block-rows.ts";
import { noMetrics, type ReplicaMetrics } from "./activity.ts";
import type { Committed } from "./committer.ts";
import type { NodeQueries } from "./node-queries.ts";
import {
  type LedgerFailure,
  nextEpoch,
  type OpenedLedger,
  openLedger,
  versionFailure,
} from "./open-ledger.ts";
import type { ReplicaOptions, ReplicaPorts } from "./ports.ts";
import { assemble, type ReplicaHooks, type ReplicaParts } from "./replica-parts.ts";

/** How often the replica looks after peers, requests and lag. */
const careIntervalMs = 250;
/** After a start: how long to wait for what peers know of our own votes, before the first vote. */
const handBackMs = 1_000;

/** The members have agreed on rules that this program does not know: it stops where they begin. */
class EpochRefused extends Error {
  override readonly name = "EpochRefused";
  readonly failure: LedgerFailure;

  constructor(failure: LedgerFailure) {
    super(failure.message);
    this.failure = failure;
  }
}

export class Replica implements NetworkEvents {
  readonly #options: ReplicaOptions;
  readonly #ports: ReplicaPorts;
  readonly #opened: OpenedLedger;
  readonly #parts: ReplicaParts;
  readonly #timers = new Map<"care" | "listening", Cancel>();
  #stopped = false;

  /** Opens the ledger and the journal; nothing runs yet. Refuses with a reason rather than serve what is not sure. */
  static async open(
    options: ReplicaOptions,
    ports: ReplicaPorts,
    metrics: ReplicaMetrics = noMetrics,
  ): Promise<Result<Replica, LedgerFailure>> {
    const opened = await openLedger(options, ports);
    return opened.ok ? ok(new Replica(options, ports, opened.value, metrics)) : opened;
  }

  private constructor(
    options: ReplicaOptions,
    ports: ReplicaPorts,
    opened: OpenedLedger,
    metrics: ReplicaMetrics,
  ) {
    this.#options = options;
    this.#ports = ports;
    this.#opened = opened;
    const hooks = this.#hooks();
    this.#parts = assemble({ options, ports, opened, metrics, hooks });
  }

  get queries(): NodeQueries {
    return this.#parts.queries;
  }

  async start(): Promise<void> {
    await this.#parts.network.start(this);
    this.#timers.set(
      "care",
      this.#ports.clock.after(careIntervalMs, () => this.#lookAfter()),
    );
    this.#parts.epochs.give({ kind: "start" });
    this.#parts.application.updateWork();
    this.#timers.set(
      "listening",
      this.#ports.clock.after(handBackMs, () => this.#parts.permission.stopListening()),
    );
  }

  /** Stops taking anything in, finishes the commits that are under way, and closes. */
  async stop(): Promise<void> {
    this.#end();
    await this.#parts.network.stop();
    await this.#parts.committer.settled();
    for (const { journal } of this.#options.validators) await journal.close();
    await this.#ports.store.close();
  }

  // What the network tells.

  joined(peer: Peer): void {
    this.#parts.care.joined(peer);
    this.#parts.requests.peersChanged();
    this.#parts.gossip.joined(peer);
  }

  left(peer: Peer): void {
    this.#parts.care.left(peer);
    this.#parts.gossip.left(peer);
  }

  received(peer: Peer, message: Message): void {
    if (this.#stopped) return;
    switch (message.kind) {
      case "transactions":
      case "transactions-announce":
      case "transactions-request":
        this.#parts.gossip.received(peer, message);
        break;
      default:
        this.#parts.ingress.received(peer, message);
    }
  }

  duplicated(address: string): void {
    this.#parts.permission.duplicated(address);
  }

  // How.

  /** Called only after the parts are built. */
  #hooks(): ReplicaHooks {
    return {
      standing: () => this.#standing(),
      admitted: (hash) => {
        this.#parts.gossip.admitted(hash);
        this.#parts.application.poolGrew();
      },
      receiveTransactions: (...received) => this.#receiveTransactions(...received),
      candidateChanged: (id) => this.#parts.application.candidateChanged(id),
      give: (input) => this.#parts.epochs.give(input),
      becameFinal: (blocks) => this.#becameFinal(blocks),
      committed: (committed) => this.#committed(committed),
      behind: () => {
        this.#parts.catchUp.poke();
        return this.#parts.catchUp.isFarBehind;
      },
      proven: (certificate) => {
        if (certificate.subject.epoch !== this.#parts.epochs.epoch) return;
        this.#parts.epochs.give({ kind: "certificate", certificate });
        this.#parts.application.advanceFinal();
      },
      peerBehind: (peer) => this.#parts.care.behind(peer),
      epochEnded: () => this.#beginEpoch(),
      evidence: (first, second) => this.#parts.intake.offerFault(first, second),
      certified: (peer, message) => this.#parts.permission.certified(peer, message),
      votesElsewhere: (vote) => this.#parts.permission.votesElsewhere(vote),
      fatal: (error) => this.#fatal(error),
    };
  }

  #standing(): Standing {
    const { epoch: of, view, lastFinalView } = this.#parts.epochs.consensus;
    return { epoch: of, view, lastFinalView, finalHeight: this.#opened.chain.tip.height };
  }

  /** The last block of the epoch is final: the next one's validators take over, ourselves perhaps among them. */
  #beginEpoch(): void {
    const { hasher, log } = this.#ports;
    const { ledger, chain } = this.#opened;
    const { epochs, network, application, ingress, permission, wants } = this.#parts;
    const facts = nextEpoch(hasher, ledger, chain);
    const failure = versionFailure(facts);
    if (failure !== undefined) {
      this.#fatal(new EpochRefused(failure));
      return;
    }
    const before = epochs.identity;
    epochs.begin(facts);
    const { validators } = facts.validators;
    for (const { endpoint } of validators) if (endpoint !== "") network.keep(endpoint);
    if (epochs.identity !== undefined && epochs.identity !== before) {
      network.proveAs(epochs.identity.signer);
    }
    wants.clear();
    this.#parts.spread.flush();
    this.#parts.activity.epochBegan();
    application.beganEpoch();
    permission.beganEpoch();
    ingress.beganEpoch();
    log.info("epoch begun", { epoch: facts.epoch, validators: validators.length });
  }

  #lookAfter(): void {
    if (this.#stopped) return;
    this.#parts.care.poke();
    this.#parts.catchUp.poke();
    this.#parts.application.advanceFinal();
    this.#parts.permission.poke();
    const { consensus, epoch } = this.#parts.epochs;
    const isMissing = (view: View): boolean => consensus.isMissing(view);
    this.#parts.wants.poke(isMissing, epoch, this.#ports.clock.monotonicMs());
    this.#timers.set(
      "care",
      this.#ports.clock.after(careIntervalMs, () => this.#lookAfter()),
    );
  }

  #receiveTransactions(
    peer: Peer,
    encoded: readonly Uint8Array[],
    hashes: readonly ContentHash[],
  ): void {
    this.#parts.intake.receive(encoded, hashes).then(
      (results) => {
        if (results.includes("malformed")) this.#parts.network.punish(peer, "malformed");
        else if (results.includes("bad-signature"))
          this.#parts.network.punish(peer, "bad-signature");
      },
      (error: unknown) => this.#fatal(error),
    );
  }

  #becameFinal(blocks: readonly Block[]): void {
    for (const id of this.#parts.intake.becameFinal(blocks)) this.#parts.waits.settle(id);
    this.#parts.application.updateWork();
  }

  #committed({ block, finalization, commitMs }: Committed): void {
    this.#parts.activity.blockFinal({
      id: block.id,
      height: block.header.height,
      transactions: block.transactions.length,
      fill: this.#parts.queries.fillOf(block),
      commitMs,
    });
    this.#parts.intake.committed(block);
    for (const { id } of block.transactions) this.#parts.waits.settle(id);
    if (this.#parts.queries.hasListeners) {
      this.#parts.queries.announce({ block, bytes: encodedLength(block), finalization });
    }
    const durable = finalization?.subject;
    if (durable !== undefined) {
      this.#parts.epochs.driver.prune(durable).catch((error: unknown) => this.#fatal(error));
    }
  }

  #end(): void {
    this.#stopped = true;
    for (const cancel of this.#timers.values()) cancel();
    this.#parts.epochs.driver.stop();
    this.#parts.application.stop();
    this.#parts.requests.stop();
    this.#parts.spread.stop();
    this.#parts.gossip.stop();
    this.#parts.waits.endAll();
  }

  #fatal(error: unknown): void {
    if (this.#stopped) return;
    this.#end();
    this.#ports.fatal(error);
  }
}
