/**
 * One of four validators is a test build that gives two votes in some views. The others prove it, the ledger takes the
 * proof, and the next set is without that validator, while payments go on.
 * @module
 */
import { afterAll, beforeAll, expect, test } from "vitest";
import { isFaultJson } from "../../src/api/fault-words.ts";
import type { FaultBodyJson, PlaceJson } from "../../src/api/json.ts";
import type { FaultJson } from "../../src/api/membership-json.ts";
import { countingHeight, epochOf, lastHeight } from "../../src/protocol/epochs.ts";
import type { ChainId } from "../../src/protocol/ids.ts";
import type { Patch } from "../simulation/mutants/mutant.ts";
import { askQuorate, LocalNet, until } from "./support/local-net.ts";
import { PatchedNode } from "./support/patched-node.ts";
import { clientOf, devPayer, PayingClient } from "./support/paying-client.ts";
import { paymentBetween, requirePaidOnce, type WholeLedger } from "./support/whole-ledger.ts";

const epochLength = 40;
const equivocator = 3;
/** Every seventh of its notarize votes has a twin for a block that nobody has. */
const twoVotes: Patch = {
  file: "src/replica/consensus-driver.js",
  find: "this.#host.sendVote(vote);",
  replace: `this.#host.sendVote(vote);
        if (effect.body.kind === "notarize" && effect.body.view % 7 === 0) {
            const body = { ...effect.body, blockId: effect.body.blockId.split("").reverse().join("") };
            this.#host.sendVote(signVote(body, { ...this.#voter, chainId: this.#chainId }));
        }`,
};

let net: LocalNet;
let patched: PatchedNode | undefined;
let urls: readonly string[];
let load: PayingClient | undefined;
let isOver = false;
beforeAll(async () => {
  net = await LocalNet.start({ flags: ["--epoch-length", String(epochLength)] });
  urls = net.network.nodes.map(({ http }) => http);
});
afterAll(async () => {
  isOver = true;
  await load?.stop().catch(() => {}); // The test has failed, and said why.
  await patched?.stop();
  await net?.dispose();
});

test("an equivocator is out of the next counted set by its own two votes, and no payment suffers", async () => {
  const { home = "", name = "" } = net.network.nodes[equivocator] ?? {};
  const honest = urls.filter((_, i) => i !== equivocator);
  const [first = ""] = honest;
  const consensusKey = (await validatorsOf(first)).find((one) => one.name === name)?.consensusKey;
  const killed = await askQuorate("network", "kill", String(equivocator), "--dir", net.dir);
  expect(killed.code).toBe(0);
  patched = new PatchedNode(home, [twoVotes]);
  const running = patched;
  await until("the equivocator votes", 30_000, async () => {
    if (!running.isRunning) throw new Error(running.said);
    return (await votingOf(urls[equivocator] ?? "")) === "voting";
  });

  const [payer, payee] = [devPayer(net.dir, "alice"), devPayer(net.dir, "bob")];
  const payment = await paymentBetween(first, payer, payee);
  const chainId = net.network.chainId as ChainId;
  load = new PayingClient({
    payer,
    payee: payee.account,
    chainId,
    nodes: () => (isOver ? [] : urls),
  });
  load.start();

  for (const url of urls) {
    await until(`${url} has the proof as final`, 30_000, async () => {
      return (await faultsOf(url)).some((fault) => fault.consensusKey === consensusKey);
    });
  }
  for (const url of honest) {
    const status = await clientOf(url).status();
    expect(status.ok && status.value.faults).toBeGreaterThan(0);
  }
  let outAt = Number.POSITIVE_INFINITY;
  await until("the set is without the equivocator", 30_000, async () => {
    const answer = await clientOf(first).membership();
    if (!answer.ok || answer.value.current.some((one) => one.name === name)) return false;
    expect(answer.value.current).toHaveLength(3);
    outAt = answer.value.tip.height;
    return true;
  });
  const paidBefore = load.paid.length;
  await until("two epochs pass without it", 30_000, async () => {
    const answer = await clientOf(first).status();
    return answer.ok && answer.value.tip.height >= outAt + 2 * epochLength;
  });
  expect(load.paid.length).toBeGreaterThan(paidBefore);
  expect(await votingOf(urls[equivocator] ?? "")).toBe("observer");

  await load.stop();
  const ledger = await requirePaidOnce(net, urls, load, payment);
  await requireProven(ledger, first, name);
}, 120_000);

/** The faults on the ledger are its own and no other's, and the first count that saw one took it out. */
async function requireProven(
  { blocks, transactions }: WholeLedger,
  url: string,
  name: string,
): Promise<void> {
  const faults = transactions.filter((one) => isFaultJson(one)) as (FaultBodyJson & PlaceJson)[];
  expect(faults.length).toBeGreaterThan(0);
  for (const { fault, height: at } of faults) {
    const { first, second } = fault;
    expect([first.kind, second.kind]).toEqual(["notarize", "notarize"]);
    expect(first.blockId).not.toBe(second.blockId);
    const set = await validatorsOf(url, at);
    expect(set[fault.signer]?.name).toBe(name);
  }
  const counts = faults.flatMap(({ fault, height: at }) => {
    const seenIn = epochOf(at, epochLength);
    const count = at <= countingHeight(seenIn, epochLength) ? seenIn : seenIn + 1;
    return fault.epoch >= count - 1 ? [count] : [];
  });
  const count = Math.min(...counts);
  const counted = blocks[countingHeight(count, epochLength)];
  expect(counted?.nextValidatorsHash).not.toBe(counted?.validatorsHash);
  const sets = blocks.map(({ validatorsHash }) => validatorsHash);
  const change = lastHeight(count, epochLength) + 1;
  expect(new Set(sets.slice(0, change))).toEqual(new Set([counted?.validatorsHash]));
  expect(new Set(sets.slice(change))).toEqual(new Set([counted?.nextValidatorsHash]));
  expect(await validatorsOf(url, change - 1)).toHaveLength(4);
  expect(await validatorsOf(url, change)).toHaveLength(3);
}

async function validatorsOf(
  url: string,
  at?: number,
): Promise<readonly { readonly name: string; readonly consensusKey: string }[]> {
  const answer = await clientOf(url).validators(at);
  if (!answer.ok) throw new Error(`${url} does not tell its validators`);
  return answer.value.items;
}

async function faultsOf(url: string): Promise<readonly FaultJson[]> {
  const answer = await clientOf(url).faults();
  return answer.ok ? answer.value.items : [];
}

async function votingOf(url: string): Promise<string> {
  const answer = await clientOf(url).status();
  return answer.ok ? answer.value.voting.kind : "no answer";
}
