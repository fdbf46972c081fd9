/**
 * The equivocator: a leader that shows one half of the network another block than the other half, and votes for both.
 *
 * The honest code runs behind it; every proposal and vote that leaves for a node with an odd number is changed on the
 * way out and signed anew with the same key.
 * @module
 */
import { nativeHasher } from "../../../node/adapters/native-crypto.ts";
import { decode, encode } from "../../../src/codec/codec.ts";
import type { Link, LinkEvents, Transport } from "../../../src/network/transport.ts";
import { blockIdOf, type Header } from "../../../src/protocol/block.ts";
import type { BlockId } from "../../../src/protocol/ids.ts";
import { type Message, messageCodec } from "../../../src/protocol/message.ts";
import { signVote, type Vote } from "../../../src/protocol/vote.ts";
import { numberOfNode } from "../world/network-of-nodes.ts";
import type { World } from "../world/world.ts";

export function equivocator(transport: Transport, world: World, number: number): Transport {
  const signer = world.network.signers[number];
  if (signer === undefined) throw new RangeError("an adversary is a validator");
  /** Real block id to the one that the other half is shown. */
  const twins = new Map<BlockId, BlockId>();
  const { chainId } = world.network;
  const position = world.validators.indexOf(
    world.network.genesis.validators[number]?.consensusKey ?? ("" as never),
  );

  const resign = (vote: Vote): Vote => {
    const { body } = vote;
    if (body.kind === "nullify" || vote.signer !== position || position === undefined) return vote;
    const blockId = twins.get(body.blockId);
    if (blockId === undefined) return vote;
    return signVote({ ...body, blockId }, { signer, chainId, position });
  };

  const twist = (message: Message): Message => {
    if (message.kind === "votes") return { ...message, votes: message.votes.map(resign) };
    if (message.kind !== "proposal") return message;
    const header: Header = { ...message.header, timestampMs: message.header.timestampMs + 1 };
    twins.set(blockIdOf(nativeHasher, message.header), blockIdOf(nativeHasher, header));
    return { ...message, header, vote: resign(message.vote) };
  };

  const wrapped = new Map<Link, Link>();
  const wrap = (link: Link): Link => {
    const known = wrapped.get(link);
    if (known !== undefined) return known;
    const lie: Link = {
      nodeId: link.nodeId,
      exporter: link.exporter,
      outbound: link.outbound,
      remoteAddress: link.remoteAddress,
      bufferedBytes: () => link.bufferedBytes(),
      close: (code, reason) => link.close(code, reason),
      send: (frame) => {
        const decoded = decode(messageCodec, frame);
        const odd = numberOfNode(link.nodeId) % 2 === 1;
        link.send(decoded.ok && odd ? encode(messageCodec, twist(decoded.value)) : frame);
      },
    };
    wrapped.set(link, lie);
    return lie;
  };

  return {
    start: (events) => {
      const seen: LinkEvents = {
        opened: (link) => events.opened(wrap(link)),
        received: (link, frame) => events.received(wrap(link), frame),
        drained: (link) => events.drained(wrap(link)),
        closed: (link, reason) => events.closed(wrap(link), reason),
      };
      return transport.start(seen);
    },
    dial: (address) => transport.dial(address),
    stop: () => transport.stop(),
  };
}
