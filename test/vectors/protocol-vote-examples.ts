/**
 * The examples of docs/protocol.md that validators and nodes sign and send: votes, a certificate, two frames.
 * @module
 */
import { bcs } from "@mysten/bcs";
import { join, type KeyPair, keyOf, signedBytes } from "./protocol-reference.ts";

const id = bcs.bytes(32);
const signature = bcs.bytes(64);

const Proposal = bcs.struct("Proposal", {
  epoch: bcs.u64(),
  view: bcs.u64(),
  parentView: bcs.u64(),
  blockId: id,
});
const Round = bcs.struct("Round", { epoch: bcs.u64(), view: bcs.u64() });
const VoteBody = bcs.enum("VoteBody", { Notarize: Proposal, Nullify: Round, Finalize: Proposal });
const Vote = bcs.struct("Vote", { body: VoteBody, signer: bcs.u16(), signature });
const Certificate = bcs.struct("Certificate", {
  subject: VoteBody,
  signatures: bcs.vector(bcs.struct("SignerSignature", { signer: bcs.u16(), signature })),
});

/** The first three kinds: what the document shows as a frame. */
const Message = bcs.enum("Message", {
  Hello: bcs.struct("Hello", {
    protocolVersions: bcs.vector(bcs.u16()),
    chainId: id,
    nodeId: id,
    session: bcs.u32(),
    listenAddress: bcs.option(bcs.string()),
    finalHeight: bcs.u64(),
    agent: bcs.string(),
    wallMs: bcs.u64(),
    validatorProof: bcs.option(
      bcs.struct("ValidatorProof", { consensusKey: id, signature: bcs.fixedArray(64, bcs.u8()) }),
    ),
  }),
  Ping: bcs.struct("Ping", {
    epoch: bcs.u64(),
    view: bcs.u64(),
    lastFinalView: bcs.u64(),
    finalHeight: bcs.u64(),
    token: bcs.u32(),
  }),
});

export interface VoteExamples {
  readonly notarizeSigning: Uint8Array;
  readonly nullifySigning: Uint8Array;
  readonly finalizeSigning: Uint8Array;
  /** The leader's vote for the proposal. */
  readonly vote: Uint8Array;
  /** By validators 0, 1 and 2. */
  readonly certificate: Uint8Array;
}

/** Votes of validators, whose keys are given by position, on the block at view 1; and to nullify view 2. */
export function voteExamples(options: {
  readonly chainId: Uint8Array;
  readonly keys: readonly KeyPair[];
  readonly blockId: Uint8Array;
  readonly leader: number;
}): VoteExamples {
  const { chainId, keys, blockId, leader } = options;
  const proposal = { epoch: 0, view: 1, parentView: 0, blockId };
  const payload = Proposal.serialize(proposal).toBytes();
  const notarizeSigning = signedBytes("quorate/notarize/1", chainId, payload);
  const finalizeSigning = signedBytes("quorate/finalize/1", chainId, payload);
  const nullifySigning = signedBytes(
    "quorate/nullify/1",
    chainId,
    Round.serialize({ epoch: 0, view: 2 }).toBytes(),
  );
  const sign = (position: number, message: Uint8Array) =>
    keys[position]?.sign(message) ?? new Uint8Array(64);
  const vote = Vote.serialize({
    body: { Notarize: proposal },
    signer: leader,
    signature: sign(leader, notarizeSigning),
  }).toBytes();
  const signatures = [0, 1, 2].map((signer) => ({
    signer,
    signature: sign(signer, finalizeSigning),
  }));
  const certificate = Certificate.serialize({
    subject: { Finalize: proposal },
    signatures,
  }).toBytes();
  return { notarizeSigning, finalizeSigning, nullifySigning, vote, certificate };
}

export interface MessageExamples {
  readonly proofSigning: Uint8Array;
  readonly hello: Uint8Array;
  readonly ping: Uint8Array;
}

/** What node 0x31 says to node 0x32 over a connection with the exporter 0x5a… */
export function messageExamples(options: {
  readonly chainId: Uint8Array;
  readonly prover: KeyPair;
  readonly wallMs: number;
}): MessageExamples {
  const { chainId, prover, wallMs } = options;
  const sender = keyOf(0x31).publicKey;
  const receiver = keyOf(0x32).publicKey;
  const exporter = new Uint8Array(32).fill(0x5a);
  const proofSigning = signedBytes(
    "quorate/handshake/1",
    chainId,
    join(sender, receiver, exporter),
  );
  const hello = Message.serialize({
    Hello: {
      protocolVersions: [1],
      chainId,
      nodeId: sender,
      session: 7,
      listenAddress: "one.example:27000",
      finalHeight: 1,
      agent: "example/1",
      wallMs,
      validatorProof: {
        consensusKey: prover.publicKey,
        signature: [...prover.sign(proofSigning)],
      },
    },
  }).toBytes();
  const ping = Message.serialize({
    Ping: { epoch: 0, view: 2, lastFinalView: 1, finalHeight: 1, token: 9 },
  }).toBytes();
  return { proofSigning, hello, ping };
}
