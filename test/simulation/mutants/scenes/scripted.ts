/**
 * A scene from a script in a small world, and the steps that several scripts begin with.
 * @module
 */
import type { BlockId } from "../../../../src/protocol/ids.ts";
import type { Proposal } from "../../../../src/protocol/vote.ts";
import { type Scene, SceneOver } from "./finding.ts";
import type { SmallWorldOptions } from "./small-hosts.ts";
import type { SmallNode } from "./small-node.ts";
import { SmallWorld } from "./small-world.ts";

export function scripted(
  name: string,
  options: SmallWorldOptions,
  script: (world: SmallWorld) => void,
): Scene {
  const run: Scene["run"] = () => {
    const world = new SmallWorld(options);
    const { findings } = world.oracle;
    try {
      world.start();
      script(world);
    } catch (error) {
      if (error instanceof SceneOver) findings.push(error.finding);
      // A script is written for code that is right: what it cannot go on with after a finding is no news.
      else if (findings.length === 0) return Promise.reject(error);
    }
    return Promise.resolve({ findings, seeds: 1 });
  };
  return { name, run };
}

/** Milliseconds after which, with work, a view without a proposal, or with one, is given up. */
export const leaderTimeoutMs = 1_000;
export const certificationTimeoutMs = 2_000;

/** What the leader of a view, which is honest, has proposed. */
export function proposalOf(world: SmallWorld, of: number): Proposal {
  const leader = world.nodes.find(
    ({ consensus }) => consensus.proposalOf(of as never) !== undefined,
  );
  const proposal = leader?.consensus.proposalOf(of as never);
  if (proposal === undefined) throw new Error(`nobody knows a proposal of view ${of}`);
  return proposal;
}

export const numbersOf = (nodes: readonly SmallNode[]): readonly number[] =>
  nodes.map(({ number }) => number);

/** View 1 is notarized by all honest validators, certified and finalized by each; nobody sees another's finalize. */
export function finalizeUnseen(world: SmallWorld): Proposal {
  world.deliver({ kind: "notarize", view: 1 });
  return proposalOf(world, 1);
}

/** View 1 in the same way, led by the script. */
export function leadView1(world: SmallWorld, liar: number): Proposal {
  const proposal = world.proposal(1, 0, world.block(world.boundary, 1));
  world.announce(liar, proposal, numbersOf(world.nodes));
  return proposal;
}

/** A block that stands on the boundary though a block of view 1 can be final: it must never be voted for. */
export function forkingProposal(
  world: SmallWorld,
  of: number,
  on: BlockId = world.boundary,
): Proposal {
  return world.proposal(of, 0, world.block(on, of));
}
