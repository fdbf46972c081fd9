/**
 * Whether a proof shows what it says, to somebody who trusts a genesis or a remembered block and no node.
 *
 * The way is one: from the trusted validators along the changes of the set to those of the certified header, from their
 * signatures to that header, from its history to the proven header, from its roots to the facts. Structure first, since
 * it is cheap; signatures last. The rules are those of docs/protocol.md, section "Proofs and receipts".
 * @module
 */
import { assert } from "../base/assert.ts";
import { fromHex } from "../base/bytes.ts";
import { ok, type Result } from "../base/result.ts";
import { leafHash, verifyInclusion } from "../crypto/merkle.ts";
import type { Hasher, Verifier } from "../crypto/ports.ts";
import { verifyStateProof } from "../crypto/state-proof.ts";
import { blockIdOf, type Header } from "../protocol/block.ts";
import { epochOf, isLastOfEpoch } from "../protocol/epochs.ts";
import {
  type BlockId,
  type ChainId,
  type ContentHash,
  type Digest,
  type Epoch,
  type Height,
  epoch as toEpoch,
} from "../protocol/ids.ts";
import { type StateKey, statePath } from "../protocol/state.ts";
import { quorumOf, type Validator, validatorsHash } from "../protocol/validator-set.ts";
import { type Certificate, verifyCertificate } from "../protocol/vote.ts";
import type { ProofFlaw } from "./flaws.ts";
import {
  certifiedHeader,
  type HistoryItem,
  type Proof,
  type ProofItem,
  type StateItem,
  type TransactionItem,
} from "./proof.ts";
import type { Trust } from "./trust.ts";

export interface ProofPorts {
  readonly hasher: Hasher;
  readonly verifier: Verifier;
}

/** What a proof showed. Each names its subject: whoever asked checks that it is the one asked for. */
export type Fact =
  | { readonly kind: "transaction"; readonly contentHash: ContentHash; readonly index: number }
  /** In the proven header's state; undefined: there is no such entry. */
  | { readonly kind: "state"; readonly key: StateKey; readonly value: Uint8Array | undefined }
  /** A final block of the same history. */
  | { readonly kind: "block"; readonly height: Height; readonly blockId: BlockId };

/** One set that vouched for a part of the proof, at the block that it finalized. */
export interface Vouching {
  readonly epoch: Epoch;
  readonly height: Height;
  readonly validators: number;
  readonly signers: number;
}

/** Which validators a proof takes to be in force, from one epoch to another, both included. */
export interface Term {
  readonly first: Epoch;
  readonly last: Epoch;
  readonly validatorsHash: Digest;
}

export interface Proven {
  readonly chainId: ChainId;
  /** The proven header, to whose transactions and state the facts belong. */
  readonly header: Header;
  readonly blockId: BlockId;
  /** The block that the last certificate is of: the proven one, or a later one. A tip worth remembering. */
  readonly certified: { readonly header: Header; readonly blockId: BlockId };
  /** Of the certified header's epoch. */
  readonly validators: readonly Validator[];
  readonly signers: number;
  /** The finalization of the certified header: in which view, and by which of `validators`. */
  readonly certificate: Certificate;
  /** Every set that signed, in order; the last is that of the certified header. */
  readonly vouching: readonly Vouching[];
  /**
   * One for each set, from the trusted epoch to that of the certified header. Two proofs that differ in an epoch are not
   * of one history, whatever blocks they show: former validators can sign a history that has true blocks.
   */
  readonly terms: readonly Term[];
  /** In the order of the proof's items. */
  readonly facts: readonly Fact[];
}

/** A header that a set has to have finalized. */
interface Stage {
  readonly header: Header;
  readonly blockId: BlockId;
  readonly certificate: Certificate;
  readonly validators: readonly Validator[];
}

/** The proof while it is checked, with the ids that are needed more than once. */
interface Scene {
  readonly hasher: Hasher;
  readonly proof: Proof;
  readonly blockId: BlockId;
  readonly certified: Proven["certified"];
}

