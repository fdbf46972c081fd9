/**
 * The wallet's saved policies: who may act for an account of several keys, or one whose keys have changed.
 *
 *     { kind: "quorate-policy", version: 1, name, account, policy: { threshold, keys: [{publicKey, weight}] } }
 *
 * `<home>/policies/AUTHHASH.json`, so that an account may have its present policy and a coming one side by side, and
 * the ledger's authHash says which counts. `policy export` writes the same form. None of it is secret; the name makes
 * the account known to this wallet.
 * @module
 */
import { readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { fail, ok, type Result } from "../src/base/result.ts";
import { nobleHasher } from "../src/crypto/hash.ts";
import { type AccountId, type Digest, isIdText } from "../src/protocol/ids.ts";
import {
  type JsonReader,
  parseJson,
  readInteger,
  readObject,
  readText,
  refuse,
} from "../src/protocol/json-shape.ts";
import { type Policy, policyHash } from "../src/protocol/policy.ts";
import { usageFailure } from "./failure.ts";
import { isMissing, readIfExists, writeDurably } from "./files.ts";
import { isAccountName } from "./key-files.ts";
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
const pathOf = (home: string, authHash: string): string => join(folderOf(home), `${authHash}.json`);

/** The policy with this hash, if one is saved for the account. */
export async function policyFor(
  home: string,
  account: AccountId,
  authHash: Digest,
): Promise<Policy | undefined> {
  const saved = await loadPolicy(home, authHash);
  return saved?.account === account ? saved.policy : undefined;
}

/** Every saved policy of the account. More than one: only the ledger knows which counts. */
export async function policiesOf(home: string, account: AccountId): Promise<readonly Policy[]> {
  const all = await savedPolicies(home);
  return all.filter((each) => each.account === account).map(({ policy }) => policy);
}

/** All of them, ascending by name. */
export async function savedPolicies(home: string): Promise<readonly SavedPolicy[]> {
  const found: SavedPolicy[] = [];
  for (const authHash of await savedHashes(home)) {
    const saved = await loadPolicy(home, authHash);
    if (saved !== undefined) found.push(saved);
  }
  return found.toSorted((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
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
  await writeDurably(pathOf(home, authHash), formatPolicyFile(saved));
}

/** Forgets every other policy of the account: call it when this one is known to count. */
export async function keepOnlyPolicy(
  home: string,
  account: AccountId,
  authHash: Digest,
): Promise<void> {
  for (const hash of await savedHashes(home)) {
    if (hash === authHash) continue;
    const saved = await loadPolicy(home, hash);
    if (saved?.account === account) await rm(pathOf(home, hash), { force: true });
  }
}

/** Forgets one policy: it will never act for the account. */
export async function forgetPolicy(home: string, authHash: Digest): Promise<void> {
  await rm(pathOf(home, authHash), { force: true });
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

async function loadPolicy(home: string, authHash: string): Promise<SavedPolicy | undefined> {
  const path = pathOf(home, authHash);
  const text = await readIfExists(path);
  if (text === undefined) return undefined;
  const parsed = parsePolicyFile(text);
  if (parsed.ok && policyHash(nobleHasher, parsed.value.policy) === authHash) return parsed.value;
  const reason = parsed.ok ? "it holds another policy than its name says" : parsed.reason;
  throw usageFailure("policy_malformed", `${path}: ${reason}`, "Import it again, or move it away.");
}

async function savedHashes(home: string): Promise<readonly string[]> {
  try {
    const files = await readdir(folderOf(home));
    return files
      .filter((file) => file.endsWith(".json"))
      .map((file) => file.slice(0, -".json".length))
      .filter(isIdText)
      .toSorted()
      .slice(0, policiesMax);
  } catch (error) {
    if (isMissing(error)) return [];
    throw error;
  }
}
