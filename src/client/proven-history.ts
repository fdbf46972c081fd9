/**
 * The final transactions of an account, each proven by its receipt; outgoing ones complete by their nonces.
 * @module
 */
import { fail, ok, type Result } from "../base/result.ts";
import type { AccountId } from "../protocol/ids.ts";
import { accountKey, readAccount } from "../protocol/state.ts";
import { isSigned, type NamedTransaction } from "../protocol/transaction.ts";
import type { Finding, FindingBody } from "./finding.ts";
import { proveInclusion } from "./inclusion.ts";
import type { Gathered, LightClient } from "./light-client.ts";
import {
  type Listed,
  type ListedPage,
  leavesOut,
  listedBy,
  newestFirst,
  nextAfter,
  type PageWish,
  unionOf,
} from "./listed-transactions.ts";
import { ProvenEntries } from "./proven-state.ts";
import type { Standing, TrustFailure } from "./standing.ts";

export interface HistoryWish extends PageWish {
  readonly account: AccountId;
}

export interface ProvenTransaction extends Listed {
  readonly named: NamedTransaction;
  readonly blockId: string;
  readonly timestampMs: number;
}

export interface ProvenHistory {
  /** Newest first. */
  readonly items: readonly ProvenTransaction[];
  readonly next: string | null;
  /** Nonces that are used, of transactions that no node shows: descending, at most 100. */
  readonly missing: readonly number[];
  readonly standing: Standing;
}

const provenTogether = 8;
const missingMax = 100;

export async function proveHistory(
  client: LightClient,
  wish: HistoryWish,
): Promise<Result<ProvenHistory, TrustFailure>> {
  const key = accountKey(wish.account);
  const gathered = await client.gather(
    (options) => (node) => node.accountProof(wish.address, options),
    ({ facts }) =>
      facts.some((fact) => fact.kind === "state" && fact.key === key)
        ? undefined
        : "It does not prove what it was asked.",
  );
  if (!gathered.ok) return gathered;
  const { proven, standing, answers } = gathered.value;
  const { nonce } = readAccount(new ProvenEntries([proven]), wish.account);
  const asked = await Promise.all(
    answers.map(async ({ node }) => await listedBy(client.options, node, wish)),
  );
  const pages = asked.filter((page) => page !== undefined);
  const lies = new Map<string, FindingBody>();
  const items = await proveAll(client, unionOf(pages, wish.limit), lies);
  if ("fork" in items) {
    const { message, evidence } = items.fork;
    return fail({ kind: "fork", message, evidence, findings: standing.findings });
  }
  const next = nextAfter(pages, items.at(-1));
  await nameWithholders(client, gathered.value, pages, items, lies);
  const missing = missingNonces(wish, nonce, items, next);
  const findings = standing.findings.map((finding): Finding => {
    const lie = lies.get(finding.node);
    return lie === undefined ? finding : { node: finding.node, ...lie };
  });
  return ok({ items, next, missing, standing: { ...standing, findings } });
}

interface Forked {
  readonly fork: { readonly message: string; readonly evidence: string | undefined };
}

async function proveAll(
  client: LightClient,
  listed: readonly (Listed & { readonly nodes: readonly string[] })[],
  lies: Map<string, FindingBody>,
): Promise<readonly ProvenTransaction[] | Forked> {
  const proven: ProvenTransaction[] = [];
  for (let from = 0; from < listed.length; from += provenTogether) {
    const some = listed.slice(from, from + provenTogether);
    const found = await Promise.all(some.map(async (each) => await proveOne(client, each, lies)));
    for (const each of found) {
      if (each === undefined) continue;
      if ("fork" in each) return each;
      proven.push(each);
    }
  }
  return proven.toSorted(newestFirst);
}

/** By the first node that can. */
async function proveOne(
  client: LightClient,
  { id, nodes }: { readonly id: string; readonly nodes: readonly string[] },
  lies: Map<string, FindingBody>,
): Promise<ProvenTransaction | Forked | undefined> {
  const { timeoutMs } = client.options;
  for (const node of nodes) {
    const reply = await proveInclusion(client, node, id, { timeoutMs });
    if (reply.kind === "included") {
      const { named, index, proven } = reply;
      const { height, timestampMs } = proven.header;
      return { id, named, height, index, timestampMs, blockId: proven.blockId };
    }
    if (reply.kind === "lying") lies.set(node, await client.caught.lie(node, reply, reply.raw));
    if (reply.kind === "forked") {
      const { message, raw } = reply;
      return {
        fork: { message, evidence: await client.caught.save("fork", message, [node], raw) },
      };
    }
  }
  return undefined;
}

/** A node whose tip is above a final transaction of the account, and whose list goes past it without it. */
async function nameWithholders(
  { caught }: LightClient,
  { answers }: Gathered,
  pages: readonly ListedPage[],
  items: readonly ProvenTransaction[],
  lies: Map<string, FindingBody>,
): Promise<void> {
  for (const page of pages) {
    const top = answers.find(({ node }) => node === page.node)?.proven.header.height ?? -1;
    const hidden = items.find((item) => item.height <= top && leavesOut(page, item));
    if (hidden === undefined || lies.has(page.node)) continue;
    const message = `It leaves out the final transaction ${hidden.id}.`;
    const lie = { code: "inclusion_withheld", message } as const;
    lies.set(page.node, await caught.lie(page.node, lie, page.raw));
  }
}

/** Nonces of the account that the page would have to have: between its own, and up to the newest on the first page. */
function missingNonces(
  { account, cursor }: HistoryWish,
  used: number,
  items: readonly ProvenTransaction[],
  next: string | null,
): readonly number[] {
  const outgoing = new Set(
    items.flatMap(({ named }) => {
      if (!isSigned(named)) return [];
      const { sender, nonce } = named.signed.transaction;
      return sender === account ? [nonce] : [];
    }),
  );
  const highest = cursor === undefined ? used - 1 : Math.max(-1, ...outgoing);
  const lowest = next === null ? 0 : Math.min(...outgoing);
  const missing: number[] = [];
  // Without an outgoing one on a page that is not the last, there is nothing to compare with.
  if (!Number.isFinite(lowest)) return missing;
  for (let nonce = highest; nonce >= lowest && missing.length < missingMax; nonce -= 1) {
    if (!outgoing.has(nonce)) missing.push(nonce);
  }
  return missing;
}
