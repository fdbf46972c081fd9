/**
 * What `quorate status` says when something is wrong.
 * @module
 */
import { expect, test } from "vitest";
import { peersText, statusText, validatorsText } from "../../../../node/commands/status-text.ts";
import type { PeerJson, StatusJson, ValidatorJson } from "../../../../src/api/json.ts";
import type { NullifyReason } from "../../../../src/consensus/effect.ts";

const status: StatusJson = {
  chainId: "c".repeat(64),
  networkName: "local",
  addressPrefix: "quo",
  asset: { code: "QRT", decimals: 6 },
  nodeId: "e".repeat(64),
  validatorIndex: 1,
  validatorCount: 4,
  voting: { kind: "voting" },
  tip: { height: 7, id: "7".repeat(64), timestampMs: 1, stateRoot: "0".repeat(64) },
  epoch: 2,
  epochEnds: 30,
  view: 9,
  lastFinalView: 8,
  leader: "bank",
  sync: { kind: "synced" },
  quorumAgeMs: 1_500,
  peers: 3,
  mempool: { transactions: 0, bytes: 0 },
  nullified: [],
  silent: [],
  fetching: { certificates: [], blocks: 0, range: null },
  faults: 0,
  startedMs: 0,
};

const failed = (reason: string, byQuorum = true) => ({
  epoch: 2,
  view: 6,
  leader: "port",
  reason,
  byQuorum,
  agoMs: 2_000,
});

test("a network where nothing is wrong is told in few lines", () => {
  const text = statusText("http://127.0.0.1:28000", status);
  expect(text).toContain("9 of epoch 2");
  expect(text).not.toMatch(/silent|fetching|failed|faults/);
});

test("who is silent, what is fetched and why views failed is said", () => {
  const text = statusText("http://127.0.0.1:28000", {
    ...status,
    silent: ["port"],
    fetching: { certificates: [4, 5], blocks: 2, range: { from: 8, peer: "a".repeat(64) } },
    nullified: [failed("leader-silent"), failed("leader-timeout", false)],
  });
  expect(text).toMatch(/^silent +port$/m);
  expect(text).toMatch(/^fetching +certificates of views 4, 5; 2 blocks; blocks from #8 on$/m);
  expect(text).toMatch(/failed view +2\/6 of port, 2\.0 s ago: its leader has been silent/);
  expect(text).toMatch(/its leader proposed nothing in time \(so far only this node/);
});

test("every reason of consensus has words of its own", () => {
  const every: Record<NullifyReason, true> = {
    "leader-timeout": true,
    "certification-timeout": true,
    "leader-silent": true,
    "leader-nullified": true,
    "proposal-missing": true,
    "proposal-invalid": true,
    "ancestry-invalid": true,
    "certification-failed": true,
  };
  for (const reason of [...Object.keys(every), "by-others"]) {
    const text = statusText("http://n", { ...status, nullified: [failed(reason)] });
    expect(text).not.toContain(reason);
  }
});

test("a lost quorum and a silenced validator are named", () => {
  const text = statusText("http://n", {
    ...status,
    sync: { kind: "no-quorum", forMs: 20_000 },
    voting: { kind: "silent", reason: "the vote journal is damaged" },
  });
  expect(text).toContain("no quorum for 20.0 s");
  expect(text).toContain("no: the vote journal is damaged");
});

test("names that others chose cannot write control characters to the terminal", () => {
  const validator: ValidatorJson = {
    index: 0,
    name: "evil\u001b[2J",
    consensusKey: "a".repeat(64),
    operator: "quo1",
    endpoint: "",
    isSelf: false,
    connected: true,
    lastVoteView: 3,
    silent: false,
    missedViews: 1,
  };
  const peer = { name: null, agent: "x\u0007", address: "h:1", outbound: true, finalHeight: 1 };
  const rest = { latencyMs: null, clockSkewMs: 0 };
  expect(validatorsText([validator])).toContain("evil\\u{1b}[2J");
  expect(peersText([{ ...peer, ...rest } as unknown as PeerJson])).toContain("x\\u{7}");
});
