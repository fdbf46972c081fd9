/**
 * Where a local network keeps things, and how its nodes are named and numbered.
 *
 *     <dir>/genesis.json       the network; its presence says that everything else was made
 *     <dir>/node-i/            home of node i, with its log
 *     <dir>/dev-keys/*.json    development accounts
 *     <dir>/network.json       what runs where, for the wallet and for scripts
 *     <dir>/control.sock       where `quorate network …` reaches the running network
 * @module
 */
import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { localNodesMax } from "../../src/api/local-limits.ts";
import { Refusal } from "../refusal.ts";

export interface Layout {
  readonly folder: string;
  readonly genesis: string;
  readonly devKeys: string;
  readonly networkFile: string;
  readonly controlSocket: string;
  readonly nodeHome: (index: number) => string;
}

/** How far HTTP ports lie above those of the peers. */
const httpPortOffset = 1_000;
export const dirStandard = ".quorate";
export const localHost = "127.0.0.1";
export const basePortStandard = 27_000;
export const nodesStandard = 4;
export const nodesMax: number = localNodesMax;
/** Heights of an epoch: short, so that people see a change of the validators happen within a coffee break. */
export const epochLengthStandard = 200;
export const basePortMax: number = 65_535 - httpPortOffset - nodesMax;
export const basePortMin = 1_024;

export const nodeFolder: RegExp = /^node-\d+$/;

/** `dir` may be relative to the current folder. */
export function layoutOf(dir: string): Layout {
  const folder = resolve(dir);
  return {
    folder,
    genesis: join(folder, "genesis.json"),
    devKeys: join(folder, "dev-keys"),
    networkFile: join(folder, "network.json"),
    controlSocket: controlSocketPath(folder),
    nodeHome: (index) => join(folder, nodeName(index)),
  };
}

/** How many nodes the folder has, those that were added later too. */
export function nodesIn({ nodeHome }: Layout): number {
  let nodes = 0;
  while (existsSync(join(nodeHome(nodes), "genesis.json"))) nodes += 1;
  return nodes;
}

/** The file of a development key. */
export const devKeyPath = ({ devKeys }: Pick<Layout, "devKeys">, name: string): string =>
  join(devKeys, `${name}.json`);
export const faucetName = (index: number): string => `faucet-${index}`;
export const operatorName = (index: number): string => `operator-${index}`;

export const nodeName = (index: number): string => `node-${index}`;
export const p2pPort = (basePort: number, index: number): number => basePort + index;
export const httpPort = (basePort: number, index: number): number =>
  basePort + httpPortOffset + index;

/** sockaddr_un holds 108 bytes with the closing zero; Node reports success for a longer path and creates nothing. */
const socketPathBytesMax = 107;

function controlSocketPath(folder: string): string {
  const path = join(folder, "control.sock");
  const bytes = Buffer.byteLength(path);
  if (bytes <= socketPathBytesMax) return path;
  throw new Refusal({
    code: "socket_path_too_long",
    message: `${path} has ${bytes} bytes; a socket's path has at most ${socketPathBytesMax}`,
    fix: "Use a folder with a shorter path: --dir DIR.",
  });
}
