/**
 * Saved policies: found by account and hash alone, and never confused.
 * @module
 */
import { mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { nobleHasher } from "../../../../src/crypto/hash.ts";
import { type Policy, policyHash } from "../../../../src/protocol/policy.ts";
import {
  accountOfPolicyName,
  forgetPolicy,
  formatPolicyFile,
  keepOnlyPolicy,
  parsePolicyFile,
  policiesOf,
  policyFor,
  savedPolicies,
  savePolicy,
} from "../../../../wallet-cli/accounts/policies.ts";
import { accountOf, policyOf, signers, someone } from "../transactions.ts";

let home: string;
const team = policyOf(2);
const account = accountOf(team);
const rotated = policyOf(1, signers.slice(0, 2));
const hashOf = (policy: Policy) => policyHash(nobleHasher, policy);

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), "quorate-policies-"));
});

afterEach(async () => {
  await rm(home, { recursive: true });
});

test("a saved policy is found by its account and hash, and by no other", async () => {
  await savePolicy(home, { name: "team", account, policy: team });
  expect(await policyFor(home, account, hashOf(team))).toEqual(team);
  expect(await policyFor(home, someone, hashOf(team))).toBeUndefined();
  expect(await policyFor(home, account, hashOf(rotated))).toBeUndefined();
  expect(await accountOfPolicyName(home, "team")).toBe(account);
  expect(await accountOfPolicyName(home, "nobody")).toBeUndefined();
});

test("a coming policy lies beside the present one until one of them is kept", async () => {
  await savePolicy(home, { name: "team", account, policy: team });
  await savePolicy(home, { name: "team", account, policy: rotated });
  await savePolicy(home, { name: "other", account: someone, policy: policyOf(3) });
  expect(await policiesOf(home, account)).toHaveLength(2);
  await keepOnlyPolicy(home, account, hashOf(rotated));
  expect(await policiesOf(home, account)).toEqual([rotated]);
  expect(await policiesOf(home, someone)).toHaveLength(1);
});

test("one name never stands for two accounts", async () => {
  await savePolicy(home, { name: "team", account, policy: team });
  const other = { name: "team", account: someone, policy: rotated };
  await expect(savePolicy(home, other)).rejects.toMatchObject({ facts: { code: "name_taken" } });
  expect(await savedPolicies(home)).toHaveLength(1);
});

test("a file whose policy is not the one of its name is refused, never used", async () => {
  await savePolicy(home, { name: "team", account, policy: team });
  const [file = ""] = await readdir(join(home, "policies"));
  const forged = formatPolicyFile({ name: "team", account, policy: rotated });
  await writeFile(join(home, "policies", file), forged);
  await expect(policyFor(home, account, hashOf(team))).rejects.toMatchObject({
    facts: { code: "policy_malformed" },
  });
});

test("two accounts with the same keys keep their policies apart: one is saved and forgotten without the other", async () => {
  await savePolicy(home, { name: "savings", account: someone, policy: rotated });
  await savePolicy(home, { name: "team", account, policy: rotated });
  expect(await policyFor(home, someone, hashOf(rotated))).toEqual(rotated);
  expect(await policyFor(home, account, hashOf(rotated))).toEqual(rotated);
  await forgetPolicy(home, account, hashOf(rotated));
  expect(await policyFor(home, account, hashOf(rotated))).toBeUndefined();
  expect(await policiesOf(home, someone)).toEqual([rotated]);
  await keepOnlyPolicy(home, account, hashOf(team));
  expect(await accountOfPolicyName(home, "savings")).toBe(someone);
});

test("a file that names only the policy's hash is read, replaced and forgotten like the others", async () => {
  const place = join(home, "policies");
  await mkdir(place);
  const former = { name: "former", account, policy: rotated };
  await writeFile(join(place, `${hashOf(rotated)}.json`), formatPolicyFile(former));
  expect(await policyFor(home, account, hashOf(rotated))).toEqual(rotated);
  expect(await policyFor(home, someone, hashOf(rotated))).toBeUndefined();
  await savePolicy(home, { name: "savings", account: someone, policy: rotated });
  expect(await policiesOf(home, account)).toEqual([rotated]);
  await savePolicy(home, { name: "later", account, policy: rotated });
  expect(await policiesOf(home, account)).toEqual([rotated]);
  expect(await accountOfPolicyName(home, "former")).toBeUndefined();
  await writeFile(join(place, `${hashOf(rotated)}.json`), formatPolicyFile(former));
  expect(await policiesOf(home, account)).toEqual([rotated]);
  await forgetPolicy(home, account, hashOf(rotated));
  expect(await policiesOf(home, account)).toEqual([]);
  expect(await policiesOf(home, someone)).toEqual([rotated]);
});

test("a wallet that has no policies yet has none", async () => {
  expect(await savedPolicies(join(home, "nowhere"))).toEqual([]);
  expect(await policyFor(home, account, hashOf(team))).toBeUndefined();
});

test.each([
  ["another kind", { kind: "quorate-transaction" }, /^kind: /],
  ["a later version", { version: 2 }, /^version: /],
  ["a name that is a path", { name: "../x" }, /^name: /],
  ["an address for the account", { account: "quo1abc" }, /^account: /],
  ["a field too many", { address: "quo1" }, /^address: is not a known key/],
  ["a threshold out of reach", { policy: { ...team, threshold: 4 } }, /^policy: /],
])("a policy file with %s is refused", (_name, change, reason) => {
  const json = JSON.parse(formatPolicyFile({ name: "team", account, policy: team }));
  const parsed = parsePolicyFile(JSON.stringify({ ...json, ...change }));
  expect(parsed.ok ? "" : parsed.reason).toMatch(reason);
});
