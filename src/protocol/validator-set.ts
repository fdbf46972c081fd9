/**
 * Validators: who votes. A signer is an index into this list; a quorum is n − f of it.
 * @module
 */
import { fromHex, toHex } from "../base/bytes.ts";
import { type Codec, checked, encode, struct, text, vector } from "../codec/codec.ts";
import { hashWithDomain } from "../crypto/hash.ts";
import type { Hasher } from "../crypto/ports.ts";
import {
  type AccountId,
  accountIdCodec,
  type BlockId,
  type Digest,
  type Epoch,
  epochCodec,
  type PublicKey,
  publicKeyCodec,
  type ValidatorIndex,
  type View,
  validatorIndex,
} from "./ids.ts";
import { endpointBytesMax, validatorNameBytesMax, validatorsMax } from "./limits.ts";

export interface Validator {
  readonly consensusKey: PublicKey;
  /** The account that earns its fees and votes on membership. */
  readonly operator: AccountId;
  readonly name: string;
  /** `host:port` of its peer address, or empty. */
  readonly endpoint: string;
}

export const validatorCodec: Codec<Validator> = struct<Validator>({
  consensusKey: publicKeyCodec,
  operator: accountIdCodec,
  name: text({ bytesMax: validatorNameBytesMax }),
  endpoint: text({ bytesMax: endpointBytesMax }),
});

export const sameValidator = (a: Validator, b: Validator): boolean =>
  a === b ||
  (a.consensusKey === b.consensusKey &&
    a.operator === b.operator &&
    a.name === b.name &&
    a.endpoint === b.endpoint);

/** Whether two sets are the same, in everything. */
export const sameValidators = (a: readonly Validator[], b: readonly Validator[]): boolean =>
  a === b ||
  (a.length === b.length &&
    a.every((validator, position) => {
      const other = b[position];
      return other !== undefined && sameValidator(validator, other);
    }));

/** Strictly ascending by consensus key, operators distinct. */
export function validatorsFlaw(validators: readonly Validator[]): string | undefined {
  let previous = "";
  for (const { consensusKey } of validators) {
    if (consensusKey <= previous) return "validators are not strictly ascending by consensus key";
    previous = consensusKey;
  }
  const operators = new Set(validators.map(({ operator }) => operator));
  return operators.size === validators.length ? undefined : "two validators share an operator";
}

export const validatorsCodec: Codec<readonly Validator[]> = checked(
  vector(validatorCodec, { lengthMin: 1, lengthMax: validatorsMax }),
  validatorsFlaw,
);

/** SHA-256(`quorate/validators/1\0` ‖ BCS(vector<Validator>)). Each list is hashed once: it must never change. */
export function validatorsHash(hasher: Hasher, validators: readonly Validator[]): Digest {
  const known = hashes.get(validators);
  if (known !== undefined) return known;
  const encoded = encode(validatorsCodec, validators);
  const hash = toHex(hashWithDomain(hasher, "quorate/validators/1", encoded)) as Digest;
  hashes.set(validators, hash);
  return hash;
}

const hashes = new WeakMap<readonly Validator[], Digest>();

/** The most validators that may be faulty: f = ⌊(n − 1) / 3⌋. */
export const faultyMax = (count: number): number => Math.floor((count - 1) / 3);

/** Votes that make a certificate: q = n − f. Any two quorums share an honest validator. */
export const quorumOf = (count: number): number => count - faultyMax(count);

/** One epoch's validators with everything that is looked up in them. */
export class ValidatorSet {
  readonly validators: readonly Validator[];
  readonly quorum: number;
  readonly #order: readonly ValidatorIndex[];
  readonly #indexOfKey: ReadonlyMap<PublicKey, ValidatorIndex>;
  readonly #keys: readonly Uint8Array[];

  /**
   * @param boundary the id of the block at view 0 of the epoch; it fixes the order of leaders.
   */
  constructor(options: {
    readonly hasher: Hasher;
    readonly validators: readonly Validator[];
    readonly epoch: Epoch;
    readonly boundary: BlockId;
  }) {
    const { hasher, validators, epoch, boundary } = options;
    this.validators = validators;
    this.quorum = quorumOf(validators.length);
    const rank = validators.map(({ consensusKey }, position) => ({
      position: validatorIndex(position),
      hash: toHex(
        hashWithDomain(
          hasher,
          "quorate/leader/1",
          fromHex(boundary),
          encode(epochCodec, epoch),
          fromHex(consensusKey),
        ),
      ),
    }));
    this.#order = rank
      .toSorted((a, b) => (a.hash < b.hash ? -1 : 1))
      .map(({ position }) => position);
    this.#indexOfKey = new Map(
      validators.map(({ consensusKey }, position) => [consensusKey, validatorIndex(position)]),
    );
    this.#keys = validators.map(({ consensusKey }) => fromHex(consensusKey));
  }

  get count(): number {
    return this.validators.length;
  }

  leader(view: View): ValidatorIndex {
    return this.#order[view % this.#order.length] ?? validatorIndex(0);
  }

  at(position: ValidatorIndex): Validator | undefined {
    return this.validators[position];
  }

  indexOf(key: PublicKey): ValidatorIndex | undefined {
    return this.#indexOfKey.get(key);
  }

  /** Raw bytes of a validator's consensus key. */
  keyAt(position: ValidatorIndex): Uint8Array | undefined {
    return this.#keys[position];
  }
}
