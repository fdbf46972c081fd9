/**
 * Proof by one node of what never changes: a block, a transaction in its block.
 *
 * `LightClient.gather` is for the newest state, where an old answer shows nothing. What lasts may be proven by an old
 * node as well as by a new one, and may be older than the remembered tip and the checkpoint: a later certificate covers
 * them all, and shows that they are of one history. Where it shows that they are not, the proof proves nothing but a
 * fork; where it does not reach them, nothing at all.
 * @module
 */
import type { AskOptions } from "../api/asking.ts";
import type { Result } from "../base/result.ts";
import type { Proven } from "../proof/verify.ts";
import { judge, type Lag } from "./agreement.ts";
import type { RawAnswer } from "./evidence.ts";
import { laggingBlocksMin } from "./finding.ts";
import { catchUpMs, type LightClient, roundPauseMs } from "./light-client.ts";
import type { ProofQuestion, Reply } from "./one-node.ts";

export interface LastingQuestion<Subject> {
  readonly ask: ProofQuestion;
  /** What was asked for, as the proof shows it; a reason is a sentence that says what it is of instead. */
  readonly subjectOf: (proven: Proven) => Result<Subject, string>;
  /** A node that cannot prove it yet is asked again for a moment. */
  readonly waitsForUnready: boolean;
}

export interface LastingProof<Subject> {
  readonly kind: "proven";
  readonly subject: Subject;
  /** Its header is that of the block; it may have been certified by a later one. */
  readonly proven: Proven;
  readonly raw: readonly RawAnswer[];
}

export type Unproven =
  | Exclude<Reply, { kind: "proven" }>
  /** The node is behind what is known, and proves nothing until it has caught up. */
  | { readonly kind: "lagging"; readonly lag: Lag }
  /** It is final in a history that contradicts what was proven before. */
  | { readonly kind: "forked"; readonly message: string; readonly raw: readonly RawAnswer[] };

type LastingReply<Subject> = LastingProof<Subject> | Unproven;

/** Asks one node. One that is a few blocks behind has a moment to catch up. */
export async function proveLasting<Subject>(
  client: LightClient,
  node: string,
  question: LastingQuestion<Subject>,
  options: AskOptions,
): Promise<LastingReply<Subject>> {
  const { clock } = client.options;
  const endMs = clock.monotonicMs() + Math.min(catchUpMs, options.timeoutMs);
  for (;;) {
    const reply = await proveOnce(client, node, question, options);
    const mayPass = isCatchingUp(reply) || (reply.kind === "unready" && question.waitsForUnready);
    if (!mayPass || options.signal?.aborted === true) return reply;
    if (clock.monotonicMs() >= endMs) return reply;
    await new Promise<void>((resolve) => clock.after(roundPauseMs, resolve));
  }
}

const isCatchingUp = (reply: LastingReply<unknown>): boolean =>
  reply.kind === "lagging" &&
  reply.lag.than === "remembered" &&
  reply.lag.behind < laggingBlocksMin;

async function proveOnce<Subject>(
  client: LightClient,
  node: string,
  question: LastingQuestion<Subject>,
  ask: AskOptions,
): Promise<LastingReply<Subject>> {
  const anchored = await client.anchored();
  if (!anchored.ok) {
    const { message, raw } = anchored.reason;
    return { kind: "forked", message, raw };
  }
  const footing = anchored.value;
  const { starts, known } = footing;
  const reply = await client.one.prove(node, question.ask, { starts, known, ask });
  if (reply.kind !== "proven") return reply;
  const { proven, raw } = reply;
  const subject = question.subjectOf(proven);
  if (!subject.ok) return { kind: "lying", code: "wrong_subject", message: subject.reason, raw };

  const judgement = judge(proven, footing);
  switch (judgement.kind) {
    case "lying":
      return { ...judgement, raw };
    case "forked":
      return { kind: "forked", message: `${node} ${judgement.message}`, raw };
    case "lagging":
      return judgement;
    case "unsure":
      return { kind: "unready", message: judgement.message };
    case "stands":
      await client.remember(proven, footing);
      return { kind: "proven", subject: subject.value, proven, raw };
  }
}
