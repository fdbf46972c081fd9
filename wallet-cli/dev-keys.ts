/**
 * The funded accounts of a local network, found through its network file: no secrets, and usable at once.
 *
 * `<folder of network.json>/dev-keys/NAME.json` = `{ kind: "quorate-dev-key", warning, name, address, seed }`
 * @module
 */
import { dirname, join } from "node:path";
import { readIfExists } from "./files.ts";
import { parseJsonObject } from "./json-fields.ts";
import {
  isAccountName,
  malformedKey,
  namesIn,
  type OwnAccount,
  ownAccount,
  seedIn,
} from "./key-files.ts";

const devKeyKind = "quorate-dev-key";

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
  const object = parseJsonObject(text);
  const seed = object === undefined ? undefined : seedIn(object, devKeyKind);
  if (seed === undefined) throw malformedKey(path);
  return ownAccount(name, seed, "dev");
}
