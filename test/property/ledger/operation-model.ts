/**
 * What the operations must do, said again in the simplest way: Maps of plain values, copied for every transaction.
 * Accounts are positions in `holders`, assets and records texts.
 * @module
 */
import fc from "fast-check";
import type { AssetId } from "../../../src/protocol/ids.ts";
import { nativeAsset } from "../../../src/protocol/ids.ts";
import type { Operation } from "../../../src/protocol/operations.ts";
import {
  readAccount,
  readAsset,
  readBalance,
  readRecord,
  type StateReader,
} from "../../../src/protocol/state.ts";
import {
  assetOf,
  burn,
  createAsset,
  mint,
  record,
  send,
  setAccount,
  setPolicy,
} from "../../fixtures/operations.ts";
import { alice, type Holder, type Wish } from "../../fixtures/small-ledger.ts";
import { holders } from "./ledger-model.ts";

export const accountMinimum = 30n;
const amountMax = 2n ** 64n - 1n;
const codes = ["A", "B", "QRT"] as const;
const topics = ["t", "tk"] as const;
const keys = ["k", "kk"] as const;

/** Position of an issuer and one of its codes; undefined: the native asset. */
type Asset = { readonly issuer: number; readonly code: string } | undefined;

/** An operation in outline; `from` undefined: the sender. */
export type Step = { readonly from: number | undefined } & (
  | {
      readonly kind: "transfer" | "mint";
      readonly asset: Asset;
      readonly to: number;
      readonly amount: bigint;
    }
  | { readonly kind: "burn"; readonly asset: Asset; readonly amount: bigint }
  | { readonly kind: "create-asset"; readonly code: string; readonly maxSupply: bigint }
  | {
      readonly kind: "record";
      readonly topic: string;
      readonly key: string;
      readonly ahead: number;
      readonly hash: number;
    }
  | { readonly kind: "set-policy"; readonly of: number }
  | { readonly kind: "set-account"; readonly requireMemo: boolean }
);
export type StepKind = Step["kind"];

export interface Outline {
  readonly sender: number;
  readonly fee: bigint;
  readonly hasMemo: boolean;
  /** Signed under the policies that the accounts had at first. */
  readonly isStale: boolean;
  readonly steps: readonly Step[];
}

export interface World {
  readonly accounts: ReadonlyMap<number, AccountFacts>;
  /** By issuer and code. */
  readonly assets: ReadonlyMap<string, { readonly maxSupply: bigint; readonly supply: bigint }>;
  /** By holder, issuer and code; without zeros. */
  readonly holdings: ReadonlyMap<string, bigint>;
  /** By account, topic and key. */
  readonly records: ReadonlyMap<string, { readonly version: number; readonly hash: number }>;
}

interface AccountFacts {
  readonly nonce: number;
  readonly balance: bigint;
  /** Whose policy acts for it. */
  readonly policy: number;
  readonly requireMemo: boolean;
}

class Draft {
  readonly accounts: Map<number, AccountFacts>;
  readonly assets: Map<string, { readonly maxSupply: bigint; readonly supply: bigint }>;
  readonly holdings: Map<string, bigint>;
  readonly records: Map<string, { readonly version: number; readonly hash: number }>;

  constructor(world: World) {
    this.accounts = new Map(world.accounts);
    this.assets = new Map(world.assets);
    this.holdings = new Map(world.holdings);
    this.records = new Map(world.records);
  }

  account(at: number): AccountFacts {
    return this.accounts.get(at) ?? { nonce: 0, balance: 0n, policy: at, requireMemo: false };
  }

  hold(holder: number, asset: string, delta: bigint): boolean {
    const amount = (this.holdings.get(`${holder}/${asset}`) ?? 0n) + delta;
    if (amount < 0n) return false;
    if (amount === 0n) this.holdings.delete(`${holder}/${asset}`);
    else this.holdings.set(`${holder}/${asset}`, amount);
    return true;
  }

  supply(asset: string, delta: bigint): boolean {
    const known = this.assets.get(asset);
    if (known === undefined) return false;
    const supply = known.supply + delta;
    if (supply > (known.maxSupply === 0n ? amountMax : known.maxSupply)) return false;
    this.assets.set(asset, { ...known, supply });
    return true;
  }

  pay(from: number, to: number, amount: bigint): boolean {
    const payer = this.account(from);
    if (payer.balance < amount) return false;
    this.accounts.set(from, { ...payer, balance: payer.balance - amount });
    const recipient = this.account(to);
    this.accounts.set(to, { ...recipient, balance: recipient.balance + amount });
    return true;
  }
}

