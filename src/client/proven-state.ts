/**
 * Entries of the state as they are proven: by key, and the whole of one account.
 *
 * What an account holds is proven asset by asset, but no proof says that there are no others. So every asset that any
 * node names is asked for: one that lies by leaving an asset out is found out as soon as another one names it.
 * @module
 */
import { assert } from "../base/assert.ts";
import { fail, ok, type Result } from "../base/result.ts";
import type { Proven } from "../proof/verify.ts";
import type { AccountId, AssetId } from "../protocol/ids.ts";
import {
  type Account,
  accountKey,
  assetKey,
  balanceKey,
  readAccount,
  readAsset,
  readBalance,
  type StateKey,
  type StateReader,
} from "../protocol/state.ts";
import { type Finding, isLying } from "./finding.ts";
import type { Gathered, LightClient, ProvenAnswer } from "./light-client.ts";
import type { Standing, TrustFailure } from "./standing.ts";

/** Entries that a proof has shown, or shown to be absent. Reading any other one is a bug and asserts. */
export class ProvenEntries implements StateReader {
  readonly #entries = new Map<StateKey, Uint8Array | undefined>();

  constructor(proofs: readonly Proven[]) {
    for (const { facts } of proofs) {
      for (const fact of facts) if (fact.kind === "state") this.#entries.set(fact.key, fact.value);
    }
  }

  has(key: StateKey): boolean {
    return this.#entries.has(key);
  }

  keys(): readonly StateKey[] {
    return [...this.#entries.keys()];
  }

  read(key: StateKey): Uint8Array | undefined {
    assert(this.#entries.has(key), "an entry is read that was asked for and proven");
    return this.#entries.get(key);
  }
}

export interface ProvenState {
  readonly standing: Standing;
  readonly entries: ProvenEntries;
}

export interface ProvenHolding {
  readonly asset: AssetId;
  /** Base units, more than 0. */
  readonly amount: bigint;
  readonly code: string;
  readonly decimals: number;
  readonly issuer: AccountId;
}

export interface ProvenAccount {
  readonly standing: Standing;
  /** With the native balance. */
  readonly account: Account;
  /** Of other assets, ascending by asset id. */
  readonly holdings: readonly ProvenHolding[];
}

/** Keys of one question; the interface allows no more. */
const keysMax = 32;

/** The entries of these keys, or that there are none. Above 32 keys, later ones may be of a newer block. */
export async function proveState(
  client: LightClient,
  keys: readonly StateKey[],
): Promise<Result<ProvenState, TrustFailure>> {
  const proofs: Proven[] = [];
  let first: Gathered | undefined;
  for (let from = 0; from < Math.max(1, keys.length); from += keysMax) {
    const some = keys.slice(from, from + keysMax);
    const gathered = await client.gather(
      (options) => (node) => node.stateProof(some, options),
      (proven) => missing(proven, some),
    );
    if (!gathered.ok) return gathered;
    first ??= gathered.value;
    proofs.push(gathered.value.proven);
  }
  assert(first !== undefined, "at least one question was asked");
  return ok({ standing: first.standing, entries: new ProvenEntries(proofs) });
}

/** One account with everything that it holds, as far as any node names it. */
export async function proveAccount(
  client: LightClient,
  { account, address }: { readonly account: AccountId; readonly address: string },
): Promise<Result<ProvenAccount, TrustFailure>> {
  const gathered = await client.gather(
    (options) => (node) => node.accountProof(address, options),
    (proven) => missing(proven, [accountKey(account)]),
  );
  if (!gathered.ok) return gathered;
  const { standing, proven, answers } = gathered.value;
  const named = new ProvenEntries(answers.map((answer) => answer.proven));
  const assets = assetsOf(account, named.keys());
  const entries = new ProvenEntries([proven]);
  if (assets.length === 0) {
    return ok({ standing, account: readAccount(entries, account), holdings: [] });
  }
  const lies = await withheldBalances(
    client,
    answers,
    assets.map((asset) => balanceKey(account, asset)),
  );

  const keys = [accountKey(account), ...assets.flatMap((asset) => keysOf(account, asset))];
  const all = await proveState(client, keys);
  if (!all.ok) return fail(all.reason);
  const state = all.value.entries;
  const holdings = assets.flatMap((asset): readonly ProvenHolding[] => {
    const amount = readBalance(state, account, asset);
    const terms = readAsset(state, asset);
    if (amount === 0n || terms === undefined) return [];
    const { code, decimals, issuer } = terms;
    return [{ asset, amount, code, decimals, issuer }];
  });
  const findings = withLies(all.value.standing.findings, [...standing.findings, ...lies]);
  const now = { ...all.value.standing, findings };
  return ok({ standing: now, account: readAccount(state, account), holdings });
}

/** Nodes that left out a balance which another one proves in the state of the very same block. */
async function withheldBalances(
  { caught }: LightClient,
  answers: readonly ProvenAnswer[],
  keys: readonly StateKey[],
): Promise<readonly Finding[]> {
  const lies: Finding[] = [];
  for (const { node, proven, raw } of answers) {
    const own = new ProvenEntries([proven]);
    const same = answers.filter((other) => other.proven.blockId === proven.blockId);
    const whole = new ProvenEntries(same.map((other) => other.proven));
    const isShort = keys.some(
      (key) => !own.has(key) && whole.has(key) && whole.read(key) !== undefined,
    );
    if (!isShort) continue;
    const message = "It left out an asset that the account holds.";
    lies.push({ node, ...(await caught.lie(node, { code: "balance_withheld", message }, raw)) });
  }
  return lies;
}

/** The findings of one round, but a lie of another round is not forgotten. */
function withLies(findings: readonly Finding[], others: readonly Finding[]): readonly Finding[] {
  const lies = new Map(others.filter(isLying).map((finding) => [finding.node, finding]));
  return findings.map((finding) => lies.get(finding.node) ?? finding);
}

const keysOf = (account: AccountId, asset: AssetId): readonly StateKey[] => [
  balanceKey(account, asset),
  assetKey(asset),
];

function missing({ facts }: Proven, keys: readonly StateKey[]): string | undefined {
  const shown = new Set(facts.flatMap((fact) => (fact.kind === "state" ? [fact.key] : [])));
  return keys.every((key) => shown.has(key)) ? undefined : "It does not prove what it was asked.";
}

/** The assets of balance entries of this account, ascending. */
function assetsOf(account: AccountId, keys: readonly StateKey[]): readonly AssetId[] {
  const prefix = `01${account}`;
  return keys
    .filter((key) => key.startsWith(prefix) && key.length === prefix.length + 64)
    .map((key) => key.slice(prefix.length) as AssetId)
    .toSorted();
}
