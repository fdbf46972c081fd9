/**
 * Every vote that was ever signed, seen where it is signed: so also those that no message carried.
 * @module
 */
import { decode } from "../../../src/codec/codec.ts";
import { proposalCodec, type VoteKind } from "../../../src/protocol/vote.ts";
import { demand, SafetyViolation } from "./safety-violation.ts";

/** A vote, read from the bytes that were signed. */
export interface SignedVote {
  readonly kind: VoteKind;
  readonly epoch: number;
  readonly view: number;
  /** What was notarized or finalized; undefined for a nullify vote. */
  readonly proposal: { readonly parentView: number; readonly blockId: string } | undefined;
}

/** Consensus keys, as hex, and how many of them decide. */
export interface Electorate {
  readonly keys: ReadonlySet<string>;
  readonly quorum: number;
}

interface Tally {
  readonly vote: SignedVote;
  readonly signers: Set<string>;
}

type ViewTallies = Map<string, Tally>;

const kinds: Readonly<Record<string, VoteKind>> = {
  "quorate/notarize/1": "notarize",
  "quorate/nullify/1": "nullify",
  "quorate/finalize/1": "finalize",
};
const chainIdBytes = 32;

/** What these signed bytes say, or undefined if they are no vote. */
export function readSignedVote(message: Uint8Array): SignedVote | undefined {
  const end = message.indexOf(0);
  const kind = kinds[String.fromCharCode(...message.subarray(0, Math.max(0, end)))];
  if (kind === undefined) return undefined;
  const payload = message.subarray(end + 1 + chainIdBytes);
  if (kind === "nullify") {
    const round = new DataView(payload.buffer, payload.byteOffset);
    const epoch = Number(round.getBigUint64(0, true));
    return { kind, epoch, view: Number(round.getBigUint64(8, true)), proposal: undefined };
  }
  const decoded = decode(proposalCodec, payload);
  if (!decoded.ok) throw new SafetyViolation(`a signed ${kind} does not decode`);
  const { epoch, view, parentView, blockId } = decoded.value;
  return { kind, epoch, view, proposal: { parentView, blockId } };
}

/** Equal exactly for equal votes of one view. */
export function subjectOf({ kind, proposal }: SignedVote): string {
  return proposal === undefined ? kind : `${kind} ${proposal.parentView}/${proposal.blockId}`;
}

export class VoteRecord {
  readonly #epochs = new Map<number, Map<number, ViewTallies>>();

  /** False: the key has signed this before. */
  add(key: string, vote: SignedVote): boolean {
    const views = this.#epochs.get(vote.epoch) ?? new Map<number, ViewTallies>();
    this.#epochs.set(vote.epoch, views);
    const tallies: ViewTallies = views.get(vote.view) ?? new Map();
    views.set(vote.view, tallies);
    const subject = subjectOf(vote);
    const tally = tallies.get(subject) ?? { vote, signers: new Set() };
    tallies.set(subject, tally);
    if (tally.signers.has(key)) return false;
    tally.signers.add(key);
    return true;
  }

  viewsOf(epoch: number): readonly number[] {
    return [...(this.#epochs.get(epoch)?.keys() ?? [])];
  }

  signersOf(epoch: number): ReadonlySet<string> {
    const signers = new Set<string>();
    for (const tallies of this.#epochs.get(epoch)?.values() ?? []) {
      for (const tally of tallies.values()) for (const key of tally.signers) signers.add(key);
    }
    return signers;
  }

  /** An honest key notarizes one proposal a view, finalizes one, and never both nullifies and finalizes. */
  checkOwn(key: string, who: string, { epoch, view }: SignedVote): void {
    const count: Record<VoteKind, number> = { notarize: 0, nullify: 0, finalize: 0 };
    for (const { vote, signers } of this.#tallies(epoch, view).values()) {
      if (signers.has(key)) count[vote.kind] += 1;
    }
    const where = `${who} in view ${view} of epoch ${epoch}`;
    demand(count.notarize <= 1, `${where} notarized two proposals`);
    demand(count.finalize <= 1, `${where} finalized two proposals`);
    demand(count.nullify + count.finalize <= 1, `${where} nullified and finalized`);
  }

  /** S1: one notarization a view. S2: no view is both finalized and nullified. Finalization implies notarization. */
  checkQuorums(epoch: number, view: number, electorate: Electorate): void {
    const { notarized, finalized, isNullified } = this.certified(epoch, view, electorate);
    const where = `view ${view} of epoch ${epoch}`;
    demand(notarized.length <= 1, `${where} has two notarizations`);
    demand(finalized.length <= 1, `${where} has two finalizations`);
    const [final] = finalized;
    if (final === undefined) return;
    demand(!isNullified, `${where} is finalized and nullified`);
    const [same] = notarized;
    const isSame = same?.blockId === final.blockId && same.parentView === final.parentView;
    demand(isSame, `${where} is finalized but not notarized`);
  }

  /** What a quorum of the electorate has signed in a view. */
  certified(
    epoch: number,
    view: number,
    electorate: Electorate,
  ): {
    readonly notarized: readonly NonNullable<SignedVote["proposal"]>[];
    readonly finalized: readonly NonNullable<SignedVote["proposal"]>[];
    readonly isNullified: boolean;
  } {
    const quorums = [...this.#tallies(epoch, view).values()].filter(
      ({ signers }) => countIn(signers, electorate.keys) >= electorate.quorum,
    );
    const proposals = (kind: VoteKind): NonNullable<SignedVote["proposal"]>[] =>
      quorums.flatMap(({ vote }) =>
        vote.kind === kind && vote.proposal !== undefined ? [vote.proposal] : [],
      );
    return {
      notarized: proposals("notarize"),
      finalized: proposals("finalize"),
      isNullified: quorums.some(({ vote }) => vote.kind === "nullify"),
    };
  }

  #tallies(epoch: number, view: number): ViewTallies {
    return this.#epochs.get(epoch)?.get(view) ?? new Map();
  }
}

function countIn(signers: ReadonlySet<string>, keys: ReadonlySet<string>): number {
  let count = 0;
  for (const key of signers) if (keys.has(key)) count += 1;
  return count;
}
