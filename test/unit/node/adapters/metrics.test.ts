/**
 * What is fed in milliseconds comes out in seconds, and what is watched is read when it is asked for.
 * @module
 */
import { expect, test } from "vitest";
import { NodeMetrics } from "../../../../node/adapters/metrics.ts";
import { ListedNode } from "../../../contract/http/listed-node.ts";

const value = (text: string, name: string): number =>
  Number(
    text
      .split("\n")
      .find((line) => line.startsWith(`${name} `))
      ?.split(" ")[1],
  );

test("counts what the replica reports", async () => {
  const metrics = new NodeMetrics();
  metrics.blockFinal({ height: 7, transactions: 3, finalityMs: 250, commitMs: 2 });
  metrics.blockFinal({ height: 8, transactions: 4, finalityMs: undefined, commitMs: 4 });
  metrics.viewEntered(12);
  metrics.viewNullified("no proposal in time");
  metrics.voteSent("finalize");
  metrics.faultSeen();
  const text = await metrics.text();
  expect(value(text, "quorate_height")).toBe(8);
  expect(value(text, "quorate_view")).toBe(12);
  expect(value(text, "quorate_transactions_total")).toBe(7);
  expect(value(text, "quorate_blocks_total")).toBe(2);
  expect(value(text, "quorate_finality_seconds_count")).toBe(1);
  expect(value(text, "quorate_finality_seconds_sum")).toBe(0.25);
  expect(value(text, "quorate_commit_seconds_sum")).toBe(0.006);
  expect(text).toContain('quorate_views_nullified_total{reason="no proposal in time"} 1');
  expect(text).toContain('quorate_own_votes_total{kind="finalize"} 1');
  expect(value(text, "quorate_faults_total")).toBe(1);
});

test("reads the node when it is asked, not before", async () => {
  const node = new ListedNode();
  const metrics = new NodeMetrics();
  metrics.watch(node);
  expect(value(await metrics.text(), "quorate_mempool_transactions")).toBe(0);
  await node.submit([node.transfer({ nonce: 9 }).bytes]);
  node.sync = { kind: "behind", blocks: 40, peers: 1 };
  const text = await metrics.text();
  expect(value(text, "quorate_mempool_transactions")).toBe(1);
  expect(value(text, "quorate_sync_lag_blocks")).toBe(40);
  expect(value(text, "quorate_quorum_age_seconds")).toBe(0.0125);
});

test("two nodes in one process do not share their numbers", async () => {
  const first = new NodeMetrics();
  const second = new NodeMetrics();
  first.viewEntered(5);
  expect(value(await second.text(), "quorate_view")).toBe(0);
});
