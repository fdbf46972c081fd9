/**
 * Which parent a leader builds on, and whether a proposal's ancestry is sound.
 *
 * S3 rests on it: an honest validator notarizes only on a certified parent, with a nullification of *every* view
 * between. Whoever lacks one of these certificates fetches exactly that one; so validators heal that left a view in
 * different ways, some by its notarization and some by its nullification, each refusing the other's ancestry.
 * @module
 */
import { type View, view } from "../protocol/ids.ts";
import type { Proposal } from "../protocol/vote.ts";
import type { Views } from "./views.ts";

/** Certificates asked for at a time; the rest is asked for as these come. */
const fetchViewsMax = 16;

export type ParentChoice =
  | { readonly kind: "parent"; readonly parent: Proposal }
  | { readonly kind: "missing"; readonly views: readonly View[] };

/** Enter: we lead `of`. Upon a nullification of every view above the highest certified one, do build on that. */
export function chooseParent(views: Views, of: View): ParentChoice {
  const parent = views.highestCertified;
  const missing = unnullifiedBetween(views, parent.view, of);
  return missing.length === 0 ? { kind: "parent", parent } : { kind: "missing", views: missing };
}

export type Ancestry =
  | { readonly kind: "sound"; readonly parent: Proposal }
  /** No honest leader proposes this. */
  | { readonly kind: "invalid" }
  | { readonly kind: "missing"; readonly views: readonly View[] }
  /** The parent's notarization is held and being certified. */
  | { readonly kind: "waiting" };

/** Checks the whole ancestry; to be called again after each delivery. */
export function checkAncestry(views: Views, proposal: Proposal): Ancestry {
  const { view: of, parentView } = proposal;
  if (parentView >= of || parentView < views.lastFinal.view) return { kind: "invalid" };
  const parent = views.certified(parentView);
  const state = views.find(parentView);
  if (parent === undefined && state?.certification === "failed") return { kind: "invalid" };
  const missing = unnullifiedBetween(views, parentView, of);
  if (parent === undefined && state?.notarization === undefined) missing.unshift(parentView);
  if (missing.length > 0) return { kind: "missing", views: missing.slice(0, fetchViewsMax) };
  return parent === undefined ? { kind: "waiting" } : { kind: "sound", parent };
}

/** The highest first: a certificate of a high view can make the lower ones needless. */
function unnullifiedBetween(views: Views, low: View, high: View): View[] {
  const missing: View[] = [];
  for (let of = high - 1; of > low && missing.length < fetchViewsMax; of -= 1) {
    if (!views.isNullified(view(of))) missing.push(view(of));
  }
  return missing;
}
