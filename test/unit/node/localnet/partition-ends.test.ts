/**
 * Waiting for the end of a partition.
 * @module
 */
import { expect, test } from "vitest";
import { PartitionEnds } from "../../../../node/localnet/partition-ends.ts";
import type { Watched } from "../../../../node/localnet/watch.ts";

const healing = (number: number): Watched => ({
  isLate: false,
  verdict: {
    action: { number, command: "heal", node: null, groups: null, startedMs: 1 },
    endedMs: 2,
    safe: true,
    live: true,
    quorum: { reachable: 4, needed: 3, validators: 4 },
    recoveredAfterMs: 1,
    words: "",
    failure: null,
  },
});

test("whoever waits hears the verdict of the healing, however late they ask", async () => {
  const ends = new PartitionEnds();
  ends.began(1);
  const early = ends.of(1);
  ends.healed(healing(2));
  expect([await early, await ends.of(1)]).toEqual([healing(2), healing(2)]);
});

test("a partition that another one replaces is not healed", async () => {
  const ends = new PartitionEnds();
  ends.began(1);
  ends.began(2);
  await expect(ends.of(1)).rejects.toMatchObject({ code: "partition_replaced" });
  ends.healed(healing(3));
  expect(await ends.of(2)).toEqual(healing(3));
});

test("one that was healed before the next began stays healed", async () => {
  const ends = new PartitionEnds();
  ends.began(1);
  ends.healed(healing(2));
  ends.began(3);
  expect(await ends.of(1)).toEqual(healing(2));
});

test("with the network it ends, and nobody waits on", async () => {
  const ends = new PartitionEnds();
  ends.began(1);
  ends.stop();
  await expect(ends.of(1)).rejects.toMatchObject({ code: "network_stopping" });
});

test("one that there was not, or long ago, is unknown", async () => {
  const ends = new PartitionEnds();
  for (let number = 1; number <= 11; number += 1) ends.began(number);
  for (const number of [0, 1, 12]) {
    await expect(ends.of(number)).rejects.toMatchObject({ code: "partition_unknown" });
  }
  await expect(ends.of(2)).rejects.toMatchObject({ code: "partition_replaced" });
});
