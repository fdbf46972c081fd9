/**
 * A transaction: signed by those it acts for, shown as it was signed, and in a final block at its place.
 * @module
 */
import { contentJson } from "../../../src/api/content-json.ts";
import type { FinalTransactionJson } from "../../../src/api/json.ts";
import {
  type Included,
  type InclusionReply,
  proveInclusion,
} from "../../../src/client/inclusion.ts";
import { verifyTransaction } from "../../../src/protocol/authorization.ts";
import type { AssetId } from "../../../src/protocol/ids.ts";
import { isSigned, type NamedTransaction } from "../../../src/protocol/transaction.ts";
import { countText, manyText } from "../words/formats.ts";
import { type Difference, differences, differenceWords, valueCount } from "./differences.ts";
import { sayOfAll } from "./others.ts";
import { failureOf, failureOfRound, type NodeReply, type Outcome } from "./outcome.ts";
import type { ProvenWriter } from "./proven-writer.ts";
import type { Scene } from "./scene.ts";
import { keepShown } from "./shown-lie.ts";
import { showTrust, trustTitles } from "./trust-steps.ts";
import type { Titles, Way } from "./way.ts";

export const transactionTitles: Titles = [
  ["signature", "It is signed by those it acts for"],
  ["shown", "What is shown is what was signed"],
  ["place", "It is in its block"],
  ...trustTitles,
];

export async function proveTransaction(
  scene: Scene,
  shown: FinalTransactionJson,
  way: Way,
): Promise<Outcome> {
  const begun = await scene.client.footing();
  const [own, ...others] = await askAll(scene, shown.id);
  const { nodes, fork } = await sayOfAll(scene, [asReply(own), ...others.map(asReply)]);
  if (own.kind !== "included") return { ...failureOf(own), nodes };
  const { named, proven, index } = own;

  const flaw = signatureFlaw(scene, named);
  if (flaw !== undefined) return { kind: "false", why: flaw, step: "signature", nodes };
  await way.good("signature", signatureWords(named));
  if (fork !== undefined) return fork;

  const writer = await scene.writer(assetsOf(named));
  if (!writer.ok) return failureOfRound(writer.reason, scene.page);
  const found = transactionDifferences(shown, own, writer.value);
  if (found.length > 0) {
    const why = `The node shows what was not signed. ${differenceWords(found)}.`;
    const said = await keepShown(scene, why, shown, { words: nodes, raw: own.raw });
    return { kind: "false", why, step: "shown", nodes: said };
  }
  await way.good("shown", `${valueCount(shown)} values are those of the proven bytes.`);

  const { height, transactionCount, transactionsRoot } = proven.header;
  const place = `${countText(index + 1)} of ${countText(transactionCount)}`;
  await way.good("place", `${named.contentHash} leads to its root ${transactionsRoot}.`, {
    title: `It is transaction ${place} of block #${countText(height)}`,
  });
  await showTrust(way, scene, proven, begun);
  return { kind: "proven", proven, nodes };
}

async function askAll({ client, nodes, page, options, timeoutMs }: Scene, id: string) {
  const ask = { timeoutMs, signal: options.left };
  const one = (node: string) => proveInclusion(client, node, id, ask);
  const [own, ...others] = await Promise.all([one(page), ...nodes.slice(1).map(one)]);
  return [own, ...others] as const;
}

const asReply = (reply: InclusionReply): NodeReply =>
  reply.kind === "included" ? { ...reply, kind: "proven" } : reply;

export function signatureFlaw(
  { options: { verifier, network } }: Scene,
  named: NamedTransaction,
): string | undefined {
  if (!isSigned(named)) return undefined;
  const isGood = verifyTransaction(named, { verifier, chainId: network.chainId }) !== undefined;
  return isGood ? undefined : "The transaction is not signed by those that it acts for.";
}

function signatureWords(named: NamedTransaction): string {
  if (!isSigned(named)) return "Nobody signs for it: it holds two votes of one validator.";
  const { authorizations } = named.signed;
  const count = authorizations.reduce((sum, { signatures }) => sum + signatures.length, 0);
  const accounts = manyText(authorizations.length, "account");
  return `${manyText(count, "signature")} for ${accounts} under ${named.id}.`;
}

/** In what the answer differs from the proven bytes and their proven place. */
export function transactionDifferences(
  shown: FinalTransactionJson,
  { named, proven, index }: Pick<Included, "named" | "proven" | "index">,
  writer: ProvenWriter,
): readonly Difference[] {
  const { header, blockId } = proven;
  const { height, timestampMs } = header;
  const place = { height, index, blockId, timestampMs };
  return differences(shown, { status: "final", ...contentJson(writer, named), ...place });
}

/** Whose codes and decimals its amounts are written with. */
export function assetsOf({ signed }: NamedTransaction): readonly AssetId[] {
  if (signed.kind === "fault") return [];
  return signed.transaction.operations.flatMap(({ body }) => ("asset" in body ? [body.asset] : []));
}
