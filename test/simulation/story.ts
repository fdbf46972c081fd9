/**
 * The story of a run, for people: view by view who led, who signed what and when, who gave up and why, what became
 * final; and at the end what is missing now, node by node.
 * @module
 */
import { view as viewOf } from "../../src/protocol/ids.ts";
import { seconds, type ViewStory } from "./world/chronicle.ts";
import type { SimulatedNode } from "./world/node.ts";
import type { World } from "./world/world.ts";

const viewsToldMax = 40;
const idLength = 6;

/** One line a view, oldest first, then two or more lines a node. */
export function tellStory(world: World): string {
  const told = [...world.chronicle.views]
    .sort((a, b) => a.epoch - b.epoch || a.view - b.view)
    .slice(-viewsToldMax);
  return [
    `The last ${told.length} views, of ${world.nodes.length} nodes; times are since the first vote of a view:`,
    ...told.map((view) => tellView(world, view)),
    `What is missing now, at ${seconds(world.timeline.nowMs)}:`,
    ...world.nodes.flatMap((node) => tellNode(world, node)),
  ].join("\n");
}

function tellView(world: World, story: ViewStory): string {
  const { epoch, view, firstMs, votes, reasons, final } = story;
  const set = world.checkers.setOf(epoch);
  const leaderKey = set?.at(set.leader(viewOf(view)))?.consensusKey;
  const leader = leaderKey === undefined ? undefined : world.checkers.ownerOf(leaderKey);
  const parts = [...votes].map(([subject, { by }]) => {
    const signers = [...by].map(([validator, atMs]) =>
      tellSigner(
        validator,
        atMs - firstMs,
        subject === "nullify" ? reasons.get(validator) : undefined,
      ),
    );
    const missing = set === undefined ? "" : ` (${by.size} of ${set.quorum})`;
    return `${tellSubject(subject)} by ${signers.join(" ")}${missing}`;
  });
  if (final !== undefined)
    parts.push(`height ${final.height} final ${sinceMs(final.atMs - firstMs)}`);
  const who = leader === undefined ? "" : `, led by ${leader}`;
  return `  ${epoch}/${view} at ${seconds(firstMs)}${who}: ${parts.join("; ") || "no votes"}`;
}

function tellSigner(validator: number, ms: number, reason: string | undefined): string {
  const why = reason === undefined ? "" : ` ${reason}`;
  return `${validator}${ms < 1 ? "" : sinceMs(ms)}${why && `(${why.trim()})`}`;
}

const sinceMs = (ms: number): string => `+${Math.round(ms)}ms`;

/** `notarize 11/aabb…` as `notarize aabbcc on 11`. */
function tellSubject(subject: string): string {
  const [kind = "", proposal] = subject.split(" ");
  if (proposal === undefined) return kind;
  const [parentView, blockId = ""] = proposal.split("/");
  return `${kind} ${blockId.slice(0, idLength)} on ${parentView}`;
}

function tellNode(world: World, node: SimulatedNode): readonly string[] {
  const status = node.queries?.status();
  const complaints = world.chronicle.complaintsOf(node.number).map((line) => `      ${line}`);
  const role = node.isHonest ? "" : " (faulty)";
  const lines = [`  ${node.describe()}${role}`];
  const last = status?.nullified.at(-1);
  if (last !== undefined) lines.push(`      last gave up view ${last.view}: ${last.reason}`);
  if (status !== undefined) lines.push(`      ${tellWaiting(world, status.epoch, status.view)}`);
  return [...lines, ...complaints];
}

/** Who has signed nothing in the view that a node is in. */
function tellWaiting(world: World, epoch: number, view: number): string {
  const story = world.chronicle.views.find((known) => known.epoch === epoch && known.view === view);
  const set = world.checkers.setOf(epoch);
  if (set === undefined) return `in view ${epoch}/${view}, whose validators are not known here`;
  const signed = new Set([...(story?.votes.values() ?? [])].flatMap(({ by }) => [...by.keys()]));
  const silent = set.validators
    .map(({ consensusKey }) => world.checkers.ownerOf(consensusKey))
    .filter((owner) => owner !== undefined && !signed.has(owner));
  const leaderKey = set.at(set.leader(viewOf(view)))?.consensusKey;
  const leader = leaderKey === undefined ? "unknown" : world.checkers.ownerOf(leaderKey);
  const who = silent.length === 0 ? "nobody" : silent.join(" ");
  return `in view ${epoch}/${view}, led by ${leader}: nothing signed by ${who}`;
}
