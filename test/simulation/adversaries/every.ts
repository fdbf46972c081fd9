/**
 * Every adversary, by the name that says what it does: what random scenarios choose from.
 * @module
 */
import type { Wrap } from "../world/node.ts";
import { badCopier } from "./bad-copier.ts";
import { boaster } from "./boaster.ts";
import { conflicter } from "./conflicter.ts";
import { equivocator } from "./equivocator.ts";
import { greedyFlooder, patientFlooder } from "./flooder.ts";
import { garbageRelay } from "./garbage-relay.ts";
import { garbler } from "./garbler.ts";
import { headerForger } from "./header-forger.ts";
import { impersonator } from "./impersonator.ts";
import { invalidSigner } from "./invalid-signer.ts";
import { liarAtSync } from "./liar-at-sync.ts";
import { nuller } from "./nuller.ts";
import { outdated } from "./outdated.ts";
import { procrastinator } from "./procrastinator.ts";
import { reconfigurer } from "./reconfigurer.ts";
import { mute, silent } from "./silent.ts";
import { splitter } from "./splitter.ts";
import { stateForger } from "./state-forger.ts";
import { deafToTransactions, neverProposes } from "./transaction-sitter.ts";
import { withholder } from "./withholder.ts";

export const everyAdversary: Readonly<Record<string, Wrap>> = {
  "bad copier": badCopier,
  boaster,
  conflicter,
  "deaf to transactions": deafToTransactions,
  equivocator,
  "garbage relay": garbageRelay,
  garbler,
  "greedy flooder": greedyFlooder,
  "header forger": headerForger,
  impersonator,
  "invalid signer": invalidSigner,
  "liar at sync": liarAtSync,
  mute,
  "never proposes": neverProposes,
  nuller,
  outdated,
  "patient flooder": patientFlooder,
  procrastinator,
  reconfigurer,
  silent,
  splitter,
  "state forger": stateForger,
  withholder,
};
