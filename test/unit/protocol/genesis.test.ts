/**
 * The genesis: its bytes and chain id against an independent encoder, and its JSON form field by field.
 * @module
 */
import { createHash } from "node:crypto";
import { bcs } from "@mysten/bcs";
import { describe, expect, test } from "vitest";
import { decode, encode } from "../../../src/codec/codec.ts";
import {
  chainIdOf,
  formatGenesis,
  type Genesis,
  genesisCodec,
  genesisFlaw,
  genesisHeader,
  parseGenesis,
} from "../../../src/protocol/genesis.ts";
import {
  type BlockId,
  type ChainId,
  type Digest,
  height,
  type PublicKey,
} from "../../../src/protocol/ids.ts";
import { parameterValues } from "../../../src/protocol/parameters.ts";
import { alice, bob, genesisOf, hasher, operator } from "../../fixtures/small-ledger.ts";

const bytes32 = bcs.fixedArray(32, bcs.u8());
const reference = bcs.struct("Genesis", {
  networkName: bcs.string(),
  addressPrefix: bcs.string(),
  asset: bcs.struct("Asset", { code: bcs.string(), decimals: bcs.u8() }),
  timestampMs: bcs.u64(),
  parameters: bcs.fixedArray(17, bcs.u64()),
  validators: bcs.vector(
    bcs.struct("Validator", {
      consensusKey: bytes32,
      operator: bytes32,
      name: bcs.string(),
      endpoint: bcs.string(),
    }),
  ),
  accounts: bcs.vector(bcs.struct("Account", { account: bytes32, balance: bcs.u64() })),
  previous: bcs.option(
    bcs.struct("Predecessor", {
      chainId: bytes32,
      height: bcs.u64(),
      blockId: bytes32,
      stateRoot: bytes32,
    }),
  ),
});
const bytesOf = (hex: string) => [...Buffer.from(hex, "hex")];

const genesis = genesisOf({
  balances: [
    [alice, 1_000_000_000n],
    [bob, 2n ** 64n - 1n - 1_000_000_000n],
  ],
  parameters: { baseFee: 5n },
});

/** The block that another ledger goes on from. */
const earlier = {
  chainId: "11".repeat(32) as ChainId,
  height: height(258),
  blockId: "22".repeat(32) as BlockId,
  stateRoot: "33".repeat(32) as Digest,
};

interface GenesisJson {
  asset: object;
  parameters: { baseFee?: number };
  validators: object[];
  accounts: object[];
  networkName?: string;
}
type Change = (json: GenesisJson) => unknown;

/** What is said of the JSON form after one change. */
function problemOf(change: Change): string | undefined {
  const json = JSON.parse(formatGenesis(genesis));
  change(json);
  const parsed = parseGenesis(JSON.stringify(json));
  return parsed.ok ? undefined : parsed.reason;
}
const first = (list: readonly object[]): object => list[0] ?? {};
const second = (list: readonly object[]): object => list[1] ?? {};

describe("the bytes of a genesis", () => {
  const serialize = (
    previous: Parameters<typeof reference.serialize>[0]["previous"],
    accounts: Genesis["accounts"],
  ): Uint8Array =>
    reference
      .serialize({
        ...genesis,
        parameters: [...parameterValues(genesis.parameters)],
        validators: genesis.validators.map((validator) => ({
          ...validator,
          consensusKey: bytesOf(validator.consensusKey),
          operator: bytesOf(validator.operator),
        })),
        accounts: accounts.map(({ account, balance }) => ({
          account: bytesOf(account),
          balance,
        })),
        previous,
      })
      .toBytes();
  const expected = serialize(null, genesis.accounts);

  test("are those of an independent BCS encoder, both ways", () => {
    expect(encode(genesisCodec, genesis)).toEqual(expected);
    expect(decode(genesisCodec, expected)).toEqual({ ok: true, value: genesis });
  });

  test("hash to the chain id under their domain", () => {
    const hash = createHash("sha256").update("quorate/genesis/1\0").update(expected);
    expect(chainIdOf(hasher, genesis)).toBe(hash.digest("hex"));
  });

  test("with a predecessor are those of the independent encoder, too, and hold no accounts", () => {
    const { chainId, blockId, stateRoot } = earlier;
    const predecessor = {
      chainId: bytesOf(chainId),
      height: 258,
      blockId: bytesOf(blockId),
      stateRoot: bytesOf(stateRoot),
    };
    const heir: Genesis = { ...genesis, accounts: [], previous: earlier };
    expect(encode(genesisCodec, heir)).toEqual(serialize(predecessor, []));
    expect(decode(genesisCodec, serialize(predecessor, []))).toEqual({ ok: true, value: heir });
    expect(decode(genesisCodec, serialize(predecessor, genesis.accounts)).ok).toBe(false);
    expect(parseGenesis(formatGenesis(heir))).toEqual({ ok: true, value: heir });
    expect(chainIdOf(hasher, heir)).not.toBe(chainIdOf(hasher, { ...heir, previous: undefined }));
  });
});

