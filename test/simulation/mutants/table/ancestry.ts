/**
 * Mutants of the ancestry check, the proposal slot, and certify.
 * @module
 */
import { inFile, type MutantGroup } from "../mutant.ts";

const ancestry = inFile("src/consensus/ancestry.js");
const views = inFile("src/consensus/views.js");
const slot = inFile("src/consensus/proposal-slot.js");
const simplex = inFile("src/consensus/simplex.js");
const current = inFile("src/consensus/current-view.js");
const rules = inFile("src/consensus/voting-rules.js");

const builtPast = "a liar builds past a view that can be final";
const noMarkByVote = slot(
  `!sameProposal(this.#proposal, proposal)) {
            this.#equivocated = true;`,
  `!sameProposal(this.#proposal, proposal)) {`,
);
const noMarkByCertificate = slot(
  `if (this.#proposal !== undefined)
            this.#equivocated = true;`,
  "",
);
const anyParent = ancestry(
  'return parent === undefined ? { kind: "waiting" } : { kind: "sound", parent };',
  'return { kind: "sound", parent: parent ?? state.notarized };',
);

export const ancestryMutants: MutantGroup = {
  title: "Ancestry",
  mutants: [
    {
      name: "a skipped view need not be nullified",
      patch: ancestry("if (missing.length > 0)", "if (false)"),
      expects: "fork",
      by: builtPast,
    },
    {
      name: "the view just above the parent need not be nullified",
      patch: ancestry("of > low &&", "of > low + 1 &&"),
      expects: "fork",
      by: builtPast,
    },
    {
      name: "the view just below the proposal need not be nullified",
      patch: ancestry("let of = high - 1;", "let of = high - 2;"),
      expects: "fork",
      by: builtPast,
    },
    {
      name: "every view is taken for nullified",
      patch: views("return this.#states.get(of)?.nullification !== undefined;", "return true;"),
      expects: "fork",
      by: builtPast,
    },
    {
      name: "a notarized view is taken for nullified",
      patch: views(
        "return this.#states.get(of)?.nullification !== undefined;",
        "return this.#states.get(of)?.notarization !== undefined;",
      ),
      expects: "fork",
      by: builtPast,
    },
    {
      name: "ancestry is not checked",
      patch: current(
        "const ancestry = checkAncestry(this.#views, slot.proposal);",
        'const ancestry = { kind: "sound", parent: this.#views.lastFinal };',
      ),
      expects: "fork",
      by: builtPast,
    },
    {
      name: "a leader builds on a parent though views between are not nullified",
      patch: ancestry("return missing.length === 0 ?", "return true ?"),
      expects: "fork",
      by: "a leader that missed many views is told of the last one only",
    },
    {
      name: "the parent need not be certified here, only notarized",
      patch: anyParent,
      expects: "forbidden vote",
      by: "a leader builds on a block whose bytes another validator lacks",
    },
    {
      name: "what is notarized counts as certified",
      patch: views(
        'return state?.certification === "ok" ? state.notarized : undefined;',
        "return state?.notarized;",
      ),
      expects: "forbidden vote",
      by: "a leader builds on a block whose bytes another validator lacks",
    },
    {
      name: "a missing notarization of the parent is not fetched",
      patch: ancestry("missing.unshift(parentView);", ";"),
      expects: "stall",
      by: "some left a view by its notarization, some by its nullification",
    },
    {
      name: "a parent in the same or a later view is waited for",
      patch: ancestry("parentView >= of || ", ""),
      expects: "stall",
      by: "a liar builds on its own view",
    },
    {
      name: "a parent below the last final view is waited for",
      patch: ancestry(" || parentView < views.lastFinal.view", ""),
      expects: "stall",
      by: "a liar builds below the last final block",
    },
    {
      name: "a parent that failed to certify is waited for",
      patch: ancestry('state?.certification === "failed"', "false"),
      expects: "stall",
      by: "a leader builds on a block that another validator found unfit",
    },
    {
      name: "an invalid ancestry does not give the view up",
      patch: current('if (ancestry.kind === "invalid")', "if (false)"),
      expects: "stall",
      by: "a liar builds below the last final block",
    },
    {
      name: "ancestry is checked once, not after each delivery",
      patch: current(
        'if (ancestry.kind === "missing")',
        'if (ancestry.kind !== "sound") slot.verification = "invalid"; if (ancestry.kind === "missing")',
      ),
      expects: "stall",
      by: "some left a view by its notarization, some by its nullification",
    },
  ],
};

