/**
 * The worked examples of docs/protocol.md: each is derived a second time without `src/`, and compared with the text and
 * with what `src/` does.
 * @module
 */
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { fromHex, toHex } from "../../src/base/bytes.ts";
import { type Codec, decode, encode } from "../../src/codec/codec.ts";
import { signingBytes } from "../../src/crypto/domains.ts";
import { createNobleSigner, nobleVerifier } from "../../src/crypto/ed25519.ts";
import { nobleHasher } from "../../src/crypto/hash.ts";
import { leafHash, merkleRoot } from "../../src/crypto/merkle.ts";
import type { Signer } from "../../src/crypto/ports.ts";
import { verifyStateProof } from "../../src/crypto/state-proof.ts";
import { StateTree } from "../../src/crypto/state-tree.ts";
import { carryState } from "../../src/ledger/carried-state.ts";
import { openGenesisLedger } from "../../src/ledger/genesis-state.ts";
import { Ledger } from "../../src/ledger/ledger.ts";
import { decodeFrame, encodeFrame } from "../../src/network/frames.ts";
import { judgeHello, makeHello } from "../../src/network/hello.ts";
import { formatAddress, parseAddress } from "../../src/protocol/address.ts";
import { verifyTransaction } from "../../src/protocol/authorization.ts";
import { encodeBlock, headerCodec, openBlock } from "../../src/protocol/block.ts";
import { orderedFault } from "../../src/protocol/fault.ts";
import { minimumFee } from "../../src/protocol/fees.ts";
import { chainIdOf, genesisCodec, parseGenesis } from "../../src/protocol/genesis.ts";
import {
  type AccountId,
  type BlockId,
  epoch,
  height,
  type NodeId,
  type PublicKey,
  validatorIndex,
  view,
} from "../../src/protocol/ids.ts";
import { possessionSigningBytes, signPossession } from "../../src/protocol/membership.ts";
import { isPut } from "../../src/protocol/operations.ts";
import { accountIdOf, policyCodec, singleKeyPolicy } from "../../src/protocol/policy.ts";
import { accountKey, faultKey, statePath, votesKey } from "../../src/protocol/state.ts";
import {
  isSigned,
  nameTransaction,
  openTransaction,
  signWithSingleKey,
  transactionCodec,
  transactionSigningBytes,
} from "../../src/protocol/transaction.ts";
import { ValidatorSet, validatorsHash } from "../../src/protocol/validator-set.ts";
import {
  certificateCodec,
  type Proposal,
  signVote,
  verifyCertificate,
  verifyVote,
  voteCodec,
  voteSigningBytes,
} from "../../src/protocol/vote.ts";
import { protocolExamples } from "./protocol-examples.ts";

const document = readFileSync(new URL("../../docs/protocol.md", import.meta.url), "utf8");

