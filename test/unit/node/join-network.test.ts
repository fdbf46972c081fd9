/**
 * From an invitation to a home: everything that the node and its members need, whole or not at all.
 * @module
 */
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { nativeVerifier } from "../../../node/adapters/native-crypto.ts";
import { applyOptions, standardConfig } from "../../../node/config.ts";
import { loadHome, operatorKeyFile } from "../../../node/home.ts";
import { joinNetwork, requestFile } from "../../../node/join-network.ts";
import { loadOperatorKey } from "../../../node/operator-key.ts";
import { createNobleSigner } from "../../../src/crypto/ed25519.ts";
import { nobleHasher } from "../../../src/crypto/hash.ts";
import { chainIdOf } from "../../../src/protocol/genesis.ts";
import { type AccountId, type BlockId, height } from "../../../src/protocol/ids.ts";
import { type Invite, signInvite } from "../../../src/protocol/invite.ts";
import { openMembershipRequest } from "../../../src/protocol/membership-request.ts";
import { genesis } from "../../contract/http/sample.ts";

const chainId = chainIdOf(nobleHasher, genesis);
const checkpoint = { height: height(42), blockId: "ef".repeat(32) as BlockId };
const inviteTo = (peers: readonly string[]): Invite =>
  signInvite(
    { genesis, chainId },
    { checkpoint, peers, from: { name: "one", keyKind: "validator" }, timestampMs: 1 },
    createNobleSigner(new Uint8Array(32)),
  );
const invite = inviteTo(["one.example:27000", "two.example:27000"]);
const endpoint = "acme.example:27000";
const operator = "5a".repeat(32) as AccountId;

let parent = "";
let folder = "";
beforeEach(() => {
  parent = mkdtempSync(join(tmpdir(), "quorate-join-"));
  folder = join(parent, "homes", "acme");
});
afterEach(() => rmSync(parent, { recursive: true }));

function withAdvertise(advertise: string): typeof standardConfig {
  const applied = applyOptions(standardConfig, { p2p: { advertise } });
  if (!applied.ok) throw new Error(applied.reason);
  return applied.value;
}
const config = withAdvertise(endpoint);
const applicant = { name: "acme", endpoint, operator } as const;

test("the home is of the invited network, with its checkpoint and the addresses to dial", async () => {
  await joinNetwork({ folder, invite, config, applicant });
  const home = await loadHome(folder);
  expect(home).toMatchObject({ chainId, checkpoint });
  expect(home.config.p2p.peers).toEqual(invite.peers);
});

test("the request in it is for the consensus key that the home has, and is sound", async () => {
  const { request } = await joinNetwork({ folder, invite, config, applicant });
  const text = readFileSync(join(folder, requestFile), "utf8");
  const network = { chainId, addressPrefix: genesis.addressPrefix };
  expect(openMembershipRequest(text, network, nativeVerifier)).toEqual({
    ok: true,
    value: request,
  });
  const [key] = (await loadHome(folder)).validatorKeys;
  expect(request?.validator).toEqual({
    consensusKey: key?.publicKey,
    operator,
    name: "acme",
    endpoint,
  });
});

test("a new operator's key lies in the home for its owner alone, and is the operator of the request", async () => {
  const { request } = await joinNetwork({
    folder,
    invite,
    config,
    applicant: { ...applicant, operator: "new" },
  });
  const path = join(folder, operatorKeyFile);
  expect(statSync(path).mode & 0o077).toBe(0);
  expect(request?.validator.operator).toBe(loadOperatorKey(path).account);
});

test("an observer has neither a consensus key nor a request", async () => {
  const { request } = await joinNetwork({ folder, invite, config, applicant: undefined });
  expect(request).toBeUndefined();
  expect((await loadHome(folder)).validatorKeys).toEqual([]);
  expect(existsSync(join(folder, requestFile))).toBe(false);
});

test("what is there already is refused and not touched, and nothing is left beside it", async () => {
  mkdirSync(folder, { recursive: true });
  await expect(joinNetwork({ folder, invite, config, applicant })).rejects.toMatchObject({
    code: "home_exists",
  });
  expect(readdirSync(folder)).toEqual([]);
  expect(readdirSync(join(parent, "homes"))).toEqual(["acme"]);
});

test("its own address and what is no address are not dialled", async () => {
  const odd = inviteTo([endpoint, "no address", "one.example:27000"]);
  await joinNetwork({ folder, invite: odd, config, applicant });
  expect((await loadHome(folder)).config.p2p.peers).toEqual(["one.example:27000"]);
});
