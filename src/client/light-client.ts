/**
 * The light client: asks several nodes, believes what is proven, and says of each node what its answer was worth.
 *
 * Each answer is proven by itself. The newest proven block is taken, and every other one, the remembered tip and the
 * checkpoint have to be in its history: where its proof does not say, its node is asked a second time. What cannot be
 * in one history is a fork, and then nothing is shown. A node that lies is named and its words are kept.
 * @module
 */
import type { AskOptions } from "../api/asking.ts";
import type { Cancel } from "../base/clock.ts";
import { fail, ok, type Result } from "../base/result.ts";
import type { Proven } from "../proof/verify.ts";
import { parametersKey } from "../protocol/state.ts";
import {
  blockAt,
  contradiction,
  heightsToAsk,
  highest,
  judge,
  newest,
  relationTo,
  topOf,
} from "./agreement.ts";
import { isCurrent, isVouched, type SubjectCheck } from "./answer-worth.ts";
import { Caught } from "./caught.ts";
import { type FindingBody, laggingBlocksMin } from "./finding.ts";
import { type Footing, Footings } from "./footing.ts";
import { OneNode, type ProofQuestion, type Reply } from "./one-node.ts";
import type { LightClientOptions } from "./ports.ts";
import { tipOf } from "./remembered-tip.ts";
import { rememberingVerifier } from "./remembering-verifier.ts";
import { type Fork, type ProvenAnswer, Round } from "./round.ts";
import { type Standing, standingOf, type TrustFailure } from "./standing.ts";

export type { SubjectCheck } from "./answer-worth.ts";

export interface Gathered {
  readonly standing: Standing;
  /** The newest answer. */
  readonly proven: Proven;
  /** All answers that are proven and of one history, older ones too. */
  readonly answers: readonly ProvenAnswer[];
}

/** Nodes that are so much later than the first answer that shows something are not waited for. */
const graceMs = 1_000;
/** So long the node of the newest answer may take to show its history: all others are waiting. */
const historyMs = 3_000;
/** So long nodes may take to catch up with what was seen before. */
export const catchUpMs = 3_000;
/** So long they may take to be able to prove their tip: without anything to do, a block comes after 10 s. */
const unreadyMs = 15_000;
const slowMs = 1_000;
export const roundPauseMs = 200;
/** Of one question; the interface allows no more. */
const knownMax = 4;

export class LightClient {
  readonly options: LightClientOptions;
  readonly one: OneNode;
  readonly caught: Caught;
  readonly #footings: Footings;
  /** The round that finds what to remember first, while it goes on. */
  #first: Promise<Round> | undefined;

  constructor(options: LightClientOptions) {
    this.options = options;
    const { hasher } = options;
    const verifier = rememberingVerifier(options.verifier, hasher);
    this.one = new OneNode(options, { hasher, verifier });
    this.caught = new Caught(options);
    this.#footings = new Footings(options);
  }

  /** One question to all nodes. */
  async gather(
    question: ProofQuestion,
    check: SubjectCheck = () => undefined,
  ): Promise<Result<Gathered, TrustFailure>> {
    const { clock, whenWaiting } = this.options;
    const startedMs = clock.monotonicMs();
    let isTold = false;
    for (;;) {
      const gathered = await this.#gatherOnce(question, check);
      if (gathered.ok) return gathered;
      const waitedMs = clock.monotonicMs() - startedMs;
      if (waitedMs >= patienceOf(gathered.reason)) return gathered;
      if (!isTold && waitedMs > slowMs) whenWaiting?.();
      isTold ||= waitedMs > slowMs;
      await new Promise<void>((resolve) => clock.after(roundPauseMs, resolve));
    }
  }

  /** The same of one node alone: proven and of the history that is known, or what is to be said of the node. */
  async gatherFrom(
    node: string,
    question: ProofQuestion,
    check: SubjectCheck,
    ask: AskOptions,
  ): Promise<Result<Proven, FindingBody | { readonly kind: "fork"; readonly message: string }>> {
    const anchored = await this.anchored();
    if (!anchored.ok) {
      const { message, nodes, raw } = anchored.reason;
      await this.caught.save("fork", message, nodes, raw);
      return fail({ kind: "fork", message });
    }
    const footing = anchored.value;
    const { starts, known } = footing;
    const reply = await this.one.prove(node, question, { starts, known, ask });
    const round = new Round();
    await this.#judge(round, node, reply, footing, check);
    if (round.fork !== undefined) {
      const { message, nodes, raw } = round.fork;
      await this.caught.save("fork", message, nodes, raw);
      return fail({ kind: "fork", message });
    }
    const [answer] = round.answers;
    if (answer === undefined || answer.isOld) {
      const [finding] = round.findings([node]);
      return fail(finding ?? { kind: "silent", message: "no answer" });
    }
    await this.remember(answer.proven, footing);
    return ok(answer.proven);
  }

