/**
 * Answers about membership: the sets and parameters of now and next, standing votes grouped by change, proven faults.
 *
 * Everything is read from the state at the tip; only whether a candidate is linked is what this node sees itself.
 * @module
 */
import { toHex } from "../base/bytes.ts";
import { decode, encode } from "../codec/codec.ts";
import type { Ledger } from "../ledger/ledger.ts";
import { countingHeight, epochOf, lastHeight } from "../protocol/epochs.ts";
import {
  type AccountId,
  type BlockId,
  type Epoch,
  epochCodec,
  type Height,
  height,
  heightCodec,
  type PublicKey,
} from "../protocol/ids.ts";
import { voteAgeMsMax } from "../protocol/limits.ts";
import {
  type StandingChange,
  type StandingVote,
  standingChangeCodec,
  subjectKey,
} from "../protocol/membership.ts";
import type { Standing } from "../protocol/message.ts";
import { type Parameters, sameParameters } from "../protocol/parameters.ts";
import {
  type ParametersEntry,
  readParameters,
  readValidators,
  readVotes,
  type StateReader,
  type ValidatorsEntry,
} from "../protocol/state.ts";
import { quorumOf, type Validator, validatorsCodec } from "../protocol/validator-set.ts";
import type { ChainStore } from "../storage/chain-store.ts";
import type { StateRows } from "../storage/state-rows.ts";
import type { Epochs } from "./epochs.ts";

export interface EpochStatus {
  readonly epoch: Epoch;
  readonly length: number;
  readonly lastHeight: Height;
  readonly countingHeight: Height;
  /** Unix milliseconds, by how fast the last blocks came. */
  readonly endsAboutMs: number | undefined;
}

export interface CountedVote {
  readonly operator: AccountId;
  readonly height: Height;
  readonly timestampMs: number;
  readonly expiresMs: number;
  readonly counts: boolean;
}

export interface Candidate {
  readonly linked: boolean;
  readonly finalHeight: number | undefined;
  readonly synced: boolean;
}

/** Equal votes for one change. */
export interface StandingGroup {
  readonly vote: Pick<StandingVote, "subject" | "change">;
  /** Oldest first. */
  readonly votes: readonly CountedVote[];
  readonly counted: number;
  /** For a Put: what its key has signed, where the block of a vote is here. */
  readonly possession: Uint8Array | undefined;
  /** For a Put. */
  readonly candidate: Candidate | undefined;
}

export interface MembershipStatus {
  readonly tip: { readonly height: Height; readonly id: BlockId; readonly timestampMs: number };
  readonly epoch: EpochStatus;
  readonly quorum: number;
  readonly validators: ValidatorsEntry;
  readonly parameters: Parameters;
  /** The most votes first. */
  readonly groups: readonly StandingGroup[];
}

export interface RecordedFault {
  readonly consensusKey: PublicKey;
  readonly epoch: Epoch;
  readonly height: Height;
}

export interface MembershipAnswers {
  status(): MembershipStatus;
  parameters(): ParametersEntry;
  /** The set of the epoch of a final height, or undefined above the tip. */
  validatorsAt(at: Height): readonly Validator[] | undefined;
  /** Newest first. */
  faults(): Promise<readonly RecordedFault[]>;
}

export interface MembershipQueriesDependencies {
  readonly ledger: Pick<Ledger, "state" | "tip">;
  readonly chain: Pick<ChainStore, "tip" | "headerAt" | "blockAt" | "setAt"> & {
    readonly stateRows: Pick<StateRows, "ofKind">;
  };
  readonly network: {
    peerByKey(key: PublicKey): { readonly standing: Pick<Standing, "finalHeight"> } | undefined;
  };
  readonly epochs: Pick<Epochs, "identity">;
}

/** How far behind the tip a node still counts as synced: that much is under way at any moment. */
const syncedWithin = 2;
/** The last blocks whose pace says when the epoch ends. */
const paceBlocks = 100;
/** The most that one answer tells. */
const faultsMax = 1_000;
/** About the time of a block in a network that has nothing to do but to end an epoch which decides something. */
const changingMs = 60;
const faultKind = 7;
const possessionsMax = 1_024;

const validatorsKeyOf = (set: readonly Validator[]): string => toHex(encode(validatorsCodec, set));

export class MembershipQueries implements MembershipAnswers {
  readonly #d: MembershipQueriesDependencies;
  /** By vote: a block is read once for it. */
  readonly #possessions = new Map<string, Uint8Array>();

  constructor(dependencies: MembershipQueriesDependencies) {
    this.#d = dependencies;
  }

  status(): MembershipStatus {
    // One tip for all of it: the state of the final block, which may be a moment ahead of the disk.
    const { id, header } = this.#d.ledger.tip;
    const state = this.#state();
    const validators = readValidators(state);
    const parameters = readParameters(state);
    const quorum = quorumOf(validators.current.length);
    const groups = this.#groups(state, validators.current);
    const isChanging =
      validatorsKeyOf(validators.next) !== validatorsKeyOf(validators.current) ||
      !sameParameters(parameters.current, parameters.next) ||
      groups.some(({ counted }) => counted >= quorum);
    return {
      tip: { height: header.height, id, timestampMs: header.timestampMs },
      epoch: this.#epoch(Number(parameters.current.epochLength), isChanging),
      quorum,
      validators,
      parameters: parameters.current,
      groups,
    };
  }

