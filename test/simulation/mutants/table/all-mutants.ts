/**
 * Every mutant, in the order of the table.
 * @module
 */
import type { Mutant, MutantGroup } from "../mutant.ts";
import { ancestryMutants, certifyMutants, slotMutants } from "./ancestry.ts";
import { signatureMutants, tallyMutants } from "./certificates.ts";
import { epochMutants } from "./epochs.ts";
import { driverMutants, inspectionMutants } from "./journal.ts";
import { blockMutants, ingressMutants, recoveryMutants } from "./network.ts";
import { replayMutants, voterMutants } from "./restarts.ts";
import { votingRuleMutants } from "./voting-rules.ts";

export const mutantGroups: readonly MutantGroup[] = [
  votingRuleMutants,
  tallyMutants,
  signatureMutants,
  ancestryMutants,
  slotMutants,
  certifyMutants,
  voterMutants,
  replayMutants,
  driverMutants,
  inspectionMutants,
  recoveryMutants,
  ingressMutants,
  blockMutants,
  epochMutants,
];

export const allMutants: readonly Mutant[] = mutantGroups.flatMap(({ mutants }) => mutants);
