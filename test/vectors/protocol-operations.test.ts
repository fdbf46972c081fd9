/**
 * The examples of docs/protocol.md about operations 1 to 6: what `src/` reads in them, and what it makes of them in a
 * block on the example's.
 * @module
 */
import { expect, test } from "vitest";
import { fromHex, toHex } from "../../src/base/bytes.ts";
import { decode } from "../../src/codec/codec.ts";
import { nobleVerifier } from "../../src/crypto/ed25519.ts";
import { nobleHasher } from "../../src/crypto/hash.ts";
import { BlockExecution } from "../../src/ledger/execute.ts";
import { openGenesisLedger } from "../../src/ledger/genesis-state.ts";
import { assetIdOf } from "../../src/protocol/assets.ts";
import { verifyTransaction } from "../../src/protocol/authorization.ts";
import { openBlock } from "../../src/protocol/block.ts";
import { minimumFee } from "../../src/protocol/fees.ts";
import { genesisCodec } from "../../src/protocol/genesis.ts";
import { type AccountId, type AssetId, epoch, height } from "../../src/protocol/ids.ts";
import { KnownPolicies } from "../../src/protocol/known-policies.ts";
import { accountKey, assetKey, balanceKey, recordKey } from "../../src/protocol/state.ts";
import { isSigned, type NamedSigned, openTransaction } from "../../src/protocol/transaction.ts";
import { Rows } from "../fixtures/small-ledger.ts";
import { protocolExamples } from "./protocol-examples.ts";

const derived = protocolExamples();

function example(label: string): string {
  const value = derived.get(label);
  if (value === undefined) throw new Error(`no example ${label}`);
  return value;
}

const genesisDecoded = decode(genesisCodec, fromHex(example("genesis")));
if (!genesisDecoded.ok) throw genesisDecoded.reason;
const genesis = genesisDecoded.value;
const start = openGenesisLedger(nobleHasher, genesis);
const { chainId } = start;
const alice = example("alice-account") as AccountId;
const bob = example("bob-account") as AccountId;

function opened(label: string): NamedSigned {
  const named = openTransaction(nobleHasher, chainId, fromHex(example(label)));
  if (!named.ok) throw named.reason;
  if (!isSigned(named.value)) throw new Error(`${label} is of an account`);
  return named.value;
}

const execution = (rows: Rows, at: number) =>
  new BlockExecution({
    hasher: nobleHasher,
    policies: new KnownPolicies(nobleHasher),
    verifier: nobleVerifier,
    chainId,
    nativeCode: genesis.asset.code,
    height: height(at),
    epoch: epoch(0),
    state: rows,
    parameters: genesis.parameters,
    timestampMs: genesis.timestampMs + at * 1_000,
    leader: genesis.validators[0]?.operator ?? alice,
  });

test("the asset's id is the hash of its issuer and its code", () => {
  expect(assetIdOf(nobleHasher, alice, "GOLD")).toBe(example("asset-id"));
});

test.each([
  ["operations-transaction", [1, 2, 3, 4, 5, 6], 1],
  ["swap-transaction", [0, 0], 3],
])("%s decodes, its signatures verify, and its fee is the least", (label, numbers, signatures) => {
  const named = opened(label);
  const { transaction, authorizations } = named.signed;
  const kinds = ["transfer", "create-asset", "mint", "burn", "record", "set-policy", "set-account"];
  expect(transaction.operations.map(({ body }) => kinds.indexOf(body.kind))).toEqual(numbers);
  expect(authorizations.flatMap((one) => one.signatures).length).toBe(signatures);
  expect(verifyTransaction(named, { verifier: nobleVerifier, chainId })).toBeDefined();
  expect(transaction.fee).toBe(minimumFee(genesis.parameters, transaction, named.bytes.length));
});

test("in a block at height 2 they leave the entries of the document", () => {
  const rows = new Rows();
  rows.write(start.changes);
  const block = openBlock(nobleHasher, chainId, fromHex(example("block")));
  if (!block.ok) throw block.reason;
  const first = execution(rows, 1);
  for (const named of block.value.transactions) expect(first.apply(named).ok).toBe(true);
  rows.write(first.finish());
  const second = execution(rows, 2);
  for (const label of ["operations-transaction", "swap-transaction"]) {
    expect(second.apply(opened(label))).toEqual({ ok: true, value: undefined });
  }
  rows.write(second.finish());
  const asset = example("asset-id") as AssetId;
  const keys = {
    asset: assetKey(asset),
    balance: balanceKey(bob, asset),
    record: recordKey(alice, "invoices", "2026/17"),
  };
  for (const [kind, key] of Object.entries(keys)) {
    expect(key).toBe(example(`${kind}-state-key`));
    expect(toHex(rows.read(key) ?? new Uint8Array())).toBe(example(`${kind}-state-value`));
  }
  const issuer = rows.read(accountKey(alice)) ?? new Uint8Array();
  expect(toHex(issuer)).toBe(example("issuer-state-value"));
});