  parameters(): ParametersEntry {
    return readParameters(this.#state());
  }

  validatorsAt(at: Height): readonly Validator[] | undefined {
    const { chain } = this.#d;
    return at > chain.tip.height ? undefined : chain.setAt(at)?.validators;
  }

  async faults(): Promise<readonly RecordedFault[]> {
    const rows = await this.#d.chain.stateRows.ofKind(faultKind, faultsMax);
    return rows
      .flatMap(({ key, value }) => {
        const consensusKey = toHex(key.subarray(1, 33)) as PublicKey;
        const epoch = decode(epochCodec, key.subarray(33));
        const at = decode(heightCodec, value);
        return epoch.ok && at.ok ? [{ consensusKey, epoch: epoch.value, height: at.value }] : [];
      })
      .toSorted((a, b) => b.height - a.height);
  }

  #state(): StateReader {
    const { ledger } = this.#d;
    return ledger.state(ledger.tip.id);
  }

  #epoch(length: number, isChanging: boolean): EpochStatus {
    const { chain, ledger } = this.#d;
    const { header } = ledger.tip;
    const at = header.height;
    const epoch = epochOf(at, length);
    const last = lastHeight(epoch, length);
    const from = Math.max(0, at - paceBlocks);
    const fromMs = from < at ? chain.headerAt(height(from))?.timestampMs : undefined;
    const pastMs = fromMs === undefined ? undefined : (header.timestampMs - fromMs) / (at - from);
    const blockMs = isChanging ? Math.min(changingMs, pastMs ?? changingMs) : pastMs;
    return {
      epoch,
      length,
      lastHeight: last,
      countingHeight: countingHeight(epoch, length),
      endsAboutMs:
        blockMs === undefined
          ? undefined
          : Math.round(header.timestampMs + blockMs * Math.max(0, last - at)),
    };
  }

  /** Only operators of the set have votes that can count. */
  #groups(state: StateReader, current: readonly Validator[]): readonly StandingGroup[] {
    const groups = new Map<string, { first: StandingVote; cast: [AccountId, StandingVote][] }>();
    for (const { operator } of current) {
      for (const vote of readVotes(state, operator)) {
        const key = subjectKey(vote.subject) + toHex(encode(standingChangeCodec, vote.change));
        const group = groups.get(key);
        if (group === undefined) groups.set(key, { first: vote, cast: [[operator, vote]] });
        else group.cast.push([operator, vote]);
      }
    }
    return [...groups.entries()]
      .map(([key, { first, cast }]) => this.#group(key, first, cast, current))
      .toSorted((a, b) => b.counted - a.counted || b.votes.length - a.votes.length);
  }

  #group(
    key: string,
    { subject, change }: StandingVote,
    cast: readonly (readonly [AccountId, StandingVote])[],
    current: readonly Validator[],
  ): StandingGroup {
    const nowMs = this.#d.ledger.tip.header.timestampMs;
    const votes = cast
      .map(([operator, { height: at, timestampMs }]) => {
        const expiresMs = timestampMs + voteAgeMsMax;
        const counts = nowMs <= expiresMs;
        return { operator, height: height(at), timestampMs, expiresMs, counts };
      })
      .toSorted((a, b) => a.height - b.height);
    return {
      vote: { subject, change },
      votes,
      counted: votes.filter(({ counts }) => counts).length,
      possession: change.kind === "put" ? this.#possession(key, change, votes) : undefined,
      candidate: change.kind === "put" ? this.#candidate(change.validator, current) : undefined,
    };
  }

  /** Known by the new key, or by the one that it replaces: a node proves one key at a time. */
  #candidate(validator: Validator, current: readonly Validator[]): Candidate {
    const { network, chain, epochs } = this.#d;
    const replaced = current.find(({ operator }) => operator === validator.operator);
    const keys = [validator, ...(replaced === undefined ? [] : [replaced])].map(
      ({ consensusKey }) => consensusKey,
    );
    const tip = chain.tip.height;
    const own = epochs.identity && (toHex(epochs.identity.signer.publicKey) as PublicKey);
    if (own !== undefined && keys.includes(own)) {
      return { linked: true, finalHeight: tip, synced: true };
    }
    const peer = keys.map((key) => network.peerByKey(key)).find((found) => found !== undefined);
    if (peer === undefined) return { linked: false, finalHeight: undefined, synced: false };
    const { finalHeight } = peer.standing;
    return { linked: true, finalHeight, synced: finalHeight + syncedWithin >= tip };
  }

  /** A standing vote does not keep it; the block with a transaction that cast one does. */
  #possession(
    key: string,
    change: StandingChange & { readonly kind: "put" },
    votes: readonly CountedVote[],
  ): Uint8Array | undefined {
    const known = this.#possessions.get(key);
    if (known !== undefined) return known;
    const wanted = toHex(encode(standingChangeCodec, change));
    for (const { height: at } of votes) {
      const found = this.#possessionIn(at, wanted);
      if (found === undefined) continue;
      if (this.#possessions.size >= possessionsMax) this.#possessions.clear();
      this.#possessions.set(key, found);
      return found;
    }
    return undefined;
  }

  #possessionIn(at: Height, wanted: string): Uint8Array | undefined {
    for (const { signed } of this.#d.chain.blockAt(at)?.transactions ?? []) {
      if (signed.kind !== "signed") continue;
      for (const { body } of signed.transaction.operations) {
        if (body.kind !== "vote-membership" || body.change.kind !== "put") continue;
        const { validator, possession } = body.change;
        const standing = encode(standingChangeCodec, { kind: "put", validator });
        if (toHex(standing) === wanted) return possession;
      }
    }
    return undefined;
  }
}
