/**
 * The words of `quorate status`, `validators` and `peers`: what a person has to know to see what is wrong.
 * @module
 */
import type { PeerJson, StatusJson, ValidatorJson } from "../../src/api/json.ts";
import { visible } from "../../src/api/visible.ts";

/** Why a view was given up, for people. A reason that a newer node names stays as it is. */
const reasons: Readonly<Record<string, string>> = {
  "leader-timeout": "its leader proposed nothing in time",
  "certification-timeout": "its block was not certified in time",
  "leader-silent": "its leader has been silent, so nobody waited",
  "leader-nullified": "its leader gave it up itself",
  "proposal-missing": "no block could be built",
  "proposal-invalid": "its block is invalid",
  "ancestry-invalid": "its block stands on the wrong parent",
  "certification-failed": "its notarized block is invalid",
  "by-others": "others gave it up",
};

const nullifiedShown = 5;

export function statusText(node: string, status: StatusJson): string {
  const { tip, sync, voting, epoch, view, epochEnds, nullified, silent, fetching } = status;
  const role =
    status.validatorIndex === null
      ? `observer of ${status.validatorCount} validators`
      : `validator ${status.validatorIndex} of ${status.validatorCount}`;
  const lines: (readonly [string, string])[] = [
    ["node", `${node}  ${role}`],
    ["tip", `#${tip.height}  ${tip.id}`],
    ["voting", voting.kind === "silent" ? `no: ${voting.reason}` : voting.kind],
    ["sync", syncText(sync)],
    [
      "view",
      `${view} of epoch ${epoch}, led by ${status.leader}; the epoch ends with #${epochEnds}`,
    ],
    ["quorum seen", `${seconds(status.quorumAgeMs)} ago`],
    ["peers", String(status.peers)],
    ["waiting", `${status.mempool.transactions} transactions`],
  ];
  if (silent.length > 0) lines.push(["silent", silent.join(", ")]);
  if (fetchingText(fetching) !== "") lines.push(["fetching", fetchingText(fetching)]);
  if (status.faults > 0) lines.push(["faults seen", String(status.faults)]);
  for (const one of nullified.slice(-nullifiedShown)) {
    const why = reasons[one.reason] ?? one.reason;
    const sure = one.byQuorum ? "" : " (so far only this node gave it up)";
    lines.push([
      "failed view",
      `${one.epoch}/${one.view} of ${one.leader}, ${seconds(one.agoMs)} ago: ${why}${sure}`,
    ]);
  }
  return table(lines);
}

export const unreachableText = (node: string, why: string): string =>
  table([
    ["node", node],
    ["state", `does not answer: ${why}`],
  ]);

export function validatorsText(validators: readonly ValidatorJson[]): string {
  const rows = validators.map((one) => [
    String(one.index),
    one.name,
    one.isSelf ? "this node" : one.connected ? "linked" : "not linked",
    one.silent ? "silent" : "votes",
    one.lastVoteView === null || one.lastVoteView === 0 ? "-" : `view ${one.lastVoteView}`,
    String(one.missedViews),
    one.consensusKey,
  ]);
  return columns([["#", "name", "link", "state", "last vote", "failed views", "key"], ...rows]);
}

export function peersText(peers: readonly PeerJson[]): string {
  const rows = peers.map((one) => [
    one.name ?? "observer",
    one.address,
    one.outbound ? "out" : "in",
    `#${one.finalHeight}`,
    one.latencyMs === null ? "-" : `${one.latencyMs.toFixed(1)} ms`,
    `${one.clockSkewMs} ms`,
    one.agent,
  ]);
  return columns([["name", "address", "way", "tip", "round trip", "clock", "program"], ...rows]);
}

function syncText(sync: StatusJson["sync"]): string {
  switch (sync.kind) {
    case "synced":
      return "synced";
    case "behind":
      return `${sync.blocks} blocks behind, fetching from ${sync.peers} peers`;
    case "no-quorum":
      return `no quorum for ${seconds(sync.forMs)}: too few validators are up and linked to make anything final`;
  }
}

function fetchingText({ certificates, blocks, range }: StatusJson["fetching"]): string {
  const parts: string[] = [];
  if (certificates.length > 0) parts.push(`certificates of views ${certificates.join(", ")}`);
  if (blocks > 0) parts.push(`${blocks} blocks`);
  if (range !== null) parts.push(`blocks from #${range.from} on`);
  return parts.join("; ");
}

const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`;

function table(lines: readonly (readonly [string, string])[]): string {
  const width = Math.max(...lines.map(([name]) => name.length));
  return lines.map(([name, value]) => `${name.padEnd(width)}  ${visible(value)}`).join("\n");
}

function columns(rows: readonly (readonly string[])[]): string {
  const safe = rows.map((row) => row.map(visible));
  const widths = safe[0]?.map((_, i) => Math.max(...safe.map((row) => row[i]?.length ?? 0))) ?? [];
  return safe
    .map((row) =>
      row
        .map((cell, i) => cell.padEnd(widths[i] ?? 0))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}
