/**
 * From what a node knows of membership to the JSON contract.
 * @module
 */

import type { ParametersJson } from "../../src/api/json.ts";
import type {
  ChangeJson,
  FaultJson,
  MemberJson,
  MembershipJson,
  ParametersNowJson,
  StandingChangeJson,
} from "../../src/api/membership-json.ts";
import { toHex } from "../../src/base/bytes.ts";
import { epochOf, lastHeight } from "../../src/protocol/epochs.ts";
import type { AccountId } from "../../src/protocol/ids.ts";
import { type Parameters, parameterList, parameterValues } from "../../src/protocol/parameters.ts";
import type { ParametersEntry, ValidatorsEntry } from "../../src/protocol/state.ts";
import type { Validator } from "../../src/protocol/validator-set.ts";
import type {
  MembershipStatus,
  RecordedFault,
  StandingGroup,
} from "../../src/replica/membership-queries.ts";
import type { JsonWriter } from "./to-json.ts";

export function membershipJson(json: JsonWriter, status: MembershipStatus): MembershipJson {
  const { tip, epoch, quorum, validators } = status;
  const member = (validator: Validator): MemberJson => memberJson(json, validator);
  return {
    tip: { height: tip.height, id: tip.id, timestampMs: tip.timestampMs },
    epoch: {
      number: epoch.epoch,
      length: epoch.length,
      lastHeight: epoch.lastHeight,
      countingHeight: epoch.countingHeight,
      endsAboutMs: epoch.endsAboutMs ?? null,
    },
    quorum,
    current: validators.current.map(member),
    next: validators.next.map(member),
    changes: status.groups.map((group) => standingJson(json, status, group)),
  };
}

export function memberJson(json: JsonWriter, validator: Validator): MemberJson {
  const { name, operator, consensusKey, endpoint } = validator;
  return { name, operator: json.address(operator), consensusKey, endpoint };
}

function standingJson(
  json: JsonWriter,
  status: MembershipStatus,
  group: StandingGroup,
): StandingChangeJson {
  const { current } = status.validators;
  const { candidate } = group;
  return {
    change: changeJson(json, status, group),
    votes: group.votes.map(({ operator, height, timestampMs, expiresMs, counts }) => ({
      operator: json.address(operator),
      name: entryOf(current, operator)?.name ?? "",
      height,
      timestampMs,
      expiresMs,
      counts,
    })),
    counted: group.counted,
    candidate:
      candidate === undefined ? null : { ...candidate, finalHeight: candidate.finalHeight ?? null },
  };
}

function changeJson(
  json: JsonWriter,
  { validators: { current }, parameters }: MembershipStatus,
  { vote: { subject, change }, possession }: StandingGroup,
): ChangeJson {
  switch (change.kind) {
    case "put": {
      const replaced = entryOf(current, change.validator.operator);
      return {
        kind: "put",
        validator: memberJson(json, change.validator),
        replaces: replaced === undefined ? null : memberJson(json, replaced),
        possession: possession === undefined ? null : toHex(possession),
      };
    }
    case "remove": {
      const name = entryOf(current, change.operator)?.name ?? null;
      return { kind: "remove", operator: json.address(change.operator), name };
    }
    case "parameter": {
      const number = subject.kind === "parameter" ? subject.parameter : 0;
      return {
        kind: "parameter",
        name: parameterList[number]?.name ?? `parameter ${number}`,
        value: change.value.toString(),
        current: (parameterValues(parameters)[number] ?? 0n).toString(),
      };
    }
  }
}

const entryOf = (set: readonly Validator[], operator: AccountId): Validator | undefined =>
  set.find((validator) => validator.operator === operator);

function valuesJson(parameters: Parameters): ParametersJson {
  const values = parameterValues(parameters);
  return Object.fromEntries(
    parameterList.map(({ name }, position) => [name, (values[position] ?? 0n).toString()]),
  );
}

export function parametersJson(json: JsonWriter, entry: ParametersEntry): ParametersNowJson {
  const tip = json.tip();
  const length = Number(entry.current.epochLength);
  return {
    current: valuesJson(entry.current),
    next: valuesJson(entry.next),
    nextHeight: lastHeight(epochOf(tip.height, length), length) + 1,
    tip,
  };
}

export function faultJson(
  { consensusKey, epoch, height }: RecordedFault,
  { next, current, previous }: ValidatorsEntry,
): FaultJson {
  const known = [...next, ...current, ...previous].find(
    (validator) => validator.consensusKey === consensusKey,
  );
  return { consensusKey, name: known?.name ?? null, epoch, height };
}