describe("the JSON form", () => {
  test("reads back as the same genesis", () => {
    expect(parseGenesis(formatGenesis(genesis))).toEqual({ ok: true, value: genesis });
  });

  test("holds addresses of its own prefix and balances as text", () => {
    const json = JSON.parse(formatGenesis(genesis));
    expect(Object.keys(json)).toEqual([
      "networkName",
      "addressPrefix",
      "asset",
      "timestampMs",
      "parameters",
      "validators",
      "accounts",
      "previous",
    ]);
    expect(json.accounts[0]).toEqual({
      address: expect.stringMatching(/^quo1/),
      balance: genesis.accounts[0]?.balance.toString(),
    });
    expect(json.validators[0].operator).toMatch(/^quo1/);
  });

  test("means the same in any order", () => {
    const json = JSON.parse(formatGenesis(genesis));
    json.accounts.reverse();
    const reordered = JSON.stringify(Object.fromEntries(Object.entries(json).toReversed()));
    expect(parseGenesis(reordered)).toEqual({ ok: true, value: genesis });
  });

  const cases: readonly (readonly [string, Change])[] = [
    ["networkName: is missing", (json) => delete json.networkName],
    ["colour: is not a known key", (json) => Object.assign(json, { colour: "red" })],
    ["networkName: must be a text", (json) => Object.assign(json, { networkName: 7 })],
    ["networkName: must be 1 to 32 bytes", (json) => Object.assign(json, { networkName: "" })],
    [
      "networkName: must be 1 to 32",
      (json) => Object.assign(json, { networkName: "é".repeat(17) }),
    ],
    ["networkName: must be 1 to 32", (json) => Object.assign(json, { networkName: "a\u0007" })],
    ["networkName: must be 1 to 32", (json) => Object.assign(json, { networkName: "\ud800" })],
    ["asset.decimals: must be at most 18", (json) => Object.assign(json.asset, { decimals: 19 })],
    ["asset.code: must be 1 to 12", (json) => Object.assign(json.asset, { code: "qrt" })],
    ["timestampMs: must be a whole", (json) => Object.assign(json, { timestampMs: 1.5 })],
    ["timestampMs: must be a whole", (json) => Object.assign(json, { timestampMs: 2 ** 53 })],
    ["parameters.baseFee: is missing", (json) => delete json.parameters.baseFee],
    [
      "parameters: maxBlockBytes is 1,",
      (json) => Object.assign(json.parameters, { maxBlockBytes: 1 }),
    ],
    [
      "accounts[0].address: is not an address of quo",
      (json) => Object.assign(first(json.accounts), { address: "quo1x" }),
    ],
    [
      "accounts[1].balance: must be decimal",
      (json) => Object.assign(second(json.accounts), { balance: 5 }),
    ],
    [
      "accounts[1].balance: must be decimal",
      (json) => Object.assign(second(json.accounts), { balance: "05" }),
    ],
    ["accounts: not strictly ascending", (json) => json.accounts.push(first(json.accounts))],
    ["validators: must be 1 to 128", (json) => Object.assign(json, { validators: [] })],
    [
      "validators[0].consensusKey: must be 64",
      (json) => Object.assign(first(json.validators), { consensusKey: "AB" }),
    ],
    [
      "validators: [0].name must be",
      (json) => Object.assign(first(json.validators), { name: "n".repeat(33) }),
    ],
    ["validators: validators are not", (json) => json.validators.push(first(json.validators))],
    ["previous: must be an object", (json) => Object.assign(json, { previous: 1 })],
    ["previous.chainId: is missing", (json) => Object.assign(json, { previous: {} })],
    [
      "previous.stateRoot: must be 64",
      (json) => Object.assign(json, { accounts: [], previous: { ...earlier, stateRoot: "AB" } }),
    ],
    [
      "accounts: must be empty where the state of a previous ledger goes on",
      (json) => Object.assign(json, { previous: earlier }),
    ],
  ];
  test.each(cases)("is refused with %j", (problem, change) => {
    expect(problemOf(change)).toContain(problem);
    expect(problemOf(change)?.startsWith(problem)).toBe(true);
  });

  test("has no key that JavaScript objects have by themselves", () => {
    const text = formatGenesis(genesis).replace("{", '{"__proto__":{},');
    expect(parseGenesis(text)).toEqual({ ok: false, reason: "__proto__: is not a known key" });
  });

  test("is JSON", () => {
    expect(parseGenesis("{")).toEqual({ ok: false, reason: "the text is not JSON" });
    expect(parseGenesis("[]")).toEqual({ ok: false, reason: "must be an object" });
  });
});

test("the total supply fits in 64 bits", () => {
  expect(genesisFlaw(genesis)).toBeUndefined();
  const accounts = genesis.accounts.map(({ account, balance }) => ({
    account,
    balance: account === alice.account ? balance + 1n : balance,
  }));
  expect(genesisFlaw({ ...genesis, accounts })).toContain("accounts: the total supply");
});

test("the genesis block stands on the chain id and commits to the validators", () => {
  const chainId = chainIdOf(hasher, genesis);
  const stateRoot = "77".repeat(32) as Digest;
  const header = genesisHeader(hasher, genesis, stateRoot, chainId);
  const sha256 = (...parts: (string | Uint8Array)[]) => {
    const hash = createHash("sha256");
    for (const part of parts) hash.update(part);
    return hash.digest("hex");
  };
  const validators = bcs
    .vector(
      bcs.struct("Validator", {
        consensusKey: bytes32,
        operator: bytes32,
        name: bcs.string(),
        endpoint: bcs.string(),
      }),
    )
    .serialize(
      genesis.validators.map((validator) => ({
        ...validator,
        consensusKey: bytesOf(validator.consensusKey as PublicKey),
        operator: bytesOf(operator.account),
      })),
    )
    .toBytes();
  const validatorsHash = sha256("quorate/validators/1\0", validators);
  expect(header).toEqual({
    version: 1,
    height: 0,
    epoch: 0,
    view: 0,
    parent: chainId,
    timestampMs: genesis.timestampMs,
    leader: "00".repeat(32),
    transactionCount: 0,
    transactionsRoot: sha256(""),
    stateRoot,
    historyRoot: sha256(""),
    validatorsHash,
    nextValidatorsHash: validatorsHash,
  } satisfies Record<keyof typeof header, unknown>);
});
