/**
 * Votes and certificates.
 *
 * Proposal     epoch u64 · view u64 · parentView u64 · blockId [32]
 * VoteBody     enum { 0 Notarize(Proposal), 1 Nullify { epoch, view }, 2 Finalize(Proposal) }
 * Vote         body · signer u16 · signature [64]
 * Certificate  subject VoteBody · signatures vector { signer u16, signature [64] }, signers strictly ascending
 * Signed bytes = domain ‖ 0 ‖ chainId ‖ BCS(Proposal, or { epoch, view }), one domain per kind of vote.
 *
 * Certificates are not canonical (other signers, same meaning): nothing hashed or elected depends on their bytes.
 * @module
 */
import {
  type Codec,
  checked,
  encode,
  fixed,
  struct,
  variant,
  variants,
  vector,
} from "../codec/codec.ts";
import { type SigningDomain, signingBytes } from "../crypto/domains.ts";
import type { Signer, Verifier } from "../crypto/ports.ts";
import {
  type BlockId,
  blockIdCodec,
  type ChainId,
  type Epoch,
  epochCodec,
  type ValidatorIndex,
  type View,
  validatorIndexCodec,
  viewCodec,
} from "./ids.ts";
import { validatorsMax } from "./limits.ts";
import type { ValidatorSet } from "./validator-set.ts";
import { markVerified, type Verified } from "./verified.ts";

export interface Proposal {
  readonly epoch: Epoch;
  readonly view: View;
  /** The view in which the parent was certified; 0 = the epoch's boundary block. */
  readonly parentView: View;
  readonly blockId: BlockId;
}

export interface Notarize extends Proposal {
  readonly kind: "notarize";
}
export interface Nullify {
  readonly kind: "nullify";
  readonly epoch: Epoch;
  readonly view: View;
}
export interface Finalize extends Proposal {
  readonly kind: "finalize";
}
export type VoteBody = Notarize | Nullify | Finalize;
export type VoteKind = VoteBody["kind"];

export interface Vote {
  readonly body: VoteBody;
  readonly signer: ValidatorIndex;
  readonly signature: Uint8Array;
}

export interface SignerSignature {
  readonly signer: ValidatorIndex;
  readonly signature: Uint8Array;
}

/** A quorum's votes with one body: a notarization, nullification or finalization. */
export interface Certificate {
  readonly subject: VoteBody;
  readonly signatures: readonly SignerSignature[];
}

const proposalFields = {
  epoch: epochCodec,
  view: viewCodec,
  parentView: viewCodec,
  blockId: blockIdCodec,
};
export const proposalCodec: Codec<Proposal> = struct<Proposal>(proposalFields);
const roundCodec = struct<{ readonly epoch: Epoch; readonly view: View }>({
  epoch: epochCodec,
  view: viewCodec,
});

export const voteBodyCodec: Codec<VoteBody> = variants<VoteBody>([
  variant<VoteBody, "notarize">("notarize", proposalCodec),
  variant<VoteBody, "nullify">("nullify", roundCodec),
  variant<VoteBody, "finalize">("finalize", proposalCodec),
]);

export const voteCodec: Codec<Vote> = struct<Vote>({
  body: voteBodyCodec,
  signer: validatorIndexCodec,
  signature: fixed(64),
});

export const certificateCodec: Codec<Certificate> = checked(
  struct<Certificate>({
    subject: voteBodyCodec,
    signatures: vector(
      struct<SignerSignature>({ signer: validatorIndexCodec, signature: fixed(64) }),
      { lengthMin: 1, lengthMax: validatorsMax },
    ),
  }),
  ({ signatures }) => {
    let previous = -1;
    for (const { signer } of signatures) {
      if (signer <= previous) return "signers are not strictly ascending";
      previous = signer;
    }
    return undefined;
  },
);

const domainOf: Readonly<Record<VoteKind, SigningDomain>> = {
  notarize: "quorate/notarize/1",
  nullify: "quorate/nullify/1",
  finalize: "quorate/finalize/1",
};

export function voteSigningBytes(chainId: ChainId, body: VoteBody): Uint8Array {
  const payload = body.kind === "nullify" ? encode(roundCodec, body) : encode(proposalCodec, body);
  return signingBytes(domainOf[body.kind], chainId, payload);
}

/** A text that is equal exactly for equal bodies; the key of a tally. */
export function voteSubject(body: VoteBody): string {
  if (body.kind === "nullify") return `nullify/${body.epoch}/${body.view}`;
  return `${body.kind}/${body.epoch}/${body.view}/${body.parentView}/${body.blockId}`;
}

export interface VoteVerification {
  readonly verifier: Verifier;
  readonly chainId: ChainId;
  readonly validators: Pick<ValidatorSet, "quorum" | "keyAt">;
}

/** The only maker of a Verified<Vote>: the signer exists and its key signed exactly this body. */
export function verifyVote(vote: Vote, options: VoteVerification): Verified<Vote> | undefined {
  const key = options.validators.keyAt(vote.signer);
  if (key === undefined) return undefined;
  const message = voteSigningBytes(options.chainId, vote.body);
  return options.verifier.verify(vote.signature, message, key) ? markVerified(vote) : undefined;
}

/** Signs a body; what we signed ourselves needs no check. The caller has made the vote durable first. */
export function signVote(
  body: VoteBody,
  options: {
    readonly signer: Signer;
    readonly chainId: ChainId;
    readonly position: ValidatorIndex;
  },
): Verified<Vote> {
  const signature = options.signer.sign(voteSigningBytes(options.chainId, body));
  return markVerified({ body, signer: options.position, signature });
}

/** The only maker of a Verified<Certificate>: at least a quorum of distinct signers, every signature valid. */
export function verifyCertificate(
  certificate: Certificate,
  options: VoteVerification,
): Verified<Certificate> | undefined {
  const { verifier, validators, chainId } = options;
  if (certificate.signatures.length < validators.quorum) return undefined;
  const message = voteSigningBytes(chainId, certificate.subject);
  let previous = -1;
  for (const { signer, signature } of certificate.signatures) {
    const key = validators.keyAt(signer);
    if (key === undefined || signer <= previous) return undefined;
    if (!verifier.verify(signature, message, key)) return undefined;
    previous = signer;
  }
  return markVerified(certificate);
}

/** Joins verified votes of one subject into the certificate that they are. */
export function joinVotes(votes: readonly Verified<Vote>[]): Verified<Certificate> | undefined {
  const [first] = votes;
  if (first === undefined) return undefined;
  const signatures = votes
    .map(({ signer, signature }) => ({ signer, signature }))
    .toSorted((a, b) => a.signer - b.signer);
  return markVerified({ subject: first.body, signatures });
}
