/**
 * The final transactions of an account, each proven by its receipt; outgoing ones complete by their nonces.
 *
 * Every node's page is proven by itself, and what is proven is merged by its proven place. So a node can leave out what
 * no other one names, and nothing else: what it invents, misplaces or says of the next page changes nothing.
 * @module
 */
import { assert } from "../base/assert.ts";
import { fail, ok, type Result } from "../base/result.ts";
import type { AccountId } from "../protocol/ids.ts";
import { accountKey, readAccount } from "../protocol/state.ts";
import { isSigned } from "../protocol/transaction.ts";
import type { Finding, FindingBody } from "./finding.ts";
import { cursorBelow, type HistoryCursor, parseHistoryCursor } from "./history-cursor.ts";
import type { Gathered, LightClient } from "./light-client.ts";
import { ListedProofs, type ProvenTransaction } from "./listed-proofs.ts";
import { type ListedPage, leavesOut, listsOf } from "./listed-transactions.ts";
import { ProvenEntries } from "./proven-state.ts";
import type { Standing, TrustFailure } from "./standing.ts";

export interface HistoryWish {
  readonly account: AccountId;
  readonly address: string;
  readonly limit: number;
  /** `next` of the page before: what parseHistoryCursor reads. Undefined: from the newest on. */
  readonly cursor: string | undefined;
}

export interface ProvenHistory {
  /** Newest first. */
  readonly items: readonly ProvenTransaction[];
  readonly next: string | null;
  /** Nonces that are used, of transactions that no node shows: descending, at most 100. */
  readonly missing: readonly number[];
  readonly standing: Standing;
}

const missingMax = 100;

export async function proveHistory(
  client: LightClient,
  { account, address, limit, cursor }: HistoryWish,
): Promise<Result<ProvenHistory, TrustFailure>> {
  const begun = cursor === undefined ? undefined : parseHistoryCursor(cursor);
  assert(cursor === undefined || begun !== undefined, "the cursor is one that a page gave");
  const key = accountKey(account);
  const gathered = await client.gather(
    (options) => (node) => node.accountProof(address, options),
    ({ facts }) =>
      facts.some((fact) => fact.kind === "state" && fact.key === key)
        ? undefined
        : "It does not prove what it was asked.",
  );
  if (!gathered.ok) return gathered;
  const { proven, standing, answers } = gathered.value;
  const { nonce } = readAccount(new ProvenEntries([proven]), account);

  const nodes = answers.map(({ node }) => node);
  const lists = await listsOf(client, nodes, { address, limit, from: begun?.from });
  const proofs = new ListedProofs(client, account, begun?.from);
  const union = await proofs.prove(lists.pages);
  if (proofs.fork !== undefined) {
    return fail({ kind: "fork", ...proofs.fork, findings: standing.findings });
  }
  const pages = provenPages(lists.pages, union, proofs);
  await nameWithholders(client, gathered.value, pages, union, proofs.findings);
  const findings = withFindings(standing.findings, [lists.findings, proofs.findings]);
  if (union.length === 0 && pages.length === 0) return fail({ kind: "nothing-proven", findings });

  const items = union.slice(0, limit);
  const isMore = union.length > limit || lists.pages.some(({ isLast }) => !isLast);
  const expected = cursor === undefined ? nonce : begun?.nonce;
  const { next, missing } = outgoingOf(account, items, expected, isMore);
  return ok({ items, next, missing, standing: { ...standing, findings } });
}

/** The pages of which everything is proven, by the proven places. */
function provenPages(
  pages: readonly ListedPage[],
  union: readonly ProvenTransaction[],
  { findings }: ListedProofs,
): readonly ListedPage[] {
  const places = new Map(union.map((each) => [each.id, each]));
  return pages.flatMap((page) => {
    const items = page.items.flatMap(({ id }) => places.get(id) ?? []);
    return findings.has(page.node) ? [] : [{ ...page, items }];
  });
}

/** A node whose tip is above a final transaction of the account, and whose list goes past it without it. */
async function nameWithholders(
  { caught }: LightClient,
  { answers }: Gathered,
  pages: readonly ListedPage[],
  union: readonly ProvenTransaction[],
  findings: Map<string, FindingBody>,
): Promise<void> {
  for (const page of pages) {
    const top = answers.find(({ node }) => node === page.node)?.proven.header.height ?? -1;
    const hidden = union.find((item) => item.height <= top && leavesOut(page, item));
    if (hidden === undefined) continue;
    const message = `It leaves out the final transaction ${hidden.id}.`;
    const lie = { code: "inclusion_withheld", message } as const;
    findings.set(page.node, await caught.lie(page.node, lie, page.raw));
  }
}

function withFindings(
  findings: readonly Finding[],
  later: readonly ReadonlyMap<string, FindingBody>[],
): readonly Finding[] {
  return findings.map((finding) => {
    const { node } = finding;
    const worse = later.map((found) => found.get(node)).find((found) => found !== undefined);
    return worse === undefined ? finding : { node, ...worse };
  });
}

/**
 * Nonces that the page would have to have, and where the next one begins.
 *
 * Those from the highest that is proven to be used, or is to come by the page before, down to the page's own lowest: or
 * to 0 at the end. Where the page shows none, they are for the next page to have.
 */
function outgoingOf(
  account: AccountId,
  items: readonly ProvenTransaction[],
  expected: HistoryCursor["nonce"],
  isMore: boolean,
): Pick<ProvenHistory, "next" | "missing"> {
  const outgoing = new Set(
    items.flatMap(({ named }) => {
      if (!isSigned(named)) return [];
      const { sender, nonce } = named.signed.transaction;
      return sender === account ? [nonce] : [];
    }),
  );
  const lowest = outgoing.size === 0 ? expected : Math.min(...outgoing);
  const last = items.at(-1);
  const next = (isMore && last !== undefined ? cursorBelow(last, lowest) : undefined) ?? null;
  const highest = Math.max((expected ?? 0) - 1, ...outgoing);
  const end = next === null ? 0 : (lowest ?? 0);
  const missing: number[] = [];
  for (let nonce = highest; nonce >= end && missing.length < missingMax; nonce -= 1) {
    if (!outgoing.has(nonce)) missing.push(nonce);
  }
  return { next, missing };
}