const nameOf = (asset: NonNullable<Asset>): string => `${asset.issuer}/${asset.code}`;

/** The world after a transaction, or undefined if it does not apply. */
export function after(world: World, outline: Outline): World | undefined {
  const draft = new Draft(world);
  const { sender, fee, steps, hasMemo } = outline;
  for (const payer of authorizers(outline)) {
    if (draft.account(payer).policy !== policyShown(world, outline, payer)) return undefined;
  }
  const own = draft.account(sender);
  if (own.balance < fee) return undefined;
  draft.accounts.set(sender, { ...own, nonce: own.nonce + 1, balance: own.balance - fee });
  for (const step of steps) {
    if (!takes(draft, step.from ?? sender, step, hasMemo)) return undefined;
  }
  for (const [at, { balance }] of draft.accounts) {
    if (!world.accounts.has(at) && balance < accountMinimum) return undefined;
  }
  return draft;
}

function takes(draft: Draft, from: number, step: Step, hasMemo: boolean): boolean {
  const exists = draft.accounts.has(from);
  switch (step.kind) {
    case "transfer":
    case "mint": {
      const { to, amount, asset } = step;
      if (amount === 0n || (draft.account(to).requireMemo && !hasMemo)) return false;
      if (step.kind === "transfer" && to === from) return false;
      if (asset === undefined) return step.kind === "transfer" && draft.pay(from, to, amount);
      if (!draft.assets.has(nameOf(asset)) || !draft.accounts.has(to)) return false;
      const isGiven =
        step.kind === "mint"
          ? asset.issuer === from && draft.supply(nameOf(asset), amount)
          : draft.hold(from, nameOf(asset), -amount);
      return isGiven && draft.hold(to, nameOf(asset), amount);
    }
    case "burn": {
      const { asset, amount } = step;
      if (asset === undefined || amount === 0n) return false;
      return draft.hold(from, nameOf(asset), -amount) && draft.supply(nameOf(asset), -amount);
    }
    case "create-asset": {
      const name = nameOf({ issuer: from, code: step.code });
      if (!exists || step.code === "QRT" || draft.assets.has(name)) return false;
      draft.assets.set(name, { maxSupply: step.maxSupply, supply: 0n });
      return true;
    }
    case "record": {
      const name = `${from}/${step.topic}/${step.key}`;
      if (!exists || step.ahead !== 1) return false;
      const version = (draft.records.get(name)?.version ?? 0) + 1;
      draft.records.set(name, { version, hash: step.hash });
      return true;
    }
    case "set-policy":
      if (exists) draft.accounts.set(from, { ...draft.account(from), policy: step.of });
      return exists;
    case "set-account": {
      const { requireMemo } = step;
      if (exists) draft.accounts.set(from, { ...draft.account(from), requireMemo });
      return exists;
    }
  }
}

const holderAt = (at: number): Holder => holders[at] ?? alice;

const authorizers = ({ sender, steps }: Outline): readonly number[] => {
  const others = new Set(steps.flatMap(({ from }) => (from === undefined ? [] : [from])));
  others.delete(sender);
  return [sender, ...others];
};

const policyShown = (world: World, { isStale }: Outline, at: number): number =>
  isStale ? at : (world.accounts.get(at)?.policy ?? at);

/** The transaction of an outline in this world, properly authorized unless it is stale. */
export function wishOf(world: World, outline: Outline): Wish {
  const { sender, fee, steps, hasMemo } = outline;
  const versions = new Map([...world.records].map(([name, { version }]) => [name, version]));
  const operations = steps.map((step) => operationOf(step, sender, versions));
  const [from = alice, ...others] = authorizers(outline).map((at) => ({
    account: holderAt(at).account,
    policy: holderAt(policyShown(world, outline, at)).policy,
  }));
  return {
    from,
    others: others.toSorted((a, b) => (a.account < b.account ? -1 : 1)),
    nonce: world.accounts.get(sender)?.nonce ?? 0,
    fee,
    memo: hasMemo ? Uint8Array.of(1) : new Uint8Array(0),
    operations,
  };
}

const idOf = (asset: Asset): AssetId =>
  asset === undefined ? nativeAsset : assetOf(holderAt(asset.issuer), asset.code);