/** Checks the whole proof. Never throws on a decoded proof. */
export function verifyProof(
  proof: Proof,
  trust: Trust,
  { hasher, verifier }: ProofPorts,
): Result<Proven, ProofFlaw> {
  const refuse = (reason: ProofFlaw): Result<Proven, ProofFlaw> => ({ ok: false, reason });
  const header = certifiedHeader(proof);
  const certified = { header, blockId: blockIdOf(hasher, header) };
  const blockId = header === proof.header ? certified.blockId : blockIdOf(hasher, proof.header);
  const scene: Scene = { hasher, proof, blockId, certified };
  const stages = stagesOf(scene, trust);
  if (!stages.ok) return stages;
  const flaw = historyFlaw(scene) ?? firstFlaw(proof.items, (item) => itemFlaw(scene, item));
  if (flaw !== undefined) return refuse(flaw);
  const unsigned = firstFlaw(stages.value, (stage) => stageFlaw(stage, trust.chainId, verifier));
  if (unsigned !== undefined) return refuse(unsigned);
  // Last: that two histories were signed is worth saying only of one that was.
  const broken = checkpointFlaw(scene, trust);
  if (broken !== undefined) return refuse(broken);
  const vouching = stages.value.map(vouchingOf);
  return ok({
    chainId: trust.chainId,
    header: proof.header,
    blockId,
    certified,
    validators: proof.set,
    signers: proof.finality.certificate.signatures.length,
    certificate: proof.finality.certificate,
    vouching,
    terms: termsOf(stages.value, trust),
    facts: proof.items.map(factOf),
  });
}

function firstFlaw<Item>(
  items: readonly Item[],
  flawOf: (item: Item) => ProofFlaw | undefined,
): ProofFlaw | undefined {
  for (const item of items) {
    const flaw = flawOf(item);
    if (flaw !== undefined) return flaw;
  }
  return undefined;
}

/** From the trusted set to that of the certified header: what each of them has to have finalized, in order. */
function stagesOf(scene: Scene, trust: Trust): Result<readonly Stage[], ProofFlaw> {
  const { hasher, proof, certified } = scene;
  const refuse = (reason: ProofFlaw): Result<never, ProofFlaw> => ({ ok: false, reason });
  const stages: Stage[] = [];
  let { validators } = trust;
  /** The first epoch that `validators` are known to be of. */
  let from: number = trust.epoch;
  for (const { header, certificate, nextSet } of proof.hops) {
    const { epoch, height } = header;
    if (epoch < from) return refuse("hop_out_of_order");
    // Within an epoch nextValidatorsHash may still change: only the last block says what takes over.
    if (!isLastOfEpoch(height, trust.epochLength) || epochOf(height, trust.epochLength) !== epoch) {
      return refuse("hop_not_last");
    }
    if (header.validatorsHash !== validatorsHash(hasher, validators)) {
      return refuse("hop_wrong_set");
    }
    if (header.nextValidatorsHash === header.validatorsHash) return refuse("hop_without_change");
    if (header.nextValidatorsHash !== validatorsHash(hasher, nextSet)) {
      return refuse("hop_wrong_next_set");
    }
    stages.push({ header, blockId: blockIdOf(hasher, header), certificate, validators });
    validators = nextSet;
    from = epoch + 1;
  }
  const { header, blockId } = certified;
  if (header.epoch < from || epochOf(header.height, trust.epochLength) !== header.epoch) {
    return refuse("epoch_out_of_order");
  }
  const hash = validatorsHash(hasher, validators);
  if (validatorsHash(hasher, proof.set) !== hash) return refuse("set_unknown");
  if (header.validatorsHash !== hash) return refuse("set_not_of_header");
  stages.push({ header, blockId, certificate: proof.finality.certificate, validators });
  return ok(stages);
}

/** Whether the set finalized the header: in the header's epoch, and in whatever view; an epoch's last block is proposed again. */
function stageFlaw(stage: Stage, chainId: ChainId, verifier: Verifier): ProofFlaw | undefined {
  const { header, blockId, certificate, validators } = stage;
  const { subject, signatures } = certificate;
  if (subject.kind !== "finalize") return "not_a_finalization";
  if (subject.blockId !== blockId || subject.epoch !== header.epoch) return "finalizes_another";
  const quorum = quorumOf(validators.length);
  if (signatures.length < quorum) return "quorum_missing";
  const keyAt = (position: number): Uint8Array | undefined => {
    const validator = validators[position];
    return validator && fromHex(validator.consensusKey);
  };
  const voters = { quorum, keyAt };
  return verifyCertificate(certificate, { verifier, chainId, validators: voters }) === undefined
    ? "signature_invalid"
    : undefined;
}

