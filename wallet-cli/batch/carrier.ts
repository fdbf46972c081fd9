/**
 * Carrying a batch to the network: one node at a time, another one when it is silent or nothing moves.
 *
 * A node is believed about nothing that matters: final is what a receipt proves, and a row is signed again only after
 * its transaction was proven to be impossible.
 * @module
 */
import { describeFailure, type Heard } from "../../src/api/asking.ts";
import type { BatchJson, OutcomeJson } from "../../src/api/json.ts";
import { CommandFailure, exitCodes } from "../failure.ts";
import { ask } from "../network/nodes.ts";
import type { OutboxEntry } from "../outbox/outbox-entry.ts";
import type { Carrier, Verdict } from "./run.ts";

/** What is certain. */
export interface Judge {
  /** The height of the final block that has it; undefined: not proven now. */
  proveFinal(entry: OutboxEntry, node: string): Promise<number | undefined>;
  /** Whether it can never be applied any more, or is final after all. */
  decide(entry: OutboxEntry): Promise<Verdict>;
}

export interface CarrierOptions {
  readonly nodes: readonly string[];
  readonly judge: Judge;
  /** Without any progress for so long it is given up, for this time. */
  readonly timeoutMs: number;
  /** Transactions of the account from before, which these may have to wait for. */
  readonly earlier: () => Promise<readonly OutboxEntry[]>;
  /** The command line that goes on. */
  readonly resume: string;
}

const requestMs = 10_000;
/** Without progress for so long, another node is asked. */
const patienceMs = 3_000;
const provenTogether = 8;

/** Refusals that pass by themselves. */
const passing: ReadonlySet<string> = new Set(["nonce_too_high", "pool_full", "nonce_taken"]);
/** Refusals, now, of what may turn out to be impossible for ever. */
const perhapsGone: ReadonlySet<string> = new Set(["expired", "nonce_too_low"]);

const isPerhapsGone = ({ status, code }: OutcomeJson): boolean =>
  status === "expired" ||
  status === "superseded" ||
  (status === "refused" && perhapsGone.has(code ?? ""));

export class NodeCarrier implements Carrier {
  readonly #options: CarrierOptions;
  #turn = 0;
  #movedMs: number = performance.now();
  #turnedMs: number = performance.now();
  /** What stands in the way, by the last answer that said so. */
  #obstacle: string | undefined;
  #wasAnswered = false;
  #refusal: { readonly code: string; readonly message: string; readonly id: string } | undefined;

  constructor(options: CarrierOptions) {
    this.#options = options;
  }

  async carry(entries: readonly OutboxEntry[]): Promise<readonly Verdict[]> {
    const node = this.#node;
    const bytes = entries.map((entry) => entry.bytes);
    const heard = await ask(node, (client) => client.submitBatch(bytes), { timeoutMs: requestMs });
    const verdicts = await this.#judged(node, entries, heard);
    if (verdicts.some(({ kind }) => kind !== "open")) this.#moved();
    else await this.#waited();
    return verdicts;
  }

  get #node(): string {
    const { nodes } = this.#options;
    return nodes[this.#turn % nodes.length] ?? "";
  }

  async #judged(
    node: string,
    entries: readonly OutboxEntry[],
    { result }: Heard<BatchJson>,
  ): Promise<readonly Verdict[]> {
    const open: Verdict = { kind: "open" };
    if (!result.ok) {
      this.#obstacle = `${node}: ${describeFailure(result.reason)}`;
      this.#nextNode();
      return entries.map(() => open);
    }
    this.#wasAnswered = true;
    const { items } = result.value;
    const verdicts: Verdict[] = entries.map(() => open);
    const claims = entries.flatMap((entry, i) => {
      const item = items[i];
      return item?.id === entry.id ? [{ entry, item, i }] : [];
    });
    this.#hear(claims.map(({ item }) => item));
    const due = claims.filter(({ item }) => item.status === "final");
    for (let from = 0; from < due.length; from += provenTogether) {
      await Promise.all(
        due.slice(from, from + provenTogether).map(async ({ entry, i }) => {
          const height = await this.#options.judge.proveFinal(entry, node);
          if (height !== undefined) verdicts[i] = { kind: "final", height };
          else this.#obstacle = `${node}: final, it says, without proof`;
        }),
      );
    }
    // One at a time: with the first one decided, the others may move by themselves.
    const dead = due.length > 0 ? undefined : claims.find(({ item }) => isPerhapsGone(item));
    if (dead !== undefined) {
      verdicts[dead.i] = await this.#options.judge.decide(dead.entry);
      this.#obstacle = `${node}: ${dead.item.code ?? dead.item.status}, it says, without proof`;
    }
    return verdicts;
  }

  #hear(items: readonly OutcomeJson[]): void {
    this.#refusal = undefined;
    for (const { status, code, message, id } of items) {
      if (status !== "refused" && status !== "invalid") continue;
      if (code === null || passing.has(code) || perhapsGone.has(code)) continue;
      this.#refusal ??= { code, message: message ?? code, id: id ?? "" };
    }
  }

  #moved(): void {
    this.#movedMs = performance.now();
    this.#turnedMs = this.#movedMs;
    this.#obstacle = undefined;
  }

  async #waited(): Promise<void> {
    const { timeoutMs, nodes, resume } = this.#options;
    const nowMs = performance.now();
    const stillMs = nowMs - this.#movedMs;
    const isRefused = this.#refusal !== undefined && stillMs > patienceMs * nodes.length;
    if (isRefused || stillMs > timeoutMs) throw this.#stuck(resume);
    if (nowMs - this.#turnedMs > patienceMs) {
      this.#nextNode();
      await this.#sendEarlier();
    }
  }

  #nextNode(): void {
    this.#turn += 1;
    this.#turnedMs = performance.now();
  }

  async #sendEarlier(): Promise<void> {
    const earlier = await this.#options.earlier();
    if (earlier.length === 0) return;
    const bytes = earlier.map((entry) => entry.bytes);
    await ask(this.#node, (client) => client.submitBatch(bytes), { timeoutMs: requestMs });
  }

  #stuck(resume: string): CommandFailure {
    const fix = `No row is paid twice. Continue with: ${resume}`;
    if (this.#refusal !== undefined) {
      const { code, message, id } = this.#refusal;
      return new CommandFailure(exitCodes.refused, { code, message, fix, id });
    }
    if (!this.#wasAnswered) {
      const message = `no node answered (${this.#obstacle ?? "no answer"})`;
      return new CommandFailure(exitCodes.unreachable, { code: "no_node_reachable", message, fix });
    }
    return new CommandFailure(exitCodes.outcomeUnknown, {
      code: "outcome_unknown",
      message: `nothing has moved for a while${this.#obstacle === undefined ? "" : ` (${this.#obstacle})`}`,
      fix,
    });
  }
}
