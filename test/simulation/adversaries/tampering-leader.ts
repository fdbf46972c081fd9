/**
 * What lying leaders share: the honest code runs behind them, and on the way out their proposals are changed, and what
 * they sign about them is signed anew with the same key.
 * @module
 */
import { nativeHasher } from "../../../node/adapters/native-crypto.ts";
import { decode, encode } from "../../../src/codec/codec.ts";
import type { Signer } from "../../../src/crypto/ports.ts";
import type { Transport } from "../../../src/network/transport.ts";
import { blockIdOf, type Header } from "../../../src/protocol/block.ts";
import {
  type BlockId,
  type ChainId,
  type ValidatorIndex,
  validatorIndex,
} from "../../../src/protocol/ids.ts";
import { type Message, messageCodec } from "../../../src/protocol/message.ts";
import { signVote, type Vote } from "../../../src/protocol/vote.ts";
import { numberOfNode } from "../world/network-of-nodes.ts";
import type { Wrap } from "../world/node.ts";
import { withOutgoing } from "./outgoing.ts";

export interface Tampering {
  /** The header that is shown instead. */
  readonly change: (header: Header) => Header;
  /** Whether this node is shown it. */
  readonly shownTo: (node: number) => boolean;
}

export function tamperingLeader(tampering: Tampering): Wrap {
  return (transport, world, number) => tamper(transport, tampering, votingAs(world, number));
}

interface Voting {
  readonly signer: Signer;
  readonly chainId: ChainId;
  readonly position: ValidatorIndex;
}

function votingAs(world: Parameters<Wrap>[1], number: number): Voting {
  const signer = world.network.signers[number];
  if (signer === undefined) throw new RangeError("an adversary is a validator");
  return { signer, chainId: world.network.chainId, position: validatorIndex(number) };
}

function tamper(transport: Transport, tampering: Tampering, voting: Voting): Transport {
  /** Real block id to the one that the other half is shown. */
  const twins = new Map<BlockId, BlockId>();

  const resign = (vote: Vote): Vote => {
    const { body } = vote;
    if (body.kind === "nullify" || vote.signer !== voting.position) return vote;
    const blockId = twins.get(body.blockId);
    if (blockId === undefined) return vote;
    return signVote({ ...body, blockId }, voting);
  };

  const twist = (message: Message): Message => {
    if (message.kind === "votes") return { ...message, votes: message.votes.map(resign) };
    if (message.kind !== "proposal") return message;
    const header = tampering.change(message.header);
    twins.set(blockIdOf(nativeHasher, message.header), blockIdOf(nativeHasher, header));
    return { ...message, header, vote: resign(message.vote) };
  };

  return withOutgoing(transport, (frame, link) => {
    const decoded = decode(messageCodec, frame);
    const shown = tampering.shownTo(numberOfNode(link.nodeId));
    return decoded.ok && shown ? encode(messageCodec, twist(decoded.value)) : frame;
  });
}
