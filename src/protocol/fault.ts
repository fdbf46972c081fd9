/**
 * Faults: two votes of one validator that no honest one signs both of. Whoever has the pair can prove it to everyone.
 *
 * Fault  first Vote · second Vote, BCS(first) < BCS(second)
 *
 * The votes of a view that conflict: two to notarize, or two to finalize, with different proposals; one to nullify
 * and one to finalize. Notarize and nullify is legal.
 * @module
 */
import { compareBytes } from "../base/bytes.ts";
import { type Codec, encode, struct } from "../codec/codec.ts";
import type { ChainId } from "./ids.ts";
import { type Vote, voteCodec, voteSigningBytes, voteSubject } from "./vote.ts";

export interface Fault {
  readonly kind: "fault";
  readonly first: Vote;
  readonly second: Vote;
}

export const faultFields: Codec<Omit<Fault, "kind">> = struct<Omit<Fault, "kind">>({
  first: voteCodec,
  second: voteCodec,
});

/** Whether no honest validator signs both, given that one signed both. Their signatures are not looked at. */
export function conflicts(first: Vote, second: Vote): boolean {
  const a = first.body;
  const b = second.body;
  if (a.epoch !== b.epoch || a.view !== b.view || first.signer !== second.signer) return false;
  if (a.kind === b.kind) return voteSubject(a) !== voteSubject(b);
  return a.kind !== "notarize" && b.kind !== "notarize";
}

/** The one form of the evidence that two votes are, whichever was seen first. */
export function orderedFault(one: Vote, other: Vote): Fault {
  const [first, second] = isOrdered(one, other) ? [one, other] : [other, one];
  return { kind: "fault", first, second };
}

/** Whether it is evidence at all, in its one form: everything that needs neither keys nor state. */
export const isWellFormed = ({ first, second }: Fault): boolean =>
  conflicts(first, second) && isOrdered(first, second);

/** Its two signatures, given the accused's consensus key. Both must verify. */
export function faultChecks(
  chainId: ChainId,
  { first, second }: Fault,
  publicKey: Uint8Array,
): readonly {
  readonly signature: Uint8Array;
  readonly message: Uint8Array;
  readonly publicKey: Uint8Array;
}[] {
  return [first, second].map(({ body, signature }) => ({
    signature,
    message: voteSigningBytes(chainId, body),
    publicKey,
  }));
}

const isOrdered = (a: Vote, b: Vote): boolean =>
  compareBytes(encode(voteCodec, a), encode(voteCodec, b)) < 0;
