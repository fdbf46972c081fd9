/**
 * A small world: a few reducers with real signatures, and a wire on which nothing moves unless the script says so.
 *
 * Numbers name validators by the first view they lead: 1 leads views 1, 1 + n, … Liars have no code; the script speaks
 * for them. What an honest validator is handed goes the way of real messages: is it wanted, is its signature good.
 * @module
 */
import type { Input } from "../../../../src/consensus/input.ts";
import { view } from "../../../../src/protocol/ids.ts";
import type { Proposal } from "../../../../src/protocol/vote.ts";
import { SceneOver } from "./finding.ts";
import type { Which } from "./parcels.ts";
import { SmallHosts } from "./small-hosts.ts";
import { nameOf, type SmallNode } from "./small-node.ts";

const pingEveryMs = 500;

export class SmallWorld extends SmallHosts {
  start(): void {
    for (const node of this.nodes) this.give(node, { kind: "start" });
  }

  /** A second machine with the same key and a journal of its own. */
  twin(number: number): SmallNode {
    const node = this.addNode(number);
    this.give(node, { kind: "start" });
    return node;
  }

  node(number: number): SmallNode {
    const node = this.nodes.find((one) => one.number === number);
    if (node === undefined) throw new Error(`${number} is a liar`);
    return node;
  }

  /** The script hands a proposal of a lying leader to some, with its block. */
  announce(liar: number, proposal: Proposal, to: readonly number[]): void {
    for (const node of this.nodes.filter(({ number }) => to.includes(number))) {
      node.holds.add(proposal.blockId);
      this.hand(node, this.vote(liar, { kind: "notarize", ...proposal }));
    }
  }

  // What the script lets happen.

  /** Delivers what is on the wire, and what that sets off, as far as it is meant. */
  deliver(which: Which = {}): void {
    for (;;) {
      const parcel = this.wire.take(which);
      if (parcel === undefined) return;
      for (const node of this.nodes) if (node.number === parcel.to) this.arrive(node, parcel);
    }
  }

  /** One message, in any order: it may be lost, or come again later. */
  deliverOne(place: number, isLost: boolean, isRepeated: boolean): void {
    const parcel = this.wire.takeAt(place, isRepeated);
    if (parcel === undefined || isLost) return;
    for (const node of this.nodes) if (node.number === parcel.to) this.arrive(node, parcel);
  }

  drop(which: Which = {}): void {
    this.wire.drop(which);
  }

  /** Time passes, with a tick at each deadline on the way; nothing is delivered. */
  pass(durationMs: number): void {
    const untilMs = this.nowMs + durationMs;
    for (;;) {
      const due = this.nextDeadline();
      if (due === undefined || due.atMs > untilMs) break;
      if (due.atMs > this.nowMs) this.setTime(due.atMs);
      this.give(due.node, { kind: "tick" });
    }
    this.setTime(untilMs);
  }

  /** Everything is delivered at once and time passes, until it is done. */
  flow(durationMs: number, isDone: () => boolean): boolean {
    const untilMs = this.nowMs + durationMs;
    for (;;) {
      this.deliver();
      this.deliverBlocks();
      if (isDone()) return true;
      if (this.nowMs >= untilMs) return false;
      if (!this.wire.isEmpty) continue;
      const dueMs = this.nextDeadline()?.atMs ?? untilMs;
      const pingMs = (Math.floor(this.nowMs / pingEveryMs) + 1) * pingEveryMs;
      this.pass(Math.max(0, Math.min(dueMs, pingMs, untilMs) - this.nowMs));
      if (this.nowMs === pingMs) this.ping();
    }
  }

  /** From now on messages flow and liars are silent: everyone that is up makes a new view final in this time. */
  demandFinal(withinMs: number): void {
    const up = this.nodes.filter(({ isUp }) => isUp);
    const goal = Math.max(...up.map(({ consensus }) => consensus.view));
    const isDone = (): boolean => up.every(({ consensus }) => consensus.lastFinalView >= goal);
    if (this.flow(withinMs, isDone)) return;
    const stand = up.map(
      ({ number, consensus }) => `${number} in ${consensus.view}, final ${consensus.lastFinalView}`,
    );
    const message = `view ${goal} is not final ${withinMs} ms after messages flow: ${stand.join("; ")}`;
    this.oracle.find("stall", message);
  }

  demandBlame(liar: number): void {
    if (this.blamed.has(this.validators.leader(view(liar)))) return;
    this.oracle.find("wrong blame", `the faults of validator ${liar} go unseen`);
  }

  demand(isSo: boolean, wanted: string): void {
    if (!isSo) this.oracle.find("stall", wanted);
  }

  /** A node answers what it was slow about. */
  answer(node: SmallNode, input: Input): void {
    if (input.kind === "certified" && input.result === "ok")
      node.certified.add(nameOf(input.proposal));
    if (input.kind === "verified" && input.verdict === "valid")
      node.verified.add(nameOf(input.proposal));
    this.give(node, input);
  }

  setMayVote(node: SmallNode, allowed: boolean): void {
    node.mayVote = allowed;
    node.consensus.setMayVote(allowed);
    this.give(node, { kind: "retry" });
  }

  restart(node: SmallNode, options: { readonly mayVote?: boolean } = {}): void {
    try {
      node.restart(options);
    } catch (error) {
      throw new SceneOver("crash", `validator ${node.number} does not start: ${String(error)}`);
    }
    this.give(node, { kind: "start" });
  }
}
