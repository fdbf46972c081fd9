/**
 * Why a stored block is final: reading it, and checking it.
 *
 * Most blocks have a finalization of their own (row `f`). One that was committed on the strength of a descendant
 * has none; as long as no committed block above it has one, the headers in between are in the row `proof`.
 *
 * An epoch's validators say nothing about another epoch's blocks, so no proof leads beyond the last block of its
 * epoch; that one always has a finalization of its own, since nothing is built on it before.
 * @module
 */
import type { Hasher, Verifier } from "../crypto/ports.ts";
import { blockIdOf, type Header } from "../protocol/block.ts";
import { type BlockId, type ChainId, type Height, height } from "../protocol/ids.ts";
import { coveringHeadersMax } from "../protocol/message.ts";
import { type ValidatorSet, validatorsHash } from "../protocol/validator-set.ts";
import { type Certificate, certificateCodec, verifyCertificate } from "../protocol/vote.ts";
import type { BlockRows } from "./block-rows.ts";
import { decodeSealed, type Finality, finalityCodec } from "./chain-codecs.ts";
import { StorageCorruption } from "./corruption.ts";
import type { EpochRows } from "./epoch-rows.ts";
import { finalizationKey, heightRange, parseHeightKey, prefixes, proofKey } from "./keys.ts";
import type { Store } from "./store.ts";

/** Throws StorageCorruption. */
export function readProof(store: Store, hasher: Hasher): Finality | undefined {
  const value = store.get(proofKey);
  if (value === undefined) return undefined;
  return decodeSealed(hasher, finalityCodec, { key: proofKey, value });
}

/** The finalization of exactly the block at a height, or undefined. Throws StorageCorruption. */
export function readFinalization(
  store: Store,
  hasher: Hasher,
  at: Height,
): Certificate | undefined {
  const key = finalizationKey(at);
  const value = store.get(key);
  if (value === undefined) return undefined;
  return decodeSealed(hasher, certificateCodec, { key, value });
}

interface PlacedBlock {
  readonly height: Height;
  readonly id: BlockId;
}

/** The block's own finalization, else the row `proof` where it is about the block. Throws StorageCorruption. */
export function readFinality(
  store: Store,
  hasher: Hasher,
  of: { readonly block: PlacedBlock; readonly proof: Finality | undefined },
): Finality | undefined {
  const own = readFinalization(store, hasher, of.block.height);
  return own === undefined ? proofAbove(of.proof, of.block) : { certificate: own, covering: [] };
}

/** The committed chain, as far as finality is read from it. */
export interface FinalitySource {
  readonly store: Store;
  readonly hasher: Hasher;
  readonly blocks: BlockRows;
  readonly epochs: EpochRows;
  readonly tip: Height;
  readonly proof: Finality | undefined;
}

/** The first finalization at or above a height, within its epoch. Throws StorageCorruption. */
async function nextFinalization(
  from: Height,
  { store, hasher, epochs, tip }: FinalitySource,
): Promise<{ readonly height: Height; readonly certificate: Certificate } | undefined> {
  if (from > tip) return undefined;
  const end = epochs.endOf(from);
  const to = height(Math.min(tip, end) + 1);
  const range = heightRange(prefixes.finalization, { from, to, limit: 1 });
  const [row] = await store.range(range);
  if (row !== undefined) {
    const certificate = decodeSealed(hasher, certificateCodec, row);
    return { height: parseHeightKey(row.key), certificate };
  }
  if (end > tip) return undefined;
  throw new StorageCorruption(`block ${end}, the last of its epoch, has no finalization`);
}

/** Why a committed block is final, in at most coveringHeadersMax headers. Throws StorageCorruption. */
export async function findFinality(
  at: Height,
  source: FinalitySource,
): Promise<Finality | undefined> {
  const { blocks, proof, tip } = source;
  if (at > tip || at === 0) return undefined;
  const next = await nextFinalization(at, source);
  if (next === undefined) {
    const finality = proofAbove(proof, { height: at, id: blocks.idAt(at) });
    return finality && finality.covering.length <= coveringHeadersMax ? finality : undefined;
  }
  if (next.height - at > coveringHeadersMax) return undefined;
  const covering: Header[] = [];
  for (let above = at + 1; above <= next.height; above += 1) {
    covering.push(blocks.finalHeader(height(above)));
  }
  return { certificate: next.certificate, covering };
}

/** What the proof says about a block that its headers begin above, or lead through. */
export function proofAbove(proof: Finality | undefined, block: PlacedBlock): Finality | undefined {
  const [first] = proof?.covering ?? [];
  if (proof === undefined || first === undefined) return undefined;
  const covering = proof.covering.slice(Math.max(0, block.height + 1 - first.height));
  const [child] = covering;
  if (child?.height !== block.height + 1 || child.parent !== block.id) return undefined;
  return { certificate: proof.certificate, covering };
}

/** What is wrong with a block's finality, or undefined. */
export function finalityFlaw(
  block: { readonly id: BlockId; readonly header: Header; readonly finality: Finality },
  options: {
    readonly hasher: Hasher;
    readonly verifier: Verifier;
    readonly chainId: ChainId;
    /** Those of the block's epoch. */
    readonly validators: ValidatorSet;
  },
): string | undefined {
  const { certificate, covering } = block.finality;
  const { hasher, verifier, chainId, validators } = options;
  const shape = shapeFlaw(hasher, block);
  if (shape !== undefined) return shape;
  const finalized = covering.at(-1) ?? block.header;
  if (validatorsHash(hasher, validators.validators) !== finalized.validatorsHash) {
    const { epoch } = certificate.subject;
    return `block ${finalized.height} names other validators than those of epoch ${epoch}`;
  }
  return verifyCertificate(certificate, { verifier, chainId, validators }) === undefined
    ? `the finalization of block ${finalized.height} does not verify`
    : undefined;
}

/**
 * The same without the signatures: the headers follow one another in one epoch, and the certificate is of the last. Its
 * view need not be that header's: the last block of an epoch is proposed again, and votes are on the new place.
 */
export function shapeFlaw(
  hasher: Hasher,
  block: { readonly id: BlockId; readonly header: Header; readonly finality: Finality },
): string | undefined {
  const { certificate, covering } = block.finality;
  let id = block.id;
  for (const header of covering) {
    if (header.epoch !== block.header.epoch) return `header ${header.height} is of another epoch`;
    if (header.parent !== id) return `header ${header.height} does not follow its parent`;
    id = blockIdOf(hasher, header);
  }
  const { subject } = certificate;
  if (subject.epoch !== block.header.epoch) return "the finalization is of another epoch";
  return subject.kind === "finalize" && subject.blockId === id
    ? undefined
    : "the finalization is not of the block that it stands for";
}