function operationOf(step: Step, sender: number, versions: Map<string, number>): Operation {
  const from = step.from === undefined || step.from === sender ? undefined : holderAt(step.from);
  switch (step.kind) {
    case "transfer":
      return send(idOf(step.asset), holderAt(step.to), step.amount, from);
    case "mint":
      return mint(idOf(step.asset), holderAt(step.to), step.amount, from);
    case "burn":
      return burn(idOf(step.asset), step.amount, from);
    case "create-asset":
      return createAsset(step.code, {
        maxSupply: step.maxSupply,
        ...(from === undefined ? {} : { from }),
      });
    case "record": {
      const { topic, key } = step;
      const name = `${step.from ?? sender}/${topic}/${key}`;
      const version = Math.max(0, (versions.get(name) ?? 0) + step.ahead);
      if (step.ahead === 1) versions.set(name, version);
      const contentHash = hashText(step.hash);
      return record(topic, key, version, { contentHash, ...(from === undefined ? {} : { from }) });
    }
    case "set-policy":
      return setPolicy(holderAt(step.of).policy, from);
    case "set-account":
      return setAccount(step.requireMemo, from);
  }
}

const hashText = (hash: number): string => hash.toString(16).padStart(64, "0");

/** What the state says, in the model's terms. */
export function worldIn(state: StateReader): World {
  const draft = new Draft({
    accounts: new Map(),
    assets: new Map(),
    holdings: new Map(),
    records: new Map(),
  });
  const policies = new Map(holders.map(({ account }, at) => [account as string, at]));
  for (const [at, { account }] of holders.entries()) {
    const { exists, nonce, balance, authHash, flags } = readAccount(state, account);
    const policy = policies.get(authHash) ?? -1;
    if (exists) draft.accounts.set(at, { nonce, balance, policy, requireMemo: flags === 1 });
    for (const topic of topics) {
      for (const key of keys) {
        const entry = readRecord(state, account, topic, key);
        if (entry === undefined) continue;
        const { version, contentHash } = entry;
        draft.records.set(`${at}/${topic}/${key}`, { version, hash: Number(`0x${contentHash}`) });
      }
    }
    for (const code of codes) {
      const asset = { issuer: at, code };
      const entry = readAsset(state, idOf(asset));
      if (entry === undefined) continue;
      const { maxSupply, supply } = entry;
      draft.assets.set(nameOf(asset), { maxSupply, supply });
      for (const [holder, { account: by }] of holders.entries()) {
        draft.hold(holder, nameOf(asset), readBalance(state, by, idOf(asset)));
      }
    }
  }
  return draft;
}

const position = fc.nat(holders.length - 1);
const amount = fc.oneof(
  { weight: 8, arbitrary: fc.bigInt({ min: 1n, max: 60n }) },
  { weight: 1, arbitrary: fc.constantFrom(0n, 500n, amountMax) },
);
const asset: fc.Arbitrary<Asset> = fc.option(
  fc.record({ issuer: fc.nat(1), code: fc.constantFrom("A", "A", "B") }),
  { nil: undefined, freq: 6 },
);
const from = fc.option(position, { nil: undefined, freq: 4 });

const bodies: {
  readonly [Kind in StepKind]: fc.Arbitrary<Omit<Step & { kind: Kind }, "from" | "kind">>;
} = {
  transfer: fc.record({ asset, to: position, amount }),
  mint: fc.record({ asset, to: position, amount }),
  burn: fc.record({ asset, amount }),
  "create-asset": fc.record({
    code: fc.constantFrom(...codes),
    maxSupply: fc.constantFrom(0n, 100n, 400n),
  }),
  record: fc.record({
    topic: fc.constantFrom(...topics),
    key: fc.constantFrom(...keys),
    ahead: fc.constantFrom(1, 1, 1, 1, 0, 2),
    hash: fc.nat(1_000),
  }),
  "set-policy": fc.record({ of: position }),
  "set-account": fc.record({ requireMemo: fc.boolean() }),
};

const stepOf = (kind: StepKind): fc.Arbitrary<Step> =>
  fc.tuple(from, bodies[kind]).map(([by, body]) => ({ kind, from: by, ...body }) as Step);

/** Transactions mostly of one kind of operation, among all the others. */
export function outlines(mostly: StepKind): fc.Arbitrary<readonly Outline[]> {
  const kinds = Object.keys(bodies) as StepKind[];
  const step = fc.oneof(
    { weight: 6, arbitrary: stepOf(mostly) },
    ...kinds.map((kind) => ({ weight: 1, arbitrary: stepOf(kind) })),
  );
  const outline = fc.record({
    sender: fc.oneof({ weight: 3, arbitrary: fc.nat(1) }, { weight: 1, arbitrary: position }),
    fee: fc.bigInt({ min: 0n, max: 3n }),
    hasMemo: fc.boolean(),
    isStale: fc.constantFrom(false, false, false, true),
    steps: fc.array(step, { minLength: 1, maxLength: 3 }),
  });
  return fc.array(outline, { minLength: 1, maxLength: 25 });
}