  /**
   * Where a question to one node alone begins. While nothing is remembered, all nodes are asked first: else one that has
   * the keys of former validators would decide alone what is remembered.
   */
  async anchored(): Promise<Result<Footing, Fork>> {
    const footing = await this.footing();
    if (footing.remembered !== undefined || this.options.nodes.length < 2) return ok(footing);
    this.#first ??= this.#round(parametersQuestion, () => undefined, footing);
    const round = await this.#first;
    this.#first = undefined;
    if (round.fork !== undefined) return fail(round.fork);
    await this.#conclude(round, footing);
    return ok(await this.footing());
  }

  footing(): Promise<Footing> {
    return this.#footings.now();
  }

  /** Remembers the proof's top if it is newer than what is remembered. */
  async remember(proven: Proven, footing: Footing): Promise<void> {
    const tip = tipOf(proven);
    if (tip.height > (footing.remembered?.height ?? -1)) await this.options.tips.save(tip);
  }

  async #gatherOnce(
    question: ProofQuestion,
    check: SubjectCheck,
  ): Promise<Result<Gathered, TrustFailure>> {
    const footing = await this.footing();
    const round = await this.#round(question, check, footing);
    if (round.fork !== undefined) return this.#forked(round);
    return await this.#conclude(round, footing);
  }

  async #round(question: ProofQuestion, check: SubjectCheck, footing: Footing): Promise<Round> {
    const round = new Round();
    for (const { node, reply } of await this.#askAll(question, check, footing)) {
      await this.#judge(round, node, reply, footing, check);
    }
    if (round.fork === undefined) await this.#link(round, footing);
    return round;
  }

  async #askAll(
    question: ProofQuestion,
    check: SubjectCheck,
    footing: Footing,
  ): Promise<readonly { readonly node: string; readonly reply: Reply }[]> {
    const { nodes, clock, timeoutMs } = this.options;
    const { starts, known } = footing;
    const late = new AbortController();
    let cancel: Cancel | undefined;
    const replies = await Promise.all(
      nodes.map(async (node) => {
        const ask = { timeoutMs, signal: late.signal };
        const reply = await this.one.prove(node, question, { starts, known, ask });
        if (isCurrent(reply, check, footing)) cancel ??= clock.after(graceMs, () => late.abort());
        return { node, reply };
      }),
    );
    cancel?.();
    return replies;
  }

  /** What one reply is worth by itself, against what was known before. */
  async #judge(
    round: Round,
    node: string,
    reply: Reply,
    footing: Footing,
    check: SubjectCheck,
  ): Promise<void> {
    if (reply.kind !== "proven") {
      round.say(node, await this.caught.findingOf(node, reply));
      return;
    }
    const { proven, raw } = reply;
    const flaw = check(proven);
    if (flaw !== undefined) {
      round.say(node, await this.caught.lie(node, { code: "wrong_subject", message: flaw }, raw));
      return;
    }
    const judgement = judge(proven, footing);
    switch (judgement.kind) {
      case "lying":
        round.say(node, await this.caught.lie(node, judgement, raw));
        return;
      case "forked":
        round.fork ??= { message: `${node} ${judgement.message}`, nodes: [node], raw };
        return;
      case "lagging":
        round.lag(node, judgement.lag);
        if (isVouched(proven, footing)) round.answers.push({ node, proven, raw, isOld: true });
        return;
      case "unsure":
        round.say(node, { kind: "unready", message: judgement.message });
        return;
      case "stands":
        // Every question that is gathered is one about the state.
        if (judgement.old !== undefined) round.lag(node, judgement.old);
        round.answers.push({ node, proven, raw, isOld: judgement.old !== undefined });
    }
  }

  /** Makes sure that all answers are of the history of the highest. */
  async #link(round: Round, footing: Footing): Promise<void> {
    for (let top = highest(round.answers); top !== undefined; top = highest(round.answers)) {
      const { node, proven } = top;
      const proofs = await this.#historyOf(top, heightsToAsk(proven, round.answers), footing);
      if (proofs.kind !== "shown") {
        round.answers = round.answers.filter((each) => each.node !== node);
        round.say(node, proofs.finding);
        continue;
      }
      const other = contradiction(proofs.proofs, round.answers);
      if (other !== undefined) {
        const { answer, what } = other;
        round.fork = {
          message: `${node} and ${answer.node} prove ${what}`,
          nodes: [node, answer.node],
          raw: [...top.raw, ...answer.raw],
        };
      }
      return;
    }
  }

  /** Proofs by the highest answer's node of which blocks its history has at these heights. */
  async #historyOf(
    { node, proven }: ProvenAnswer,
    heights: readonly number[],
    { starts }: Footing,
  ): Promise<
    | { readonly kind: "shown"; readonly proofs: readonly Proven[] }
    | { readonly kind: "withheld"; readonly finding: FindingBody }
  > {
    const top = topOf(proven);
    const proofs = [proven];
    for (let from = 0; from < heights.length; from += knownMax) {
      const known = heights.slice(from, from + knownMax);
      const reply = await this.#inTime((ask) =>
        this.one.prove(node, blockQuestion(top.height), { starts, known, ask }),
      );
      if (reply.kind !== "proven") {
        return { kind: "withheld", finding: await this.caught.findingOf(node, reply) };
      }
      const isSame = relationTo(reply.proven, top) === "holds";
      const isComplete = known.every((height) => blockAt(reply.proven, height) !== undefined);
      if (!isSame || !isComplete) {
        const message = "It does not show which blocks are below the one that it proved.";
        const lie = { code: "history_withheld", message } as const;
        return { kind: "withheld", finding: await this.caught.lie(node, lie, reply.raw) };
      }
      proofs.push(reply.proven);
    }
    return { kind: "shown", proofs };
  }

  /** A question that is asked while others wait for it. */
  async #inTime<Value>(ask: (options: AskOptions) => Promise<Value>): Promise<Value> {
    const { clock, timeoutMs } = this.options;
    const over = new AbortController();
    const cancel = clock.after(historyMs, () => over.abort());
    try {
      return await ask({ timeoutMs, signal: over.signal });
    } finally {
      cancel();
    }
  }

  async #conclude(round: Round, footing: Footing): Promise<Result<Gathered, TrustFailure>> {
    const { remembered } = footing;
    const current = round.answers.filter(({ isOld }) => !isOld);
    const latest = newest(current);
    const top = highest(round.answers);
    for (const { node, proven } of current) {
      const { height } = proven.header;
      const behind = (latest?.proven.header.height ?? height) - height;
      const isFar = behind >= laggingBlocksMin;
      const far = { kind: "lagging", height, behind, than: "others" } as const;
      round.say(node, isFar ? far : { kind: "proven", height, behind });
    }
    const findings = round.findings(this.options.nodes);
    if (latest === undefined || top === undefined) {
      const seen = round.lags.filter(({ than }) => than === "remembered");
      if (seen.length > 0 && remembered !== undefined) {
        const newestHeight = Math.max(...seen.map(({ height }) => height));
        return fail({ kind: "rolled-back", remembered, newestHeight, findings });
      }
      const isSilent = findings.every(({ kind }) => kind === "silent");
      return fail({ kind: isSilent ? "unreachable" : "nothing-proven", findings });
    }
    await this.remember(top.proven, footing);
    const { proven } = latest;
    return ok({ standing: standingOf(proven, findings), proven, answers: round.answers });
  }

  async #forked(round: Round): Promise<Result<never, TrustFailure>> {
    const { message = "", nodes = [], raw = [] } = round.fork ?? {};
    const evidence = await this.caught.save("fork", message, nodes, raw);
    return fail({ kind: "fork", message, evidence, findings: round.findings(this.options.nodes) });
  }
}

/** Something that every node can prove at any time. */
const parametersQuestion: ProofQuestion = (options) => (client) =>
  client.stateProof([parametersKey], options);

/** That a block is final. */
export const blockQuestion =
  (reference: number | string): ProofQuestion =>
  (options) =>
  (client) =>
    client.blockProof(reference, options);

/** How long it is worth asking again: nodes that lag, or cannot prove at this moment, may do better soon. */
function patienceOf(failure: TrustFailure): number {
  if (failure.kind === "rolled-back") return catchUpMs;
  if (failure.kind !== "nothing-proven") return 0;
  return failure.findings.some(({ kind }) => kind === "unready") ? unreadyMs : 0;
}
