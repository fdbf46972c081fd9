/**
 * network.json: what runs where, for the wallet, for scripts and for people. Replaced whole, so a reader never sees half.
 * @module
 */
import { readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import type { FundedAccount } from "./create-network.ts";
import type { NetworkMember } from "./local-network.ts";

export interface NetworkFile {
  readonly chainId: string;
  /** `pid` is null while a node is down. */
  readonly nodes: readonly NetworkMember[];
  readonly accounts: readonly FundedAccount[];
}

export function saveNetworkFile(path: string, content: NetworkFile): void {
  writeFileSync(`${path}.new`, `${JSON.stringify(content, undefined, 2)}\n`);
  renameSync(`${path}.new`, path);
}

export function removeNetworkFile(path: string): void {
  rmSync(path, { force: true });
}

/** Process ids that an earlier run wrote down; none when there is no such file. */
export function recordedPids(path: string): readonly number[] {
  try {
    const content = JSON.parse(readFileSync(path, "utf8")) as Partial<NetworkFile>;
    return (content.nodes ?? []).flatMap(({ pid }) => (typeof pid === "number" ? [pid] : []));
  } catch {
    return [];
  }
}
