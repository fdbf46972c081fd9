/**
 * Counts the votes on membership a second time, from final blocks alone and in its own way: what the headers say of this
 * epoch's and the next one's validators must be what comes out here (docs/protocol.md, "Epochs").
 * @module
 */
import { toHex } from "../../../src/base/bytes.ts";
import { encode } from "../../../src/codec/codec.ts";
import type { Hasher } from "../../../src/crypto/ports.ts";
import type { Block } from "../../../src/protocol/block.ts";
import { standingChangeCodec, subjectCodec } from "../../../src/protocol/membership.ts";
import type { Operation } from "../../../src/protocol/operations.ts";
import { type Validator, validatorsHash } from "../../../src/protocol/validator-set.ts";
import { demand } from "./safety-violation.ts";

const voteLifeMs = 30 * 24 * 3_600_000;
const validatorsMax = 128;

interface Standing {
  readonly voter: string;
  readonly target: string;
  /** The entry to put, or undefined to remove. */
  readonly entry: Validator | undefined;
  /** BCS(subject ‖ change) in hex: equal for equal votes, and the order among those of one place. */
  readonly text: string;
  readonly height: number;
  readonly timestampMs: number;
}

export class MembershipRecount {
  readonly #hasher: Hasher;
  readonly #epochLength: number;
  #previous: readonly Validator[] = [];
  #current: readonly Validator[];
  #next: readonly Validator[];
  #standing: readonly Standing[] = [];
  /** Proven culprits: consensus key and epoch. */
  readonly #culprits = new Set<string>();
  /** Blocks above one that was not reported yet. */
  readonly #ahead = new Map<number, Block>();
  #height = 0;

  constructor(options: {
    readonly hasher: Hasher;
    readonly epochLength: number;
    readonly validators: readonly Validator[];
  }) {
    this.#hasher = options.hasher;
    this.#epochLength = options.epochLength;
    this.#current = options.validators;
    this.#next = options.validators;
  }

  /** A final block, in any order. Returns the validators of the next epoch, as far as they are known. */
  final(block: Block): readonly Validator[] {
    this.#ahead.set(block.header.height, block);
    for (;;) {
      const next = this.#ahead.get(this.#height + 1);
      if (next === undefined) return this.#next;
      this.#ahead.delete(this.#height + 1);
      this.#height += 1;
      this.#take(next);
    }
  }

  #take({ header, transactions }: Block): void {
    const length = this.#epochLength;
    const { height, timestampMs } = header;
    const epoch = Math.floor((height - 1) / length);
    if (height > 1 && (height - 1) % length === 0) {
      this.#previous = this.#current;
      this.#current = this.#next;
    }
    for (const { signed } of transactions) {
      if (signed.kind === "fault") {
        const { epoch: of } = signed.first.body;
        const set = of === epoch ? this.#current : this.#previous;
        this.#culprits.add(`${set[signed.first.signer]?.consensusKey}/${of}`);
        continue;
      }
      const { sender, operations } = signed.transaction;
      for (const operation of operations) {
        this.#vote(operation.from ?? sender, operation, { height, timestampMs });
      }
    }
    if (height === (epoch + 1) * length - Math.floor(length / 10)) this.#count(epoch, timestampMs);
    const hashOf = (list: readonly Validator[]): string => validatorsHash(this.#hasher, list);
    const where = `block ${height} commits to other validators of`;
    demand(
      header.validatorsHash === hashOf(this.#current),
      `${where} its epoch than were voted in`,
    );
    demand(
      header.nextValidatorsHash === hashOf(this.#next),
      `${where} the next than were voted in`,
    );
  }

  #vote(
    voter: string,
    { body }: Operation,
    at: { readonly height: number; readonly timestampMs: number },
  ): void {
    if (body.kind !== "vote-membership" && body.kind !== "vote-parameter") return;
    const isMember = this.#current.some(({ operator }) => operator === voter);
    demand(isMember, `block ${at.height} holds a vote of ${voter}, who is no member`);
    if (body.kind !== "vote-membership") return;
    const { change } = body;
    const target = change.kind === "put" ? change.validator.operator : change.operator;
    const entry = change.kind === "put" ? change.validator : undefined;
    const subject = encode(subjectCodec, { kind: "member", operator: target });
    const wanted =
      change.kind === "put" ? { kind: "put" as const, validator: change.validator } : change;
    const text = toHex(subject) + toHex(encode(standingChangeCodec, wanted));
    const others = this.#standing.filter((old) => old.voter !== voter || old.target !== target);
    this.#standing = [...others, { voter, target, entry, text, ...at }];
  }

  #count(epoch: number, nowMs: number): void {
    const size = this.#current.length;
    const tolerated = Math.floor((size - 1) / 3);
    const members = new Set<string>(this.#current.map(({ operator }) => operator));
    const alive = this.#standing.filter(({ timestampMs }) => nowMs <= timestampMs + voteLifeMs);
    const draft = new Map<string, Validator>(this.#current.map((entry) => [entry.operator, entry]));
    let movesLeft = Math.max(1, tolerated);
    for (const vote of decided(
      alive.filter(({ voter }) => members.has(voter)),
      size - tolerated,
    )) {
      if (!hasEffect(draft, vote)) continue;
      const isMove = (vote.entry === undefined) === draft.has(vote.target);
      if (!fits(draft, vote) || (isMove && movesLeft === 0)) continue;
      if (isMove) movesLeft -= 1;
      if (vote.entry === undefined) draft.delete(vote.target);
      else draft.set(vote.target, vote.entry);
    }
    const all = [...draft.values()].sort((a, b) => (a.consensusKey < b.consensusKey ? -1 : 1));
    const honest = all.filter(({ consensusKey }) => !this.#isCulprit(consensusKey, epoch));
    this.#next = honest.length > 0 ? honest : all;
    const voters = new Set<string>(this.#next.map(({ operator }) => operator));
    this.#standing = alive.filter((vote) => voters.has(vote.voter) && hasEffect(draft, vote));
  }

  #isCulprit(key: string, epoch: number): boolean {
    return this.#culprits.has(`${key}/${epoch}`) || this.#culprits.has(`${key}/${epoch - 1}`);
  }
}

/** One vote for each change that a quorum wants, in the order in which they got it. */
function decided(votes: readonly Standing[], quorum: number): readonly Standing[] {
  return [...grouped(votes).values()]
    .filter((same) => same.length >= quorum)
    .map((same) => same.toSorted((a, b) => a.height - b.height)[quorum - 1])
    .filter((vote) => vote !== undefined)
    .toSorted((a, b) => a.height - b.height || (a.text < b.text ? -1 : 1));
}

function grouped(votes: readonly Standing[]): Map<string, Standing[]> {
  const groups = new Map<string, Standing[]>();
  for (const vote of votes) groups.set(vote.text, [...(groups.get(vote.text) ?? []), vote]);
  return groups;
}

function hasEffect(draft: ReadonlyMap<string, Validator>, { target, entry }: Standing): boolean {
  const now = draft.get(target);
  if (entry === undefined || now === undefined) return entry !== now;
  return (["consensusKey", "name", "endpoint"] as const).some((part) => entry[part] !== now[part]);
}

/** The set stays one: keys and operators distinct, neither empty nor too large. */
function fits(draft: ReadonlyMap<string, Validator>, { target, entry }: Standing): boolean {
  if (entry === undefined) return draft.size > 1;
  const others = [...draft.values()].filter(({ operator }) => operator !== target);
  return (
    others.length < validatorsMax &&
    others.every(({ consensusKey }) => consensusKey !== entry.consensusKey)
  );
}
