/**
 * A network in which every validator has lost its journal says so and stands still; a new genesis over its state goes on
 * with every balance. Real processes, real disks.
 * @module
 */
import {
  chmodSync,
  cpSync,
  existsSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { StatsJson, StatusJson } from "../../src/api/json.ts";
import type { ChainId } from "../../src/protocol/ids.ts";
import { askQuorate, getJson, LocalNet, temporaryDir } from "./support/local-net.ts";
import { clientOf } from "./support/paying-client.ts";
import { balanceOf } from "./support/whole-ledger.ts";
import { WalletCommand } from "./wallet/command.ts";

const nodes = [0, 1, 2, 3];
/** A local network's billion, in base units of six decimals. */
const supply = (1_000_000_000n * 10n ** 6n).toString();
const dir = temporaryDir();
const folder = `${dir}-genesis`;
const heirDir = `${dir}-heir`;
const homeOf = (index: number): string => join(dir, `node-${index}`);
const heirOf = (index: number): string => join(heirDir, `node-${index}`);
/** Only the operator of node 0 keeps its key in the node's home. */
const operatorKeyOf = (home: string): string => join(home, "keys", "operator.key");

let net: LocalNet | undefined;
let before: readonly bigint[] = [];
let oldChainId = "";

const urls = (): readonly string[] => net?.network.nodes.map(({ http }) => http) ?? [];
const first = (): string => urls()[0] ?? "";
const balances = (): Promise<readonly bigint[]> =>
  Promise.all((net?.network.accounts ?? []).map(({ address }) => balanceOf(first(), address)));
/** Resolves when it is final. */
const pay = async (): Promise<void> => {
  const networkFile = join(net?.dir ?? "", "network.json");
  const wallet = new WalletCommand({ folder: net?.dir ?? "", networkFile });
  const { exit } = await wallet.run("send", "25", "bob", "--from", "alice", "--yes");
  expect(exit).toBe(0);
};

beforeAll(async () => {
  net = await LocalNet.start({ dir });
  oldChainId = net.network.chainId;
  await pay();
  await net.dispose({ keep: true });
  cpSync(join(dir, "dev-keys", "operator-0.json"), operatorKeyOf(homeOf(0)));
  for (const index of nodes) {
    const keys = join(homeOf(index), "keys");
    for (const file of readdirSync(keys)) {
      if (/\.(journal|mark)$/.test(file)) rmSync(join(keys, file));
    }
  }
});
afterAll(async () => {
  await net?.dispose();
  for (const path of [dir, folder, heirDir]) rmSync(path, { recursive: true, force: true });
});

test("without journals every validator follows in silence, and says why", async () => {
  net = await LocalNet.start({ dir, flags: [] });
  before = await balances();
  for (const url of urls()) {
    const status = (await getJson(`${url}/v1/status`)) as unknown as StatusJson;
    expect(status.voting).toEqual({
      kind: "silent",
      reason: expect.stringMatching(/^there is no vote journal beside the validator key/),
    });
  }
  await net.dispose({ keep: true });
});

test("a genesis is made from a home whose node does not run, and no other", async () => {
  const missing = await askQuorate("genesis", "create", "--from", `${dir}/none`, "--out", folder);
  expect(missing.answer.error?.code).toBe("home_not_found");
  const stranger = ["--without", "nobody"];
  const unknown = await askQuorate(
    ...["genesis", "create", "--from", homeOf(0), "--out", folder, ...stranger],
  );
  expect(unknown.answer.error?.code).toBe("usage");
  const made = await askQuorate("genesis", "create", "--from", homeOf(0), "--out", folder);
  expect(made.code).toBe(0);
  expect(made.answer.data).toMatchObject({
    previous: { chainId: oldChainId },
    validators: nodes.map((index) => `node-${index}`),
    supply,
  });
  expect(readdirSync(folder).sort()).toEqual(["genesis.json", "genesis.state"]);
});

const adopt = (index: number, from = folder): ReturnType<typeof askQuorate> =>
  askQuorate(
    ...["genesis", "adopt", from, "--from", homeOf(index)],
    ...["--home", heirOf(index), "--yes"],
  );

test("a changed state, or a genesis of another ledger, is adopted by nobody", async () => {
  const changed = `${folder}-changed`;
  cpSync(folder, changed, { recursive: true });
  const state = readFileSync(join(changed, "genesis.state"));
  const last = state.length - 1;
  state[last] = (state[last] ?? 0) ^ 0x01;
  writeFileSync(join(changed, "genesis.state"), state);
  expect((await adopt(0, changed)).answer.error?.code).toBe("genesis_state");
  cpSync(folder, changed, { recursive: true });
  const genesis = JSON.parse(readFileSync(join(changed, "genesis.json"), "utf8"));
  genesis.previous.blockId = "00".repeat(32);
  writeFileSync(join(changed, "genesis.json"), JSON.stringify(genesis));
  expect((await adopt(0, changed)).answer.error?.code).toBe("succession_mismatch");
  genesis.previous.chainId = "00".repeat(32);
  writeFileSync(join(changed, "genesis.json"), JSON.stringify(genesis));
  expect((await adopt(0, changed)).answer.error?.code).toBe("succession_mismatch");
  rmSync(changed, { recursive: true });
});

test("an operator's key that others can read is not taken along", async () => {
  const path = operatorKeyOf(homeOf(0));
  chmodSync(path, 0o640);
  expect((await adopt(0)).answer.error?.code).toBe("key_exposed");
  expect(existsSync(heirOf(0))).toBe(false);
  chmodSync(path, 0o600);
});

test("the members go on under the new genesis: every balance is there, and payments are final", async () => {
  for (const index of nodes) expect((await adopt(index)).code).toBe(0);
  const operatorKey = operatorKeyOf(heirOf(0));
  expect(readFileSync(operatorKey)).toEqual(readFileSync(operatorKeyOf(homeOf(0))));
  expect(statSync(operatorKey).mode & 0o777).toBe(0o600);
  expect(readdirSync(join(heirOf(1), "keys"))).not.toContain("operator.key");
  cpSync(join(folder, "genesis.json"), join(heirDir, "genesis.json"));
  cpSync(join(dir, "dev-keys"), join(heirDir, "dev-keys"), { recursive: true });
  net = await LocalNet.start({ dir: heirDir });
  const chainId = net.network.chainId as ChainId;
  expect(chainId).not.toBe(oldChainId);
  expect(await balances()).toEqual(before);
  await pay();
  await pay();
  const stats = await clientOf(first()).stats();
  expect(stats.ok && (stats.value satisfies StatsJson).totalSupply).toBe(supply);
});

test("whose operator key was in the old home votes from the new one", async () => {
  const voted = await askQuorate(
    ...["membership", "parameter", "baseFee", "101"],
    ...["--home", heirOf(0), "--yes"],
  );
  expect(voted.answer.error).toBeUndefined();
  expect(voted.code).toBe(0);
});

test("and what they have is still there when all of them start again", async () => {
  const held = await balances();
  const { basePort } = net as LocalNet;
  await net?.dispose({ keep: true });
  net = await LocalNet.start({ dir: heirDir, basePort });
  expect(await balances()).toEqual(held);
  await pay();
});
