/**
 * Whether what the page shows is true: a seal at its head, and behind it the way from the figure to the genesis, step by
 * step.
 * @module
 */
import type { VNode } from "preact";
import { useEffect, useState } from "preact/hooks";
import { AskAnother } from "./ask-another.tsx";
import type { Claim, Verdict } from "./claims.ts";
import { ListedProof } from "./listed-proof.tsx";
import { NodeWords } from "./node-words.tsx";
import { Steps } from "./proof-steps.tsx";
import { checkAnew } from "./reader-wishes.ts";
import { againOf, type LastingStanding, useVerdict } from "./use-verdict.ts";
import { isAged, standingWords } from "./verdict-words.ts";
import { WayOut } from "./way-out.tsx";

/** Quicker checks are not read out. */
const calmMs = 1_000;

export function ProofPanel({ claim }: { readonly claim: Claim }): VNode {
  const standing = useVerdict(claim);
  const { verdict } = standing;
  const [isOpen, setOpen] = useState(false);
  const { title, meaning } = standingWords(standing, Date.now());
  return (
    <section class={`proof ${verdict.kind} ${gradeOf(standing)}`} aria-label="Proof">
      <p class="hidden" role="status">
        {useCalm(verdict.kind === "false" ? `${title}: ${verdict.why}` : title, verdict.kind)}
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

/** For the look alone; the words say it, too. */
function gradeOf({ verdict, before, isLong }: LastingStanding): string {
  if (isLong) return "long";
  if (before !== undefined) return "renewed";
  return isAged(verdict, Date.now()) ? "aged" : "";
}

/** The newest words, but not those of a check that ends at once. */
function useCalm(words: string, kind: Verdict["kind"]): string {
  const [said, setSaid] = useState(words);
  useEffect(() => {
    if (kind !== "checking") return setSaid(words);
    const timer = setTimeout(() => setSaid(words), calmMs);
    return () => clearTimeout(timer);
  }, [words, kind]);
  return said;
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
      {(verdict.kind === "open" || verdict.kind === "false") && <WayOut />}
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
