/**
 * What proofs about the final chain are made of: a certificate and whose it is, the ways into its history, and the
 * changes of validators that lead to it.
 *
 * All of it is read synchronously, in a number of reads that the length of the chain hardly touches. A path is checked
 * against the root that it leads to before it leaves here; what does not fit throws StorageCorruption.
 * @module
 */
import { fromHex } from "../base/bytes.ts";
import { RecentMap } from "../base/recent-map.ts";
import { type Inclusion, verifyConsistency, verifyInclusion } from "../crypto/merkle.ts";
import type { Hasher } from "../crypto/ports.ts";
import type { Hop } from "../proof/proof.ts";
import type { Header } from "../protocol/block.ts";
import { epochOf } from "../protocol/epochs.ts";
import { type BlockId, type Epoch, type Height, height } from "../protocol/ids.ts";
import { type Validator, validatorsHash } from "../protocol/validator-set.ts";
import type { Certificate } from "../protocol/vote.ts";
import type { BlockRows } from "./block-rows.ts";
import type { Finality } from "./chain-codecs.ts";
import { StorageCorruption } from "./corruption.ts";
import type { EpochRows } from "./epoch-rows.ts";
import { proofAbove, readFinalization } from "./finality-rows.ts";
import { type AboveTip, HistoryRows, idLeaf } from "./history-rows.ts";
import type { Store } from "./store.ts";

/** A finalized header. It may be above the tip: final, and not committed yet. */
export interface Certified {
  readonly header: Header;
  readonly certificate: Certificate;
  /** Of the header's epoch. */
  readonly validators: readonly Validator[];
  /** The final blocks between the tip and it. */
  readonly above: AboveTip;
}

export interface ChainReach {
  readonly tip: Height;
  /** The row `proof`. */
  readonly proof: Finality | undefined;
}

/** Heights that are looked at for the next finalization before a block is taken that surely has one. */
const probedHeights = 256;
/** A tip that is further below the block that makes it final is not proven: soon it is not the tip any more. */
const aboveTipMax = 4_096;
const hopsMax = 512;
/** Of all hops together: below 8 MiB, however long the names are. */
const hopsWeightMax = 16_384;
const cachedHops = 1_024;

export class ChainProofs {
  readonly #store: Store;
  readonly #hasher: Hasher;
  readonly #blocks: BlockRows;
  readonly #epochs: EpochRows;
  readonly #history: HistoryRows;
  readonly #reach: () => ChainReach;
  readonly #hops = new RecentMap<Height, Hop>({ entriesMax: cachedHops });

  constructor(dependencies: {
    readonly store: Store;
    readonly hasher: Hasher;
    readonly blocks: BlockRows;
    readonly epochs: EpochRows;
    readonly reach: () => ChainReach;
  }) {
    this.#store = dependencies.store;
    this.#hasher = dependencies.hasher;
    this.#blocks = dependencies.blocks;
    this.#epochs = dependencies.epochs;
    this.#history = new HistoryRows(dependencies);
    this.#reach = dependencies.reach;
  }

  /** Heights in an epoch. */
  get epochLength(): number {
    return this.#epochs.length;
  }

  /**
   * A finalized block at or above a height, mostly the next one. Undefined above the tip, for a ledger that has only
   * its genesis, and while the block that makes the tip final is too far above it.
   */
  certified(from: Height): Certified | undefined {
    const { tip } = this.#reach();
    if (from > tip || tip === 0) return undefined;
    const first = Math.max(1, from);
    const last = Math.min(tip, first + probedHeights - 1);
    for (let at = first; at <= last; at += 1) {
      const found = this.#certifiedAt(height(at));
      if (found !== undefined) return found;
    }
    const end = this.#epochs.endOf(height(last));
    if (end > tip) return this.#certifiedAt(tip) ?? this.#certifiedAbove(tip);
    const found = this.#certifiedAt(end);
    if (found !== undefined) return found;
    throw new StorageCorruption(`block ${end}, the last of its epoch, has no finalization`);
  }

