/**
 * Where homes are when nobody says: `~/.quorate/<network>`, and the one that is meant when there is only one.
 * @module
 */
import { existsSync, readdirSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { Refusal } from "./refusal.ts";

const homesFolder = (): string => join(homedir(), ".quorate");

/** The only home in ~/.quorate; throws a Refusal when there is none, or more. */
export function onlyHome(): string {
  const parent = homesFolder();
  const names = existsSync(parent) ? readdirSync(parent) : [];
  const homes = names
    .map((name) => join(parent, name))
    .filter((folder) => existsSync(join(folder, "genesis.json")));
  const [only] = homes;
  if (only !== undefined && homes.length === 1) return only;
  throw new Refusal({
    code: "home_not_given",
    message:
      homes.length === 0
        ? `there is no node in ${parent}`
        : `${homes.length} nodes are in ${parent}`,
    fix: "Name one with --home DIR. For a network to try: quorate network up.",
  });
}

const folderName = /^[A-Za-z0-9][A-Za-z0-9._-]{0,31}$/;

/** The folder of a network's node; a name that is none for a folder wants --home. */
export function homeOfNetwork(networkName: string): string {
  if (folderName.test(networkName)) return join(homesFolder(), networkName);
  throw new Refusal({
    code: "home_not_given",
    message: `the network's name, ${JSON.stringify(networkName)}, is no name for a folder`,
    fix: "Say where the home is to be made: --home DIR.",
  });
}
