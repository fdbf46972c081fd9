/**
 * Proposals as consensus compares them: block *and* parent, never the block alone.
 * @module
 */
import { assert } from "../base/assert.ts";
import { type BlockId, type Epoch, view } from "../protocol/ids.ts";
import type { Certificate, Finalize, Notarize, Proposal } from "../protocol/vote.ts";

/** The epoch's boundary block stands at view 0 of it, certified and final. */
export function boundaryProposal(epoch: Epoch, boundary: BlockId): Proposal {
  return { epoch, view: view(0), parentView: view(0), blockId: boundary };
}

/** The proposal that a vote is about, without the kind of the vote. */
export function proposalIn(body: Notarize | Finalize): Proposal {
  const { epoch, view, parentView, blockId } = body;
  return { epoch, view, parentView, blockId };
}

/** The proposal that a notarization or finalization is about. */
export function certifiedProposal(certificate: Certificate): Proposal {
  const { subject } = certificate;
  assert(subject.kind !== "nullify", "a nullification has no proposal");
  return proposalIn(subject);
}

export function sameProposal(a: Proposal | undefined, b: Proposal): boolean {
  return (
    a !== undefined &&
    a.blockId === b.blockId &&
    a.view === b.view &&
    a.parentView === b.parentView &&
    a.epoch === b.epoch
  );
}
