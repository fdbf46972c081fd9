/**
 * Who decides in which epoch, as far as it is known from what is final.
 *
 * A final header commits to the hash of its epoch's validators, and the last one of an epoch to that of the next. The
 * list that has the hash is taken from wherever it is found: a list with the right hash is the right list.
 * @module
 */
import type { Hasher } from "../../../src/crypto/ports.ts";
import type { Header } from "../../../src/protocol/block.ts";
import { type BlockId, epoch } from "../../../src/protocol/ids.ts";
import {
  type Validator,
  ValidatorSet,
  validatorsHash,
} from "../../../src/protocol/validator-set.ts";
import { demand } from "./safety-violation.ts";
import type { Electorate } from "./vote-record.ts";

export interface KnownSet extends Electorate {
  readonly set: ValidatorSet;
}

export class EpochSets {
  readonly #hasher: Hasher;
  readonly #epochLength: number;
  readonly #hashes = new Map<number, string>();
  readonly #boundaries = new Map<number, BlockId>();
  readonly #lists = new Map<string, readonly Validator[]>();
  readonly #known = new Map<number, KnownSet>();

  constructor(options: {
    readonly hasher: Hasher;
    /** Heights in an epoch. */
    readonly epochLength: number;
    /** The set of epoch 0. */
    readonly first: ValidatorSet;
  }) {
    this.#hasher = options.hasher;
    this.#epochLength = options.epochLength;
    this.#know(0, options.first);
    this.#hashes.set(0, validatorsHash(options.hasher, options.first.validators));
  }

  get(of: number): KnownSet | undefined {
    return this.#known.get(of);
  }

  /** The epochs that some final block belongs to, or is the boundary of, and whose set is not known. */
  get unknown(): readonly number[] {
    return [...this.#hashes.keys()].filter((of) => !this.#known.has(of));
  }

  /** Taken for nothing but the preimage of a hash. */
  offer(list: readonly Validator[]): void {
    this.#lists.set(validatorsHash(this.#hasher, list), list);
  }

  /** A header that is final: its epoch and its hashes are what the chain says so far. The epochs whose set is new. */
  final(header: Header, id: BlockId): readonly number[] {
    const { height, validatorsHash: current, nextValidatorsHash: next } = header;
    const of = Math.floor((height - 1) / this.#epochLength);
    demand(header.epoch === of, `block ${height} says that it is of epoch ${header.epoch}`);
    this.#expect(of, current, `block ${height}`);
    if (height % this.#epochLength === 0) {
      this.#expect(of + 1, next, `the last block of epoch ${of}`);
      this.#boundaries.set(of + 1, id);
    }
    return this.#resolve();
  }

  #expect(of: number, hash: string, where: string): void {
    const known = this.#hashes.get(of) ?? hash;
    demand(known === hash, `${where} commits to other validators of epoch ${of} than agreed`);
    this.#hashes.set(of, hash);
  }

  #resolve(): readonly number[] {
    const found: number[] = [];
    for (const of of this.unknown) {
      const validators = this.#lists.get(this.#hashes.get(of) ?? "");
      const boundary = this.#boundaries.get(of);
      if (validators === undefined || boundary === undefined) continue;
      const hasher = this.#hasher;
      this.#know(of, new ValidatorSet({ hasher, validators, epoch: epoch(of), boundary }));
      found.push(of);
    }
    return found;
  }

  #know(of: number, set: ValidatorSet): void {
    const keys = new Set(set.validators.map(({ consensusKey }) => consensusKey as string));
    this.#known.set(of, { set, keys, quorum: set.quorum });
  }
}
