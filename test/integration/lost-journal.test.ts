/**
 * A validator that does not know its own votes any more follows in silence, says from which epoch it votes again, and
 * signs nothing in any epoch before: damaged journals, missing ones and empty disks, under load.
 * @module
 */
import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { BlockJson, StatusJson } from "../../src/api/json.ts";
import { epochOf, lastHeight } from "../../src/protocol/epochs.ts";
import type { ChainId } from "../../src/protocol/ids.ts";
import { askQuorate, LocalNet, until } from "./support/local-net.ts";
import { clientOf, devPayer, PayingClient } from "./support/paying-client.ts";
import { paymentBetween, readBlocks, requirePaidOnce } from "./support/whole-ledger.ts";

const epochLength = 60;
/** Node i is validator i. */
const victim = 2;

let net: LocalNet;
let urls: readonly string[];
let isOver = false;
let load: PayingClient;
let payment: Awaited<ReturnType<typeof paymentBetween>>;
beforeAll(async () => {
  net = await LocalNet.start({ flags: ["--epoch-length", String(epochLength)] });
  urls = net.network.nodes.map(({ http }) => http);
  const [payer, payee] = [devPayer(net.dir, "alice"), devPayer(net.dir, "bob")];
  payment = await paymentBetween(urls[0] ?? "", payer, payee);
  const chainId = net.network.chainId as ChainId;
  const nodes = () => (isOver ? [] : urls);
  load = new PayingClient({ payer, payee: payee.account, chainId, nodes });
  load.start();
});
afterAll(async () => {
  isOver = true;
  await load?.stop().catch(() => {}); // A test has failed, and said why.
  await net?.dispose();
});

const homeOf = (): string => net.network.nodes[victim]?.home ?? "";
const keysOf = (): string => join(homeOf(), "keys");
const fileOf = (ending: string): string =>
  join(keysOf(), readdirSync(keysOf()).find((name) => name.endsWith(ending)) ?? ending);

interface Loss {
  readonly what: string;
  readonly lose: () => void;
  /** Whether the next epoch has begun when it starts again. */
  readonly isEpochLater: boolean;
  readonly says: RegExp;
}

const losses: readonly Loss[] = [
  {
    what: "a byte in the middle of its journal is changed",
    isEpochLater: false,
    lose(): void {
      const path = fileOf(".journal");
      const bytes = readFileSync(path);
      const at = Math.floor(bytes.length / 2);
      bytes[at] = (bytes[at] ?? 0) ^ 0x01;
      writeFileSync(path, bytes);
    },
    says: /^the vote journal is damaged: /,
  },
  {
    what: "journal and mark are gone, and the next epoch has begun",
    isEpochLater: true,
    lose(): void {
      for (const ending of [".journal", ".mark"]) rmSync(fileOf(ending));
    },
    says: /^there is no vote journal beside the validator key/,
  },
  {
    what: "its disk is new, with nothing but its keys, the genesis and the config",
    isEpochLater: false,
    lose(): void {
      for (const ending of [".journal", ".mark"]) rmSync(fileOf(ending));
      rmSync(join(homeOf(), "data"), { recursive: true });
      expect(readdirSync(homeOf()).toSorted()).toEqual([
        "config.toml",
        "genesis.json",
        "keys",
        "node.log",
      ]);
    },
    says: /^there is no vote journal beside the validator key/,
  },
];

for (const loss of losses) {
  test(`when ${loss.what}, it follows, is silent, names an epoch and votes from that one on`, async () => {
    await loseAndRecover(loss);
  }, 120_000);
}

test("after all that each payment is there once, and no money is lost", async () => {
  await load.stop();
  await requirePaidOnce(net, urls, load, payment);
}, 60_000);

async function loseAndRecover({ lose, says, isEpochLater }: Loss): Promise<void> {
  await until("it votes, and its votes count", 20_000, async () => {
    return (await newestBlocks()).some(isSignedByVictim);
  });
  expect((await network("kill")).code).toBe(0);
  const killedAt = await tipOf();
  const votedIn = epochOf(killedAt, epochLength);
  lose();
  // What it sent before it died can be in no certificate of later heights any more.
  const goOnTo = isEpochLater ? lastHeight(votedIn, epochLength) + 1 : killedAt + 3;
  await until("the others go on", 30_000, async () => (await tipOf()) >= goOnTo);
  const restartedAt = await tipOf();
  const [restarted, { reasons, votesFrom }] = await Promise.all([network("restart"), listen()]);
  expect(restarted.code).toBe(0);
  expect(reasons.length).toBeGreaterThan(0);
  for (const reason of reasons) expect(reason).toMatch(says);
  expect(votesFrom).toBeGreaterThan(epochOf(restartedAt, epochLength));

  await until("its votes count again", 30_000, async () => {
    return (await newestBlocks()).some(
      (block) => block.height > restartedAt && isSignedByVictim(block),
    );
  });
  const since = (await readBlocks(urls[0] ?? "")).slice(restartedAt + 1);
  const before = since.filter((block) => block.epoch < votesFrom);
  expect(before.filter(isSignedByVictim)).toEqual([]);
  expect(before.filter(({ leaderName }) => leaderName === `node-${victim}`)).toEqual([]);
  expect(since.find(isSignedByVictim)?.epoch).toBe(votesFrom);
}

const isSignedByVictim = ({ finalization }: BlockJson): boolean =>
  finalization?.signers.includes(victim) ?? false;

const network = (command: "kill" | "restart") =>
  askQuorate("network", command, String(victim), "--dir", net.dir);

async function tipOf(): Promise<number> {
  const answer = await clientOf(urls[0] ?? "").status();
  if (!answer.ok) throw new Error("node 0 does not answer");
  return answer.value.tip.height;
}

async function newestBlocks(): Promise<readonly BlockJson[]> {
  const answer = await clientOf(urls[0] ?? "").blocks({ limit: 20 });
  return answer.ok ? answer.value.items : [];
}

/**
 * What the restarted node says of its voting until it votes: the reasons for its silence, each once, and the epoch that
 * the last of them names.
 */
async function listen(): Promise<{
  readonly reasons: readonly string[];
  readonly votesFrom: number;
}> {
  const reasons = new Set<string>();
  let votesFrom = Number.NaN;
  let status: StatusJson | undefined;
  await until("it votes again", 60_000, async () => {
    const answer = await clientOf(urls[victim] ?? "").status();
    if (!answer.ok) return false;
    status = answer.value;
    const { voting } = status;
    if (voting.kind === "silent") {
      reasons.add(voting.reason);
      const named = /votes again from epoch (\d+) on$/.exec(voting.reason)?.[1];
      if (named !== undefined) {
        votesFrom = Number(named);
        expect(status.epoch).toBeLessThanOrEqual(votesFrom);
      }
    }
    return voting.kind === "voting";
  });
  expect(status?.epoch).toBeGreaterThanOrEqual(votesFrom);
  return { reasons: [...reasons], votesFrom };
}
