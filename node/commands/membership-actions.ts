/**
 * What the commands of `quorate membership` do: look, choose, ask for consent, vote, and say where it stands then.
 * @module
 */
import { readFileSync } from "node:fs";
import type { ChangeJson, MemberJson } from "../../src/api/membership-json.ts";
import { visible } from "../../src/api/visible.ts";
import { parseHex } from "../../src/base/bytes.ts";
import { formatAddress, parseAddress } from "../../src/protocol/address.ts";
import type { AccountId, PublicKey } from "../../src/protocol/ids.ts";
import type { PutChange } from "../../src/protocol/membership.ts";
import {
  checkPossession,
  openMembershipRequest,
  type RequestFlaw,
} from "../../src/protocol/membership-request.ts";
import type { VoteBody } from "../../src/protocol/operations.ts";
import { parameterList } from "../../src/protocol/parameters.ts";
import { quorumOf } from "../../src/protocol/validator-set.ts";
import { nativeVerifier } from "../adapters/native-crypto.ts";
import type { OperatorKey } from "../operator-key.ts";
import { exitCodes, Refusal } from "../refusal.ts";
import { type CastVote, castVote, type VotingNetwork } from "../vote-casting.ts";
import { note, requireConsent } from "./consent.ts";
import type { MembershipFlags } from "./membership.ts";
import {
  candidateText,
  castText,
  epochText,
  isSynced,
  membershipText,
  type Standing,
} from "./membership-text.ts";
import {
  changeText,
  effectHeight,
  findChange,
  findMember,
  type MembershipView,
  sameChange,
  sameMember,
  seeMembership,
} from "./membership-view.ts";
import { printResult } from "./result.ts";
import { votingKey, votingNetwork } from "./voting-target.ts";

export async function listMembership(flags: MembershipFlags): Promise<void> {
  const view = await seeMembership(await votingNetwork(flags));
  printResult(flags.json, view, () => membershipText(view, Date.now()));
}

export async function proposeMember(
  flags: MembershipFlags & { readonly put: string },
): Promise<void> {
  const session = await openSession(flags);
  const put = loadRequest(flags.put, session.network);
  const change = putJson(session, put);
  await vote(session, { kind: "vote-membership", change: put }, change);
}

export async function approveChange(who: string, flags: MembershipFlags): Promise<void> {
  const session = await openSession(flags);
  const { change } = findChange(session.view.changes, who);
  await vote(session, bodyOf(session.network, change), change);
}

export async function removeMember(who: string, flags: MembershipFlags): Promise<void> {
  const session = await openSession(flags);
  const { name, operator } = findMember(session.view.current, who);
  const change: ChangeJson = { kind: "remove", operator, name };
  await vote(session, bodyOf(session.network, change), change);
}

export async function setParameter(
  { name, value }: { readonly name: string; readonly value: bigint },
  flags: MembershipFlags,
): Promise<void> {
  const number = parameterNumber(name);
  const session = await openSession(flags);
  const change: ChangeJson = { kind: "parameter", name, value: value.toString(), current: "" };
  await vote(session, { kind: "vote-parameter", parameter: number, value }, change);
}

interface Session {
  readonly flags: MembershipFlags;
  readonly network: VotingNetwork;
  readonly key: OperatorKey;
  readonly view: MembershipView;
  /** The entry of the operator that votes. */
  readonly voter: MemberJson;
}

async function openSession(flags: MembershipFlags): Promise<Session> {
  const key = votingKey(flags);
  const network = await votingNetwork(flags);
  const view = await seeMembership(network);
  const address = formatAddress(network.addressPrefix, key.account);
  const voter = view.current.find(({ operator }) => operator === address);
  if (voter !== undefined) return { flags, network, key, view, voter };
  throw new Refusal({
    code: "not_a_validator",
    message: `${address} is not the operator of a validator of this epoch, so it has no vote`,
    fix: "Sign with the key of a present member's operator; see quorate membership list.",
    exitCode: exitCodes.refused,
  });
}

async function vote(session: Session, body: VoteBody, change: ChangeJson): Promise<void> {
  const { flags, network, key, view, voter } = session;
  requireEffect(view, change);
  for (const line of shown(session, change)) note(line);
  await requireConsent(`Vote as ${visible(voter.name)}?`, flags.yes);
  const cast = await castVote(network, key, body, (id) => note(`id  ${id}`));
  const standing = await standingOf(network, change, cast);
  printResult(flags.json, { ...cast, status: "final", change, ...standing }, () =>
    castText(cast, standing, Date.now()),
  );
}

/** What is about to be voted for, for whoever is asked. */
function shown({ view, voter }: Session, change: ChangeJson): readonly string[] {
  const lines = [
    visible(changeText(change)),
    `  voter     ${visible(voter.name)}  ${voter.operator}`,
    `  ${epochText(view.epoch, view.tip.height, Date.now())}`,
  ];
  const { length } = view.current;
  if (change.kind === "put") {
    const { consensusKey, endpoint } = change.validator;
    lines.push(`  key       ${consensusKey}`, `  endpoint  ${visible(endpoint)}`);
    const seen = view.changes.find((each) => sameChange(each.change, change));
    if (seen === undefined) return [...lines, "  nobody has voted for it yet"];
    lines.push(`  ${candidateText(seen)}`);
    if (!isSynced(seen)) {
      lines.push("  warning: until it is synced, a new validator is a silent one");
    }
  } else if (change.kind === "remove" && length <= 4) {
    const left = length - 1;
    lines.push(`  warning: with ${left} validators none may fail (a quorum is ${quorumOf(left)})`);
  }
  return lines;
}

