/**
 * Proofs: what a node hands out so that nobody has to trust it. One header, why it is final, and any number of facts.
 *
 * Proof     header · finality · hops vector<Hop> ≤ 4096 · set vector<Validator> 1..128 · items vector<Item> ≤ 64
 * Finality  certificate · covering Option { header, inclusion vector<[32]> ≤ 64 }
 * Hop       header · certificate · nextSet vector<Validator> 1..128
 * Item      enum { 0 Transaction { contentHash [32], index u32, path vector<[32]> ≤ 64 },
 *                  1 State { key bytes ≤ 256, end, mask [32], siblings vector<[32]> ≤ 256 },
 *                  2 History { height u64, blockId [32], path vector<[32]> ≤ 64 } }
 * end       enum { 0 Leaf { value bytes ≤ 98304 }, 1 Other { path [32], valueHash [32] }, 2 Empty }
 *
 * The certificate is of the *certified* header: the covering one if there is one, else the proven one. `set` are its
 * validators. Transaction and State lead to the proven header's roots; `inclusion` (leaf number = the proven header's
 * height) and every History (leaf number = its height) lead to the certified header's historyRoot, whose tree has as
 * many leaves as that header's height says. What a proof must show is said by verify.ts and docs/protocol.md.
 * @module
 */
import { fromHex, toHex } from "../base/bytes.ts";
import { fail, type Result } from "../base/result.ts";
import {
  bytes,
  type Codec,
  decode,
  encode,
  fixed,
  mapped,
  option,
  struct,
  u32,
  variant,
  variants,
  vector,
} from "../codec/codec.ts";
import { DecodeError } from "../codec/reader.ts";
import { type Header, headerCodec } from "../protocol/block.ts";
import {
  type BlockId,
  blockIdCodec,
  type ContentHash,
  contentHashCodec,
  type Height,
  heightCodec,
} from "../protocol/ids.ts";
import type { StateKey } from "../protocol/state.ts";
import { type Validator, validatorsCodec } from "../protocol/validator-set.ts";
import { type Certificate, certificateCodec } from "../protocol/vote.ts";

/** Changes of the set that one proof can lead through. */
export const proofHopsMax = 4096;
/** Facts of one proof. */
export const proofItemsMax = 64;
/** A list of 2^53 leaves has paths of 53. */
export const proofPathMax = 64;
export const proofSiblingsMax = 256;
export const stateKeyBytesMax = 256;
/** More than the validators entry with three sets of 128 can have. */
export const stateValueBytesMax = 98_304;
/** No proof is read that is larger: 8 MiB. */
export const proofBytesMax: number = 8 * 1024 * 1024;

/** A later header whose finalization stands for the proven one, and the way from that one into its history. */
export interface Covering {
  readonly header: Header;
  /** From the leaf upwards; each 32 bytes. */
  readonly inclusion: readonly Uint8Array[];
}

export interface Finality {
  /** A finalization of the covering header, or without one of the proven header itself. */
  readonly certificate: Certificate;
  readonly covering: Covering | undefined;
}

/** The final last block of an epoch after which other validators take over. */
export interface Hop {
  readonly header: Header;
  /** Under the set before. */
  readonly certificate: Certificate;
  readonly nextSet: readonly Validator[];
}

export interface TransactionItem {
  readonly kind: "transaction";
  readonly contentHash: ContentHash;
  /** Position in the proven header's block. */
  readonly index: number;
  readonly path: readonly Uint8Array[];
}

/** What stands at the end of the way to a key: its value, another key's leaf, or nothing. */
export type StateEnd =
  | { readonly kind: "leaf"; readonly value: Uint8Array }
  | { readonly kind: "other"; readonly path: Uint8Array; readonly valueHash: Uint8Array }
  | { readonly kind: "empty" };

/** The entry of a key in the proven header's state, or that there is none. */
export interface StateItem {
  readonly kind: "state";
  /** In bytes on the wire: kind ‖ BCS key. */
  readonly key: StateKey;
  readonly end: StateEnd;
  /** 32 bytes: bit n (bit 0 = most significant of byte 0) set: the sibling at level n is empty. */
  readonly mask: Uint8Array;
  /** The other siblings, top-down; each 32 bytes. */
  readonly siblings: readonly Uint8Array[];
}

/** A block below the certified header. */
export interface HistoryItem {
  readonly kind: "history";
  readonly height: Height;
  readonly blockId: BlockId;
  readonly path: readonly Uint8Array[];
}

export type ProofItem = TransactionItem | StateItem | HistoryItem;

export interface Proof {
  /** The proven header. */
  readonly header: Header;
  readonly finality: Finality;
  /** In the order of their epochs. */
  readonly hops: readonly Hop[];
  /** The validators of the certified header's epoch. */
  readonly set: readonly Validator[];
  /** None: the proof says only that the header is final. */
  readonly items: readonly ProofItem[];
}

const path: Codec<readonly Uint8Array[]> = vector(fixed(32), { lengthMax: proofPathMax });

const stateKeyCodec: Codec<StateKey> = mapped<Uint8Array, StateKey>(
  bytes({ lengthMax: stateKeyBytesMax }),
  { from: (key) => toHex(key) as StateKey, to: fromHex },
);

const stateEndCodec: Codec<StateEnd> = variants<StateEnd>([
  variant<StateEnd, "leaf">("leaf", struct({ value: bytes({ lengthMax: stateValueBytesMax }) })),
  variant<StateEnd, "other">("other", struct({ path: fixed(32), valueHash: fixed(32) })),
  variant<StateEnd, "empty">("empty", struct({})),
]);

const proofItemCodec: Codec<ProofItem> = variants<ProofItem>([
  variant<ProofItem, "transaction">(
    "transaction",
    struct({ contentHash: contentHashCodec, index: u32, path }),
  ),
  variant<ProofItem, "state">(
    "state",
    struct({
      key: stateKeyCodec,
      end: stateEndCodec,
      mask: fixed(32),
      siblings: vector(fixed(32), { lengthMax: proofSiblingsMax }),
    }),
  ),
  variant<ProofItem, "history">(
    "history",
    struct({ height: heightCodec, blockId: blockIdCodec, path }),
  ),
]);

export const hopCodec: Codec<Hop> = struct<Hop>({
  header: headerCodec,
  certificate: certificateCodec,
  nextSet: validatorsCodec,
});

export const proofCodec: Codec<Proof> = struct<Proof>({
  header: headerCodec,
  finality: struct<Finality>({
    certificate: certificateCodec,
    covering: option(struct<Covering>({ header: headerCodec, inclusion: path })),
  }),
  hops: vector(hopCodec, { lengthMax: proofHopsMax }),
  set: validatorsCodec,
  items: vector(proofItemCodec, { lengthMax: proofItemsMax }),
});

export function encodeProof(proof: Proof): Uint8Array {
  return encode(proofCodec, proof);
}

/** Says only that these are the bytes of a proof, not that it shows anything. Never throws. */
export function decodeProof(encoded: Uint8Array): Result<Proof, DecodeError> {
  if (encoded.length > proofBytesMax) return fail(new DecodeError("a proof above 8 MiB"));
  return decode(proofCodec, encoded);
}

/** The header that the certificate is of, whose validators are `set`. */
export const certifiedHeader = ({ header, finality }: Proof): Header =>
  finality.covering?.header ?? header;
