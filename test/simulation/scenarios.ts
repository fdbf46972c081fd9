/**
 * All scenarios, each named by a sentence. Every second one is the mixture: the main body of a long run.
 * @module
 */
import { absence } from "./scenarios/absence.ts";
import { adversaries } from "./scenarios/adversaries.ts";
import { crashes } from "./scenarios/crashes.ts";
import { epochs } from "./scenarios/epochs.ts";
import { journals } from "./scenarios/journals.ts";
import { links } from "./scenarios/links.ts";
import { membership } from "./scenarios/membership.ts";
import { mixture } from "./scenarios/mixture.ts";
import { ordinary, tooLong } from "./scenarios/ordinary.ts";
import { splits } from "./scenarios/splits.ts";
import { twins } from "./scenarios/twins.ts";
import type { Scenario } from "./world/scenario.ts";

/** Short enough to be run on every change. */
export const fixedSet: readonly Scenario[] = [
  mixture,
  ...ordinary,
  ...absence,
  ...crashes,
  ...links,
  ...splits,
  ...journals,
  ...adversaries,
  ...twins,
  ...epochs,
  ...membership,
];

/** What a seed chooses from. */
export const scenarios: readonly Scenario[] = [...fixedSet, ...tooLong].flatMap((scenario) =>
  scenario === mixture ? [] : [mixture, scenario],
);
