/**
 * One process, one mutant: patches the modules, runs scenes, and prints what they found as JSON lines.
 *
 * Argument: JSON { patches, scenes }. Nothing of the code under test may be imported before the hooks are there.
 * @module
 */
import { register } from "node:module";
import type { Patch } from "./mutant.ts";
import type { Found } from "./scenes/finding.ts";

export interface Job {
  readonly patches: readonly Patch[];
  /** Names of scenes. */
  readonly scenes: readonly string[];
}

export interface Answer extends Found {
  readonly scene: string;
}

const job = JSON.parse(process.argv[2] ?? "") as Job;
const root = new URL("../../../", import.meta.url).href;
register("./patching.js", import.meta.url, { data: { root, patches: job.patches } });

const { sceneNamed } = await import("./scenes/all-scenes.ts");
for (const name of job.scenes) {
  const scene = await sceneNamed(name);
  const { findings, seeds } = await scene.run();
  const answer: Answer = { scene: name, findings, seeds };
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}
const patched = (globalThis as { readonly patched?: readonly string[] }).patched ?? [];
for (const { file } of job.patches) {
  if (!patched.includes(new URL(file, root).href)) throw new Error(`no scene loads ${file}`);
}
process.exit(0); // Whatever a mutant left open.
