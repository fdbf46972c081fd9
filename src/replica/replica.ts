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
import { type Block, encodeBlock } from "../protocol/block.ts";
import type { ContentHash, View } from "../protocol/ids.ts";
import type { Message, Standing } from "../protocol/message.ts";
import type { Vote } from "../protocol/vote.ts";
import { noMetrics, type ReplicaMetrics } from "./activity.ts";
import type { Committed } from "./committer.ts";
import { DuplicateWatch } from "./duplicate-watch.ts";
import type { NodeQueries, VotingState } from "./node-queries.ts";
import { type OpenedLedger, type OpenFailure, openLedger } from "./open-ledger.ts";
import type { ReplicaOptions, ReplicaPorts } from "./ports.ts";
import { assemble, type ReplicaHooks, type ReplicaParts } from "./replica-parts.ts";

/** How often the replica looks after peers, requests and lag. */
const careIntervalMs = 250;
/** After a start: how long to wait for what peers know of our own votes, before the first vote. */
const handBackMs = 1_000;

export class Replica implements NetworkEvents {
  readonly #options: ReplicaOptions;
  readonly #ports: ReplicaPorts;
  readonly #opened: OpenedLedger;
  readonly #parts: ReplicaParts;
  readonly #duplicates: DuplicateWatch;
  readonly #timers = new Map<"care" | "listening", Cancel>();
  #silence: string | undefined;
  #isListening = true;
  #stopped = false;

  /** Opens the ledger and the journal; nothing runs yet. Refuses with a reason rather than serve what is not sure. */
  static async open(
    options: ReplicaOptions,
    ports: ReplicaPorts,
    metrics: ReplicaMetrics = noMetrics,
  ): Promise<Result<Replica, OpenFailure>> {
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
    this.#silence = opened.silence;
    this.#duplicates = new DuplicateWatch({ clock: ports.clock, validators: opened.validators });
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
    this.#parts.driver.give({ kind: "start" });
    this.#parts.application.updateWork();
    this.#timers.set(
      "listening",
      this.#ports.clock.after(handBackMs, () => this.#stopListening()),
    );
  }

  /** Stops taking anything in, finishes the commits that are under way, and closes. */
  async stop(): Promise<void> {
    this.#end();
    await this.#parts.network.stop();
    await this.#parts.committer.settled();
    await this.#options.validator?.journal.close();
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
    this.#duplicates.claimed(address);
    this.#judgeVoting();
  }

  // How.

  /** Called only after the parts are built. */
  #hooks(): ReplicaHooks {
    return {
      standing: () => this.#standing(),
      voting: () => this.#voting(),
      admitted: (hash) => {
        this.#parts.gossip.admitted(hash);
        this.#parts.application.poolGrew();
      },
      receiveTransactions: (...received) => this.#receiveTransactions(...received),
      candidateChanged: (id) => this.#parts.application.candidateChanged(id),
      give: (input) => this.#parts.driver.give(input),
      becameFinal: (blocks) => this.#becameFinal(blocks),
      committed: (committed) => this.#committed(committed),
      behind: () => {
        this.#parts.catchUp.poke();
        return this.#parts.catchUp.isFarBehind;
      },
      proven: (certificate) => {
        this.#parts.driver.give({ kind: "certificate", certificate });
        this.#parts.application.advanceFinal();
      },
      peerBehind: (peer) => this.#parts.care.behind(peer),
      votesElsewhere: (vote) => this.#votesElsewhere(vote),
      fatal: (error) => this.#fatal(error),
    };
  }

  #standing(): Standing {
    const { epoch: of, view, lastFinalView } = this.#parts.consensus;
    return { epoch: of, view, lastFinalView, finalHeight: this.#opened.chain.tip.height };
  }

  #voting(): VotingState {
    if (this.#opened.self === undefined) return { kind: "observer" };
    if (this.#silence !== undefined) return { kind: "silent", reason: this.#silence };
    if (this.#duplicates.isDuplicate) {
      const reason =
        "something else with this node key is linked to the network: a copied home votes twice";
      return { kind: "silent", reason };
    }
    if (this.#isListening) return { kind: "silent", reason: "just started: listening first" };
    return { kind: "voting" };
  }

  /** Before the first vote, linked peers had the time to tell what they know of our earlier ones. */
  #stopListening(): void {
    this.#isListening = false;
    this.#judgeVoting();
  }

  #judgeVoting(): void {
    const { driver } = this.#parts;
    const may = this.#voting().kind === "voting";
    if (may !== driver.mayVote) driver.setMayVote(may);
  }

  #lookAfter(): void {
    if (this.#stopped) return;
    this.#parts.care.poke();
    this.#parts.catchUp.poke();
    this.#parts.application.advanceFinal();
    this.#judgeVoting();
    const { epoch: of } = this.#parts.consensus;
    const isMissing = (view: View): boolean => this.#parts.consensus.isMissing(view);
    this.#parts.wants.poke(isMissing, of, this.#ports.clock.monotonicMs());
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
    const { height } = block.header;
    this.#parts.activity.blockFinal(block.id, height, block.transactions.length, commitMs);
    this.#parts.intake.committed(block);
    for (const { id } of block.transactions) this.#parts.waits.settle(id);
    if (this.#parts.queries.hasListeners) {
      this.#parts.queries.announce({ block, bytes: encodeBlock(block).length, finalization });
    }
    const durable = finalization?.subject.view;
    if (durable !== undefined) {
      this.#parts.driver.prune(durable).catch((error: unknown) => this.#fatal(error));
    }
  }

  #votesElsewhere(vote: Vote): void {
    this.#silence = "this validator key has voted elsewhere: something else signs with it";
    this.#ports.log.error(this.#silence, { view: vote.body.view, kind: vote.body.kind });
  }

  #end(): void {
    this.#stopped = true;
    for (const cancel of this.#timers.values()) cancel();
    this.#parts.driver.stop();
    this.#parts.application.stop();
    this.#parts.requests.stop();
    this.#parts.gossip.stop();
    this.#parts.waits.endAll();
  }

  #fatal(error: unknown): void {
    if (this.#stopped) return;
    this.#end();
    this.#ports.fatal(error);
  }
}