  /** The header of a committed block, without its transactions. Throws StorageCorruption. */
  headerOf(id: BlockId): Header | undefined {
    const at = this.#blocks.heightOf(id);
    if (at === undefined || at > this.#reach().tip) return undefined;
    if (this.#blocks.idAt(at) !== id) throw new StorageCorruption(`block ${id} is not at ${at}`);
    return this.#blocks.finalHeader(at);
  }

  /** The id of the committed block at a height. Throws StorageCorruption. */
  idAt(at: Height): BlockId | undefined {
    return at > this.#reach().tip ? undefined : this.#blocks.idAt(at);
  }

  #certifiedAt(at: Height): Certified | undefined {
    const certificate = readFinalization(this.#store, this.#hasher, at);
    if (certificate === undefined) return undefined;
    const header = this.#blocks.finalHeader(at);
    return { header, certificate, validators: this.#epochs.setAt(at).validators, above: [] };
  }

  /** The tip is final by a block that is not committed yet, of the same epoch. */
  #certifiedAbove(tip: Height): Certified | undefined {
    const block = { height: tip, id: this.#blocks.idAt(tip) };
    const finality = proofAbove(this.#reach().proof, block);
    const header = finality?.covering.at(-1);
    if (finality === undefined || header === undefined) return undefined;
    const { certificate, covering } = finality;
    if (covering.length > aboveTipMax) return undefined;
    const above = covering.slice(1).map(({ parent }) => parent);
    return { header, certificate, validators: this.#epochs.setAt(tip).validators, above };
  }

  /** From a committed block into the history below a header that is above it. Throws StorageCorruption. */
  inclusion(
    at: Height,
    below: { readonly header: Header; readonly above: AboveTip },
  ): readonly Uint8Array[] {
    const { header, above } = below;
    const size = header.height;
    const committed = this.#reach().tip + 1;
    const path = this.#history.inclusion({ index: at, size }, { committed, above });
    const leaf = idLeaf(this.#hasher, this.#blocks.idAt(at));
    const root = fromHex(header.historyRoot);
    const inclusion: Inclusion = { leaf, index: at, size, path, root };
    if (!verifyInclusion(this.#hasher, inclusion)) {
      throw new StorageCorruption(`the history rows do not lead from block ${at} to block ${size}`);
    }
    return path;
  }

  /**
   * That the history below one committed block goes on from that below another, at the same height or under it. Below
   * the genesis there is nothing, and nothing to show. Throws StorageCorruption.
   */
  consistency(from: Header, to: Header): readonly Uint8Array[] {
    const [first, second] = [from.height, to.height];
    if (first === 0) return [];
    const path = this.#history.consistency(first, second);
    const [firstRoot, secondRoot] = [fromHex(from.historyRoot), fromHex(to.historyRoot)];
    if (!verifyConsistency(this.#hasher, { first, firstRoot, second, secondRoot, path })) {
      throw new StorageCorruption(
        `the history rows do not lead from the history of ${first} to ${second}`,
      );
    }
    return path;
  }

  /**
   * The changes of validators at the ends of epochs `from` and later, up to a height. Undefined when they are more than
   * one proof may hold: whoever is so far behind proves an earlier block first. Throws StorageCorruption.
   */
  hops(from: Epoch, upTo: Height): readonly Hop[] | undefined {
    const firsts = this.#epochs
      .changes(upTo)
      .filter((first) => epochOf(first - 1, this.#epochs.length) >= from);
    if (firsts.length > hopsMax) return undefined;
    const hops: Hop[] = [];
    let signersAndValidators = 0;
    for (const first of firsts) {
      const hop = this.hopTo(first);
      signersAndValidators += hop.certificate.signatures.length + hop.nextSet.length;
      if (signersAndValidators > hopsWeightMax) return undefined;
      hops.push(hop);
    }
    return hops;
  }

  /** @param first the first height with other validators than the one before. */
  hopTo(first: Height): Hop {
    const known = this.#hops.get(first);
    if (known !== undefined) return known;
    const at = height(first - 1);
    const header = this.#blocks.finalHeader(at);
    const certificate = readFinalization(this.#store, this.#hasher, at);
    const nextSet = this.#epochs.setAt(first).validators;
    if (
      certificate === undefined ||
      validatorsHash(this.#hasher, nextSet) !== header.nextValidatorsHash
    ) {
      throw new StorageCorruption(`block ${at} does not bring in the validators of block ${first}`);
    }
    const hop = { header, certificate, nextSet };
    this.#hops.set(first, hop);
    return hop;
  }
}
