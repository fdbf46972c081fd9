/**
 * Who can say what in a small world: real keys, real signatures, and what a message is worth when it arrives.
 * @module
 */
import {
  createNativeSigner,
  nativeHasher,
  nativeVerifier,
} from "../../../../node/adapters/native-crypto.ts";
import { toHex } from "../../../../src/base/bytes.ts";
import { decode, encode, fixed, struct, vector } from "../../../../src/codec/codec.ts";
import type { Signer } from "../../../../src/crypto/ports.ts";
import {
  type AccountId,
  type BlockId,
  type ChainId,
  epoch,
  type PublicKey,
  validatorIndex,
  validatorIndexCodec,
  view,
} from "../../../../src/protocol/ids.ts";
import { ValidatorSet } from "../../../../src/protocol/validator-set.ts";
import type { Verified } from "../../../../src/protocol/verified.ts";
import {
  type Certificate,
  certificateCodec,
  type SignerSignature,
  signVote,
  type Vote,
  type VoteBody,
  verifyCertificate,
  verifyVote,
  voteBodyCodec,
} from "../../../../src/protocol/vote.ts";

export const chainId: ChainId = "c0".repeat(32) as ChainId;
export const boundary: BlockId = "b0".repeat(32) as BlockId;

/** A certificate's bytes without the check that an honest program makes when it writes one. */
const laxCertificate = struct<Certificate>({
  subject: voteBodyCodec,
  signatures: vector(
    struct<SignerSignature>({ signer: validatorIndexCodec, signature: fixed(64) }),
    { lengthMin: 1, lengthMax: 128 },
  ),
});

/** Keys that are the same in every run, ascending. */
export function smallSigners(count: number): readonly Signer[] {
  const signers = Array.from({ length: count }, (_, i) =>
    createNativeSigner(new Uint8Array(32).fill(i + 1)),
  );
  return signers.toSorted((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
}

export function smallSet(signers: readonly Signer[], of: number): ValidatorSet {
  const validators = signers.map((signer, i) => ({
    consensusKey: keyOf(signer),
    operator: i.toString(16).padStart(64, "0") as AccountId,
    name: `v${i}`,
    endpoint: "",
  }));
  return new ValidatorSet({ hasher: nativeHasher, validators, epoch: epoch(of), boundary });
}

export const keyOf = (signer: Signer): PublicKey => toHex(signer.publicKey) as PublicKey;

export class Speech {
  readonly validators: ValidatorSet;
  readonly #signers: readonly Signer[];

  constructor(options: { readonly validators: number; readonly epoch: number }) {
    this.#signers = smallSigners(options.validators);
    this.validators = smallSet(this.#signers, options.epoch);
  }

  /** With a good signature; of an honest validator the script asks only for what it has signed. */
  vote(number: number, body: VoteBody): Vote {
    const position = this.validators.leader(view(number));
    const signer = this.#signers[position];
    if (signer === undefined) throw new Error("every position has a signer");
    return signVote(body, { signer, chainId, position });
  }

  /** Of any place, also of one that no validator has, with a signature that is not good. */
  forgedVote(position: number, body: VoteBody): Vote {
    const signature = new Uint8Array(64).fill(1 + position);
    return { body, signer: validatorIndex(position), signature };
  }

  certificate(votes: readonly Vote[]): Certificate {
    const [first] = votes;
    if (first === undefined) throw new Error("a certificate has votes");
    const signatures = votes
      .map(({ signer, signature }) => ({ signer, signature }))
      .toSorted((a, b) => a.signer - b.signer);
    return { subject: first.body, signatures };
  }

  verifyVote(vote: Vote): Verified<Vote> | undefined {
    return verifyVote(vote, this.#verification);
  }

  /** As it comes over a link: its bytes are read first. */
  verifyCertificate(certificate: Certificate): Verified<Certificate> | undefined {
    const decoded = decode(certificateCodec, encode(laxCertificate, certificate));
    return decoded.ok ? verifyCertificate(decoded.value, this.#verification) : undefined;
  }

  get #verification(): Parameters<typeof verifyVote>[1] {
    return { verifier: nativeVerifier, chainId, validators: this.validators };
  }
}
