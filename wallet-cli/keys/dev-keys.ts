/**
 * The funded accounts of a local network, found through its network file: no secrets, and usable at once.
 *
 * `<folder of network.json>/dev-keys/NAME.json` is a development key of src/keys/key-file.ts.
 * @module
 */
import { dirname, join } from "node:path";
import { readIfExists } from "../files.ts";
import { devAccountIn, isAccountName, namesIn, type OwnAccount } from "./key-files.ts";

const devKeysOf = (networkFile: string): string => join(dirname(networkFile), "dev-keys");

export async function devKeyNames(networkFile: string): Promise<readonly string[]> {
  return await namesIn(devKeysOf(networkFile));
}

/** Undefined when the local network has no account of that name. */
export async function loadDevKey(
  networkFile: string,
  name: string,
): Promise<OwnAccount | undefined> {
  if (!isAccountName(name)) return undefined;
  const path = join(devKeysOf(networkFile), `${name}.json`);
  const text = await readIfExists(path);
  if (text === undefined) return undefined;
  return devAccountIn(path, text, name);
}
