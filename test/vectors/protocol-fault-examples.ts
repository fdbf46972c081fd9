/**
 * The example of docs/protocol.md about Faults: two contradicting votes, what they are called, and what they leave in
 * the state.
 * @module
 */
import { bcs } from "@mysten/bcs";
import { join, type KeyPair, merkleLeaf, signedBytes } from "./protocol-reference.ts";

const id = bcs.bytes(32);
const Proposal = bcs.struct("Proposal", {
  epoch: bcs.u64(),
  view: bcs.u64(),
  parentView: bcs.u64(),
  blockId: id,
});
const Round = bcs.struct("Round", { epoch: bcs.u64(), view: bcs.u64() });
const VoteBody = bcs.enum("VoteBody", { Notarize: Proposal, Nullify: Round, Finalize: Proposal });
const Vote = bcs.struct("Vote", { body: VoteBody, signer: bcs.u16(), signature: bcs.bytes(64) });

/** The second of the two variants; the first is in protocol-transaction-examples.ts. */
const SignedTransaction = bcs.enum("SignedTransaction", {
  Signed: bcs.bool(),
  Fault: bcs.struct("Fault", { first: Vote, second: Vote }),
});

export interface FaultExamples {
  readonly finalizeSigning: Uint8Array;
  readonly fault: Uint8Array;
  readonly id: Uint8Array;
  readonly stateKey: Uint8Array;
  readonly stateValue: Uint8Array;
}

/** Validator `signer` votes to nullify view 2 of epoch 0, and to finalize a block of it that is 32 bytes `77`. */
export function faultExamples(options: {
  readonly chainId: Uint8Array;
  readonly key: KeyPair;
  readonly signer: number;
  readonly height: number;
}): FaultExamples {
  const { chainId, key, signer, height } = options;
  const round = { epoch: 0, view: 2 };
  const proposal = { ...round, parentView: 1, blockId: new Uint8Array(32).fill(0x77) };
  const nullifySigning = signedBytes(
    "quorate/nullify/1",
    chainId,
    Round.serialize(round).toBytes(),
  );
  const finalizeSigning = signedBytes(
    "quorate/finalize/1",
    chainId,
    Proposal.serialize(proposal).toBytes(),
  );
  const fault = SignedTransaction.serialize({
    Fault: {
      first: { body: { Nullify: round }, signer, signature: key.sign(nullifySigning) },
      second: { body: { Finalize: proposal }, signer, signature: key.sign(finalizeSigning) },
    },
  }).toBytes();
  const u64 = (value: number) => bcs.u64().serialize(value).toBytes();
  return {
    finalizeSigning,
    fault,
    id: merkleLeaf(fault),
    stateKey: join(Uint8Array.of(7), key.publicKey, u64(round.epoch)),
    stateValue: u64(height),
  };
}