export const slotMutants: MutantGroup = {
  title: "The proposal slot",
  mutants: [
    {
      name: "a conflicting vote takes the place of the proposal",
      patch: slot(
        `!sameProposal(this.#proposal, proposal)) {
            this.#equivocated = true;`,
        `!sameProposal(this.#proposal, proposal)) {
            this.#proposal = proposal;`,
      ),
      expects: "fork",
      by: "a leader shows another block while a verified one may not be voted for yet",
    },
    {
      name: "a conflicting vote does not mark the slot",
      patch: noMarkByVote,
      expects: "forbidden vote",
      by: "a leader equivocates while its first block is being verified",
    },
    {
      name: "a conflicting certificate does not mark the slot",
      patch: noMarkByCertificate,
      expects: "forbidden vote",
      by: "a quorum notarizes another block than the one being verified",
    },
    {
      name: "a conflicting certificate leaves the proposal where it was",
      patch: slot(
        `this.#equivocated = true;
        this.#proposal = proposal;
        this.#seenMs ??= nowMs;
        this.verification = "unasked";`,
        `return;
        this.#proposal = proposal;`,
      ),
      expects: "forbidden vote",
      by: "a quorum notarizes another block than the one being verified",
    },
    {
      name: "the verdict on a replaced proposal holds for the new one",
      patch: slot('this.verification = "unasked";\n    }\n    /** We', "}\n    /** We"),
      behind: [noMarkByCertificate],
      expects: "forbidden vote",
      says: "not verified",
      by: "a quorum notarizes another block than the one that is verified",
    },
    {
      name: "a verdict is asked for though the view was nullified",
      patch: current('ancestry.kind === "sound" && !own.nullified', 'ancestry.kind === "sound"'),
      behind: [rules("&& !own.nullified && slot.verified", "&& slot.verified")],
      expects: "forbidden vote",
      by: "a view is given up, then its proposal comes",
    },
    {
      name: "a block that was built for an earlier view is proposed in this one",
      patch: simplex(
        `if (of !== this.#views.current)
            return;
        const state = this.#views.currentState;
        const { proposeParent`,
        `const state = this.#views.currentState;
        const { proposeParent`,
      ),
      expects: "forbidden vote",
      by: "a leader's block is built after its view is over",
    },
  ],
};

export const certifyMutants: MutantGroup = {
  title: "Certify",
  mutants: [
    {
      name: '"later" is taken for success',
      patch: simplex(
        'if (result === "later")\n            return;\n        const ok = result === "ok";',
        'state.certification = "ok"; const ok = true;',
      ),
      expects: "stall",
      by: "simulator, 4 validators: blocks are stored slowly, and all lose power at once",
    },
    {
      name: '"later" is taken for failure',
      patch: simplex(
        'if (result === "later")\n            return;',
        'if (result === "later") state.certification = "failed";',
      ),
      expects: "stall",
      by: "a notarized block comes a little later",
    },
    {
      name: '"later" is never asked again',
      patch: simplex(
        'if (state.certification === "later")\n                this.#certify(state);',
        "",
      ),
      expects: "stall",
      by: "a notarized block comes a little later",
    },
    {
      name: "a nullification ends a running certify",
      patch: simplex(
        "state.nullification = certificate;",
        'state.nullification = certificate; state.certification = "none";',
      ),
      expects: "stall",
      by: "a view is nullified while its block is on the way",
    },
    {
      name: "a notarization is not certified at all: the view is left at once",
      patch: simplex(
        "state.slot.replace(certifiedProposal(certificate), this.#nowMs);\n                this.#certify(state);",
        'state.certification = "ok"; this.#views.recordCertified(state.notarized); this.#voter.finalize(state); this.#current.leave(subject.view, this.#nowMs);',
      ),
      expects: "stall",
      by: "simulator, 4 validators: blocks are stored slowly, and all lose power at once",
    },
  ],
};
