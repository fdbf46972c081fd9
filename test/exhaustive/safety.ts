/**
 * S1 to S3, judged on what certificates could be formed, whether or not anybody has formed them.
 *
 * The Byzantine validators count as having signed everything, so a certificate is formable as soon as enough honest
 * validators have signed its subject. Votes only accumulate, so a violation never goes away again.
 * @module
 */
import type { Universe } from "./universe.ts";

/** What cannot be true together, as a sentence; undefined if all is well. `certificates` is a mask of bodies. */
export function violation(universe: Universe, certificates: number): string | undefined {
  const formed = universe.bodies.filter(({ bit }) => (certificates & (1 << bit)) !== 0);
  const of = (kind: string) => formed.filter(({ body }) => body.kind === kind);
  const notarized = of("notarize");
  const final = of("finalize");
  for (const one of notarized) {
    const other = notarized.find(({ bit, body }) => bit > one.bit && body.view === one.body.view);
    if (other !== undefined) return `S1: two notarizations: ${one.line}, ${other.line}`;
  }
  for (const one of final) {
    if (!notarized.some(({ proposal }) => proposal === one.proposal)) {
      return `S1: final but not notarized: ${one.line}`;
    }
    const nullified = of("nullify").some(({ body }) => body.view === one.body.view);
    if (nullified) return `S2: final and nullified: ${one.line}`;
    const fork = notarized.find(
      ({ body, proposal }) =>
        body.view > one.body.view && !universe.descends(proposal, one.proposal),
    );
    if (fork !== undefined) return `S3: ${fork.line} does not descend from ${one.line}`;
  }
  return undefined;
}

/** What no honest validator signs, in all of its lives. `votes` is a mask of bodies. */
export function broken(universe: Universe, votes: number): string | undefined {
  const signed = universe.bodies.filter(({ bit }) => (votes & (1 << bit)) !== 0);
  for (const one of signed) {
    for (const other of signed) {
      if (other.bit <= one.bit || other.body.view !== one.body.view) continue;
      const kinds = [one.body.kind, other.body.kind].toSorted().join(" ");
      if (["notarize notarize", "finalize finalize", "finalize nullify"].includes(kinds)) {
        return `an honest validator signed both: ${one.line}, ${other.line}`;
      }
    }
  }
  return undefined;
}
