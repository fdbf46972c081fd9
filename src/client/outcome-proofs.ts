/**
 * What a node says of a transaction, turned into what it proves.
 *
 * | outcome    | proven by                                                                                  |
 * | ---------- | ------------------------------------------------------------------------------------------ |
 * | final      | its inclusion in a final block                                                             |
 * | superseded | the inclusion of another transaction of the same sender and nonce                          |
 * | expired    | a final block later than its expiry, in whose state the sender's nonce is not above its own |
 *
 * `pending`, `refused` and `unknown` stay words of the node: nothing could prove them.
 * @module
 */
import { type AskOptions, askNode, describeFailure } from "../api/asking.ts";
import type { AnswerBody, NodeAnswer } from "../api/outcome.ts";
import { accountKey, readAccount } from "../protocol/state.ts";
import { isSigned, type Transaction } from "../protocol/transaction.ts";
import type { Finding, FindingBody } from "./finding.ts";
import { type Included, type InclusionReply, proveInclusion } from "./inclusion.ts";
import type { LightClient } from "./light-client.ts";
import { codesOfLag } from "./one-node.ts";
import { ProvenEntries } from "./proven-state.ts";
import { RecordingWeb } from "./recording-web.ts";

/** The transaction that is followed. */
export interface Followed {
  readonly id: string;
  /** Undefined: only its id is known, so that it can be seen to be final and nothing else. */
  readonly own: OwnTransaction | undefined;
}

export interface OwnTransaction {
  readonly transaction: Pick<Transaction, "sender" | "nonce" | "expiryMs">;
  /** Address of the sender. */
  readonly from: string;
}

/** Pages of an account's transactions that are looked through for the one of a nonce. */
const pagesMax = 5;
const pageLimit = 100;

export class OutcomeProofs {
  readonly #client: LightClient;
  readonly #followed: Followed;
  readonly #tell: (finding: Finding) => void;

  /** `tell` hears of every lie. */
  constructor(client: LightClient, followed: Followed, tell: (finding: Finding) => void) {
    this.#client = client;
    this.#followed = followed;
    this.#tell = tell;
  }

  /** The answer with every end in it proven, or without one. Never throws for what a node does. */
  async prove(words: NodeAnswer, ask: AskOptions): Promise<NodeAnswer> {
    const { node } = words;
    const { own } = this.#followed;
    switch (words.kind) {
      case "final":
        return await this.#final(words, ask);
      case "superseded":
        if (own === undefined) {
          return { node, kind: "unproven", message: `says that ${words.by} took its place` };
        }
        return await this.#superseded(node, words.by, own, ask);
      default:
        if (own === undefined) return unprovenOf(words);
        if (!this.#mayBeOver(words, own)) return wordsOnly(words);
        return await this.#byState(words, own, ask);
    }
  }

  async #final(words: NodeAnswer & { kind: "final" }, ask: AskOptions): Promise<NodeAnswer> {
    const { node } = words;
    const inclusion = await proveInclusion(this.#client, node, this.#followed.id, ask);
    if (inclusion.kind !== "included") return await this.#unproven(node, "final", inclusion);
    const answer = finalAnswer(node, inclusion);
    if (answer.blockId !== words.blockId || answer.height !== words.height) {
      const message = `It named another block than the one that it proved for ${this.#followed.id}.`;
      await this.#lie(node, { code: "outcome_contradicted", message });
    }
    return answer;
  }

  async #superseded(
    node: string,
    by: string,
    own: OwnTransaction,
    ask: AskOptions,
  ): Promise<NodeAnswer> {
    const inclusion = await proveInclusion(this.#client, node, by, ask);
    if (inclusion.kind !== "included") return await this.#unproven(node, "superseded", inclusion);
    if (takesPlaceOf(inclusion, own) && by !== this.#followed.id) {
      return { node, kind: "superseded", by };
    }
    const message = `It said that ${by} took the place of a transaction of another sender or nonce.`;
    await this.#lie(node, { code: "outcome_contradicted", message });
    return { node, kind: "unproven", message: "lies about what took its place" };
  }

  /** Words after which the sender's nonce is worth looking at. */
  #mayBeOver(words: AnswerBody, { transaction }: OwnTransaction): boolean {
    const isPast = this.#client.options.clock.wallMs() > transaction.expiryMs;
    switch (words.kind) {
      case "expired":
      case "unknown":
        return true;
      case "refused":
        return isPast || words.code === "nonce_too_low" || words.code === "expired";
      case "pending":
        return isPast;
      default:
        return false;
    }
  }

