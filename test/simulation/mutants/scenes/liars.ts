/**
 * Liars of the simulator that only a missing check of signatures or of bytes would let succeed.
 * @module
 */
import { nativeHasher } from "../../../../node/adapters/native-crypto.ts";
import type { Link } from "../../../../src/network/transport.ts";
import {
  type Block,
  blockIdOf,
  encodeBlock,
  type Header,
  openBlock,
} from "../../../../src/protocol/block.ts";
import { type BlockId, validatorIndex, view } from "../../../../src/protocol/ids.ts";
import type { Blocks, Message, ProposalMessage } from "../../../../src/protocol/message.ts";
import type { Certificate, Vote, VoteBody } from "../../../../src/protocol/vote.ts";
import { equivocator } from "../../adversaries/equivocator.ts";
import { say, tapMessages } from "../../adversaries/outgoing.ts";
import { tamperingLeader } from "../../adversaries/tampering-leader.ts";
import { numberOfNode } from "../../world/network-of-nodes.ts";
import type { Wrap } from "../../world/node.ts";
import type { World } from "../../world/world.ts";

/** Votes with bad signatures in the names of all validators but the one that is lied to. */
function forged(world: World, to: number, body: VoteBody): readonly Vote[] {
  return world.validators.validators.flatMap((_, signer) => {
    const signature = new Uint8Array(64).fill(signer + 1);
    return signer === to ? [] : [{ body, signer: validatorIndex(signer), signature }];
  });
}

function forgedCertificate(world: World, to: number, subject: VoteBody): Certificate {
  const votes = forged(world, to, subject);
  return { subject, signatures: votes.map(({ signer, signature }) => ({ signer, signature })) };
}

/** An equivocator that makes each half believe that its own block is final at once. */
export const forgerOf =
  (what: "votes" | "certificates"): Wrap =>
  (transport, world, number) => {
    const forging = tapMessages(transport, {
      outgoing: (message, link) => {
        if (message.kind !== "proposal" || message.vote.body.kind === "nullify") return [message];
        const to = numberOfNode(link.nodeId);
        const body: VoteBody = { ...message.vote.body, kind: "finalize" };
        if (what === "votes") return [message, { kind: "votes", votes: forged(world, to, body) }];
        return [message, { kind: "certificate", certificate: forgedCertificate(world, to, body) }];
      },
    });
    return equivocator(forging, world, number);
  };

/** Tells everybody that every other leader has proposed something else. */
export const proposalForger: Wrap = (transport) => {
  const links = new Set<Link>();
  const lie = (message: ProposalMessage): ProposalMessage => {
    const { vote, header } = message;
    const twin = { ...header, timestampMs: header.timestampMs + 1 };
    if (vote.body.kind === "nullify") return message;
    const body = { ...vote.body, blockId: blockIdOf(nativeHasher, twin) };
    return { ...message, header: twin, vote: { ...vote, body } };
  };
  return tapMessages(transport, {
    opened: (link) => links.add(link),
    closed: (link) => links.delete(link),
    incoming: (message) => {
      if (message.kind === "proposal") for (const link of links) say(link, lie(message));
      return [message];
    },
  });
};

/** Shows one node, under the true name of each of its blocks, a header or a body that is not that block's. */
export const misnamerOf =
  (part: "header" | "body"): Wrap =>
  (transport, world, number) => {
    const victim = (number + 1) % world.validators.count;
    return tapMessages(transport, {
      outgoing: (message, link) => {
        if (numberOfNode(link.nodeId) !== victim || message.kind !== "proposal") return [message];
        if (part === "body") return [{ ...message, hashes: message.hashes.slice(1) }];
        const { header } = message;
        return [{ ...message, header: { ...header, stateRoot: header.historyRoot } }];
      },
    });
  };

/**
 * A leader that says it builds on its parent, and shows an empty sibling of that parent instead. Where the parent is
 * empty too, the sibling is as good a block on the same grandparent.
 */
export const siblingLeader: Wrap = (transport, world, number) => {
  const headers = new Map<BlockId, Header>();
  const remember = (message: Message): readonly Message[] => {
    if (message.kind === "proposal") {
      headers.set(blockIdOf(nativeHasher, message.header), message.header);
    }
    return [message];
  };
  const heard = tapMessages(transport, { incoming: remember, outgoing: remember });
  const lying = tamperingLeader({
    change: (block) => {
      const parent = headers.get(block.header.parent);
      if (parent === undefined || parent.transactionCount > 0) return block;
      const { view, leader } = block.header;
      const timestampMs = parent.timestampMs + 1;
      return { header: { ...parent, view, leader, timestampMs }, hashes: [] };
    },
    shownTo: () => true,
  });
  return lying(heard, world, number);
};

export type RangeLie =
  | "a forged finalization"
  | "a finalization of something else"
  | "another body"
  | "blocks that are no chain"
  | "headers that are no chain";

/** Serves ranges whose first block is not the final one, each with something that would have to be overlooked. */
export const rangeLiarOf =
  (what: RangeLie): Wrap =>
  (transport, world) =>
    tapMessages(transport, {
      outgoing: (message, link) => {
        if (message.kind !== "blocks") return [message];
        return [lieAbout(message, what, world, numberOfNode(link.nodeId))];
      },
    });

function lieAbout(range: Blocks, what: RangeLie, world: World, to: number): Blocks {
  const blocks = range.blocks.flatMap((encoded) => {
    const opened = openBlock(nativeHasher, world.network.chainId, encoded);
    return opened.ok ? [opened.value] : [];
  });
  const [first, ...others] = blocks;
  if (first === undefined || range.finalization === undefined) return range;
  const { header } = first;
  const spoilt = encodeBlock({ ...first, header: { ...header, stateRoot: header.historyRoot } });
  const headers = others.map((block) => block.header);
  switch (what) {
    case "a forged finalization": {
      const twin = twinOf(first);
      const { epoch } = header;
      const body: VoteBody = {
        kind: "finalize",
        epoch,
        // Later than all that is known.
        view: view(header.view + 1_000),
        parentView: header.view,
        blockId: twin.id,
      };
      const finalization = forgedCertificate(world, to, body);
      return { ...range, blocks: [encodeBlock(twin)], covering: [], finalization };
    }
    case "a finalization of something else":
      return { ...range, blocks: [spoilt], covering: [] };
    case "another body":
      return { ...range, blocks: [withoutBody(first), ...range.blocks.slice(1)] };
    case "blocks that are no chain":
      return { ...range, blocks: [spoilt, ...range.blocks.slice(1)] };
    case "headers that are no chain":
      return { ...range, blocks: [spoilt], covering: [...headers, ...range.covering] };
  }
}

function twinOf(block: Block): Block {
  const header = { ...block.header, timestampMs: block.header.timestampMs + 1 };
  return { ...block, header, id: blockIdOf(nativeHasher, header) };
}

const withoutBody = (block: Block): Uint8Array => encodeBlock({ ...block, transactions: [] });
