/**
 * How `quorate network …` shows nodes and partitions to people.
 * @module
 */
import type { LocalPartitionJson } from "../../src/api/local-json.ts";
import type { MemberStatus } from "../localnet/local-network.ts";
import { formatGroups } from "../localnet/partition.ts";

/** Where the answer says more than what runs. */
type Shown = MemberStatus & { readonly group?: number | null };

export function memberLine({ name, state, pid, http, reason, group }: Shown): string {
  const what = state === "down" ? state : `${state.padEnd(7)}  pid ${pid}  ${http}/`;
  const part = typeof group === "number" ? `  group ${group}` : "";
  return `${name.padEnd(8)}  ${what}${part}${reason === null ? "" : `  (${reason})`}`;
}

/** `cut: 0,1|2,3, heals in 12 s` */
export function partitionLine({ groups, healsAtMs }: LocalPartitionJson, nowMs: number): string {
  const left = healsAtMs === null ? undefined : Math.max(0, Math.ceil((healsAtMs - nowMs) / 1000));
  return `cut: ${formatGroups(groups)}, heals ${left === undefined ? "when told to" : `in ${left} s`}`;
}
