/**
 * The steps of a proof, one below the other, with who signed.
 * @module
 */
import type { ComponentChildren, VNode } from "preact";
import { Quorum } from "../parts/quorum.tsx";
import { Id, Said } from "../parts/text.tsx";
import type { SignedBy, Step } from "./claims.ts";

export const Steps = ({ steps }: { readonly steps: readonly Step[] }): VNode => (
  <ol class="steps" aria-label="Steps of the proof">
    {steps.map((step, i) => (
      <StepLine key={i} step={step} />
    ))}
  </ol>
);

const stateWords: Readonly<Record<Step["state"], string>> = {
  waiting: "waiting",
  good: "holds",
  bad: "does not hold",
  word: "not proven",
};

const marks: Readonly<Record<Step["state"], string>> = {
  waiting: "M4 8h.5m3.25 0h.5m3.25 0h.5",
  good: "m3.5 8.5 3 3 6-7",
  bad: "m4 4 8 8m0-8-8 8",
  word: "M8 3.5v5.5m0 3v.5",
};

const StepLine = ({ step: { title, state, detail, signed } }: { readonly step: Step }): VNode => (
  <li class={state}>
    <svg class="step-mark" viewBox="0 0 16 16" width="16" height="16" aria-hidden="true">
      <path d={marks[state]} />
    </svg>
    <div>
      <strong>{title}</strong> <span class="hidden">({stateWords[state]})</span>
      {detail !== "" && <p class="soft">{withIds(detail)}</p>}
      {signed !== undefined && <Signers signed={signed} />}
    </div>
  </li>
);

/** Ids stand out of their sentence. */
const withIds = (text: string): readonly ComponentChildren[] =>
  text.split(/([0-9a-f]{64})/).map((part, i) => (i % 2 === 0 ? part : <Id key={i} text={part} />));

const Signers = ({ signed: { signers, names } }: { readonly signed: SignedBy }): VNode => (
  <p class="signers">
    <Quorum signers={signers} count={names.length} />{" "}
    {signers.map((signer, i) => (
      <span key={signer}>
        {i > 0 && ", "}
        <Said text={names[signer] || `validator ${signer}`} />
      </span>
    ))}
  </p>
);
