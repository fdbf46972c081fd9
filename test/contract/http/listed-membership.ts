/**
 * Membership of the listed node: one request to join and one to leave, voted for by half of the members.
 * @module
 */
import {
  type AccountId,
  type Epoch,
  epoch,
  type Height,
  height,
  type PublicKey,
} from "../../../src/protocol/ids.ts";
import { standardParameters } from "../../../src/protocol/parameters.ts";
import type { ParametersEntry } from "../../../src/protocol/state.ts";
import type { Validator } from "../../../src/protocol/validator-set.ts";
import type {
  CountedVote,
  MembershipAnswers,
  MembershipStatus,
  RecordedFault,
} from "../../../src/replica/membership-queries.ts";
import type { Tip } from "../../../src/replica/node-queries.ts";
import { genesis, idOf } from "./sample.ts";

export const joiner: Validator = {
  consensusKey: idOf(0x77) as PublicKey,
  operator: idOf(0x78) as AccountId,
  name: "joiner",
  endpoint: "127.0.0.1:27077",
};

export class ListedMembership implements MembershipAnswers {
  readonly #tip: () => Tip;
  readonly recorded: RecordedFault[] = [];

  constructor(tip: () => Tip) {
    this.#tip = tip;
  }

  status(): MembershipStatus {
    const tip = this.#tip();
    const { validators, parameters } = genesis;
    const [first, second, third] = validators.map(({ operator }) => operator);
    return {
      tip: { height: tip.height, id: tip.id, timestampMs: tip.header.timestampMs },
      epoch: {
        epoch: epoch(0),
        length: 1_000,
        lastHeight: height(1_000),
        countingHeight: height(900),
        endsAboutMs: genesis.timestampMs + 100_000,
      },
      quorum: 3,
      validators: { previous: [], current: validators, next: validators },
      parameters,
      groups: [
        {
          vote: {
            subject: { kind: "member", operator: joiner.operator },
            change: { kind: "put", validator: joiner },
          },
          votes: [this.#vote(first), this.#vote(second)],
          counted: 2,
          possession: new Uint8Array(64).fill(0x55),
          candidate: { linked: true, finalHeight: tip.height, synced: true },
        },
        {
          vote: {
            subject: { kind: "member", operator: idOf(0x14) as AccountId },
            change: { kind: "remove", operator: idOf(0x14) as AccountId },
          },
          votes: [this.#vote(third)],
          counted: 1,
          possession: undefined,
          candidate: undefined,
        },
        {
          vote: {
            subject: { kind: "parameter", parameter: 1 },
            change: { kind: "parameter", value: 25n },
          },
          votes: [this.#vote(third)],
          counted: 1,
          possession: undefined,
          candidate: undefined,
        },
      ],
    };
  }

  parameters(): ParametersEntry {
    return { current: genesis.parameters, next: { ...standardParameters, baseFee: 25n } };
  }

  validatorsAt(at: Height): readonly Validator[] | undefined {
    if (at > this.#tip().height) return undefined;
    return at === 0 ? genesis.validators : [...genesis.validators.slice(0, 3), joiner];
  }

  async faults(): Promise<readonly RecordedFault[]> {
    return this.recorded;
  }

  /** The validator at this position is proven faulty. */
  accuse(position: number, at: { readonly epoch: number; readonly height: number }): void {
    const consensusKey = genesis.validators[position]?.consensusKey ?? (idOf(9) as PublicKey);
    const recorded = { consensusKey, epoch: at.epoch as Epoch, height: height(at.height) };
    this.recorded.unshift(recorded);
  }

  #vote(operator: AccountId | undefined): CountedVote {
    const timestampMs = genesis.timestampMs;
    const expiresMs = timestampMs + 2_592_000_000;
    return {
      operator: operator ?? (idOf(0) as AccountId),
      height: height(0),
      timestampMs,
      expiresMs,
      counts: true,
    };
  }
}
