/**
 * Journal entries: what consensus must still know after a crash, and their bytes.
 *
 * enum { 0 Vote(VoteBody), 1 Certificate(Certificate), 2 Certified { proposal, ok: bool } }
 * Own votes are kept without their signature: signing is deterministic.
 * @module
 */
import { bool, type Codec, struct, variant, variants } from "../codec/codec.ts";
import type { Epoch } from "../protocol/ids.ts";
import {
  type Certificate,
  certificateCodec,
  type Proposal,
  proposalCodec,
  type VoteBody,
  voteBodyCodec,
} from "../protocol/vote.ts";

export type JournalEntry =
  | { readonly kind: "vote"; readonly body: VoteBody }
  | { readonly kind: "certificate"; readonly certificate: Certificate }
  | { readonly kind: "certified"; readonly proposal: Proposal; readonly ok: boolean };

export function epochOfEntry(entry: JournalEntry): Epoch {
  if (entry.kind === "vote") return entry.body.epoch;
  return entry.kind === "certificate" ? entry.certificate.subject.epoch : entry.proposal.epoch;
}

type Fields<Kind extends JournalEntry["kind"]> = Omit<
  Extract<JournalEntry, { kind: Kind }>,
  "kind"
>;

export const journalEntryCodec: Codec<JournalEntry> = variants<JournalEntry>([
  variant<JournalEntry, "vote">("vote", struct<Fields<"vote">>({ body: voteBodyCodec })),
  variant<JournalEntry, "certificate">(
    "certificate",
    struct<Fields<"certificate">>({ certificate: certificateCodec }),
  ),
  variant<JournalEntry, "certified">(
    "certified",
    struct<Fields<"certified">>({ proposal: proposalCodec, ok: bool }),
  ),
]);
