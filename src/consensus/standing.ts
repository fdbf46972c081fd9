/**
 * Questions about the standing of views that others ask: what is wanted, what is to be handed on.
 *
 * All of them are cheap and change nothing.
 * @module
 */
import { type ValidatorIndex, type View, view } from "../protocol/ids.ts";
import type { Verified } from "../protocol/verified.ts";
import type { Certificate, Vote, VoteBody } from "../protocol/vote.ts";
import type { JournalEntry } from "./journal-entry.ts";
import type { ViewState } from "./view-state.ts";
import type { Views } from "./views.ts";

/** Whether votes of a view are kept: from `viewRetention` below the last final view to one above the current. */
export function inVoteWindow(views: Views, body: VoteBody): boolean {
  if (body.epoch !== views.epoch || body.view < 1) return false;
  return body.view >= views.floor && body.view <= views.current + 1;
}

/** Certificates prove themselves and are taken for any view above the last final one, each kind once. */
export function wantsCertificate(views: Views, subject: VoteBody): boolean {
  if (subject.epoch !== views.epoch || subject.view <= views.lastFinal.view) return false;
  const state = views.find(subject.view);
  if (state === undefined || subject.kind === "finalize") return true;
  const held = subject.kind === "nullify" ? state.nullification : state.notarization;
  return held === undefined;
}

/**
 * What moves a peer that is behind to our view: the best certificate of the view before the current one, which is the
 * newest finalization if nothing is above it.
 */
export function entryCertificate(views: Views): Verified<Certificate> | undefined {
  const before = view(views.current - 1);
  const state = views.find(before);
  if (before === views.lastFinal.view) return views.lastFinalization;
  if (state === undefined) return views.lastFinalization;
  return state.nullification ?? state.notarization ?? views.lastFinalization;
}

/** The answer to a certificate request: what moved us past this view, in the order of its strength. */
export function certificateFor(views: Views, of: View): Verified<Certificate> | undefined {
  if (of <= views.lastFinal.view) return views.lastFinalization;
  const state = views.find(of);
  if (state === undefined) return undefined;
  return state.certification === "ok" ? state.notarization : state.nullification;
}

/** The votes held of a validator in the newest view with any: at most one of each kind. */
export function newestVotesOf(views: Views, signer: ValidatorIndex): readonly Verified<Vote>[] {
  for (const state of views.above(view(-1)).toReversed()) {
    const votes = state.tally.votesOf(signer);
    if (votes.length > 0) return votes;
  }
  return [];
}

/** What a pruned journal must still contain when the finalization of `durable` is safe on the disk. */
export function journalKeep(views: Views, durable: View): readonly JournalEntry[] {
  const keep: JournalEntry[] = [];
  const { lastFinalization } = views;
  if (lastFinalization !== undefined) {
    keep.push({ kind: "certificate", certificate: lastFinalization });
  }
  // From it, not above it: "I nullified v" is kept until something above v is final.
  const from = Math.min(durable, views.lastFinal.view);
  for (const state of views.above(view(from - 1))) keep.push(...entriesOf(state));
  return keep;
}

function entriesOf(state: ViewState): readonly JournalEntry[] {
  const entries: JournalEntry[] = [];
  const { notarization, nullification, notarized } = state;
  for (const body of state.ownBodies()) entries.push({ kind: "vote", body });
  if (notarization !== undefined) entries.push({ kind: "certificate", certificate: notarization });
  if (notarized !== undefined && isSettled(state)) {
    const ok = state.certification === "ok";
    entries.push({ kind: "certified", proposal: notarized, ok });
  }
  if (nullification !== undefined) {
    entries.push({ kind: "certificate", certificate: nullification });
  }
  return entries;
}

const isSettled = ({ certification }: ViewState): boolean =>
  certification === "ok" || certification === "failed";
