/**
 * Replay: the state that journal entries lead back to.
 *
 * Restores the votes sent, the proposal voted for (nothing is verified anew), the certificates, the certify results,
 * and the view that all of this led to. Emits nothing: what must be said again, `start` says.
 * @module
 */
import { type View, view } from "../protocol/ids.ts";
import type { Verified } from "../protocol/verified.ts";
import type { Certificate, Proposal } from "../protocol/vote.ts";
import { fromJournal } from "./certificate-votes.ts";
import type { JournalEntry } from "./journal-entry.ts";
import { certifiedProposal, proposalIn, sameProposal } from "./proposals.ts";
import type { Views } from "./views.ts";

export function replay(views: Views, entries: readonly JournalEntry[]): void {
  let current = views.current;
  const reached = (at: View): void => {
    if (at > current) current = at;
  };
  for (const entry of entries) {
    const subject = subjectOf(entry);
    // Below the last final view nothing may be voted any more; at it, "I nullified v" still counts.
    if (subject.epoch !== views.epoch || subject.view < views.lastFinal.view) continue;
    switch (entry.kind) {
      case "vote":
        views.at(entry.body.view).recordOwn(entry.body);
        if (entry.body.kind === "notarize") {
          views.at(entry.body.view).slot.adopt(proposalIn(entry.body), undefined);
        }
        reached(entry.body.view);
        break;
      case "certificate":
        reached(replayCertificate(views, fromJournal(entry.certificate)));
        break;
      case "certified":
        reached(replayCertified(views, entry.proposal, entry.ok));
        break;
    }
  }
  reached(view(views.lastFinal.view + 1));
  if (current > views.current) views.moveTo(current);
}

function subjectOf(entry: JournalEntry): { readonly epoch: number; readonly view: View } {
  if (entry.kind === "vote") return entry.body;
  return entry.kind === "certificate" ? entry.certificate.subject : entry.proposal;
}

/** Returns the view that the certificate leads to. */
function replayCertificate(views: Views, certificate: Verified<Certificate>): View {
  const { subject } = certificate;
  const state = views.at(subject.view);
  switch (subject.kind) {
    case "notarize":
      state.holdNotarization(certificate);
      state.slot.replace(certifiedProposal(certificate), undefined);
      return views.current;
    case "nullify":
      state.nullification = certificate;
      return view(subject.view + 1);
    case "finalize":
      state.finalization = certificate;
      state.slot.replace(certifiedProposal(certificate), undefined);
      if (subject.view > views.lastFinal.view) views.recordFinal(certificate);
      else views.recallFinalization(certificate);
      return view(subject.view + 1);
  }
}

function replayCertified(views: Views, proposal: Proposal, ok: boolean): View {
  const state = views.at(proposal.view);
  if (!sameProposal(state.notarized, proposal)) return views.current;
  state.certification = ok ? "ok" : "failed";
  if (!ok) return views.current;
  views.recordCertified(proposal);
  return view(proposal.view + 1);
}
