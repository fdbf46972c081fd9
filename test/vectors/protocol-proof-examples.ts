/**
 * The examples of docs/protocol.md for proofs: one of a payment, its sender's account and an account that does not exist; and
 * one that leads through a change of validators and a covering header. Made from what the document says, with nothing of `src/`.
 * @module
 */
import { bcs } from "@mysten/bcs";
import {
  domainHash,
  join,
  type KeyPair,
  merkleLeaf,
  merkleRoot,
  type StateEntry,
  sha256,
  signedBytes,
  statePath,
  stateSiblings,
} from "./protocol-reference.ts";

const id = bcs.bytes(32);
const path = bcs.vector(id);

const Item = bcs.enum("Item", {
  Transaction: bcs.struct("Transaction", { contentHash: id, index: bcs.u32(), path }),
  State: bcs.struct("State", {
    key: bcs.vector(bcs.u8()),
    end: bcs.enum("End", {
      Leaf: bcs.struct("Leaf", { value: bcs.vector(bcs.u8()) }),
      Other: bcs.struct("Other", { path: id, valueHash: id }),
      Empty: null,
    }),
    mask: id,
    siblings: bcs.vector(id),
  }),
  History: bcs.struct("History", { height: bcs.u64(), blockId: id, path }),
});
const Items = bcs.vector(Item);

const Certificate = bcs.struct("Certificate", {
  kind: bcs.u8(),
  epoch: bcs.u64(),
  view: bcs.u64(),
  parentView: bcs.u64(),
  blockId: id,
  signatures: bcs.vector(bcs.struct("One", { signer: bcs.u16(), signature: bcs.bytes(64) })),
});
const Payload = bcs.struct("Payload", {
  epoch: bcs.u64(),
  view: bcs.u64(),
  parentView: bcs.u64(),
  blockId: id,
});

const none = Uint8Array.of(0);
const some = Uint8Array.of(1);

/** A set as the proof lists it, and the keys of its signers by position. */
export interface SigningSet {
  readonly bytes: Uint8Array;
  readonly hash: Uint8Array;
  readonly keys: readonly KeyPair[];
}

export interface HeaderFields {
  readonly version: number;
  readonly height: number;
  readonly epoch: number;
  readonly view: number;
  readonly parent: Uint8Array;
  readonly timestampMs: number;
  readonly leader: Uint8Array;
  readonly transactionCount: number;
  readonly transactionsRoot: Uint8Array;
  readonly stateRoot: Uint8Array;
  readonly historyRoot: Uint8Array;
  readonly validatorsHash: Uint8Array;
  readonly nextValidatorsHash: Uint8Array;
}

/** The first: block 1 with its own finalization. */
export function paymentProof(options: {
  readonly header: Uint8Array;
  readonly certificate: Uint8Array;
  readonly set: Uint8Array;
  readonly contentHash: Uint8Array;
  readonly entries: readonly StateEntry[];
  /** Keys of the state to show: each is there or not. */
  readonly keys: readonly Uint8Array[];
}): Uint8Array {
  const { header, certificate, set, contentHash, entries, keys } = options;
  const state = keys.map((key) => stateItem(entries, key));
  const items = [{ Transaction: { contentHash, index: 0, path: [] } }, ...state];
  return join(header, certificate, none, none, set, Items.serialize(items).toBytes());
}

function stateItem(entries: readonly StateEntry[], key: Uint8Array) {
  const at = statePath(key);
  const { mask, siblings } = stateSiblings(entries, at);
  const bits = (bytes: Uint8Array): string =>
    [...bytes].map((byte) => byte.toString(2).padStart(8, "0")).join("");
  const depth = siblings.length + bits(mask).replaceAll("0", "").length;
  const prefix = bits(at).slice(0, depth);
  const [last] = entries.filter((entry) => bits(statePath(entry.key)).startsWith(prefix));
  if (last === undefined) return { State: { key, end: { Empty: true }, mask, siblings } } as const;
  const isHeld = Buffer.from(last.key).equals(key);
  const end = isHeld
    ? { Leaf: { value: last.value } }
    : { Other: { path: statePath(last.key), valueHash: sha256(last.value) } };
  return { State: { key, end, mask, siblings } } as const;
}

