/**
 * Bounds of chaos on a local network, for whoever asks for it and whoever grants it.
 * @module
 */

/** A local network has at most so many nodes. */
export const localNodesMax = 64;
/** How long a partition that heals by itself may last. */
export const partitionMsMin = 1_000;
export const partitionMsMax = 3_600_000;
/** Of network actions that are asked for over HTTP, all nodes together. */
export const localActionRate: { readonly perS: number; readonly burst: number } = {
  perS: 2,
  burst: 10,
};
