/**
 * Every scene that a mutant can be shown in.
 * @module
 */
import { crashScenes } from "./crashes.ts";
import type { Scene } from "./finding.ts";
import { ancestryScenes } from "./ancestry.ts";
import { certificateScenes } from "./certificates.ts";
import { networkScenes } from "./network.ts";
import { recoveryScenes } from "./recovery.ts";
import { restartScenes } from "./restarts.ts";
import { votingScenes } from "./voting.ts";

export const allScenes: readonly Scene[] = [...votingScenes, ...certificateScenes, ...ancestryScenes, ...restartScenes, ...crashScenes, ...recoveryScenes, ...networkScenes];
