/**
 * Membership as several nodes see it, and finding in it what a person names.
 * @module
 */
import { askNode } from "../../src/api/asking.ts";
import type {
  CandidateJson,
  ChangeJson,
  EpochJson,
  MemberJson,
  MembershipJson,
  StandingChangeJson,
} from "../../src/api/membership-json.ts";
import { exitCodes, Refusal } from "../refusal.ts";
import { noAnswer, type VotingNetwork, web } from "../vote-casting.ts";

/** How one node sees the candidate of a Put. */
export type Sighting = CandidateJson & { readonly node: string };

export interface SeenChange extends StandingChangeJson {
  /** By every node that answered; empty unless the change is a Put. */
  readonly sightings: readonly Sighting[];
}

/** The answer of the node that is furthest, with every node's view of the candidates. */
export interface MembershipView extends Omit<MembershipJson, "changes"> {
  readonly changes: readonly SeenChange[];
}

const askMsMax = 5_000;

export async function seeMembership(
  network: Pick<VotingNetwork, "nodes" | "timeoutMs">,
): Promise<MembershipView> {
  const timeoutMs = Math.min(network.timeoutMs, askMsMax);
  const heard = await Promise.all(
    network.nodes.map((node) => askNode(web, node, (client) => client.membership(), { timeoutMs })),
  );
  const answers = heard.flatMap(({ node, result }) =>
    result.ok ? [{ node, membership: result.value }] : [],
  );
  const [furthest] = answers.toSorted((a, b) => b.membership.tip.height - a.membership.tip.height);
  if (furthest === undefined) throw noAnswer(heard);
  const sightingsOf = (change: ChangeJson): readonly Sighting[] =>
    answers.flatMap(({ node, membership }) => {
      const same = membership.changes.find((each) => sameChange(each.change, change));
      const candidate = same?.candidate ?? undefined;
      return candidate === undefined ? [] : [{ node, ...candidate }];
    });
  const { changes, ...rest } = furthest.membership;
  return {
    ...rest,
    changes: changes.map((each) => ({ ...each, sightings: sightingsOf(each.change) })),
  };
}

/** Whether two changes are one, whoever told of them. */
export function sameChange(a: ChangeJson, b: ChangeJson): boolean {
  if (a.kind === "put" && b.kind === "put") return sameMember(a.validator, b.validator);
  if (a.kind === "remove" && b.kind === "remove") return a.operator === b.operator;
  if (a.kind === "parameter" && b.kind === "parameter") {
    return a.name === b.name && a.value === b.value;
  }
  return false;
}

export const sameMember = (a: MemberJson, b: MemberJson): boolean =>
  a.consensusKey === b.consensusKey &&
  a.operator === b.operator &&
  a.name === b.name &&
  a.endpoint === b.endpoint;

/** The member of the set by its name, its operator's address, or its key. */
export function findMember(set: readonly MemberJson[], text: string): MemberJson {
  const found = set.filter((member) => namesMember(member, text));
  return only(found, text, "validator of the present set", (member) => member.operator);
}

/** The standing change that a person means: by name, operator's address or key, or a parameter's name. */
export function findChange(changes: readonly SeenChange[], text: string): SeenChange {
  const found = changes.filter(({ change }) => namesChange(change, text));
  return only(found, text, "change that is voted for", ({ change }) => changeText(change));
}

function namesChange(change: ChangeJson, text: string): boolean {
  switch (change.kind) {
    case "put":
      return namesMember(change.validator, text);
    case "remove":
      return change.operator === text || change.name === text;
    case "parameter":
      return change.name === text;
  }
}

const namesMember = ({ name, operator, consensusKey }: MemberJson, text: string): boolean =>
  [name, operator, consensusKey].includes(text);

function only<Item>(
  found: readonly Item[],
  text: string,
  what: string,
  describe: (item: Item) => string,
): Item {
  const [first] = found;
  if (first !== undefined && found.length === 1) return first;
  if (first !== undefined) {
    throw new Refusal({
      code: "name_ambiguous",
      message: `"${text}" names more than one ${what}:\n  ${found.map(describe).join("\n  ")}`,
      fix: "Give the operator's address or the consensus key; see quorate membership list.",
    });
  }
  throw new Refusal({
    code: "not_listed",
    message: `"${text}" is no ${what}`,
    fix: "See quorate membership list. A new member is proposed with: quorate membership propose --put REQUEST.json",
    exitCode: exitCodes.notFound,
  });
}

/** `add node-4 (quo1…)` and the like. */
export function changeText(change: ChangeJson): string {
  switch (change.kind) {
    case "put": {
      const { name, operator } = change.validator;
      return change.replaces === null
        ? `add ${name} (${operator})`
        : `replace the entry of ${change.replaces.name} (${operator})`;
    }
    case "remove":
      return `remove ${change.name ?? ""} (${change.operator})`;
    case "parameter":
      return `set ${change.name} to ${change.value}`;
  }
}

/** The first height at which votes that are final now can have taken effect. */
export function effectHeight(
  { lastHeight, countingHeight, length }: EpochJson,
  votedHeight: number,
): number {
  return votedHeight <= countingHeight ? lastHeight + 1 : lastHeight + length + 1;
}
