/**
 * Metrics of a node, in the text form that Prometheus reads.
 *
 * The replica and the adapters feed plain methods with plain numbers; how it is counted is decided here. What a node
 * can be asked at any moment is not fed but read when Prometheus asks. Durations go in as milliseconds and come out
 * as seconds, as Prometheus wants them. Labels take only words of our own code, never what a peer or client chose.
 * @module
 */
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from "prom-client";
import type { ReplicaMetrics } from "../../src/replica/activity.ts";
import type { NodeQueries, NodeStatus } from "../../src/replica/node-queries.ts";

export interface AnsweredRequest {
  /** The route's pattern, never the path that was asked for. */
  readonly route: string;
  readonly method: string;
  readonly status: number;
  readonly tookMs: number;
}

const networkSeconds = [0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10];
const diskSeconds = [0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.5, 1];

export class NodeMetrics implements ReplicaMetrics {
  readonly #registry = new Registry();
  readonly #height = this.#gauge("height", "Height of the newest final block");
  readonly #view = this.#gauge("view", "The view that this node is in");
  readonly #faults = this.#counter("faults_total", "Proofs that a validator broke the rules");
  readonly #transactions = this.#counter("transactions_total", "Final transactions");
  readonly #blocks = this.#counter("blocks_total", "Final blocks");
  readonly #finality = this.#histogram(
    "finality_seconds",
    "From first sight of a proposal to its finality",
    networkSeconds,
  );
  readonly #nullified = this.#counter("views_nullified_total", "Nullified views", ["reason"]);
  readonly #votes = this.#counter("own_votes_total", "Votes of this validator", ["kind"]);
  readonly #moved = this.#counter("message_bytes_total", "Bytes from and to peers", [
    "direction",
    "kind",
  ]);
  readonly #duplicates = this.#counter("duplicates_total", "Messages that brought nothing new", [
    "kind",
  ]);
  readonly #verifyQueue = this.#gauge("verify_queue", "Signatures that wait to be checked");
  readonly #fsync = this.#histogram("journal_fsync_seconds", "Vote journal fsync", diskSeconds);
  readonly #commit = this.#histogram("commit_seconds", "Commit of one height", diskSeconds);
  readonly #databaseBytes = this.#gauge("database_bytes", "Size of the database");
  readonly #requests = this.#histogram(
    "http_request_seconds",
    "HTTP requests until the head of the answer",
    networkSeconds,
    ["route", "method", "status"],
  );

  constructor() {
    // Memory, garbage collection, and the delay of the event loop.
    collectDefaultMetrics({ register: this.#registry });
  }

  get contentType(): string {
    return this.#registry.contentType;
  }

  text(): Promise<string> {
    return this.#registry.metrics();
  }

  /** From now on these are read from the node whenever the metrics are asked for. */
  watch(queries: Pick<NodeQueries, "status">): void {
    this.#read("peers", "Connected peers", queries, ({ peers }) => peers);
    this.#read("mempool_transactions", "Transactions that wait", queries, ({ mempool }) => {
      return mempool.transactions;
    });
    this.#read("mempool_bytes", "Bytes that wait", queries, ({ mempool }) => mempool.bytes);
    this.#read("sync_lag_blocks", "Heights behind the best known", queries, ({ sync }) => {
      return sync.kind === "behind" ? sync.blocks : 0;
    });
    this.#read("quorum_age_seconds", "Since a quorum was last seen", queries, (status) => {
      return status.quorumAgeMs / 1000;
    });
    this.#read("epoch", "The epoch that this node is in", queries, ({ epoch }) => epoch);
    this.#read(
      "silent_validators",
      "Validators without a vote in the last views",
      queries,
      (now) => {
        return now.silent.length;
      },
    );
    this.#read("fetching_certificates", "Certificates asked for", queries, ({ fetching }) => {
      return fetching.certificates.length;
    });
    this.#read(
      "fetching_blocks",
      "Blocks asked for by id",
      queries,
      ({ fetching }) => fetching.blocks,
    );
    this.#read("voting", "1 while this node votes", queries, ({ voting }) => {
      return voting.kind === "voting" ? 1 : 0;
    });
  }

  blockFinal(measured: {
    readonly height: number;
    readonly transactions: number;
    readonly finalityMs: number | undefined;
    readonly commitMs: number;
  }): void {
    this.#height.set(measured.height);
    this.#blocks.inc();
    this.#transactions.inc(measured.transactions);
    this.#commit.observe(measured.commitMs / 1000);
    if (measured.finalityMs !== undefined) this.#finality.observe(measured.finalityMs / 1000);
  }

  viewEntered(view: number): void {
    this.#view.set(view);
  }

  viewNullified(reason: string): void {
    this.#nullified.inc({ reason });
  }

  voteSent(kind: string): void {
    this.#votes.inc({ kind });
  }

  faultSeen(): void {
    this.#faults.inc();
  }

  /** @param direction "in" or "out"; @param messageKind of protocol/message.ts. */
  bytesMoved(direction: "in" | "out", messageKind: string, bytes: number): void {
    this.#moved.inc({ direction, kind: messageKind }, bytes);
  }

  /** A message that brought nothing new. */
  duplicate(messageKind: string): void {
    this.#duplicates.inc({ kind: messageKind });
  }

  /** Signatures that wait to be checked. */
  verifyQueue(waiting: number): void {
    this.#verifyQueue.set(waiting);
  }

  /** One fsync of the vote journal. */
  fsyncTook(ms: number): void {
    this.#fsync.observe(ms / 1000);
  }

  databaseSize(bytes: number): void {
    this.#databaseBytes.set(bytes);
  }

  requestAnswered({ route, method, status, tookMs }: AnsweredRequest): void {
    this.#requests.observe({ route, method, status }, tookMs / 1000);
  }

  #read(
    name: string,
    help: string,
    queries: Pick<NodeQueries, "status">,
    value: (status: NodeStatus) => number,
  ): void {
    const gauge: Gauge = new Gauge({
      name: `quorate_${name}`,
      help,
      registers: [this.#registry],
      collect: () => gauge.set(value(queries.status())),
    });
  }

  #gauge(name: string, help: string): Gauge {
    return new Gauge({ name: `quorate_${name}`, help, registers: [this.#registry] });
  }

  #counter(name: string, help: string, labelNames: readonly string[] = []): Counter {
    const registers = [this.#registry];
    return new Counter({ name: `quorate_${name}`, help, labelNames, registers });
  }

  #histogram(
    name: string,
    help: string,
    buckets: number[],
    labelNames: readonly string[] = [],
  ): Histogram {
    const registers = [this.#registry];
    return new Histogram({ name: `quorate_${name}`, help, buckets, labelNames, registers });
  }
}
