/**
 * Why a stored block is final: reading it, and checking it.
 *
 * Most blocks have a finalization of their own (row `f`). One that was committed on the strength of a descendant
 * has none; as long as no committed block above it has one, the headers in between are in the row `proof`.
 * @module
 */
import type { Hasher, Verifier } from "../crypto/ports.ts";
import { blockIdOf, type Header } from "../protocol/block.ts";
import type { BlockId, ChainId, Epoch, Height } from "../protocol/ids.ts";
import { type ValidatorSet, validatorsHash } from "../protocol/validator-set.ts";
import { type Certificate, certificateCodec, verifyCertificate } from "../protocol/vote.ts";
import { decodeSealed, type Finality, finalityCodec } from "./chain-codecs.ts";
import { finalizationKey, proofKey } from "./keys.ts";
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
    readonly validatorsOf: (epoch: Epoch) => ValidatorSet | undefined;
  },
): string | undefined {
  const { certificate, covering } = block.finality;
  const { hasher, verifier, chainId } = options;
  const shape = shapeFlaw(hasher, block);
  if (shape !== undefined) return shape;
  const finalized = covering.at(-1) ?? block.header;
  const { epoch } = certificate.subject;
  const validators = options.validatorsOf(epoch);
  if (
    validators === undefined ||
    validatorsHash(hasher, validators.validators) !== finalized.validatorsHash
  ) {
    return `block ${finalized.height} names other validators than those of epoch ${epoch}`;
  }
  return verifyCertificate(certificate, { verifier, chainId, validators }) === undefined
    ? `the finalization of block ${finalized.height} does not verify`
    : undefined;
}

/** The same without the signatures: the headers follow one another, and the certificate is of the last. */
export function shapeFlaw(
  hasher: Hasher,
  block: { readonly id: BlockId; readonly finality: Finality },
): string | undefined {
  const { certificate, covering } = block.finality;
  let id = block.id;
  for (const header of covering) {
    if (header.parent !== id) return `header ${header.height} does not follow its parent`;
    id = blockIdOf(hasher, header);
  }
  const { subject } = certificate;
  return subject.kind === "finalize" && subject.blockId === id
    ? undefined
    : "the finalization is not of the block that it stands for";
}
