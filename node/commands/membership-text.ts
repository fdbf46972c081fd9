/**
 * What `quorate membership` says to people.
 * @module
 */
import type { EpochJson, MemberJson } from "../../src/api/membership-json.ts";
import { visible } from "../../src/api/visible.ts";
import type { CastVote } from "../vote-casting.ts";
import { changeText, type MembershipView, type SeenChange, sameMember } from "./membership-view.ts";

export function membershipText(view: MembershipView, nowMs: number): string {
  const { current, next, quorum, changes } = view;
  return [
    epochText(view.epoch, view.tip.height, nowMs),
    "",
    `validators: ${current.length}; a change needs ${quorum} equal votes`,
    ...current.map(memberLine),
    "",
    ...nextLines(current, next, view.epoch),
    "",
    ...(changes.length === 0 ? ["no votes stand"] : ["standing votes"]),
    ...changes.flatMap((change) => changeLines(change, quorum, nowMs)),
  ].join("\n");
}

/** `epoch 3, to #800, in about 12 s; votes up to #780 are counted for the next` */
export function epochText(
  { number, lastHeight, countingHeight, endsAboutMs }: EpochJson,
  tipHeight: number,
  nowMs: number,
): string {
  const when = endsAboutMs === null ? "" : `, ${aboutText(endsAboutMs - nowMs)}`;
  const counted =
    tipHeight >= countingHeight
      ? `votes for the next were counted at #${countingHeight}`
      : `votes up to #${countingHeight} are counted for the next`;
  return `epoch ${number}, at #${tipHeight} of #${lastHeight}${when}; ${counted}`;
}

const units: readonly (readonly [string, number])[] = [
  ["days", 86_400_000],
  ["h", 3_600_000],
  ["min", 60_000],
];

/** `in about 12 s`, `in about 3 h`; what should have been is `soon`. */
function aboutText(ms: number): string {
  if (ms <= 1_000) return "soon";
  const [unit, size] = units.find(([, unitMs]) => ms >= 2 * unitMs) ?? ["s", 1_000];
  return `in about ${Math.round(ms / size)} ${unit}`;
}

const memberLine = ({ name, operator, consensusKey, endpoint }: MemberJson): string =>
  `  ${visible(name).padEnd(12)}  operator ${operator}  key ${consensusKey}  ${visible(endpoint)}`;

function nextLines(
  current: readonly MemberJson[],
  next: readonly MemberJson[],
  { lastHeight }: EpochJson,
): readonly string[] {
  const has = (set: readonly MemberJson[], { operator }: MemberJson): boolean =>
    set.some((member) => member.operator === operator);
  const joining = next.filter((member) => !has(current, member));
  const leaving = current.filter((member) => !has(next, member));
  const changed = next.filter(
    (member) => has(current, member) && !current.some((each) => sameMember(each, member)),
  );
  if (joining.length + leaving.length + changed.length === 0) {
    return [`from #${lastHeight + 1}: the same validators`];
  }
  return [
    `from #${lastHeight + 1}: ${next.length} validators`,
    ...joining.map((member) => `  joins    ${visible(member.name)}  ${member.operator}`),
    ...leaving.map((member) => `  leaves   ${visible(member.name)}  ${member.operator}`),
    ...changed.map((member) => `  changes  ${visible(member.name)}  ${member.operator}`),
  ];
}

function changeLines(seen: SeenChange, quorum: number, nowMs: number): readonly string[] {
  const { change, votes, counted } = seen;
  const voters = votes.map(({ name, counts }) => `${visible(name)}${counts ? "" : " (expired)"}`);
  const soonest = Math.min(...votes.map(({ expiresMs }) => expiresMs));
  const lines = [
    `  ${visible(changeText(change))}`,
    `    ${counted} of ${quorum} votes: ${voters.join(", ")}; the first ends ${aboutText(soonest - nowMs)}`,
  ];
  if (change.kind === "parameter") lines.push(`    now ${change.current}`);
  if (change.kind === "put") {
    lines.push(
      `    key ${change.validator.consensusKey}, at ${visible(change.validator.endpoint)}`,
    );
    lines.push(`    ${candidateText(seen)}`);
  }
  return lines;
}

/** Whether the node that a Put would make a validator is there and has caught up. */
export function candidateText({ sightings }: Pick<SeenChange, "sightings">): string {
  const linked = sightings.filter((each) => each.linked);
  const synced = linked.filter((each) => each.synced);
  const asked = sightings.length;
  if (linked.length === 0) return "its node is not linked to any node asked: NOT SYNCED";
  const heights = linked.map(({ finalHeight }) => finalHeight ?? 0);
  const at = `at #${Math.max(...heights)}`;
  return synced.length === linked.length
    ? `its node is linked to ${linked.length} of ${asked} nodes asked, ${at}: SYNCED`
    : `its node is linked to ${linked.length} of ${asked} nodes asked, ${at}: NOT SYNCED yet`;
}

export const isSynced = ({ sightings }: Pick<SeenChange, "sightings">): boolean =>
  sightings.some(({ synced }) => synced);

export interface Standing {
  readonly counted: number;
  readonly needed: number;
  /** The first height at which it can hold; null while it has not enough votes. */
  readonly effectHeight: number | null;
  /** Unix milliseconds: when that may be, where it is known. */
  readonly effectAboutMs: number | null;
}

/** After a vote: where it stands, and when it will have worked. */
export function castText({ height }: CastVote, standing: Standing, nowMs: number): string {
  const { counted, needed } = standing;
  const votes = `final at #${height}: ${counted} of ${needed} votes`;
  if (counted >= needed) return `${votes}\n${effectText(standing, nowMs)}`;
  return `${votes}\n${needed - counted} more needed: quorate membership approve`;
}

/** `takes effect at #801, in about 12 s` */
export function effectText({ effectHeight, effectAboutMs }: Standing, nowMs: number): string {
  if (effectHeight === null) return "has not enough votes yet";
  const when = effectAboutMs === null ? "" : `, ${aboutText(effectAboutMs - nowMs)}`;
  return `takes effect at #${effectHeight}${when}; later if too many change at once`;
}
