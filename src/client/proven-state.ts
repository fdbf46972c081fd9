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
import type { Gathered, LightClient } from "./light-client.ts";
import { isFull, moreAssets, type ShownAssets } from "./more-balances.ts";
import type { ProvenAnswer } from "./round.ts";
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
  /** It holds very many assets, and not all of them are among the holdings. */
  readonly mayHoldMore: boolean;
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
  const shown = answers.map((answer) => ({
    node: answer.node,
    assets: assetsOf(account, answer.proven),
  }));
  const more = await provenMore(client, { account, address }, shown);
  if (!more.ok) return more;
  const { mayHoldMore } = more.value;
  const held = new Set([...shown.flatMap((each) => each.assets), ...more.value.assets]);
  const assets = [...held].toSorted();
  if (assets.length === 0) {
    const entries = new ProvenEntries([proven]);
    return ok({ standing, account: readAccount(entries, account), holdings: [], mayHoldMore });
  }
  const lies = await withheldBalances(client, answers, shown);

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
  return ok({ standing: now, account: readAccount(state, account), holdings, mayHoldMore });
}

/** The assets that no proof of the account had room for: of those that nodes list, what is proven to be there. */
async function provenMore(
  client: LightClient,
  { account, address }: { readonly account: AccountId; readonly address: string },
  shown: readonly ShownAssets[],
): Promise<Result<Pick<ProvenAccount, "mayHoldMore"> & { assets: AssetId[] }, TrustFailure>> {
  const named = await moreAssets(client, address, shown);
  const seen = new Set(shown.flatMap(({ assets }) => assets));
  const open = named.assets.filter((asset) => !seen.has(asset));
  const mayHoldMore = named.mayBeMore;
  if (open.length === 0) return ok({ assets: [], mayHoldMore });
  const proven = await proveState(
    client,
    open.map((asset) => balanceKey(account, asset)),
  );
  if (!proven.ok) return proven;
  const { entries } = proven.value;
  const assets = open.filter((asset) => readBalance(entries, account, asset) > 0n);
  return ok({ assets, mayHoldMore });
}

/**
 * Nodes that left out a balance which another one proves in the state of the very same block. Proofs have them ascending
 * by asset: what comes after the last one of a full proof had no room.
 */
async function withheldBalances(
  { caught }: LightClient,
  answers: readonly ProvenAnswer[],
  shown: readonly ShownAssets[],
): Promise<readonly Finding[]> {
  const blocks = new Map(answers.map(({ node, proven }) => [node, proven.blockId]));
  const lies: Finding[] = [];
  for (const own of shown) {
    const { node, assets } = own;
    const same = shown.filter((other) => blocks.get(other.node) === blocks.get(node));
    const last = assets.at(-1);
    const isShort = same
      .flatMap((other) => other.assets)
      .some((asset) => !assets.includes(asset) && !(isFull(own) && asset > (last ?? "")));
    if (!isShort) continue;
    const raw = answers.find((answer) => answer.node === node)?.raw ?? [];
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

/** The assets of balance entries that a proof shows to be there, ascending. What is proven absent costs no question. */
function assetsOf(account: AccountId, { facts }: Proven): readonly AssetId[] {
  const prefix = `01${account}`;
  const named = new Set<AssetId>();
  for (const fact of facts) {
    if (fact.kind !== "state" || fact.value === undefined) continue;
    const { key } = fact;
    if (!key.startsWith(prefix) || key.length !== prefix.length + 64) continue;
    named.add(key.slice(prefix.length) as AssetId);
  }
  return [...named].toSorted();
}
