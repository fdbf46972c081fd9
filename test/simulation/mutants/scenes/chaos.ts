/**
 * Chaos: a small world in which dice choose what happens, seed after seed.
 *
 * Messages come in any order, twice or never; time passes in jumps; a liar signs what it likes, for whom it likes; and
 * processes die in the middle of a turn. In the end everything flows, and a new view must become final.
 * @module
 */
import type { Certificate, Proposal, VoteBody } from "../../../../src/protocol/vote.ts";
import { Random } from "../../world/random.ts";
import { type Finding, type Scene, SceneOver } from "./finding.ts";
import type { SmallNode } from "./small-node.ts";
import { SmallWorld } from "./small-world.ts";

const steps = 500;
/** How far a message may overtake others: without a bound next to nothing becomes final. */
const reach = 30;

class Chaos {
  readonly #random: Random;
  readonly #world: SmallWorld;
  readonly #liar: number;

  constructor(seed: number) {
    this.#random = new Random(seed);
    this.#liar = 1 + this.#random.below(4);
    this.#world = new SmallWorld({ liars: [this.#liar] });
  }

  run(): readonly Finding[] {
    const world = this.#world;
    try {
      world.start();
      for (let step = 0; step < steps; step += 1) this.#step();
      this.#revive();
      for (const node of world.nodes) node.dies = undefined;
      world.demandFinal(60_000);
      return world.oracle.findings;
    } catch (error) {
      if (error instanceof SceneOver) return [...world.oracle.findings, error.finding];
      throw error;
    }
  }

  #step(): void {
    const world = this.#world;
    const random = this.#random;
    const roll = random.fraction();
    if (roll < 0.84) world.deliverOne(random.below(reach), random.chance(0.1), random.chance(0.1));
    else if (roll < 0.89) world.pass(Math.floor(random.fraction() ** 4 * 1_500));
    else if (roll < 0.97) this.#lie();
    else if (roll < 0.975) this.#crash(random.pick(world.nodes));
    else world.give(random.pick(world.nodes), { kind: "retry" });
  }

  #lie(): void {
    const world = this.#world;
    const random = this.#random;
    const victims = world.nodes.filter(() => random.chance(0.6));
    const roll = random.fraction();
    const lie =
      roll < 0.15
        ? this.#certificate()
        : roll < 0.25
          ? world.forgedVote(random.below(6), this.#body())
          : world.vote(this.#liar, this.#body());
    if (lie === undefined) return;
    for (const node of victims) {
      if (!("subject" in lie) && lie.body.kind === "notarize") node.holds.add(lie.body.blockId);
      world.hand(node, lie);
    }
  }

  #body(): VoteBody {
    const world = this.#world;
    const random = this.#random;
    const about = Math.max(1, random.pick(world.nodes).consensus.view + random.below(4) - 2);
    const roll = random.fraction();
    if (roll < 0.3) return world.nullify(about);
    const recent = [...world.proposals.values()].slice(-6);
    const isKnown = roll < 0.8 && recent.length > 0;
    const proposal = isKnown ? random.pick(recent) : this.#invention(about);
    return { kind: random.chance(0.35) ? "finalize" : "notarize", ...proposal };
  }

  /** A block of its own, on one of some views before. */
  #invention(about: number): Proposal {
    const world = this.#world;
    const parentView = Math.max(0, about - 1 - this.#random.below(4));
    const parent = world.proposals.get(parentView)?.blockId ?? world.boundary;
    const proposal = world.proposal(about, parentView, world.block(parent, about));
    if ((about - this.#liar) % 4 === 0) world.proposals.set(about, proposal);
    return proposal;
  }

  /** From what anybody has signed: the liar collects votes better than anyone. */
  #certificate(): Certificate | undefined {
    const world = this.#world;
    const subjects = world.signedSubjects().slice(-12);
    const joined = subjects.map((votes) => {
      const [first] = votes;
      return first === undefined ? [] : [...votes, world.vote(this.#liar, first.body)];
    });
    const quorums = joined.filter((votes) => votes.length >= world.oracle.quorum);
    return quorums.length === 0 ? undefined : world.certificate(this.#random.pick(quorums));
  }

  #crash(node: SmallNode): void {
    const random = this.#random;
    if (random.chance(0.5)) {
      // In the next turn with such a vote, before anything of it is sent.
      const at = random.pick(["notarize", "nullify", "finalize"] as const);
      node.dies = { at, keep: random.below(4) };
    } else {
      if (random.chance(0.3)) node.journal = node.consensus.journalKeep();
      this.#world.restart(node);
    }
    this.#revive();
  }

  #revive(): void {
    for (const node of this.#world.nodes) if (!node.isUp) this.#world.restart(node);
  }
}

/** "chaos 1000": so many small worlds. */
export function chaosNamed(name: string): Scene | undefined {
  const most = Number(/^chaos (\d+)$/.exec(name)?.[1]);
  if (!Number.isSafeInteger(most)) return undefined;
  const run: Scene["run"] = () => {
    for (let seed = 0; seed < most; seed += 1) {
      const [found] = new Chaos(seed).run();
      if (found === undefined) continue;
      const message = `seed ${seed}: ${found.message}`;
      return Promise.resolve({ findings: [{ ...found, message }], seeds: seed + 1 });
    }
    return Promise.resolve({ findings: [], seeds: most });
  };
  return { name, run };
}
