/**
 * Where the local network is (`npm start`), and the key of one of its development accounts.
 * @module
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fromHex, keyFromSeed } from "quorate";

const folder = process.argv[2] ?? ".quorate";
const readJson = (file) => JSON.parse(readFileSync(join(folder, file), "utf8"));

/** `{ nodes, chainId }`, as `connect` takes it. */
export function localNetwork() {
  const { chainId, nodes } = readJson("network.json");
  return { chainId, nodes: nodes.map(({ http }) => http) };
}

export const devKey = (name) =>
  keyFromSeed(fromHex(readJson(join("dev-keys", `${name}.json`)).seed));