const vouchingOf = ({ header, certificate, validators }: Stage): Vouching => ({
  epoch: header.epoch,
  height: header.height,
  validators: validators.length,
  signers: certificate.signatures.length,
});

/** Each set is in force from the epoch after that of the block by which the one before handed over. */
const termsOf = (stages: readonly Stage[], trust: Trust): readonly Term[] =>
  stages.map(({ header }, position) => {
    const before = stages[position - 1]?.header.epoch;
    const first = before === undefined ? trust.epoch : toEpoch(before + 1);
    return { first, last: header.epoch, validatorsHash: header.validatorsHash };
  });

/** Whether a block is at that height of the certified header's history. */
function isInHistory(
  { hasher, certified: { header } }: Scene,
  block: Pick<HistoryItem, "height" | "blockId" | "path">,
): boolean {
  return verifyInclusion(hasher, {
    leaf: leafHash(hasher, fromHex(block.blockId)),
    index: block.height,
    size: header.height,
    path: block.path,
    root: fromHex(header.historyRoot),
  });
}

function historyFlaw(scene: Scene): ProofFlaw | undefined {
  const { header, finality } = scene.proof;
  const { covering } = finality;
  if (covering === undefined) return undefined;
  const block = { height: header.height, blockId: scene.blockId, path: covering.inclusion };
  return header.epoch <= covering.header.epoch && isInHistory(scene, block)
    ? undefined
    : "not_in_history";
}

function itemFlaw(scene: Scene, item: ProofItem): ProofFlaw | undefined {
  const { hasher, proof } = scene;
  switch (item.kind) {
    case "transaction":
      return isInBlock(hasher, proof.header, item) ? undefined : "transaction_not_shown";
    case "state":
      return isInState(hasher, proof.header, item) ? undefined : "state_not_shown";
    case "history":
      return isInHistory(scene, item) ? undefined : "history_not_shown";
  }
}

function isInBlock(hasher: Hasher, header: Header, item: TransactionItem): boolean {
  return verifyInclusion(hasher, {
    leaf: fromHex(item.contentHash),
    index: item.index,
    size: header.transactionCount,
    path: item.path,
    root: fromHex(header.transactionsRoot),
  });
}

function isInState(hasher: Hasher, header: Header, item: StateItem): boolean {
  const { key, end, mask, siblings } = item;
  const valueHash = end.kind === "leaf" ? hasher.sha256(end.value) : undefined;
  return verifyStateProof(hasher, {
    root: fromHex(header.stateRoot),
    path: statePath(hasher, key),
    valueHash,
    proof: {
      end: valueHash === undefined ? withoutLeaf(end) : { kind: "leaf", valueHash },
      mask,
      siblings,
    },
  });
}

function withoutLeaf(end: StateItem["end"]): Exclude<StateItem["end"], { kind: "leaf" }> {
  assert(end.kind !== "leaf", "a leaf has its value's hash");
  return end;
}

function factOf(item: ProofItem): Fact {
  switch (item.kind) {
    case "transaction":
      return { kind: "transaction", contentHash: item.contentHash, index: item.index };
    case "state": {
      const { key, end } = item;
      return { kind: "state", key, value: end.kind === "leaf" ? end.value : undefined };
    }
    case "history":
      return { kind: "block", height: item.height, blockId: item.blockId };
  }
}

/** The proven header, the certified one and every block fact can show the checkpoint's block; one of them has to. */
function checkpointFlaw(scene: Scene, { checkpoint }: Trust): ProofFlaw | undefined {
  if (checkpoint === undefined) return undefined;
  const { proof, blockId, certified } = scene;
  const shown = [
    { height: proof.header.height, blockId },
    { height: certified.header.height, blockId: certified.blockId },
    ...proof.items.filter((item) => item.kind === "history"),
  ].filter(({ height }) => height === checkpoint.height);
  if (shown.length === 0) return "checkpoint_not_shown";
  return shown.every((block) => block.blockId === checkpoint.blockId)
    ? undefined
    : "checkpoint_contradicted";
}
