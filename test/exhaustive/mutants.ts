/**
 * Voting rules with guards taken away, and what the explorer must say to each.
 *
 * `finds`: the sentence that its search must end with. `undefined`: two views are safe without this guard alone, because
 * something else stands behind it (another guard, or that only the current view is nullified). Those of the slot are
 * in the list once more, taken away together, and are then missed.
 * @module
 */
import {
  maySendAgain,
  type SlotFacts,
  type VotingRules,
  votingRules,
} from "../../src/consensus/voting-rules.ts";
import type { WorldOptions } from "./world.ts";

export interface Mutant {
  readonly name: string;
  readonly world: WorldOptions;
  readonly finds: RegExp | undefined;
}

/** A slot has getters, which a spread would lose. */
const slotFacts = ({ verified, equivocated }: SlotFacts): SlotFacts => ({ verified, equivocated });
const notarizing = (mayNotarize: VotingRules["mayNotarize"]): VotingRules => ({
  ...votingRules,
  mayNotarize,
});
const finalizing = (mayFinalize: VotingRules["mayFinalize"]): VotingRules => ({
  ...votingRules,
  mayFinalize,
  maySendAgain: (own, kind) => kind === "finalize" || maySendAgain(own, kind),
});

const onView1 = { views: 2, liarLeads: 1 } as const;
const onView2 = { views: 2, liarLeads: 2, illFormed: true } as const;

export const mutants: readonly Mutant[] = [
  {
    name: "mayFinalize without 'has not nullified'",
    world: {
      ...onView1,
      rules: finalizing((own, facts) =>
        votingRules.mayFinalize({ ...own, nullified: false }, facts),
      ),
    },
    finds: /signed both: nullify|signed both: finalize/,
  },
  {
    name: "mayNotarize without 'verified by ourselves'",
    world: {
      ...onView2,
      rules: notarizing((own, slot) =>
        votingRules.mayNotarize(own, { ...slotFacts(slot), verified: true }),
      ),
    },
    finds: /S3/,
  },
  {
    name: "mayNotarize without 'not yet notarized', 'verified' and 'not equivocated'",
    world: { ...onView1, rules: notarizing((own) => !own.nullified) },
    finds: /signed both: notarize/,
  },
  {
    name: "mayNotarize without 'not yet notarized'",
    world: {
      ...onView1,
      rules: notarizing((own, slot) =>
        votingRules.mayNotarize({ ...own, notarized: undefined }, slot),
      ),
    },
    finds: undefined,
  },
  {
    name: "mayNotarize without 'not equivocated'",
    world: {
      ...onView1,
      rules: notarizing((own, slot) =>
        votingRules.mayNotarize(own, { ...slotFacts(slot), equivocated: false }),
      ),
    },
    finds: undefined,
  },
  {
    name: "mayNotarize without 'has not nullified'",
    world: {
      ...onView1,
      rules: notarizing((own, slot) => votingRules.mayNotarize({ ...own, nullified: false }, slot)),
    },
    finds: undefined,
  },
  {
    name: "mayNullify without 'has not finalized'",
    world: {
      ...onView1,
      forgets: true,
      rules: { ...votingRules, mayNullify: (own) => !own.nullified, maySendAgain: () => true },
    },
    finds: undefined,
  },
  {
    name: "mayFinalize without 'not equivocated'",
    world: {
      ...onView1,
      rules: finalizing((own, facts) =>
        votingRules.mayFinalize(own, { ...facts, equivocated: false }),
      ),
    },
    finds: undefined,
  },
  {
    name: "a host that loses its journal",
    world: { ...onView1, withCrashes: true, forgetful: true },
    finds: /signed both/,
  },
  {
    name: "two Byzantine validators of four",
    world: { ...onView1, secondLiar: true },
    finds: /^S[123]/,
  },
];
