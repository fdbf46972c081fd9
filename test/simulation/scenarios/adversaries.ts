/**
 * Validators that lie, as many as may, each kind alone: what they do is survived, and only they are blamed for it.
 * @module
 */
import { badCopier } from "../adversaries/bad-copier.ts";
import { boaster } from "../adversaries/boaster.ts";
import { conflicter } from "../adversaries/conflicter.ts";
import { equivocator } from "../adversaries/equivocator.ts";
import { greedyFlooder, patientFlooder } from "../adversaries/flooder.ts";
import { garbageRelay } from "../adversaries/garbage-relay.ts";
import { garbler } from "../adversaries/garbler.ts";
import { headerForger } from "../adversaries/header-forger.ts";
import { impersonator } from "../adversaries/impersonator.ts";
import { invalidSigner } from "../adversaries/invalid-signer.ts";
import { liarAtSync } from "../adversaries/liar-at-sync.ts";
import { nuller } from "../adversaries/nuller.ts";
import { outdated } from "../adversaries/outdated.ts";
import { procrastinator } from "../adversaries/procrastinator.ts";
import { reconfigurer } from "../adversaries/reconfigurer.ts";
import { mute, silent } from "../adversaries/silent.ts";
import { splitter } from "../adversaries/splitter.ts";
import { stateForger } from "../adversaries/state-forger.ts";
import { deafToTransactions, neverProposes } from "../adversaries/transaction-sitter.ts";
import { withholder } from "../adversaries/withholder.ts";
import { demand } from "../world/safety-violation.ts";
import type { Scenario } from "../world/scenario.ts";
import type { World } from "../world/world.ts";
import {
  demandFaultFound,
  demandGoodSignatures,
  demandNobodyShutOut,
  demandNoFaultFound,
  demandProgressDuring,
  demandShutOut,
} from "./demands.ts";
import { many } from "./mixture.ts";
import type { Wiretap } from "./wiretap.ts";