function finalization(
  chainId: Uint8Array,
  subject: {
    readonly epoch: number;
    readonly view: number;
    readonly parentView: number;
    readonly blockId: Uint8Array;
  },
  signers: readonly (readonly [number, KeyPair | undefined])[],
): Uint8Array {
  const message = signedBytes("quorate/finalize/1", chainId, Payload.serialize(subject).toBytes());
  const signatures = signers.map(([signer, key]) => ({
    signer,
    signature: key?.sign(message) ?? new Uint8Array(64),
  }));
  return Certificate.serialize({ kind: 2, ...subject, signatures }).toBytes();
}

const fill = (byte: number): Uint8Array => new Uint8Array(32).fill(byte);

/**
 * The second: the genesis block, by the history of block 1001, whose validators take over at 1000. What the proof does
 * not touch (roots, leaders, other blocks) is a repeated byte: block n below 1000 has the id of 32 bytes n mod 251.
 */
export function changeProof(options: {
  readonly chainId: Uint8Array;
  readonly genesisHeader: Uint8Array;
  readonly genesisId: Uint8Array;
  readonly genesisTimeMs: number;
  readonly before: SigningSet;
  readonly after: SigningSet;
  readonly headerBytes: (fields: HeaderFields) => Uint8Array;
}): { readonly proof: Uint8Array; readonly hopId: Uint8Array; readonly coveringId: Uint8Array } {
  const { chainId, genesisId, genesisTimeMs, before, after, headerBytes } = options;
  const ids = [genesisId, ...Array.from({ length: 999 }, (_, n) => fill((n + 1) % 251))];
  const unseen = {
    version: 1,
    transactionCount: 0,
    transactionsRoot: sha256(),
    stateRoot: fill(0xaa),
    leader: fill(0xbb),
  };
  const last = headerBytes({
    ...unseen,
    height: 1000,
    epoch: 0,
    view: 1003,
    parent: ids.at(-1) ?? fill(0),
    timestampMs: genesisTimeMs + 2_000_000,
    historyRoot: merkleRoot(ids.map(merkleLeaf)),
    validatorsHash: before.hash,
    nextValidatorsHash: after.hash,
  });
  const hopId = domainHash("quorate/block/1", last);
  const leaves = [...ids, hopId].map(merkleLeaf);
  const covering = headerBytes({
    ...unseen,
    height: 1001,
    epoch: 1,
    view: 1,
    parent: hopId,
    timestampMs: genesisTimeMs + 2_001_000,
    historyRoot: merkleRoot(leaves),
    validatorsHash: after.hash,
    nextValidatorsHash: after.hash,
  });
  const coveringId = domainHash("quorate/block/1", covering);
  const signersOf = ({ keys }: SigningSet, positions: readonly number[]) =>
    positions.map((position) => [position, keys[position]] as const);
  // Proposed in view 1003, final in view 1005: the epoch's last block is proposed until it is final.
  const hopSubject = { epoch: 0, view: 1005, parentView: 1003, blockId: hopId };
  const subject = { epoch: 1, view: 1, parentView: 0, blockId: coveringId };
  const proof = join(
    options.genesisHeader,
    finalization(chainId, subject, signersOf(after, [0, 1, 2, 4])),
    some,
    covering,
    path.serialize(pathOf(0, leaves)).toBytes(),
    Uint8Array.of(1),
    last,
    finalization(chainId, hopSubject, signersOf(before, [0, 2, 3])),
    after.bytes,
    after.bytes,
    Items.serialize([
      { History: { height: 1000, blockId: hopId, path: pathOf(1000, leaves) } },
    ]).toBytes(),
  );
  return { proof, hopId, coveringId };
}

/** PATH of RFC 9162 section 2.1.3.1. */
function pathOf(index: number, leaves: readonly Uint8Array[]): Uint8Array[] {
  if (leaves.length <= 1) return [];
  let split = 1;
  while (2 * split < leaves.length) split *= 2;
  const [left, right] = [leaves.slice(0, split), leaves.slice(split)];
  return index < split
    ? [...pathOf(index, left), merkleRoot(right)]
    : [...pathOf(index - split, right), merkleRoot(left)];
}