/** A vote for what is so already would count for nothing. */
function requireEffect(view: MembershipView, change: ChangeJson): void {
  const isSo =
    change.kind === "put" && view.next.some((member) => sameMember(member, change.validator));
  if (!isSo) return;
  throw new Refusal({
    code: "nothing_to_change",
    message: `${visible(change.validator.name)} has exactly this entry already`,
    fix: "See quorate membership list.",
  });
}

/** How a change stands once the vote is final; what was counted meanwhile stands no more, and has enough. */
export async function standingOf(
  network: VotingNetwork,
  change: ChangeJson,
  cast: Pick<CastVote, "height">,
): Promise<Standing> {
  const view = await seeMembership(network);
  const { epoch, quorum: needed } = view;
  const seen = view.changes.find((each) => sameChange(each.change, change));
  const counted = seen?.counted ?? (isDecided(view, change) ? needed : 0);
  const at = effectHeight(epoch, cast.height);
  return {
    counted,
    needed,
    effectHeight: counted >= needed ? at : null,
    effectAboutMs: counted >= needed && at === epoch.lastHeight + 1 ? epoch.endsAboutMs : null,
  };
}

/** Whether the next epoch has it. Of a parameter that is voted for no more there is nothing else to think. */
function isDecided({ next }: MembershipView, change: ChangeJson): boolean {
  switch (change.kind) {
    case "put":
      return next.some((member) => sameMember(member, change.validator));
    case "remove":
      return next.every(({ operator }) => operator !== change.operator);
    case "parameter":
      return true;
  }
}

function putJson(session: Session, { validator, possession }: PutChange): ChangeJson {
  const { addressPrefix } = session.network;
  const { consensusKey, name, endpoint } = validator;
  const operator = formatAddress(addressPrefix, validator.operator);
  return {
    kind: "put",
    validator: { name, operator, consensusKey, endpoint },
    replaces: session.view.current.find((member) => member.operator === operator) ?? null,
    possession: Buffer.from(possession).toString("hex"),
  };
}

/** The vote for a change that a node has told of. A Put's key must have signed it: nothing is taken on trust. */
export function bodyOf(network: VotingNetwork, change: ChangeJson): VoteBody {
  const accountOf = (address: string): AccountId => {
    const parsed = parseAddress(network.addressPrefix, address);
    if (parsed.ok) return parsed.value;
    throw garbled(`${address} is no address of this network`);
  };
  switch (change.kind) {
    case "put": {
      const { consensusKey, name, endpoint, operator } = change.validator;
      const possession = parseHex(change.possession ?? "");
      if (possession?.length !== 64) throw possessionUnknown(name);
      const validator = {
        consensusKey: consensusKey as PublicKey,
        operator: accountOf(operator),
        name,
        endpoint,
      };
      const checked = checkPossession(
        { kind: "put", validator, possession },
        network.chainId,
        nativeVerifier,
      );
      if (!checked.ok) throw garbled(checked.reason.detail);
      return { kind: "vote-membership", change: checked.value };
    }
    case "remove":
      return {
        kind: "vote-membership",
        change: { kind: "remove", operator: accountOf(change.operator) },
      };
    case "parameter":
      return {
        kind: "vote-parameter",
        parameter: parameterNumber(change.name),
        value: BigInt(change.value),
      };
  }
}

const garbled = (message: string): Refusal =>
  new Refusal({
    code: "node_lies",
    message: `what a node says cannot be: ${message}`,
    fix: "Ask other nodes with --node.",
    exitCode: exitCodes.disagreement,
  });

const possessionUnknown = (name: string): Refusal =>
  new Refusal({
    code: "possession_unknown",
    message: `no node asked has the block any more that shows that ${visible(name)} holds its key`,
    fix: "Ask for its membership-request.json, and vote with: quorate membership propose --put FILE",
    exitCode: exitCodes.notFound,
  });

function parameterNumber(name: string): number {
  const number = parameterList.findIndex((parameter) => parameter.name === name);
  if (number >= 0) return number;
  throw new Refusal({
    code: "parameter_unknown",
    message: `the network has no parameter "${name}"`,
    fix: `It has: ${parameterList.map((parameter) => parameter.name).join(", ")}.`,
    exitCode: exitCodes.notFound,
  });
}

const requestFixes: Readonly<Record<RequestFlaw["code"], string>> = {
  request_malformed: "Give the membership-request.json that `quorate join` wrote.",
  request_wrong_chain: "Use the nodes or the home of the network that it is for.",
  request_bad_possession: "Ask the candidate for the file again, as `quorate join` wrote it.",
};

const requestBytesMax = 64 * 1024;

/** The Put in a request's file, its possession checked. */
export function loadRequest(path: string, network: VotingNetwork): PutChange {
  let text: string;
  try {
    text = readFileSync(path, "utf8").slice(0, requestBytesMax);
  } catch (error) {
    throw new Refusal({
      code: "request_unreadable",
      message: `cannot read ${path}: ${(error as Error).message}`,
      fix: "Name the file with --put FILE.",
      exitCode: exitCodes.notFound,
    });
  }
  const opened = openMembershipRequest(text, network, nativeVerifier);
  if (opened.ok) return opened.value;
  const { code, detail } = opened.reason;
  const exitCode = code === "request_malformed" ? exitCodes.usage : exitCodes.disagreement;
  throw new Refusal({
    code,
    message: `${path}: ${detail}`,
    fix: requestFixes[code],
    exitCode,
  });
}
