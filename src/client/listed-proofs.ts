/**
 * Proofs of the transactions that nodes list under an account, and what is to be said of a node that lists wrongly.
 *
 * A node is held to its own list: each transaction on it has to be final, where it says, at or below the place that was
 * asked for, and one that concerns the account.
 * @module
 */
import { newestFirst, type Position } from "../api/position.ts";
import { accountRoles } from "../protocol/account-roles.ts";
import type { AccountId } from "../protocol/ids.ts";
import type { NamedTransaction } from "../protocol/transaction.ts";
import type { RawAnswer } from "./evidence.ts";
import type { FindingBody, LieCode } from "./finding.ts";
import { type Included, type InclusionReply, proveInclusion } from "./inclusion.ts";
import type { LightClient } from "./light-client.ts";
import type { Listed, ListedPage } from "./listed-transactions.ts";
import { codesOfLag } from "./one-node.ts";

export interface ProvenTransaction extends Listed {
  readonly named: NamedTransaction;
  readonly blockId: string;
  readonly timestampMs: number;
}

export interface Forked {
  readonly message: string;
  readonly evidence: string | undefined;
}

/** One node's word about one transaction. */
interface Claim extends Listed {
  readonly node: string;
  readonly raw: readonly RawAnswer[];
}

/** Receipts that are asked for at the same time. */
const provenTogether = 8;
/** A node is not asked any more after so many lies, or after one question without an answer. */
const liesMax = 3;

export class ListedProofs {
  readonly findings: Map<string, FindingBody> = new Map();
  fork: Forked | undefined;
  readonly #client: LightClient;
  readonly #account: AccountId;
  readonly #from: Position | undefined;
  /** Lies by node; a node without an answer has all of them. */
  readonly #strikes = new Map<string, number>();

  /** @param from the newest place that was asked for. */
  constructor(client: LightClient, account: AccountId, from: Position | undefined) {
    this.#client = client;
    this.#account = account;
    this.#from = from;
  }

  /** What is proven of all that is listed, newest first, each once. Ends early at a fork. */
  async prove(pages: readonly ListedPage[]): Promise<readonly ProvenTransaction[]> {
    const claims = new Map<string, Claim[]>();
    for (const { node, items, raw } of pages) {
      for (const item of items) {
        const claim = { ...item, node, raw };
        const same = claims.get(item.id);
        if (same === undefined) claims.set(item.id, [claim]);
        else same.push(claim);
      }
    }
    const listed = [...claims.values()];
    const proven: ProvenTransaction[] = [];
    for (let at = 0; at < listed.length && this.fork === undefined; at += provenTogether) {
      const some = listed.slice(at, at + provenTogether);
      const found = await Promise.all(some.map(async (each) => await this.#proveOne(each)));
      proven.push(...found.filter((each) => each !== undefined));
    }
    return proven.toSorted(newestFirst);
  }

  /** By the first node that lists it and can. */
  async #proveOne(claims: readonly Claim[]): Promise<ProvenTransaction | undefined> {
    const { timeoutMs } = this.#client.options;
    const weak = new Map<string, FindingBody>();
    for (const claim of claims) {
      const { node, id } = claim;
      if ((this.#strikes.get(node) ?? 0) >= liesMax) {
        weak.set(node, { kind: "silent", message: `It does not prove ${id}.` });
        continue;
      }
      const reply = await proveInclusion(this.#client, node, id, { timeoutMs });
      if (reply.kind === "included") return await this.#judged(reply, claims);
      if (reply.kind === "forked") {
        const { message, raw } = reply;
        const evidence = await this.#client.caught.save("fork", message, [node], raw);
        this.fork ??= { message, evidence };
        return undefined;
      }
      const finding = await this.#unproven(claim, reply);
      if (finding !== undefined) weak.set(node, finding);
    }
    for (const [node, finding] of weak) {
      if (!this.findings.has(node)) this.findings.set(node, finding);
    }
    return undefined;
  }

  /** What is proven, against what the nodes said that it is. */
  async #judged(
    { named, index, proven }: Included,
    claims: readonly Claim[],
  ): Promise<ProvenTransaction | undefined> {
    const { id } = named;
    const { height, timestampMs } = proven.header;
    const concerns = accountRoles(named.signed).has(this.#account);
    const isOfPage = this.#from === undefined || newestFirst(this.#from, { height, index }) <= 0;
    for (const claim of claims) {
      const message = !concerns
        ? `It lists ${id}, which does not concern the account.`
        : !isOfPage || claim.height !== height || claim.index !== index
          ? `It lists ${id} at a place where it is not.`
          : undefined;
      if (message !== undefined) await this.#lie(claim, "wrong_subject", message, claim.raw);
    }
    if (!concerns || !isOfPage) return undefined;
    return { id, named, height, index, timestampMs, blockId: proven.blockId };
  }

  /** What is to be said of the node unless another one proves it; undefined: it lied. */
  async #unproven(
    claim: Claim,
    reply: Exclude<InclusionReply, Included | { readonly kind: "forked" }>,
  ): Promise<FindingBody | undefined> {
    const { node, id, raw } = claim;
    const message = `It does not prove ${id}`;
    switch (reply.kind) {
      case "lying":
        await this.#lie(claim, reply.code, reply.message, reply.raw);
        return undefined;
      case "lagging":
        return { kind: "lagging", ...reply.lag };
      case "silent":
        this.#strikes.set(node, liesMax);
        return { kind: "silent", message: `${message}: ${reply.message}` };
      case "unready":
        return { kind: "unready", message: `${message}: ${reply.message}` };
      case "absent": {
        if (codesOfLag.has(reply.code)) {
          return { kind: "unready", message: `${message}: ${reply.message}` };
        }
        const lie = `It lists ${id}, and has no proof of it.`;
        await this.#lie(claim, "outcome_contradicted", lie, raw);
        return undefined;
      }
    }
  }

  /** Its first lie is kept. */
  async #lie(
    { node }: Claim,
    code: LieCode,
    message: string,
    raw: readonly RawAnswer[],
  ): Promise<void> {
    this.#strikes.set(node, (this.#strikes.get(node) ?? 0) + 1);
    if (this.findings.get(node)?.kind === "lying") return;
    // Said before it is kept: several of its transactions are looked at side by side.
    this.findings.set(node, { kind: "lying", code, message, evidence: undefined });
    this.findings.set(node, await this.#client.caught.lie(node, { code, message }, raw));
  }
}
