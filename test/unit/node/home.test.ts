import {
  existsSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { openVoteJournal } from "../../../node/adapters/file-vote-journal.ts";
import { addValidatorKey, createHome, loadHome, type NodeHome } from "../../../node/home.ts";
import { createNetwork } from "../../../node/localnet/create-network.ts";
import { layoutOf } from "../../../node/localnet/layout.ts";
import { Refusal } from "../../../node/refusal.ts";

let folder = "";
let home: NodeHome;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "quorate-home-"));
  const layout = layoutOf(join(folder, "net"));
  await createNetwork(layout, { nodes: 1, basePort: 27_000 });
  home = await loadHome(layout.nodeHome(0));
});
afterEach(() => rmSync(folder, { recursive: true }));

const keysOf = ({ validatorKeys }: NodeHome): string[] =>
  validatorKeys.map(({ publicKey }) => publicKey);

const codeOf = (load: Promise<unknown>): Promise<string> =>
  load.then(
    () => "none",
    (error: unknown) => (error instanceof Refusal ? error.code : String(error)),
  );

test("a key that is added lies beside the first, each with a journal of its own that is sound", async () => {
  const added = await addValidatorKey(home);
  const again = await loadHome(home.folder);
  expect(keysOf(again)).toEqual([...keysOf(home), added.publicKey].sort());
  expect(new Set(keysOf(again)).size).toBe(2);
  const { chainId, keysFolder } = again;
  for (const { publicKey } of again.validatorKeys) {
    const journal = await openVoteJournal(keysFolder, { chainId, consensusKey: publicKey });
    expect(journal.state).toEqual({ kind: "sound", entries: [] });
    await journal.append([new Uint8Array(1)], { epoch: 0, view: 1 });
    await journal.close();
  }
  const mode = statSync(join(keysFolder, `validator-${added.publicKey.slice(0, 8)}.key`)).mode;
  expect(mode & 0o777).toBe(0o600);
});

test("an observer's home has no validator keys, until one is added: no genesis needs to name it", async () => {
  const { genesis, config, identity } = home;
  const observer = join(folder, "observer");
  await createHome(observer, { genesis, config, identity, validatorKeys: [] });
  const before = await loadHome(observer);
  expect(before.validatorKeys).toEqual([]);
  const added = await addValidatorKey(before);
  expect(genesis.validators.map(({ consensusKey }) => consensusKey)).not.toContain(added.publicKey);
  expect((await loadHome(observer)).validatorKeys).toEqual([added]);
});

test("a key under the name of another one is refused, so that no journal has two owners", async () => {
  const file = readdirSync(home.keysFolder).find((one) => /^validator-.*\.key$/.test(one)) ?? "";
  renameSync(join(home.keysFolder, file), join(home.keysFolder, "validator-00000000.key"));
  expect(await codeOf(loadHome(home.folder))).toBe("key_misnamed");
});

test("a key that was half written when the machine stopped is no key", async () => {
  writeFileSync(join(home.keysFolder, "validator-0123abcd.key.new"), "{", { mode: 0o600 });
  expect(keysOf(await loadHome(home.folder))).toEqual(keysOf(home));
  const added = await addValidatorKey(home);
  const path = join(home.keysFolder, `validator-${added.publicKey.slice(0, 8)}.key`);
  expect([existsSync(path), existsSync(`${path}.new`)]).toEqual([true, false]);
});
