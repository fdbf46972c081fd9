/**
 * Module hooks that patch modules while they are loaded. They run on a thread of their own, so they only get values.
 * @module
 */
import type { InitializeHook, LoadHook } from "node:module";
import type { Patch } from "./mutant.ts";

interface Patches {
  /** URL of the folder that the patches' files are in. */
  readonly root: string;
  readonly patches: readonly Patch[];
}

const patches = new Map<string, readonly Patch[]>();

export const initialize: InitializeHook<Patches> = (given: Patches) => {
  for (const patch of given.patches) {
    const url = new URL(patch.file, given.root).href;
    patches.set(url, [...(patches.get(url) ?? []), patch]);
  }
};

export const load: LoadHook = async (url, context, nextLoad) => {
  const loaded = await nextLoad(url, context);
  const meant = patches.get(url);
  if (meant === undefined) return loaded;
  let source = new TextDecoder().decode(loaded.source as Uint8Array);
  for (const patch of meant) {
    const parts = source.split(patch.find);
    if (parts.length !== 2) {
      throw new Error(`${patch.file} has this text ${parts.length - 1} times: ${patch.find}`);
    }
    source = parts.join(patch.replace);
  }
  // What the child asks afterwards: was every patch met on the way?
  return { ...loaded, source: `${source}\n(globalThis.patched ??= []).push(import.meta.url);\n` };
};
