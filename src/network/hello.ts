/**
 * Hello: the first message of both sides of a link, within 5 seconds, and what is checked in it.
 *
 *   dialler                            acceptor
 *      |---- TLS 1.3, both keys proven ------|
 *      |  Hello ->                           |    chain, version, node id, validator's proof, other links
 *      |                          <- Hello   |    ready, or Goodbye(code) + close instead
 *      |  ready, or Goodbye(code) + close    |
 *
 * The acceptor answers only a Hello that it accepts, so whoever is refused was never ready.
 *
 * ValidatorProof.signature covers, in the domain `quorate/handshake/1` of the chain:
 *
 *   OFFSET SIZE MEANING
 *   0      32   node id of the sender
 *   32     32   node id of the receiver
 *   64     32   TLS exporter of this connection
 *
 * so it is good for this connection in this direction, and nowhere else.
 * @module
 */
import { assert } from "../base/assert.ts";
import { concatBytes, fromHex, toHex } from "../base/bytes.ts";
import { fail, ok, type Result } from "../base/result.ts";
import { signingBytes } from "../crypto/domains.ts";
import type { Signer, Verifier } from "../crypto/ports.ts";
import type { ChainId, NodeId, PublicKey } from "../protocol/ids.ts";
import type { Hello, Standing, ValidatorProof } from "../protocol/message.ts";
import type { GoodbyeReason } from "./goodbye.ts";
import type { Link } from "./transport.ts";

/** Versions of the protocol that this program speaks. */
const protocolVersionsSpoken: readonly number[] = [1];

/** What a node says of itself to everyone. */
export interface Introduction {
  readonly chainId: ChainId;
  readonly nodeId: NodeId;
  /** Drawn at start: u32. */
  readonly session: number;
  readonly agent: string;
  readonly listenAddress: string | undefined;
  readonly consensusSigner: Signer | undefined;
}

type ProvenLink = Pick<Link, "nodeId" | "exporter">;

export function makeHello(
  introduction: Introduction,
  link: ProvenLink,
  now: { readonly standing: Standing; readonly wallMs: number },
): Hello {
  const { chainId, nodeId, session, agent, listenAddress, consensusSigner } = introduction;
  return {
    kind: "hello",
    protocolVersions: protocolVersionsSpoken,
    chainId,
    nodeId,
    session,
    listenAddress,
    finalHeight: now.standing.finalHeight,
    agent,
    wallMs: Math.max(0, Math.floor(now.wallMs)),
    validatorProof:
      consensusSigner === undefined
        ? undefined
        : proveValidator(consensusSigner, chainId, nodeId, link),
  };
}

function proveValidator(
  signer: Signer,
  chainId: ChainId,
  sender: NodeId,
  link: ProvenLink,
): ValidatorProof {
  const message = proofBytes({ chainId, sender, receiver: link.nodeId, exporter: link.exporter });
  return {
    consensusKey: toHex(signer.publicKey) as PublicKey,
    signature: signer.sign(message),
  };
}

function proofBytes(claim: {
  readonly chainId: ChainId;
  readonly sender: NodeId;
  readonly receiver: NodeId;
  readonly exporter: Uint8Array;
}): Uint8Array {
  assert(claim.exporter.length === 32, "a link has an exporter of 32 bytes");
  const payload = concatBytes(fromHex(claim.sender), fromHex(claim.receiver), claim.exporter);
  return signingBytes("quorate/handshake/1", claim.chainId, payload);
}

export type HelloFlaw = Extract<
  GoodbyeReason,
  "wrong_chain" | "wrong_version" | "hello_wrong" | "self_connection"
>;

/**
 * Judges a peer's Hello. The value is the consensus key that it proved, if it claims one.
 * `hello_wrong` is provable: no honest node claims another node's id or a key that it does not hold.
 */
export function judgeHello(
  hello: Hello,
  link: ProvenLink,
  own: Pick<Introduction, "chainId" | "nodeId">,
  dependencies: { readonly verifier: Verifier },
): Result<PublicKey | undefined, HelloFlaw> {
  if (link.nodeId === own.nodeId) return fail("self_connection");
  // The chain first: a node of another network may well differ in everything else.
  if (hello.chainId !== own.chainId) return fail("wrong_chain");
  const shared = hello.protocolVersions.some((version) => protocolVersionsSpoken.includes(version));
  if (!shared) return fail("wrong_version");
  if (hello.nodeId !== link.nodeId) return fail("hello_wrong");
  const proof = hello.validatorProof;
  if (proof === undefined) return ok(undefined);
  const message = proofBytes({
    chainId: own.chainId,
    sender: link.nodeId,
    receiver: own.nodeId,
    exporter: link.exporter,
  });
  const holds = dependencies.verifier.verify(proof.signature, message, fromHex(proof.consensusKey));
  return holds ? ok(proof.consensusKey) : fail("hello_wrong");
}

/** What the rule about two links to one node id looks at. */
export interface LinkFacts {
  readonly outbound: boolean;
  /** The session in the peer's Hello. */
  readonly session: number;
}

/**
 * Two links to one node id: which one stays. Both ends compute the same, whatever order they see the links in.
 *
 * - Another session is another process with this key, or the same node after a crash that we did not notice: the
 *   first link stays, and is asked at once whether it still lives.
 * - Dialled at the same time from both ends: the one that the smaller node id dialled stays.
 * - Dialled twice by one process, which does that only when it has given up the first: the second stays.
 */
export function linkThatStays(
  first: LinkFacts,
  second: LinkFacts,
  ids: { readonly own: NodeId; readonly peer: NodeId },
): "first" | "second" {
  if (first.session !== second.session) return "first";
  if (first.outbound === second.outbound) return "second";
  const smallerIsUs = ids.own < ids.peer;
  return second.outbound === smallerIsUs ? "second" : "first";
}
