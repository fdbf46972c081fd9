/**
 * Whether what the page shows is true: a seal at its head, and behind it the way from the figure to the genesis, step by
 * step.
 * @module
 */
import type { VNode } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { connection } from "../asking/live.ts";
import { countText, durationText, manyText } from "../words/formats.ts";
import { AskAnother } from "./ask-another.tsx";
import { check } from "./check.ts";
import type { Claim, Verdict } from "./claims.ts";
import { ListedProof } from "./listed-proof.tsx";
import { NodeWords } from "./node-words.tsx";
import { Steps } from "./proof-steps.tsx";
import { checkAnew, checkRound, otherNodes } from "./reader-wishes.ts";

const renewalsMax = 5;
const checking: Verdict = { kind: "checking", steps: [] };

export function ProofPanel({ claim }: { readonly claim: Claim }): VNode {
  const verdict = useVerdict(claim);
  useComeback(verdict);
  useRenewal(claim, verdict);
  const [isOpen, setOpen] = useState(false);
  const { title, meaning } = verdictWords(verdict);
  return (
    <section class={`proof ${verdict.kind}`} aria-label="Proof">
      <p class="hidden" role="status">
        {title}
        {verdict.kind === "false" && `: ${verdict.why}`}
      </p>
      <button
        type="button"
        class="seal"
        aria-expanded={isOpen}
        aria-controls="proof-details"
        onClick={() => setOpen(!isOpen)}
      >
        <SealMark kind={verdict.kind} />
        <span>
          <strong>{title}</strong> {meaning}
        </span>
      </button>
      <div id="proof-details" class="proof-details" hidden={!isOpen}>
        {isOpen && <Details claim={claim} verdict={verdict} />}
      </div>
    </section>
  );
}

function Details({ claim, verdict }: { readonly claim: Claim; readonly verdict: Verdict }): VNode {
  if (verdict.kind === "word") {
    return (
      <p>
        Nothing on this page is taken from the ledger, so there is nothing to prove.{" "}
        <a href="#/trust">What is checked, and what is not</a>
      </p>
    );
  }
  const isOld = verdict.kind === "open" && verdict.isOld;
  return (
    <>
      <Steps steps={verdict.steps} />
      {isOld && (
        <p>
          <button type="button" onClick={againOf(claim) ?? (() => location.reload())}>
            Show what is new
          </button>
        </p>
      )}
      {verdict.kind !== "checking" && <NodeWords nodes={verdict.nodes} />}
      {verdict.kind === "proven" && <ListedProof claim={claim} />}
      <AskAnother />
      <p class="proof-end">
        {(verdict.kind === "open" || verdict.kind === "false") && (
          <button type="button" class="quiet" onClick={checkAnew}>
            Check again
          </button>
        )}{" "}
        <a href="#/trust">What this protects against, and what not</a>
      </p>
    </>
  );
}

/** Checks anew whenever another claim is made; what was under way is dropped. */
function useVerdict(claim: Claim): Verdict {
  const [verdict, setVerdict] = useState<Verdict>(checking);
  const subject = subjectOf(claim);
  const shown = useRef(subject);
  const key = JSON.stringify(claim);
  const others = otherNodes.value;
  useEffect(() => {
    const leave = new AbortController();
    // A page that asks again and again keeps its seal until the next one is known.
    const isSame = shown.current === subject;
    shown.current = subject;
    if (!isSame) setVerdict(checking);
    const show = (next: Verdict): void => {
      if (leave.signal.aborted) return;
      setVerdict((before) =>
        isSame && next.kind === "checking" && before.kind === "proven" ? before : next,
      );
    };
    void check(claim, others, show, leave.signal);
    return () => leave.abort();
  }, [key, others, checkRound.value]);
  return shown.current === subject ? verdict : checking;
}

/** What could not be proven while the node was gone may be when it is back. */
function useComeback(verdict: Verdict): void {
  const wasLost = useRef(false);
  const state = connection.value;
  useEffect(() => {
    if (state === "lost") wasLost.current = true;
    if (state !== "open" || !wasLost.current) return;
    wasLost.current = false;
    if (verdict.kind === "open") checkAnew();
  }, [state]);
}

/** What has changed since it was shown is asked for again by itself, a few times: it may change all the time. */
function useRenewal(claim: Claim, verdict: Verdict): void {
  const renewed = useRef({ subject: "", times: 0 });
  useEffect(() => {
    const subject = subjectOf(claim);
    if (renewed.current.subject !== subject) renewed.current = { subject, times: 0 };
    if (verdict.kind !== "open" || !verdict.isOld) return;
    if (renewed.current.times >= renewalsMax) return;
    renewed.current.times += 1;
    againOf(claim)?.();
  }, [verdict]);
}

const againOf = (claim: Claim): (() => void) | undefined =>
  "again" in claim ? claim.again : undefined;

/** What the claim is about, whatever it says of it. */
function subjectOf(claim: Claim): string {
  switch (claim.kind) {
    case "block":
      return `block ${claim.block.height}`;
    case "transaction":
      return `transaction ${claim.transaction.id}`;
    case "account":
      return `account ${claim.account.address}`;
    case "asset":
      return `asset ${claim.asset.id}`;
    case "record":
      return JSON.stringify([claim.record.address, claim.record.topic, claim.record.key]);
    default:
      return claim.kind;
  }
}

function verdictWords(verdict: Verdict): { readonly title: string; readonly meaning: string } {
  switch (verdict.kind) {
    case "checking":
      return { title: "Checking", meaning: "what this page shows, in your browser …" };
    case "proven":
      return { title: "Proven", meaning: provenWords(verdict) };
    case "false":
      return { title: "Not true", meaning: verdict.why };
    case "open":
      return { title: "Not proven", meaning: verdict.why };
    case "word":
      return { title: "This node's word", meaning: verdict.why };
  }
}

function provenWords({
  height,
  signers,
  validatorCount,
  tookMs,
  nodes,
}: Extract<Verdict, { kind: "proven" }>): string {
  const final = `final at #${countText(height)}, signed by ${signers} of ${validatorCount} validators`;
  const others = nodes.filter(({ tone }) => tone === "bad").length;
  const warned = others === 0 ? "" : `. But ${manyText(others, "other node")} contradicted it`;
  return `${final}, checked here in ${durationText(tookMs)}${warned}`;
}

/** A ring that closes when the way to the genesis is whole. */
const SealMark = ({ kind }: { readonly kind: Verdict["kind"] }): VNode => (
  <svg class="seal-mark" viewBox="0 0 32 32" width="32" height="32" aria-hidden="true">
    <circle class="ring" cx="16" cy="16" r="12" />
    <circle class="filled" cx="16" cy="16" r="12" />
    {kind === "proven" && <path class="sign" d="m10.5 16.5 3.8 3.8 7.4-8" />}
    {kind === "false" && <path class="sign" d="m11.5 11.5 9 9m0-9-9 9" />}
    {(kind === "open" || kind === "word") && <path class="sign" d="M16 10v7.5m0 4v.5" />}
  </svg>
);
