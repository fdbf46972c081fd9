/**
 * The voice of an adversary: it may sign anything with its own key, and nothing with any other.
 *
 * The world watches the key: what is signed with it is counted like every vote, and two quorums in one view are a fork,
 * whoever made them.
 * @module
 */
import { toHex } from "../../../src/base/bytes.ts";
import type { Signer } from "../../../src/crypto/ports.ts";
import {
  type BlockId,
  type ChainId,
  type Epoch,
  type ValidatorIndex,
  validatorIndex,
} from "../../../src/protocol/ids.ts";
import type { Message } from "../../../src/protocol/message.ts";
import { quorumOf } from "../../../src/protocol/validator-set.ts";
import { signVote, type Vote, type VoteBody } from "../../../src/protocol/vote.ts";
import type { Random } from "../world/random.ts";
import type { World } from "../world/world.ts";

export class Voice {
  readonly chainId: ChainId;
  readonly random: Random;
  readonly #world: World;
  readonly #number: number;
  readonly #signer: Signer;
  readonly #positions = new Map<Epoch, ValidatorIndex>();

  constructor(world: World, number: number) {
    const signer = world.network.signers[number];
    if (signer === undefined) throw new RangeError("an adversary has a validator's key");
    this.#world = world;
    this.#number = number;
    this.#signer = signer;
    this.chainId = world.network.chainId;
    this.random = world.random.fork();
  }

  sign(body: VoteBody): Vote {
    const position = this.positionIn(body.epoch);
    return signVote(body, { signer: this.#signer, chainId: this.chainId, position });
  }

  /** Whether the vote is this validator's: its code also repeats what others signed. */
  isOwn({ body, signer }: Vote): boolean {
    return signer === this.positionIn(body.epoch);
  }

  /** The place of the key in an epoch's set: at genesis the number of the node, later what its own code says. */
  positionIn(epoch: Epoch): ValidatorIndex {
    const known = this.#positions.get(epoch);
    if (known !== undefined) return known;
    const status = epoch === 0 ? undefined : this.#world.nodes[this.#number]?.queries?.status();
    const position = validatorIndex(status?.validatorIndex ?? this.#number);
    if (epoch === 0 || status?.epoch === epoch) this.#positions.set(epoch, position);
    return position;
  }

  /** Votes that make a certificate, as far as this node knows. */
  quorumIn(epoch: Epoch): number {
    const { validators, nodes } = this.#world;
    if (epoch === 0) return validators.quorum;
    return quorumOf(nodes[this.#number]?.queries?.status().validatorCount ?? validators.count);
  }

  /** Some block that nobody has. */
  nowhere(): BlockId {
    return toHex(this.bytes(32)) as BlockId;
  }

  bytes(length: number): Uint8Array {
    return Uint8Array.from({ length }, () => this.random.below(256));
  }
}

/** Replaces each own vote of a message by what `change` returns; the leader's vote beside a block only by its first. */
export function changeOwnVotes(
  message: Message,
  voice: Voice,
  change: (vote: Vote) => readonly Vote[],
): readonly Message[] {
  const changed = (vote: Vote): readonly Vote[] => (voice.isOwn(vote) ? change(vote) : [vote]);
  if (message.kind === "votes") {
    const votes = message.votes.flatMap(changed);
    return inBatches(votes);
  }
  if (message.kind !== "proposal") return [message];
  const [vote, ...more] = changed(message.vote);
  const proposal: readonly Message[] = vote === undefined ? [] : [{ ...message, vote }];
  return [...proposal, ...inBatches(more)];
}

const batch = 32;

function inBatches(votes: readonly Vote[]): readonly Message[] {
  const messages: Message[] = [];
  for (let from = 0; from < votes.length; from += batch) {
    messages.push({ kind: "votes", votes: votes.slice(from, from + batch) });
  }
  return messages;
}
