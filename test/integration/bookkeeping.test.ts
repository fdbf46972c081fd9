/**
 * Three people create assets, give them away and write records on a real network; then everything that its nodes tell
 * about balances, supplies and records is what a stranger computes from the blocks, also from a node that was killed.
 * @module
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { NodeClient } from "../../src/api/client.ts";
import type { BalanceJson } from "../../src/api/json.ts";
import { toHex, utf8 } from "../../src/base/bytes.ts";
import { nobleHasher } from "../../src/crypto/hash.ts";
import { assetIdOf } from "../../src/protocol/assets.ts";
import { type AssetId, type ChainId, type Digest, nativeAsset } from "../../src/protocol/ids.ts";
import type { Operation, OperationBody } from "../../src/protocol/operations.ts";
import {
  chainTag,
  type NamedSigned,
  nameTransaction,
  signWithSingleKey,
} from "../../src/protocol/transaction.ts";
import { type Bookkeeping, keepBooks } from "./support/bookkeeping.ts";
import { askQuorate, LocalNet, until } from "./support/local-net.ts";
import { clientOf, devPayer, type Payer } from "./support/paying-client.ts";
import { everyPage, readLedger } from "./support/whole-ledger.ts";

const rounds = 30;
const fee = 200_000n;
const topics = ["lots", "a/b", "\u202e%", "😀".repeat(16)];
let net: LocalNet;
beforeAll(async () => {
  net = await LocalNet.start();
});
afterAll(async () => await net?.dispose());

/** The same choices in every run. */
class Dice {
  #state: number;

  constructor(seed: number) {
    this.#state = seed;
  }

  below(bound: number): number {
    this.#state = (Math.imul(this.#state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((this.#state / 2 ** 32) * bound);
  }

  of<Item>(items: readonly Item[]): Item {
    const item = items[this.below(items.length)];
    if (item === undefined) throw new Error("there is something to choose from");
    return item;
  }
}

/** One person who only does what he is sure to be able to: nothing that depends on what others do. */
class Author {
  readonly #payer: Payer;
  readonly #others: readonly Payer[];
  readonly #chainId: ChainId;
  readonly #dice: Dice;
  /** What he minted for himself and has not given away or burned. */
  readonly #own = new Map<AssetId, bigint>();
  readonly #versions = new Map<string, number>();

  constructor(options: {
    readonly payer: Payer;
    readonly others: readonly Payer[];
    readonly chainId: ChainId;
    readonly seed: number;
  }) {
    this.#payer = options.payer;
    this.#others = options.others;
    this.#chainId = options.chainId;
    this.#dice = new Dice(options.seed);
  }

