/**
 * One question to one node, and what its answer is worth: proven, or not, and then why.
 *
 * A proof begins at the remembered tip, or at the genesis when the node is so far behind that the validators of its
 * tip are not the remembered ones any more.
 * @module
 */
import { type AskOptions, askNode, describeFailure, type Question } from "../api/asking.ts";
import type { ProofJson, ProofOptions } from "../api/proof-json.ts";
import { parseHex } from "../base/bytes.ts";
import { fail, ok, type Result } from "../base/result.ts";
import { flawSentence, type ProofFlaw } from "../proof/flaws.ts";
import { certifiedHeader, decodeProof, type Proof } from "../proof/proof.ts";
import type { Trust } from "../proof/trust.ts";
import type { ProofPorts, Proven } from "../proof/verify.ts";
import type { RawAnswer } from "./evidence.ts";
import type { LieCode } from "./finding.ts";
import type { LightClientOptions } from "./ports.ts";
import { RecordingWeb } from "./recording-web.ts";
import { verifyUnhurried } from "./unhurried.ts";

/** What a node can be asked to prove. */
export type ProofQuestion = (options: ProofOptions) => Question<Pick<ProofJson, "proof">>;

export type Reply =
  | { readonly kind: "proven"; readonly proven: Proven; readonly raw: readonly RawAnswer[] }
  | { readonly kind: "silent"; readonly message: string; readonly isUnsent: boolean }
  | { readonly kind: "unready"; readonly message: string }
  /** It was reached, and says that there is no such thing. */
  | { readonly kind: "absent"; readonly code: string; readonly message: string }
  | {
      readonly kind: "lying";
      readonly code: LieCode;
      readonly message: string;
      readonly raw: readonly RawAnswer[];
    };

/** Where proofs may begin: the nearest first, the genesis last. */
export interface Starts {
  readonly near: Trust;
  readonly genesis: Trust;
}

/** Flaws that a proof of an older tip than the remembered one has by necessity. */
const flawsOfLag: ReadonlySet<ProofFlaw> = new Set([
  "epoch_out_of_order",
  "hop_out_of_order",
  "set_unknown",
  "set_not_of_header",
]);

/** What a node says that is below the remembered block: it cannot prove, and does not say that there is nothing. */
export const codesOfLag: ReadonlySet<string> = new Set(["height_unknown", "epoch_unknown"]);

export class OneNode {
  readonly #options: LightClientOptions;
  readonly #ports: ProofPorts;

  constructor(options: LightClientOptions, ports: ProofPorts) {
    this.#options = options;
    this.#ports = ports;
  }

  /**
   * Never throws for what a node or a network does. `known`: heights that the proof must say something about.
   *
   * A node that says that it lags is asked for less, and then with the genesis to begin from. What it proves so has to
   * be old: whatever the remembered validators can vouch for, they have to, since the keys of former ones may be
   * anybody's by now.
   */
  async prove(
    node: string,
    question: ProofQuestion,
    { starts, known, ask }: { starts: Starts; known: readonly number[]; ask: AskOptions },
  ): Promise<Reply> {
    const { near, genesis } = starts;
    const whole = await this.#proveFrom(node, question, near, known, ask);
    if (whole.lag === undefined) return whole;
    const { tipHeight } = whole.lag;
    const reached = known.filter((height) => height <= tipHeight);
    const isLess = reached.length < known.length;
    const less = isLess ? await this.#proveFrom(node, question, near, reached, ask) : whole;
    const isOlder = less.lag !== undefined;
    const reply = isOlder ? await this.#proveFrom(node, question, genesis, reached, ask) : less;
    if (reply.kind !== "proven") return reply;
    const { height, epoch } = reply.proven.certified.header;
    const isUnvouched = isOlder && near !== genesis && epoch >= near.epoch;
    const isCaughtUp = known.some((each) => each <= height && !reached.includes(each));
    if (!isUnvouched && !isCaughtUp) return reply;
    return await this.#proveFrom(node, question, near, known, ask);
  }

  async #proveFrom(
    node: string,
    question: ProofQuestion,
    trust: Trust,
    known: readonly number[],
    ask: AskOptions,
  ): Promise<Reply & { readonly lag?: Behind }> {
    const web = new RecordingWeb(this.#options.web);
    const heard = await askNode(web, node, question({ from: trust.epoch, known }), ask);
    const { result } = heard;
    if (!result.ok) {
      const message = describeFailure(result.reason);
      if (result.reason.kind === "unreachable") {
        return { kind: "silent", message, isUnsent: heard.isUnsent };
      }
      if (result.reason.kind === "garbled") {
        return { kind: "lying", code: "garbled", message, raw: web.answers };
      }
      const { status, code } = result.reason.problem;
      if (status !== 404 && status !== 400) return { kind: "unready", message };
      const isBehind = codesOfLag.has(code);
      const lag = { tipHeight: heard.tipHeight ?? -1 };
      return { kind: "absent", code, message, ...(isBehind ? { lag } : {}) };
    }
    const proof = proofIn(result.value.proof);
    if (!proof.ok) {
      const { reason: message } = proof;
      return { kind: "lying", code: "proof_malformed", message, raw: web.answers };
    }
    const verified = await verifyUnhurried(proof.value, trust, this.#ports, this.#options);
    if (verified.ok) return { kind: "proven", proven: verified.value, raw: web.answers };
    const lie = { ...(await this.#lie(node, verified.reason, ask)), raw: web.answers };
    const isBehind = certifiedHeader(proof.value).epoch < trust.epoch;
    const lag = { tipHeight: heard.tipHeight ?? -1 };
    return isBehind && flawsOfLag.has(verified.reason) ? { ...lie, lag } : lie;
  }

  /** A node of another network proves things well, but of that network. */
  async #lie(node: string, flaw: ProofFlaw, ask: AskOptions): Promise<Omit<LyingReply, "raw">> {
    const { web, chainId } = this.#options;
    const status = await askNode(web, node, (client) => client.status(), ask);
    const isStranger = status.result.ok && status.result.value.chainId !== chainId;
    if (!isStranger) return { kind: "lying", code: flaw, message: flawSentence(flaw) };
    const message = "It serves another network.";
    return { kind: "lying", code: "wrong_chain", message };
  }
}

/** The node may be behind what is remembered, and able to prove from the genesis on. */
interface Behind {
  /** By its own word. */
  readonly tipHeight: number;
}

type LyingReply = Extract<Reply, { kind: "lying" }>;

function proofIn(hex: string): Result<Proof, string> {
  const bytes = parseHex(hex);
  const decoded = bytes === undefined ? undefined : decodeProof(bytes);
  if (decoded === undefined) return fail("The proof is not hex.");
  return decoded.ok ? ok(decoded.value) : fail(`No proof: ${decoded.reason.message}.`);
}
