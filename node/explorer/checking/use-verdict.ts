/**
 * The verdict on a page's claim, in a component: checked anew when the claim changes, when the node is back, and while
 * it could not be decided.
 * @module
 */
import { useEffect, useRef, useState } from "preact/hooks";
import { connection } from "../asking/live.ts";
import { check } from "./check.ts";
import type { Claim, Verdict } from "./claims.ts";
import { checkAnew, checkRound, otherNodes } from "./reader-wishes.ts";
import { keyOf, type Standing, subjectOf, VerdictKeeper } from "./verdict-keeper.ts";

export interface LastingStanding extends Standing {
  /** Nothing that was shown of the subject for so long was proven: an honest node can do it in half the time. */
  readonly isLong: boolean;
}

const renewalsMax = 5;
const retryMs = 10_000;
const longMs = 30_000;

export function useVerdict(claim: Claim): LastingStanding {
  const [, setCount] = useState(0);
  const keeper = useRef<VerdictKeeper | undefined>(undefined);
  keeper.current ??= new VerdictKeeper(check, () => setCount((count) => count + 1));
  const kept = keeper.current;
  const others = otherNodes.value;
  const round = checkRound.value;
  useEffect(() => kept.want({ claim, others, round }), [keyOf(claim), others, round]);
  useEffect(() => () => kept.leave(), []);
  const standing = kept.standing(claim);
  const { verdict } = standing;
  useRetry(verdict, () => kept.again());
  useComeback(verdict);
  useRenewal(claim, verdict);
  return { ...standing, isLong: useLong(subjectOf(claim), verdict) };
}

/** A node that cannot prove it yet is asked again, while somebody looks. */
function useRetry(verdict: Verdict, again: () => void): void {
  useEffect(() => {
    if (verdict.kind !== "open" || verdict.isOld) return;
    const timer = setInterval(() => {
      if (document.visibilityState === "visible") again();
    }, retryMs);
    return () => clearInterval(timer);
  }, [verdict]);
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
    if (renewed.current.subject !== subject || verdict.kind === "proven") {
      renewed.current = { subject, times: 0 };
    }
    if (verdict.kind !== "open" || !verdict.isOld) return;
    if (renewed.current.times >= renewalsMax) return;
    renewed.current.times += 1;
    againOf(claim)?.();
  }, [verdict]);
}

function useLong(subject: string, { kind }: Verdict): boolean {
  const [long, setLong] = useState("");
  const isGood = kind === "proven" || kind === "word";
  useEffect(() => {
    setLong("");
    if (isGood) return;
    const timer = setTimeout(() => setLong(subject), longMs);
    return () => clearTimeout(timer);
  }, [subject, isGood]);
  return long === subject && !isGood;
}

/** How the page asks for the same once more. */
export const againOf = (claim: Claim): (() => void) | undefined =>
  "again" in claim ? claim.again : undefined;
