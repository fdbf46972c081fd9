/**
 * What lying leaders share: the honest code runs behind them, and on the way out their proposals are changed, and what
 * they sign about them is signed anew with the same key. Liars in one network know of each other's changed blocks, vote
 * for them, and serve their bytes.
 * @module
 */
import { nativeHasher } from "../../../node/adapters/native-crypto.ts";
import { encode } from "../../../src/codec/codec.ts";
import type { Link, Transport } from "../../../src/network/transport.ts";
import { blockIdOf, encodeBlock, type Header } from "../../../src/protocol/block.ts";
import type { BlockId, ContentHash } from "../../../src/protocol/ids.ts";
import type { Message, ProposalMessage } from "../../../src/protocol/message.ts";
import type { NamedTransaction } from "../../../src/protocol/transaction.ts";
import { openTransaction, signedTransactionCodec } from "../../../src/protocol/transaction.ts";
import type { Vote } from "../../../src/protocol/vote.ts";
import { numberOfNode } from "../world/network-of-nodes.ts";
import type { Wrap } from "../world/node.ts";
import type { World } from "../world/world.ts";
import { say, tapMessages } from "./outgoing.ts";
import { unsuspecting } from "./unsuspecting.ts";
import { Voice } from "./voice.ts";

/** What a proposal says of a block. */
export interface CompactBlock {
  readonly header: Header;
  readonly hashes: readonly ContentHash[];
}

export interface Tampering {
  /** The block that is shown instead. */
  readonly change: (block: CompactBlock, liar: Liar) => CompactBlock;
  /** Whether this node is shown it, in place of the real block with this id. */
  readonly shownTo: (node: number, realId: BlockId) => boolean;
}

/** What the liars of one network know together. */
class Conspiracy {
  /** Real block id to the one that is shown instead. */
  readonly shown = new Map<BlockId, BlockId>();
  readonly blocks = new Map<BlockId, CompactBlock>();
  readonly bodies = new Map<ContentHash, NamedTransaction>();
}

const conspiracies = new WeakMap<World, Conspiracy>();

function conspiracyOf(world: World): Conspiracy {
  const known = conspiracies.get(world) ?? new Conspiracy();
  conspiracies.set(world, known);
  return known;
}

export const tamperingLeader =
  (tampering: Tampering): Wrap =>
  (transport, world, number) =>
    new Liar(world, number, tampering).behind(transport);

export class Liar {
  readonly voice: Voice;
  readonly #tampering: Tampering;
  readonly #known: Conspiracy;

  constructor(world: World, number: number, tampering: Tampering) {
    this.voice = new Voice(world, number);
    this.#tampering = tampering;
    this.#known = conspiracyOf(world);
  }

  behind(transport: Transport): Transport {
    const lying = tapMessages(transport, {
      incoming: (message, link) => this.#hears(message, link),
      outgoing: (message, link) => {
        this.#keepBodies(message);
        return [this.#twist(message, numberOfNode(link.nodeId))];
      },
    });
    return unsuspecting(lying, this.voice);
  }

  bodyOf(hash: ContentHash): NamedTransaction | undefined {
    return this.#known.bodies.get(hash);
  }

  /** Takes a transaction into the store of bodies that changed blocks are served from. */
  learn(encoded: Uint8Array): NamedTransaction | undefined {
    const opened = openTransaction(nativeHasher, this.voice.chainId, encoded);
    if (!opened.ok) return undefined;
    this.#known.bodies.set(opened.value.contentHash, opened.value);
    return opened.value;
  }

  #twist(message: Message, to: number): Message {
    if (message.kind === "votes") {
      return { ...message, votes: message.votes.map((vote) => this.#resign(vote, to)) };
    }
    return message.kind === "proposal" ? this.#twistProposal(message, to) : message;
  }

  /** The same proposal is changed in the same way for all who are shown the change. */
  #twistProposal(message: ProposalMessage, to: number): Message {
    const realId = blockIdOf(nativeHasher, message.header);
    if (!this.#tampering.shownTo(to, realId)) return message;
    const known = this.#known.blocks.get(this.#known.shown.get(realId) ?? realId);
    const block = known ?? this.#tampering.change(message, this);
    const shownId = blockIdOf(nativeHasher, block.header);
    this.#known.shown.set(realId, shownId);
    this.#known.blocks.set(shownId, block);
    return { ...message, ...block, vote: this.#resign(message.vote, to) };
  }

  #resign(vote: Vote, to: number): Vote {
    const { body } = vote;
    if (body.kind === "nullify" || !this.voice.isOwn(vote)) return vote;
    const blockId = this.#known.shown.get(body.blockId);
    if (blockId === undefined || !this.#tampering.shownTo(to, body.blockId)) return vote;
    return this.voice.sign({ ...body, blockId });
  }

  /** Answers for changed blocks, of which the code behind knows nothing. */
  #hears(message: Message, link: Link): readonly Message[] {
    this.#keepBodies(message);
    if (message.kind !== "block-request" && message.kind !== "block-transactions-request") {
      return [message];
    }
    const { blockId } = message;
    const changed = this.#known.blocks.get(blockId);
    if (changed === undefined) return [message];
    const bodies = changed.hashes.flatMap((hash) => this.bodyOf(hash) ?? []);
    if (bodies.length < changed.hashes.length) return [message];
    if (message.kind === "block-request") {
      const block = encodeBlock({ id: blockId, header: changed.header, transactions: bodies });
      say(link, { kind: "block", blockId, block });
    } else {
      const transactions = message.indexes.flatMap((index) => bodies[index]?.bytes ?? []);
      say(link, { kind: "block-transactions", blockId, transactions });
    }
    return [];
  }

  #keepBodies(message: Message): void {
    if (message.kind !== "transactions") return;
    for (const encoded of message.transactions) this.learn(encoded);
  }
}

/** A copy with one bit of one signature changed: the same id, another content. */
export function withBadSignature({ signed }: NamedTransaction): Uint8Array {
  if (signed.kind !== "signed") throw new RangeError("nobody signs for a fault");
  const authorizations = signed.authorizations.map((authorization) => ({
    ...authorization,
    signatures: authorization.signatures.map((one) => {
      const signature = one.signature.slice();
      signature[5] = (signature[5] ?? 0) ^ 1;
      return { ...one, signature };
    }),
  }));
  return encode(signedTransactionCodec, { ...signed, authorizations });
}
