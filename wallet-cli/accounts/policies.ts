/**
 * The wallet's saved policies: who may act for an account of several keys, or one whose keys have changed.
 *
 *     { kind: "quorate-policy", version: 1, name, account, policy: { threshold, keys: [{publicKey, weight}] } }
 *
 * `<home>/policies/ACCOUNT-AUTHHASH.json`, so that an account may have its present policy and a coming one side by side,
 * and the ledger's authHash says which counts; several accounts may have the same keys, and so the same hash. Files of
 * older wallets, `AUTHHASH.json`, are read and, when their policy is saved again, replaced. `policy export` writes the
 * same form. None of it is secret; the name makes the account known to this wallet.
 * @module
 */
import { readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { fail, ok, type Result } from "../../src/base/result.ts";
import { nobleHasher } from "../../src/crypto/hash.ts";
import type { AccountId, Digest } from "../../src/protocol/ids.ts";
import {
  type JsonReader,
  parseJson,
  readInteger,
  readObject,
  readText,
  refuse,
} from "../../src/protocol/json-shape.ts";
import { type Policy, policyHash } from "../../src/protocol/policy.ts";
import { usageFailure } from "../failure.ts";
import { isMissing, readIfExists, writeDurably } from "../files.ts";
import { isAccountName } from "../keys/key-files.ts";
import { policyJson, readId, readPolicy } from "./policy-json.ts";

export interface SavedPolicy {
  /** What this wallet calls the account. */
  readonly name: string;
  readonly account: AccountId;
  readonly policy: Policy;
}

const kind = "quorate-policy";
const version = 1;
/** 16 keys take less than 3 KiB. */
const fileBytesMax = 16 * 1024;
/** More would only make commands slow. */
const policiesMax = 1_000;

const folderOf = (home: string): string => join(home, "policies");

/** What the name of a file says that it holds. */
interface FileName {
  /** Undefined in the names that older wallets gave. */
  readonly account: AccountId | undefined;
  readonly authHash: Digest;
}

const pathOf = (home: string, { account, authHash }: FileName): string =>
  join(folderOf(home), `${account === undefined ? "" : `${account}-`}${authHash}.json`);

/** The policy with this hash, if one is saved for the account. */
export async function policyFor(
  home: string,
  account: AccountId,
  authHash: Digest,
): Promise<Policy | undefined> {
  const saved = await loadPolicy(home, { account, authHash });
  if (saved !== undefined) return saved.policy;
  const older = await loadPolicy(home, { account: undefined, authHash });
  return older?.account === account ? older.policy : undefined;
}

/** Every saved policy of the account. More than one: only the ledger knows which counts. */
export async function policiesOf(home: string, account: AccountId): Promise<readonly Policy[]> {
  const all = await savedPolicies(home);
  return all.filter((each) => each.account === account).map(({ policy }) => policy);
}

/** All of them, ascending by name. */
export async function savedPolicies(home: string): Promise<readonly SavedPolicy[]> {
  const found = new Map<string, SavedPolicy>();
  for (const file of await fileNames(home)) {
    const saved = await loadPolicy(home, file);
    if (saved === undefined) continue;
    const place = pathOf(home, { account: saved.account, authHash: file.authHash });
    if (file.account !== undefined || !found.has(place)) found.set(place, saved);
  }
  return [...found.values()].toSorted((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
}

/** The account that this wallet has saved policies for under this name. */
export async function accountOfPolicyName(
  home: string,
  name: string,
): Promise<AccountId | undefined> {
  if (!isAccountName(name)) return undefined;
  return (await savedPolicies(home)).find((saved) => saved.name === name)?.account;
}

/** Durable when it returns. One name stands for one account. */
export async function savePolicy(home: string, saved: SavedPolicy): Promise<void> {
  const others = await savedPolicies(home);
  const namesake = others.find(({ name }) => name === saved.name);
  if (namesake !== undefined && namesake.account !== saved.account) {
    throw usageFailure(
      "name_taken",
      `"${saved.name}" is the name of another account with a saved policy`,
      "Give another name.",
    );
  }
  if (others.length >= policiesMax) {
    throw usageFailure(
      "too_many_policies",
      `${policiesMax} policies are saved already`,
      `Move files away from ${folderOf(home)}.`,
    );
  }
  const authHash = policyHash(nobleHasher, saved.policy);
  const { account } = saved;
  await writeDurably(pathOf(home, { account, authHash }), formatPolicyFile(saved));
  await removeOlder(home, account, authHash);
}

/** Removes the older wallets' file of this policy, if it is the account's. */
async function removeOlder(home: string, account: AccountId, authHash: Digest): Promise<void> {
  const older = { account: undefined, authHash };
  const saved = await loadPolicy(home, older);
  if (saved?.account === account) await rm(pathOf(home, older), { force: true });
}

/** Forgets every other policy of the account: call it when this one is known to count. */
export async function keepOnlyPolicy(
  home: string,
  account: AccountId,
  authHash: Digest,
): Promise<void> {
  for (const file of await fileNames(home)) {
    if (file.authHash === authHash || (file.account ?? account) !== account) continue;
    const saved = await loadPolicy(home, file);
    if (saved?.account === account) await rm(pathOf(home, file), { force: true });
  }
}

/** Forgets one policy of the account: it will never act for it. Other accounts with the same keys keep theirs. */
export async function forgetPolicy(
  home: string,
  account: AccountId,
  authHash: Digest,
): Promise<void> {
  await rm(pathOf(home, { account, authHash }), { force: true });
  await removeOlder(home, account, authHash);
}

export function formatPolicyFile({ name, account, policy }: SavedPolicy): string {
  const json = { kind, version, name, account, policy: policyJson(policy) };
  return `${JSON.stringify(json, undefined, 2)}\n`;
}

/** The reason of a failure says what is wrong, and where. */
export function parsePolicyFile(text: string): Result<SavedPolicy, string> {
  if (text.length > fileBytesMax) return fail("the file is too large");
  const parsed = parseJson(text, readFile);
  if (!parsed.ok) return parsed;
  const { name, account, policy } = parsed.value;
  return ok({ name, account, policy });
}

interface FileFields extends SavedPolicy {
  readonly kind: string;
  readonly version: number;
}

const readName: JsonReader<string> = (json, place) => {
  const name = readText(json, place);
  return isAccountName(name) ? name : refuse(place, "is not a name for an account");
};

const readFile: JsonReader<FileFields> = readObject<FileFields>({
  kind: (json, place) => (json === kind ? kind : refuse(place, `must be "${kind}"`)),
  version: (json, place) =>
    readInteger(json, place) === version
      ? version
      : refuse(place, "is not one that this wallet reads"),
  name: readName,
  account: readId<AccountId>(),
  policy: readPolicy,
});

async function loadPolicy(home: string, file: FileName): Promise<SavedPolicy | undefined> {
  const path = pathOf(home, file);
  const text = await readIfExists(path);
  if (text === undefined) return undefined;
  const parsed = parsePolicyFile(text);
  if (parsed.ok && isNamed(parsed.value, file)) return parsed.value;
  const reason = parsed.ok ? "it holds another policy than its name says" : parsed.reason;
  throw usageFailure("policy_malformed", `${path}: ${reason}`, "Import it again, or move it away.");
}

const isNamed = ({ account, policy }: SavedPolicy, file: FileName): boolean =>
  policyHash(nobleHasher, policy) === file.authHash && (file.account ?? account) === account;

async function fileNames(home: string): Promise<readonly FileName[]> {
  try {
    const files = await readdir(folderOf(home));
    return files
      .toSorted()
      .flatMap((file) => fileNamed(file) ?? [])
      .slice(0, policiesMax);
  } catch (error) {
    if (isMissing(error)) return [];
    throw error;
  }
}

const fileNamePattern = /^(?:([0-9a-f]{64})-)?([0-9a-f]{64})\.json$/;

function fileNamed(file: string): FileName | undefined {
  const [, account, authHash] = fileNamePattern.exec(file) ?? [];
  if (authHash === undefined) return undefined;
  return { account: account as AccountId | undefined, authHash: authHash as Digest };
}