  /** Sends one transaction after the other, each to another node, until it is final. */
  async work(urls: readonly string[]): Promise<void> {
    for (let nonce = 0; nonce < rounds; nonce += 1) {
      const count = 1 + this.#dice.below(4);
      const operations = nonce === 0 ? this.#begin() : this.#next(count);
      const { bytes } = this.#sign(nonce, operations);
      await until(`transaction ${nonce} of ${this.#payer.address} is final`, 30_000, async () => {
        const client = clientOf(this.#dice.of(urls));
        const answer = await client.submit(bytes, { wait: "final", timeoutMs: 2_000 });
        if (answer.ok && answer.value.status === "refused") throw new Error(answer.value.message);
        return answer.ok && answer.value.status === "final";
      });
    }
  }

  #begin(): OperationBody[] {
    return ["EUR", "GOLD", "X1"].flatMap((code, decimals): OperationBody[] => {
      const asset = assetIdOf(nobleHasher, this.#payer.account, code);
      this.#own.set(asset, 1_000n);
      const maxSupply = decimals === 0 ? 0n : 1_000_000n;
      return [
        { kind: "create-asset", code, decimals, name: `${code} of one`, maxSupply },
        { kind: "mint", asset, to: this.#payer.account, amount: 1_000n },
      ];
    });
  }

  #next(count: number): OperationBody[] {
    return Array.from({ length: count }, () => {
      const kind = this.#dice.below(5);
      const asset = this.#dice.of([...this.#own.keys()]);
      const held = this.#own.get(asset) ?? 0n;
      const to = this.#dice.of(this.#others).account;
      const amount = BigInt(1 + this.#dice.below(50));
      if (kind === 0) return { kind: "mint", asset, to, amount };
      if (kind === 1) return { kind: "transfer", to, asset: nativeAsset, amount };
      if (kind <= 3 && held >= amount) {
        this.#own.set(asset, held - amount);
        if (kind === 2) return { kind: "burn", asset, amount };
        return { kind: "transfer", to, asset, amount };
      }
      return this.#record();
    });
  }

  #record(): OperationBody {
    const topic = this.#dice.of(topics);
    const key = this.#dice.of(["7", "..", "/"]);
    const name = JSON.stringify([topic, key]);
    const version = (this.#versions.get(name) ?? 0) + 1;
    this.#versions.set(name, version);
    const contentHash = toHex(nobleHasher.sha256(utf8(`${this.#dice.below(6)}`))) as Digest;
    return { kind: "record", topic, key, version, contentHash, data: utf8(`${version}`) };
  }

  #sign(nonce: number, bodies: readonly OperationBody[]): NamedSigned {
    const { account, policy, signer } = this.#payer;
    const operations = bodies.map((body): Operation => ({ from: undefined, body }));
    const transaction = {
      chain: chainTag(this.#chainId),
      sender: account,
      nonce,
      expiryMs: Date.now() + 15 * 60_000,
      fee,
      memo: new Uint8Array(0),
      operations,
    };
    const signed = signWithSingleKey(this.#chainId, transaction, policy, signer);
    return nameTransaction(nobleHasher, this.#chainId, signed);
  }
}

function granted(dir: string): ReadonlyMap<string, bigint> {
  const text = readFileSync(join(dir, "genesis.json"), "utf8");
  const { accounts } = JSON.parse(text) as {
    readonly accounts: readonly { readonly address: string; readonly balance: string }[];
  };
  return new Map(accounts.map(({ address, balance }) => [address, BigInt(balance)]));
}

async function requireSame(client: NodeClient, books: Bookkeeping): Promise<void> {
  const assets = await everyPage((cursor) => client.assets.list({ cursor, limit: 4 }));
  expect(new Map(assets.map(({ id, supply }) => [id, BigInt(supply)]))).toEqual(books.supplies);
  for (const [address, held] of books.balances) {
    const account = await client.account(address);
    if (!account.ok) throw new Error(account.reason.kind);
    const told = (balances: readonly BalanceJson[]): ReadonlyMap<string, bigint> =>
      new Map(balances.map(({ asset, amount }) => [asset, BigInt(amount)]));
    expect(told(account.value.balances)).toEqual(held);
    const others = await everyPage((cursor) =>
      client.assets.balances(address, { cursor, limit: 2 }),
    );
    expect(told(others)).toEqual(new Map([...held].filter(([asset]) => asset !== nativeAsset)));
  }
  for (const [name, versions] of books.records) {
    const [address, topic, key] = JSON.parse(name) as [string, string, string];
    const told = await everyPage((cursor) =>
      client.records.versions(address, topic, key, { cursor, limit: 3 }),
    );
    expect(
      told
        .toReversed()
        .map(({ contentHash, data, transaction, height }) => [
          contentHash,
          data?.hex,
          transaction?.id,
          height,
        ]),
    ).toEqual(versions.map((each) => [each.contentHash, each.data, each.transaction, each.height]));
    const now = await client.records.one(address, topic, key);
    expect(now.ok && now.value.version).toBe(versions.length);
  }
  for (const [contentHash, names] of books.contents) {
    const told = await everyPage((cursor) =>
      client.records.withContent(contentHash, { cursor, limit: 5 }),
    );
    expect(
      told.map(({ address, topic, key, version }) =>
        JSON.stringify([address, topic, key, version]),
      ),
    ).toEqual(names);
  }
}

test("what every node tells of balances, supplies and records is what its blocks say", async () => {
  const urls = net.network.nodes.map(({ http }) => http);
  const chainId = net.network.chainId as ChainId;
  const people = ["alice", "bob", "carol"].map((name) => devPayer(net.dir, name));
  await Promise.all(
    people.map((payer, i) => {
      const others = people.filter((each) => each !== payer);
      return new Author({ payer, others, chainId, seed: 1 + i }).work(urls);
    }),
  );
  const killed = await askQuorate("network", "kill", "3", "--dir", net.dir);
  const restarted = await askQuorate("network", "restart", "3", "--dir", net.dir);
  expect([killed.code, restarted.code]).toEqual([0, 0]);
  const [first = ""] = urls;
  const ledger = await readLedger(first);
  const books = keepBooks(ledger, granted(net.dir));
  const { operations } = books;
  for (const kind of ["create-asset", "mint", "burn", "transfer", "record"]) {
    expect(operations.get(kind) ?? 0).toBeGreaterThan(5);
  }
  expect(Math.max(...[...books.records.values()].map(({ length }) => length))).toBeGreaterThan(2);
  const last = ledger.transactions.at(-1)?.height ?? 0;
  for (const url of urls) {
    await until(`${url} has all of it`, 30_000, async () => {
      const status = await clientOf(url).status();
      return status.ok && status.value.tip.height >= last;
    });
    await requireSame(clientOf(url), books);
  }
}, 120_000);
