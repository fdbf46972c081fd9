/**
 * What follows from a certificate that was verified once, so that nobody checks a signature twice.
 *
 * These are the only places of consensus that mark something as verified, each with its reason.
 * @module
 */
import { markVerified, type Verified } from "../protocol/verified.ts";
import type { Certificate, Vote } from "../protocol/vote.ts";

/** A certificate was verified signature by signature, so each vote in it is a verified vote. */
export function votesIn(certificate: Verified<Certificate>): readonly Verified<Vote>[] {
  const { subject, signatures } = certificate;
  return signatures.map(({ signer, signature }) =>
    markVerified({ body: subject, signer, signature }),
  );
}

/** Only verified certificates are journaled, and the journal proves its own integrity when it is opened. */
export function fromJournal(certificate: Certificate): Verified<Certificate> {
  return markVerified(certificate);
}
