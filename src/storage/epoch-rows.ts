/**
 * The ledger by epochs: where each one begins, and which validators a height has.
 *
 * A `v` row says from which height on a set of validators stands, one row for each change, so an old height's set is
 * that of the last row at or below it. It is believed only when it is what that height's own header commits to: a row
 * that was lost shows as well as one that was changed.
 * @module
 */
import { assert } from "../base/assert.ts";
import { RecentMap } from "../base/recent-map.ts";
import { fail, ok, type Result } from "../base/result.ts";
import { decode, encode } from "../codec/codec.ts";
import type { Hasher } from "../crypto/ports.ts";
import type { Header } from "../protocol/block.ts";
import { boundaryHeight, epochOf, isHandOver, lastHeight } from "../protocol/epochs.ts";
import { type BlockId, type Epoch, type Height, height } from "../protocol/ids.ts";
import {
  parametersEntryCodec,
  parametersKey,
  readParameters,
  readValidators,
  type StateChanges,
  type StateKey,
  validatorsEntryCodec,
  validatorsKey,
} from "../protocol/state.ts";
import { type Validator, validatorsCodec, validatorsHash } from "../protocol/validator-set.ts";
import type { BlockRows } from "./block-rows.ts";
import { decodeRow } from "./chain-codecs.ts";
import { StorageCorruption } from "./corruption.ts";
import { keyAfter, parseHeightKey, prefixes, rangeOf, stateKey, validatorsRowKey } from "./keys.ts";
import type { Store, Write } from "./store.ts";

/** The set that a height has, and the first height that has it. */
export interface SetAt {
  readonly validators: readonly Validator[];
  readonly first: Height;
}

const rowsPerRead = 1_000;
/** A set of 128 is about 30 kB. */
const cachedSets = 64;
/** The genesis has no signers: its set is that of block 1 on. */
const firstSetHeight: Height = height(1);

export class EpochRows {
  /** Heights in an epoch; it never changes. */
  readonly length: number;
  readonly #store: Store;
  readonly #hasher: Hasher;
  readonly #blocks: BlockRows;
  /** The heights of the `v` rows, ascending. */
  readonly #firsts: Height[];
  /** By first height; each was what some header commits to. */
  readonly #sets = new RecentMap<Height, readonly Validator[]>({ entriesMax: cachedSets });

  private constructor(
    options: { readonly length: number; readonly firsts: Height[] },
    dependencies: { readonly store: Store; readonly hasher: Hasher; readonly blocks: BlockRows },
  ) {
    this.length = options.length;
    this.#firsts = options.firsts;
    this.#store = dependencies.store;
    this.#hasher = dependencies.hasher;
    this.#blocks = dependencies.blocks;
  }

  /** @param length heights in an epoch. */
  static async load(
    length: number,
    dependencies: { readonly store: Store; readonly hasher: Hasher; readonly blocks: BlockRows },
  ): Promise<EpochRows> {
    const firsts: Height[] = [];
    let range = rangeOf(prefixes.validators, rowsPerRead);
    for (;;) {
      const page = await dependencies.store.range(range);
      for (const { key } of page) firsts.push(parseHeightKey(key));
      const last = page.at(-1);
      if (last === undefined || page.length < rowsPerRead) break;
      range = { ...range, from: keyAfter(last.key) };
    }
    return new EpochRows({ length, firsts }, dependencies);
  }

  /** The last height of the epoch that a height is in: no proof of finality leads beyond it. */
  endOf(at: Height): Height {
    return lastHeight(epochOf(at, this.length), this.length);
  }

  /** The block at view 0 of an epoch, or undefined while that is above the tip. Throws StorageCorruption. */
  boundaryOf(of: Epoch, tip: Height): BlockId | undefined {
    const at = boundaryHeight(of, this.length);
    return at > tip ? undefined : this.#blocks.idAt(at);
  }

  /** The validators that vote on the block at a committed height. Throws StorageCorruption. */
  setAt(at: Height): SetAt {
    const first = this.#firsts.findLast((from) => from <= Math.max(at, firstSetHeight));
    const validators = first && (this.#sets.get(first) ?? this.#read(first));
    if (first === undefined || validators === undefined) {
      throw new StorageCorruption(`the validators of height ${at} are missing`);
    }
    const digest = validatorsHash(this.#hasher, validators);
    if (digest !== this.#blocks.finalHeader(at).validatorsHash) {
      throw new StorageCorruption(`block ${at} has other validators than the row of ${first}`);
    }
    this.#sets.set(first, validators);
    return { validators, first };
  }

  #read(first: Height): readonly Validator[] | undefined {
    const key = validatorsRowKey(first);
    const value = this.#store.get(key);
    return value && decodeRow(validatorsCodec, { key, value });
  }

  /** The first heights of the sets that followed another one, up to a height, ascending. */
  changes(upTo: Height): readonly Height[] {
    return this.#firsts.filter((first) => first > firstSetHeight && first <= upTo);
  }

  /** The block is committed, with what `setWrites` says of it. */
  committed(header: Header, parent: Header): void {
    if (header.validatorsHash !== parent.validatorsHash) this.#firsts.push(header.height);
  }
}

/** The row of the genesis's validators. */
export function firstSetWrite(state: StateChanges): Write {
  const { current } = readValidators({ read: (key) => state.get(key) });
  const value = encode(validatorsCodec, current);
  return { kind: "put", key: validatorsRowKey(firstSetHeight), value };
}

/** The row that a block's commit adds: none, unless it begins an epoch with another set than the one before. */
export function setWrites(
  hasher: Hasher,
  block: {
    readonly header: Header;
    readonly parent: Header;
    readonly changes: StateChanges;
    readonly epochLength: number;
  },
): Write[] {
  const { header, parent, changes, epochLength } = block;
  if (header.validatorsHash === parent.validatorsHash) return [];
  assert(isHandOver(header.height, epochLength), "validators change at the start of an epoch");
  const { current } = readValidators({ read: (key) => changes.get(key) });
  const isNamed = validatorsHash(hasher, current) === header.validatorsHash;
  assert(isNamed, "a block's header names the validators that its state has");
  const value = encode(validatorsCodec, current);
  return [{ kind: "put", key: validatorsRowKey(header.height), value }];
}

/** Heights in an epoch, as a genesis says. */
export const epochLengthOf = (state: StateChanges): number =>
  Number(readParameters({ read: (key) => state.get(key) }).current.epochLength);

/** What the state on disk says of the tip's epoch. */
export interface StoredEpoch {
  readonly validators: readonly Validator[];
  /** Heights in an epoch. */
  readonly length: number;
}

/** Whether it is true is for the caller to check: this is read before the state is. The reason is a few words. */
export function readStoredEpoch(store: Store): Result<StoredEpoch, string> {
  const row = (key: StateKey): Uint8Array => store.get(stateKey(key)) ?? new Uint8Array(0);
  const parameters = decode(parametersEntryCodec, row(parametersKey));
  if (!parameters.ok) return fail("no parameters");
  const sets = decode(validatorsEntryCodec, row(validatorsKey));
  if (!sets.ok) return fail("no validators");
  const length = Number(parameters.value.current.epochLength);
  if (!Number.isSafeInteger(length) || length < 1) return fail(`epochs of ${length} heights`);
  return ok({ validators: sets.value.current, length });
}