export const adversaries: readonly Scenario[] = [
  {
    name: "a leader equivocates",
    validators: [4, 7],
    adversaries: many(equivocator),
    run: (world) => demandProgressDuring(world, 10, () => world.run(15_000)),
    afterwards: demandFaultFoundAndNobodyShutOut,
  },
  {
    name: "a leader equivocates while others crash and links lose frames",
    validators: [7],
    adversaries: many(equivocator),
    run: async (world) => {
      world.wire.quality = { latencyMs: 30, jitterMs: 20, loss: 0.05 };
      for (let i = 0; i < 6; i += 1) {
        await world.run(world.random.between(200, 2_000));
        const node = world.random.pick(world.honest);
        if (node.isUp) node.crash();
        else node.start();
      }
    },
  },
  {
    name: "a conflicter votes for two proposals at once: it alone is found out",
    validators: [4, 7],
    adversaries: many(conflicter),
    run: (world) => demandProgressDuring(world, 10, () => world.run(12_000)),
    afterwards: demandFaultFoundAndNobodyShutOut,
  },
  {
    name: "a nuller nullifies and finalizes the same views: it alone is found out",
    validators: [4, 7],
    adversaries: many(nuller),
    run: (world) => demandProgressDuring(world, 10, () => world.run(12_000)),
    afterwards: demandFaultFoundAndNobodyShutOut,
  },
  {
    name: "an impersonator votes in another's name: it alone is shut out",
    validators: [4, 7],
    adversaries: many(impersonator),
    run: (world) => demandProgressDuring(world, 10, () => world.run(12_000)),
    afterwards: demandLiarsShutOut,
  },
  {
    name: "a validator signs invalidly: it alone is shut out, and there is no evidence",
    validators: [4, 7],
    adversaries: many(invalidSigner),
    run: (world) => demandProgressDuring(world, 10, () => world.run(12_000)),
    afterwards: demandLiarsShutOut,
  },
  {
    name: "a validator votes on proposals of some views ago: nobody is to blame",
    validators: [4, 7],
    adversaries: many(outdated),
    run: (world) => demandProgressDuring(world, 10, () => world.run(12_000)),
    afterwards: demandNobodyBlamed,
  },
  {
    name: "a validator votes in the next epoch: it is not heard, and nobody is to blame",
    validators: [4, 7],
    adversaries: many(reconfigurer),
    run: (world) => demandProgressDuring(world, 10, () => world.run(12_000)),
    afterwards: demandNobodyBlamed,
  },
  {
    name: "a leader gives the bytes of its blocks to some only",
    validators: [4, 7],
    adversaries: many(withholder),
    run: (world) => demandProgressDuring(world, 20, () => world.run(12_000)),
    afterwards: demandNobodyBlamed,
  },
  {
    name: "a garbler sends noise and changed messages: it alone is shut out",
    validators: [4, 7],
    adversaries: many(garbler),
    run: (world) => demandProgressDuring(world, 10, () => world.run(12_000)),
    afterwards: (world, tap) => {
      demandNoFaultFound(world);
      for (const liar of liarsIn(world)) {
        // Noise in a hello or a goodbye ends a link before there is a fault: so not all need to have seen one.
        const accusers = tap.accusersOf(liar).size;
        demand(accusers * 2 >= world.honest.length, `only ${accusers} shut node ${liar} out`);
      }
    },
  },
  {
    name: "validators are linked and silent",
    validators: [4, 10],
    adversaries: many(silent),
    run: (world) => demandProgressDuring(world, 10, () => world.run(15_000)),
    afterwards: demandNobodyBlamed,
  },
  {
    name: "validators take links and never say a word",
    validators: [4, 7],
    adversaries: many(mute),
    run: (world) => demandProgressDuring(world, 10, () => world.run(15_000)),
    afterwards: demandNobodyBlamed,
  },
  {
    name: "a greedy flooder costs itself its links",
    validators: [4],
    adversaries: many(greedyFlooder),
    run: (world) => demandProgressDuring(world, 20, () => world.run(8_000)),
    afterwards: (world, tap) => {
      for (const liar of liarsIn(world)) {
        const shut = tap.farewells.some(
          ({ to, reason }) => to === liar && (reason === "too_costly" || reason === "fault"),
        );
        demand(shut, "nobody minds a flood");
      }
      demandBounded(world);
    },
  },
  {
    name: "a patient flooder stays within its allowances: blocks go on, and what is kept stays small",
    validators: [4, 7],
    adversaries: many(patientFlooder),
    run: (world) => demandProgressDuring(world, 30, () => world.run(10_000)),
    afterwards: demandBounded,
  },
  {
    name: "a validator lies to those who catch up: they get there all the same",
    validators: [4, 7],
    adversaries: many(liarAtSync),
    run: async (world) => {
      const late = world.honest.at(-1);
      late?.crash();
      await world.run(15_000);
      const missed = world.checkers.lastHeight;
      late?.start();
      await world.run(20_000, () => (late?.height ?? 0) >= missed);
      demand((late?.height ?? 0) >= missed, `it is at ${late?.height} of ${missed}`);
    },
    afterwards: (world) => world.demandSynced(),
  },
  {
    name: "a validator boasts of blocks that it never delivers",
    validators: [4, 7],
    adversaries: many(boaster),
    run: async (world) => {
      await world.run(6_000);
      const late = world.honest.at(-1);
      late?.crash();
      await world.run(4_000);
      late?.start();
      await world.run(8_000);
      world.demandSynced();
    },
    afterwards: demandNobodyBlamed,
  },
  {
    name: "a leader proposes a known transaction with a bad signature: nobody takes it",
    validators: [4, 7],
    adversaries: many(badCopier),
    run: (world) => demandProgressDuring(world, 10, () => world.run(12_000)),
    afterwards: (world) => {
      demandGoodSignatures(world);
      demandNoFaultFound(world);
    },
  },
  {
    name: "a relay passes on garbage as everybody's votes: it alone is shut out",
    validators: [4, 7],
    adversaries: many(garbageRelay),
    run: (world) => demandProgressDuring(world, 20, () => world.run(12_000)),
    afterwards: demandLiarsShutOut,
  },
  {
    name: "a leader sits on transactions and never proposes: its views end after the leader's time",
    validators: [4, 7],
    adversaries: many(neverProposes),
    run: (world) => demandProgressDuring(world, 15, () => world.run(15_000)),
    afterwards: (world, tap) => {
      demandNobodyBlamed(world, tap);
      demandNullifiedFor(world, "leader-timeout");
    },
  },
  {
    name: "a leader will not hear of transactions: its views end after the leader's time, too",
    validators: [4, 7],
    adversaries: many(deafToTransactions),
    run: (world) => demandProgressDuring(world, 15, () => world.run(15_000)),
    afterwards: (world, tap) => {
      demandNobodyBlamed(world, tap);
      demandNullifiedFor(world, "leader-timeout");
    },
  },
  {
    name: "a leader proposes blocks with a forged state root",
    validators: [4, 7],
    adversaries: many(stateForger),
    run: (world) => demandProgressDuring(world, 15, () => world.run(12_000)),
    afterwards: (world) => demandNullifiedFor(world, "proposal-invalid"),
  },
  {
    name: "a leader forges one field of its headers or another",
    validators: [4, 7],
    adversaries: many(headerForger),
    run: (world) => demandProgressDuring(world, 10, () => world.run(15_000)),
  },
  {
    name: "a validator helps some to certify and others to nullify: the splits heal",
    validators: [4, 7],
    adversaries: many(splitter),
    run: (world) => demandProgressDuring(world, 5, () => world.run(30_000)),
    afterwards: demandNobodyBlamed,
  },
  {
    name: "a validator says everything when some have just given up waiting",
    validators: [4, 7],
    adversaries: many(procrastinator),
    run: (world) => demandProgressDuring(world, 5, () => world.run(30_000)),
    afterwards: demandNobodyBlamed,
  },
];

function liarsIn(world: World): readonly number[] {
  return world.nodes.flatMap(({ isHonest, number }) => (isHonest ? [] : number));
}

function demandLiarsShutOut(world: World, tap: Wiretap): void {
  for (const liar of liarsIn(world)) demandShutOut(world, tap, liar);
  demandNoFaultFound(world);
}

function demandFaultFoundAndNobodyShutOut(world: World, tap: Wiretap): void {
  demandFaultFound(world);
  demandNobodyShutOut(tap);
}

function demandNobodyBlamed(world: World, tap: Wiretap): void {
  demandNobodyShutOut(tap);
  demandNoFaultFound(world);
}

function demandNullifiedFor(world: World, reason: string): void {
  const found = world.honest.some(({ queries }) =>
    queries?.status().nullified.some((nullified) => nullified.reason === reason),
  );
  demand(found, `no view was nullified for ${reason}`);
}

/** What a node keeps for others does not grow with what they send. */
function demandBounded(world: World): void {
  for (const { queries, number } of world.honest) {
    const pool = queries?.status().mempool;
    demand(
      (pool?.transactions ?? 0) <= 50,
      `node ${number} keeps ${pool?.transactions} transactions`,
    );
  }
}