  /** What the sender's nonce in the state of a final block says. */
  async #byState(words: NodeAnswer, own: OwnTransaction, ask: AskOptions): Promise<NodeAnswer> {
    const { node } = words;
    const { sender, nonce, expiryMs } = own.transaction;
    const key = accountKey(sender);
    const shown = await this.#client.gatherFrom(
      node,
      (options) => (at) => at.accountProof(own.from, options),
      ({ facts }) =>
        facts.some((fact) => fact.kind === "state" && fact.key === key)
          ? undefined
          : "It does not prove what it was asked.",
      ask,
    );
    if (!shown.ok) {
      if (shown.reason.kind === "fork")
        return { node, kind: "forked", message: shown.reason.message };
      this.#say(node, shown.reason);
      return wordsOnly(words);
    }
    const account = readAccount(new ProvenEntries([shown.value]), sender);
    if (account.nonce > nonce) return await this.#ofUsedNonce(words, own, ask);
    return shown.value.header.timestampMs > expiryMs ? { node, kind: "expired" } : wordsOnly(words);
  }

  /** The nonce is used: by this transaction or by another one, which the node has to show. */
  async #ofUsedNonce(words: NodeAnswer, own: OwnTransaction, ask: AskOptions): Promise<NodeAnswer> {
    const { node } = words;
    const { id, isHidden } = await this.#idOfNonce(node, own, ask);
    const inclusion =
      id === undefined ? undefined : await proveInclusion(this.#client, node, id, ask);
    const unproven: NodeAnswer = {
      node,
      kind: "unproven",
      message: "proves that its nonce is used, and hides by what",
    };
    switch (inclusion?.kind) {
      case "forked":
        return { node, kind: "forked", message: inclusion.message };
      case "included":
        if (takesPlaceOf(inclusion, own)) {
          const by = inclusion.named.id;
          return by === this.#followed.id
            ? finalAnswer(node, inclusion)
            : { node, kind: "superseded", by };
        }
        break;
      case "lying":
        await this.#lie(node, inclusion, inclusion.raw);
        return unproven;
      default:
        break;
    }
    // One that gives no answer for the moment, or would need very many pages, hides nothing.
    const isDenied = inclusion?.kind === "absent" && !codesOfLag.has(inclusion.code);
    if (words.kind === "expired" && (isHidden || isDenied || inclusion?.kind === "included")) {
      const message = `It proves that nonce ${own.transaction.nonce} of ${own.from} is used, and hides by what.`;
      await this.#lie(node, { code: "inclusion_withheld", message });
    }
    return unproven;
  }

  /** By the word of the node. `isHidden`: its list has none, though it goes as far as it would have to. */
  async #idOfNonce(
    node: string,
    { from, transaction }: OwnTransaction,
    ask: AskOptions,
  ): Promise<{ readonly id?: string; readonly isHidden: boolean }> {
    let cursor: string | undefined;
    for (let page = 0; page < pagesMax; page += 1) {
      const web = new RecordingWeb(this.#client.options.web);
      const { result } = await askNode(
        web,
        node,
        (at) => at.accountTransactions(from, { limit: pageLimit, cursor }),
        ask,
      );
      if (!result.ok) {
        const message = `It does not list the transactions: ${describeFailure(result.reason)}`;
        const isGarbled = result.reason.kind === "garbled";
        if (isGarbled) await this.#lie(node, { code: "garbled", message }, web.answers);
        return { isHidden: false };
      }
      for (const item of result.value.items) {
        if (!("sender" in item) || item.sender !== from) continue;
        if (item.nonce === transaction.nonce) return { id: item.id, isHidden: false };
        if (item.nonce < transaction.nonce) return { isHidden: true };
      }
      if (result.value.next === null) return { isHidden: true };
      cursor = result.value.next;
    }
    return { isHidden: false };
  }

  async #unproven(
    node: string,
    claim: "final" | "superseded",
    reply: Exclude<InclusionReply, Included>,
  ): Promise<NodeAnswer> {
    switch (reply.kind) {
      case "forked": {
        await this.#client.caught.save("fork", reply.message, [node], reply.raw);
        return { node, kind: "forked", message: reply.message };
      }
      case "lying":
        await this.#lie(node, reply, reply.raw);
        break;
      case "absent": {
        if (codesOfLag.has(reply.code)) break;
        const message = `It said that ${this.#followed.id} is ${claim}, and has no proof of it.`;
        await this.#lie(node, { code: "outcome_contradicted", message });
        break;
      }
      default:
        break;
    }
    return { node, kind: "unproven", message: `says ${claim}, and does not prove it` };
  }

  async #lie(
    node: string,
    lie: Parameters<LightClient["caught"]["lie"]>[1],
    raw: Parameters<LightClient["caught"]["lie"]>[2] = [],
  ): Promise<void> {
    this.#say(node, await this.#client.caught.lie(node, lie, raw));
  }

  #say(node: string, finding: FindingBody): void {
    if (finding.kind === "lying") this.#tell({ node, ...finding });
  }
}

function finalAnswer(node: string, { proven }: Included): NodeAnswer & { kind: "final" } {
  const { header, blockId, signers, validators } = proven;
  const { height, timestampMs } = header;
  const signed = { signers, validatorCount: validators.length };
  return { node, kind: "final", height, blockId, timestampMs, signed };
}

function takesPlaceOf({ named }: Included, { transaction }: OwnTransaction): boolean {
  if (!isSigned(named)) return false;
  const { sender, nonce } = named.signed.transaction;
  return sender === transaction.sender && nonce === transaction.nonce;
}

/** The same without the transaction: only its bytes say until when it could become final. */
const unprovenOf = (words: NodeAnswer): NodeAnswer =>
  words.kind === "expired"
    ? { node: words.node, kind: "unproven", message: "says that it expired" }
    : words;

/** An end that is only said is none. */
function wordsOnly(words: NodeAnswer): NodeAnswer {
  return words.kind === "expired" ? { node: words.node, kind: "unknown" } : words;
}