/** The fenced blocks with a label. In hex, line breaks and what follows a # are left out. */
const documented = new Map(
  [...document.matchAll(/^```(hex|text|json) (\S+)\n([\s\S]*?)^```$/gm)].map((match) => {
    const [, form = "", label = "", body = ""] = match;
    return [label, form === "hex" ? body.replace(/#[^\n]*|\s/g, "") : body.trim()] as const;
  }),
);

const derived = protocolExamples();

function example(label: string): string {
  const value = derived.get(label);
  if (value === undefined) throw new Error(`no example ${label}`);
  return value;
}

const bytesOf = (label: string): Uint8Array => fromHex(example(label));

function decoded<Value>(codec: Codec<Value>, label: string): Value {
  const result = decode(codec, bytesOf(label));
  if (!result.ok) throw result.reason;
  return result.value;
}

const seedOf = (byte: number): Uint8Array => new Uint8Array(32).fill(byte);
const signerOf = (byte: number): Signer => createNobleSigner(seedOf(byte));

const genesis = decoded(genesisCodec, "genesis");
const ledgerStart = openGenesisLedger(nobleHasher, genesis);
const { chainId } = ledgerStart;
const validators = new ValidatorSet({
  hasher: nobleHasher,
  validators: genesis.validators,
  epoch: epoch(0),
  boundary: ledgerStart.id,
});
const verification = { verifier: nobleVerifier, chainId, validators };
const proposal: Proposal = {
  epoch: epoch(0),
  view: view(1),
  parentView: view(0),
  blockId: example("block-id") as BlockId,
};

/** The signer of a validator: one of the seeds 0x11 to 0x14. */
function validatorSigner(position: number): Signer {
  const key = genesis.validators[position]?.consensusKey;
  const signer = [0x11, 0x12, 0x13, 0x14]
    .map(signerOf)
    .find(({ publicKey }) => toHex(publicKey) === key);
  if (signer === undefined) throw new Error("a validator of the example has one of its seeds");
  return signer;
}

test.each([...derived])("the example %s is what the document shows", (label, value) => {
  expect(documented.get(label)).toBe(value);
});

test("the document shows no example that is not derived", () => {
  const extra = [...documented.keys()].filter((label) => !derived.has(label));
  expect(extra).toEqual(["genesis-json"]);
});

test("policies, account ids and addresses", () => {
  const alice = signerOf(0x01);
  expect(toHex(alice.publicKey)).toBe(example("alice-key"));
  const policy = singleKeyPolicy(alice.publicKey);
  expect(toHex(encode(policyCodec, policy))).toBe(example("alice-policy"));
  expect(accountIdOf(nobleHasher, policy)).toBe(example("alice-account"));
  expect(formatAddress("quo", example("alice-account") as AccountId)).toBe(
    example("alice-address"),
  );
  const several = decoded(policyCodec, "two-of-three-policy");
  expect(several.threshold).toBe(2);
  expect(accountIdOf(nobleHasher, several)).toBe(example("two-of-three-account"));
  expect(parseAddress("quo", example("two-of-three-address").toUpperCase())).toEqual({
    ok: true,
    value: example("two-of-three-account"),
  });
});

test("the genesis as JSON and as BCS, its chain id, state and block", () => {
  const parsed = parseGenesis(documented.get("genesis-json") ?? "");
  if (!parsed.ok) throw new Error(parsed.reason);
  expect(toHex(encode(genesisCodec, parsed.value))).toBe(example("genesis"));
  expect(chainIdOf(nobleHasher, genesis)).toBe(example("chain-id"));
  expect(validatorsHash(nobleHasher, genesis.validators)).toBe(example("validators-hash"));
  expect(ledgerStart.stateRoot).toBe(example("genesis-state-root"));
  expect(toHex(encode(headerCodec, ledgerStart.header))).toBe(example("genesis-header"));
  expect(ledgerStart.id).toBe(example("genesis-id"));
});

test("a genesis that goes on from the state after the example block", () => {
  const heir = decoded(genesisCodec, "successor-genesis");
  const ledger = newLedger();
  const opened = openBlock(nobleHasher, chainId, bytesOf("block"));
  if (!opened.ok) throw opened.reason;
  const { id, header } = opened.value;
  const place = { epoch: epoch(0), view: view(1), leader: header.leader };
  expect(last(ledger.execute(opened.value, place)).ok).toBe(true);
  const touched = ledger.finalize(id).flatMap(({ changes }) => [...changes.keys()]);
  const keys = new Set([...ledgerStart.changes.keys(), ...touched]);
  const state = ledger.state(id);
  const rows = [...keys].flatMap((key) => {
    const value = state.read(key);
    return value === undefined ? [] : [{ key: fromHex(key), value }];
  });
  expect(heir.previous).toMatchObject({ chainId, height: 1, blockId: id });
  const carried = carryState(nobleHasher, header.stateRoot, rows);
  if (!carried.ok) throw new Error(carried.reason);
  const start = openGenesisLedger(nobleHasher, heir, carried.value);
  expect(start.chainId).toBe(example("successor-chain-id"));
  expect(start.stateRoot).toBe(example("successor-state-root"));
  expect(start.id).toBe(example("successor-genesis-id"));
});

test("the transaction, its signing bytes, signature and two names", () => {
  const transaction = decoded(transactionCodec, "transaction");
  expect(toHex(transactionSigningBytes(chainId, transaction))).toBe(
    example("transaction-signing-bytes"),
  );
  const alice = signerOf(0x01);
  const signed = signWithSingleKey(chainId, transaction, singleKeyPolicy(alice.publicKey), alice);
  expect(toHex(signed.authorizations[0]?.signatures[0]?.signature ?? new Uint8Array())).toBe(
    example("transaction-signature"),
  );
  const opened = openTransaction(nobleHasher, chainId, bytesOf("signed-transaction"));
  if (!opened.ok) throw opened.reason;
  expect(opened.value.signed).toEqual(signed);
  expect(opened.value.id).toBe(example("transaction-id"));
  expect(opened.value.contentHash).toBe(example("content-hash"));
  if (!isSigned(opened.value)) throw new Error("the example is a payment");
  expect(verifyTransaction(opened.value, { verifier: nobleVerifier, chainId })).toBeDefined();
  expect(transaction.fee).toBe(
    minimumFee(genesis.parameters, transaction, bytesOf("signed-transaction").length),
  );
});

test("the state key, path and leaf, and the tree of two leaves with its proof", () => {
  const key = accountKey(example("alice-account") as AccountId);
  expect(key).toBe(example("alice-state-key"));
  const path = statePath(nobleHasher, key);
  expect(toHex(path)).toBe(example("alice-state-path"));
  expect(toHex(ledgerStart.changes.get(key) ?? new Uint8Array())).toBe(
    example("alice-state-value"),
  );
  const tree = new StateTree({ hasher: nobleHasher });
  const changes = ["alice", "bob"].map((name) => {
    const entry = accountKey(example(`${name}-account`) as AccountId);
    const value = ledgerStart.changes.get(entry) ?? new Uint8Array();
    return { path: statePath(nobleHasher, entry), valueHash: nobleHasher.sha256(value) };
  });
  const one = tree.apply(tree.empty, changes.slice(0, 1));
  expect(toHex(tree.root(one))).toBe(example("alice-state-leaf"));
  const version = tree.apply(tree.empty, changes);
  expect(toHex(tree.root(version))).toBe(example("two-leaf-root"));
  const proof = tree.prove(version, path);
  expect(toHex(proof.mask)).toBe(example("two-leaf-proof-mask"));
  expect(proof.siblings.map(toHex)).toEqual([example("two-leaf-proof-siblings")]);
  expect(proof.siblings.map(toHex)).toEqual([example("bob-state-leaf")]);
  const root = bytesOf("two-leaf-root");
  const valueHash = nobleHasher.sha256(bytesOf("alice-state-value"));
  expect(verifyStateProof(nobleHasher, { root, path, valueHash, proof })).toBe(true);
});

test("a proof that spells out an empty sibling is refused", () => {
  const path = bytesOf("alice-state-path");
  const valueHash = nobleHasher.sha256(bytesOf("alice-state-value"));
  const root = bytesOf("two-leaf-root");
  const mask = bytesOf("two-leaf-proof-mask");
  mask[0] = 0xe0; // The sibling at depth 3 is empty, and now stands among the siblings.
  const siblings = [new Uint8Array(32), bytesOf("two-leaf-proof-siblings")];
  const proof = { end: { kind: "leaf", valueHash }, mask, siblings } as const;
  expect(verifyStateProof(nobleHasher, { root, path, valueHash, proof })).toBe(false);
});

test("the Merkle roots over three items, and over two block ids", () => {
  const root = (items: readonly Uint8Array[]) =>
    toHex(
      merkleRoot(
        nobleHasher,
        items.map((item) => leafHash(nobleHasher, item)),
      ),
    );
  expect(root([0, 1, 2].map((byte) => Uint8Array.of(byte)))).toBe(example("merkle-three"));
  expect(root([bytesOf("genesis-id"), bytesOf("block-id")])).toBe(example("history-root-2"));
});

test("leaders, in their order", () => {
  const order = [0, 1, 2, 3].map((of) => validators.leader(view(of)));
  expect(toHex(Uint8Array.from(order))).toBe(example("leader-order"));
});

test("the block is valid on the genesis, and what a leader builds", () => {
  const opened = openBlock(nobleHasher, chainId, bytesOf("block"));
  if (!opened.ok) throw opened.reason;
  const block = opened.value;
  expect(block.id).toBe(example("block-id"));
  expect(toHex(encode(headerCodec, block.header))).toBe(example("header"));
  expect(toHex(encodeBlock(block))).toBe(example("block"));
  const leader = validators.at(validators.leader(view(1)))?.operator ?? ("" as AccountId);
  const place = { epoch: epoch(0), view: view(1), leader };
  expect(last(newLedger().execute(block, place))).toEqual({ ok: true, value: undefined });
  const built = last(
    newLedger().build({
      ...place,
      parent: ledgerStart.id,
      wallMs: block.header.timestampMs,
      candidates: block.transactions,
    }),
  );
  expect(built?.block.id).toBe(example("block-id"));
});

function newLedger(): Ledger {
  const { header, id, history, tree, treeVersion, changes } = openGenesisLedger(
    nobleHasher,
    genesis,
  );
  return new Ledger({
    hasher: nobleHasher,
    verifier: nobleVerifier,
    chainId,
    genesis,
    base: { read: (key) => changes.get(key) },
    tip: { header, id, history },
    tree,
    treeVersion,
  });
}

function last<Value>(steps: Generator<void, Value, void>): Value {
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
  }
}

test("votes: signed bytes, the leader's vote, and a finalization", () => {
  const signed = (body: Parameters<typeof voteSigningBytes>[1]) =>
    toHex(voteSigningBytes(chainId, body));
  expect(signed({ kind: "notarize", ...proposal })).toBe(example("notarize-signing-bytes"));
  expect(signed({ kind: "finalize", ...proposal })).toBe(example("finalize-signing-bytes"));
  expect(signed({ kind: "nullify", epoch: epoch(0), view: view(2) })).toBe(
    example("nullify-signing-bytes"),
  );
  const leader = validators.leader(view(1));
  const vote = signVote(
    { kind: "notarize", ...proposal },
    { signer: validatorSigner(leader), chainId, position: leader },
  );
  expect(toHex(encode(voteCodec, vote))).toBe(example("notarize-vote"));
  expect(verifyVote(vote, verification)).toBeDefined();
  const signatures = [0, 1, 2].map(validatorIndex).map((position) => {
    const options = { signer: validatorSigner(position), chainId, position };
    const { signer, signature } = signVote({ kind: "finalize", ...proposal }, options);
    return { signer, signature };
  });
  const certificate = { subject: { kind: "finalize", ...proposal } as const, signatures };
  expect(toHex(encode(certificateCodec, certificate))).toBe(example("finalization"));
  expect(verifyCertificate(decoded(certificateCodec, "finalization"), verification)).toBeDefined();
});

/** Where the block of this view stands, led by its leader. */
const placeIn = (of: number) => ({
  epoch: epoch(0),
  view: view(of),
  leader: validators.at(validators.leader(view(of)))?.operator ?? ("" as AccountId),
});

test("the fault: its votes, its two names, and what a block at height 2 records of it", () => {
  const position = validatorIndex(2);
  const round = { epoch: epoch(0), view: view(2) };
  const blockId = "77".repeat(32) as BlockId;
  const finalize = { kind: "finalize", ...round, parentView: view(1), blockId } as const;
  expect(toHex(voteSigningBytes(chainId, finalize))).toBe(example("fault-finalize-signing-bytes"));
  const options = { signer: validatorSigner(position), chainId, position };
  const votes = [
    signVote(finalize, options),
    signVote({ kind: "nullify", ...round }, options),
  ] as const;
  const named = nameTransaction(nobleHasher, chainId, orderedFault(...votes));
  expect(toHex(named.bytes)).toBe(example("fault"));
  expect([named.id, named.contentHash]).toEqual([example("fault-id"), example("fault-id")]);
  const opened = openTransaction(nobleHasher, chainId, bytesOf("fault"));
  expect(opened.ok && opened.value.signed).toEqual(named.signed);

  const accused = genesis.validators[position]?.consensusKey ?? ("" as PublicKey);
  expect(faultKey(accused, epoch(0))).toBe(example("fault-state-key"));
  const block = openBlock(nobleHasher, chainId, bytesOf("block"));
  if (!block.ok) throw block.reason;
  const ledger = newLedger();
  expect(last(ledger.execute(block.value, placeIn(1))).ok).toBe(true);
  const { timestampMs } = block.value.header;
  const parent = block.value.id;
  const built = last(
    ledger.build({ ...placeIn(2), parent, wallMs: timestampMs, candidates: [named] }),
  );
  expect(built?.block.transactions).toEqual([named]);
  const value = ledger.state(built?.block.id ?? parent).read(faultKey(accused, epoch(0)));
  expect(toHex(value ?? new Uint8Array())).toBe(example("fault-state-value"));
});

test("the vote for a validator: its possession, and what a block at height 2 leaves standing", () => {
  const opened = openTransaction(nobleHasher, chainId, bytesOf("vote-transaction"));
  if (!opened.ok || !isSigned(opened.value)) throw new Error("the example is a signed transaction");
  const named = opened.value;
  expect(verifyTransaction(named, { verifier: nobleVerifier, chainId })).toBeDefined();
  const { operations, sender } = named.signed.transaction;
  const [put] = operations.map(({ body }) => body).filter(isPut);
  if (put === undefined) throw new Error("the example holds a Put");
  const { validator } = put.change;
  expect(toHex(possessionSigningBytes(chainId, validator))).toBe(
    example("possession-signing-bytes"),
  );
  expect(toHex(signPossession(chainId, validator, signerOf(0x15)))).toBe(example("possession"));
  expect(minimumFee(genesis.parameters, named.signed.transaction, named.bytes.length)).toBe(0n);

  expect(votesKey(sender)).toBe(example("vote-state-key"));
  const block = openBlock(nobleHasher, chainId, bytesOf("block"));
  if (!block.ok) throw block.reason;
  const ledger = newLedger();
  expect(last(ledger.execute(block.value, placeIn(1))).ok).toBe(true);
  const { header, id: parent } = block.value;
  const wallMs = header.timestampMs + 1_000;
  const built = last(ledger.build({ ...placeIn(2), parent, wallMs, candidates: [named] }));
  expect(built?.dropped).toEqual([]);
  const value = ledger.state(built?.block.id ?? parent).read(votesKey(sender));
  expect(toHex(value ?? new Uint8Array())).toBe(example("vote-state-value"));
});

test("a Hello with its proof, and a ping", () => {
  const sender = toHex(signerOf(0x31).publicKey) as NodeId;
  const receiver = toHex(signerOf(0x32).publicKey) as NodeId;
  const exporter = seedOf(0x5a);
  const standing = {
    epoch: epoch(0),
    view: view(2),
    lastFinalView: view(1),
    finalHeight: height(1),
  };
  const payload = fromHex(sender + receiver + toHex(exporter));
  expect(toHex(signingBytes("quorate/handshake/1", chainId, payload))).toBe(
    example("proof-signing-bytes"),
  );
  const introduction = {
    chainId,
    nodeId: sender,
    session: 7,
    agent: "example/1",
    listenAddress: "one.example:27000",
    consensusSigner: validatorSigner(0),
  };
  const wallMs = genesis.timestampMs + 1_000;
  const hello = makeHello(introduction, { nodeId: receiver, exporter }, { standing, wallMs });
  const proven = { ...hello.validatorProof, signature: hello.validatorProof?.signature };
  expect(proven.consensusKey).toBe(genesis.validators[0]?.consensusKey);
  expect(toHex(encodeFrame(hello).bytes)).toBe(example("hello"));
  const own = { chainId, nodeId: receiver };
  const link = { nodeId: sender, exporter };
  expect(judgeHello(hello, link, own, { verifier: nobleVerifier })).toEqual({
    ok: true,
    value: genesis.validators[0]?.consensusKey,
  });
  expect(decodeFrame(bytesOf("ping"))).toEqual({
    ok: true,
    value: { kind: "ping", ...standing, token: 9 },
  });
});

test("no variant decodes that is not listed or is reserved", () => {
  for (const number of [18, 19, 23]) {
    expect(decodeFrame(Uint8Array.of(number)).ok).toBe(false);
  }
  const other = bytesOf("signed-transaction");
  other[0] = 2;
  expect(openTransaction(nobleHasher, chainId, other).ok).toBe(false);
  const operation = bytesOf("transaction").length - 73; // The variant before to, asset and amount.
  for (const number of [9, 10, 0x7f]) {
    const changed = bytesOf("transaction");
    expect(changed[operation]).toBe(0);
    changed[operation] = number;
    expect(decode(transactionCodec, changed).ok).toBe(false);
  }
  const continued = bytesOf("genesis");
  continued[continued.length - 1] = 1;
  expect(decode(genesisCodec, continued).ok).toBe(false);
});
