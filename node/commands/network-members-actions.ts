/**
 * What `network add-node` and `remove-node` do: the steps of invite, join and membership, with all keys at hand.
 * @module
 */
import { existsSync } from "node:fs";
import { join } from "node:path";
import type { ChangeJson, MemberJson } from "../../src/api/membership-json.ts";
import { formatAddress } from "../../src/protocol/address.ts";
import type { VoteBody } from "../../src/protocol/operations.ts";
import { requestFile } from "../join-network.ts";
import type { AddedNode } from "../localnet/add-node.ts";
import { askNetwork } from "../localnet/control-client.ts";
import {
  devKeyPath,
  type Layout,
  layoutOf,
  nodeName,
  nodesIn,
  operatorName,
} from "../localnet/layout.ts";
import { localClient, pollUntil } from "../localnet/readiness.ts";
import { loadOperatorKey, type OperatorKey } from "../operator-key.ts";
import { exitCodes, Refusal } from "../refusal.ts";
import { type CastVote, castVote, type VotingNetwork } from "../vote-casting.ts";
import { note } from "./consent.ts";
import { bodyOf, loadRequest, standingOf } from "./membership-actions.ts";
import { effectText, type Standing } from "./membership-text.ts";
import { sameMember, seeMembership } from "./membership-view.ts";
import type { NetworkMembersFlags } from "./network-members.ts";
import { printResult } from "./result.ts";
import { votingNetwork } from "./voting-target.ts";

const startMsMax = 60_000;

export async function addNode(flags: NetworkMembersFlags): Promise<void> {
  const deadline = deadlineIn(flags);
  const layout = layoutOf(flags.dir);
  note("inviting and starting a node …");
  const added = (await askNetwork(
    layout.controlSocket,
    { command: "add-node" },
    startMsMax,
  )) as AddedNode;
  const { name, http, home } = added;
  const network = await localVotingNetwork(layout, deadline);
  note(`${name} runs at ${http}/, catching up …`);
  await untilSynced(network, added, deadline);
  if (flags.observer === true) {
    printResult(flags.json, { node: added, synced: true }, () => `${name} is synced: an observer`);
    return;
  }
  const put = loadRequest(join(home, requestFile), network);
  const { consensusKey, endpoint } = put.validator;
  const operator = formatAddress(network.addressPrefix, put.validator.operator);
  const validator: MemberJson = { name, operator, consensusKey, endpoint };
  const change: ChangeJson = { kind: "put", validator, replaces: null, possession: null };
  const { casts, standing } = await voteAll(layout, network, change, {
    kind: "vote-membership",
    change: put,
  });
  if (flags.wait === true) {
    note(`${effectText(standing, Date.now())} …`);
    await untilSet(network, deadline, (current) =>
      current.some((member) => sameMember(member, validator)),
    );
  }
  const result = { node: added, synced: true, votes: casts, ...standing };
  printResult(flags.json, result, () =>
    flags.wait === true
      ? `${name} is a validator`
      : `${name} is synced and voted in by ${casts.length}: ${effectText(standing, Date.now())}`,
  );
}

export async function removeNode(index: number, flags: NetworkMembersFlags): Promise<void> {
  const deadline = deadlineIn(flags);
  const layout = layoutOf(flags.dir);
  const network = await localVotingNetwork(layout, deadline);
  const name = nodeName(index);
  const { current } = await seeMembership(network);
  const member = current.find((each) => each.name === name);
  if (member === undefined) {
    throw new Refusal({
      code: "not_listed",
      message: `${name} is no validator of this epoch`,
      fix: "See: quorate membership list",
      exitCode: exitCodes.notFound,
    });
  }
  const change: ChangeJson = { kind: "remove", operator: member.operator, name };
  const { casts, standing } = await voteAll(layout, network, change, bodyOf(network, change));
  if (flags.wait === true) {
    note(`${effectText(standing, Date.now())} …`);
    await untilSet(network, deadline, (set) =>
      set.every(({ operator }) => operator !== member.operator),
    );
  }
  printResult(flags.json, { name, votes: casts, ...standing }, () =>
    flags.wait === true
      ? `${name} is no validator any more; it goes on as an observer`
      : `${name} is voted out by ${casts.length}: ${effectText(standing, Date.now())}`,
  );
}

type Deadline = () => number;

/** Milliseconds that are left of the time for the whole command. */
function deadlineIn({ timeout }: NetworkMembersFlags): Deadline {
  const end = performance.now() + timeout * 1_000;
  return () => Math.max(1, end - performance.now());
}

async function localVotingNetwork(layout: Layout, deadline: Deadline): Promise<VotingNetwork> {
  return await votingNetwork({ network: layout.networkFile, timeout: deadline() / 1_000 });
}

/** Every operator of the present set whose key lies in the folder votes, all at once. */
async function voteAll(
  layout: Layout,
  network: VotingNetwork,
  change: ChangeJson,
  body: VoteBody,
): Promise<{ readonly casts: readonly CastVote[]; readonly standing: Standing }> {
  const { current } = await seeMembership(network);
  const operators = new Set(current.map(({ operator }) => operator));
  const voters = devOperators(layout).filter(({ account }) =>
    operators.has(formatAddress(network.addressPrefix, account)),
  );
  note(`${voters.length} operators vote …`);
  const casts = await Promise.all(
    voters.map((key) => castVote(network, key, body, (id) => note(`id  ${id}`))),
  );
  const height = Math.max(0, ...casts.map((cast) => cast.height));
  return { casts, standing: await standingOf(network, change, { height }) };
}

function devOperators(layout: Layout): readonly OperatorKey[] {
  return Array.from({ length: nodesIn(layout) }, (_, i) => devKeyPath(layout, operatorName(i)))
    .filter((path) => existsSync(path))
    .map(loadOperatorKey);
}

/** Synced: it has every block that was final when it was asked for, and says itself that it is not behind. */
async function untilSynced(
  network: VotingNetwork,
  { name, http, index }: AddedNode,
  deadline: Deadline,
): Promise<void> {
  const { tip } = await seeMembership(network);
  const isDone = async (): Promise<boolean> => {
    const status = await localClient(http).status();
    if (!status.ok) return false;
    return status.value.tip.height >= tip.height && status.value.sync.kind !== "behind";
  };
  if (await pollUntil(isDone, deadline())) return;
  throw late(
    `${name} is not synced yet`,
    `See: quorate status, and ${name}/node.log (node ${index}).`,
  );
}

async function untilSet(
  network: VotingNetwork,
  deadline: Deadline,
  isSo: (current: readonly MemberJson[]) => boolean,
): Promise<void> {
  const isDone = async (): Promise<boolean> => isSo((await seeMembership(network)).current);
  if (await pollUntil(isDone, deadline())) return;
  throw late("the votes are final, but have not taken effect yet", "See: quorate membership list");
}

const late = (message: string, fix: string): Refusal =>
  new Refusal({ code: "timeout", message, fix, exitCode: exitCodes.outcomeUnknown });
