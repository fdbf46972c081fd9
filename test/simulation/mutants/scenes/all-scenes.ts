/**
 * Every scene that a mutant can be shown in, by its name.
 * @module
 */
import { ancestryScenes } from "./ancestry.ts";
import { certificateScenes } from "./certificates.ts";
import { chaosNamed } from "./chaos.ts";
import { crashScenes } from "./crashes.ts";
import type { Scene } from "./finding.ts";
import { recoveryScenes } from "./recovery.ts";
import { restartScenes } from "./restarts.ts";
import { votingScenes } from "./voting.ts";

const smallScenes: readonly Scene[] = [
  ...votingScenes,
  ...certificateScenes,
  ...ancestryScenes,
  ...restartScenes,
  ...crashScenes,
  ...recoveryScenes,
];

/** Throws if there is none. The simulator is loaded only for its own scenes. */
export async function sceneNamed(name: string): Promise<Scene> {
  const small = smallScenes.find((scene) => scene.name === name) ?? chaosNamed(name);
  if (small !== undefined) return small;
  const { networkScenes } = await import("./network.ts");
  const scene = networkScenes.find((one) => one.name === name);
  if (scene === undefined) throw new Error(`there is no scene "${name}"`);
  return scene;
}
