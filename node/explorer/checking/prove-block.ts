/**
 * A block: its id is the hash of what is shown of it, and it is final. The tip is one of which only the id is shown.
 * @module
 */
import type { BlockJson, FinalizationJson, TipJson } from "../../../src/api/json.ts";
import { blockQuestion } from "../../../src/client/light-client.ts";
import { proveBlock } from "../../../src/client/proven-block.ts";
import { proveState } from "../../../src/client/proven-state.ts";
import { trustGenesis } from "../../../src/proof/trust.ts";
import type { Proven } from "../../../src/proof/verify.ts";
import { noAccount } from "../../../src/protocol/ids.ts";
import { readValidators, validatorsKey } from "../../../src/protocol/state.ts";
import { validatorsHash } from "../../../src/protocol/validator-set.ts";
import { countText, manyText } from "../words/formats.ts";
import { type Difference, differences, differenceWords, valueCount } from "./differences.ts";
import { sayOfAll } from "./others.ts";
import { failureOf, failureOfRound, type Outcome } from "./outcome.ts";
import { ProvenWriter } from "./proven-writer.ts";
import type { Scene } from "./scene.ts";
import { keepShown } from "./shown-lie.ts";
import { showTrust, trustTitles } from "./trust-steps.ts";
import type { Titles, Way } from "./way.ts";

export const tipTitles: Titles = [
  ["shown", "The newest block has this id and this time"],
  ["word", "What nobody can prove"],
  ...trustTitles,
];

export const blockTitles: Titles = [
  ["shown", "What is shown is what its id is the hash of"],
  ["word", "What its id does not cover"],
  ...trustTitles,
];

const besideTip =
  "Supply, accounts, rates, times and everything in charts and lists is what this node has counted and measured.";

export async function proveTip(
  scene: Scene,
  { height, id, timestampMs }: TipJson & { readonly timestampMs?: number | undefined },
  way: Way,
): Promise<Outcome> {
  const shown = { height, id, timestampMs };
  return await proveShown(scene, shown, way, async ({ header, blockId }) => {
    const time = timestampMs === undefined ? undefined : header.timestampMs;
    const found = differences(shown, { height: header.height, id: blockId, timestampMs: time });
    if (found.length > 0) return found;
    await way.good("shown", blockId);
    await way.word("word", besideTip);
    return [];
  });
}

export async function proveBlockShown(scene: Scene, shown: BlockJson, way: Way): Promise<Outcome> {
  return await proveShown(scene, shown, way, async (proven) => {
    const { leaderName, bytes, finalization, ...covered } = shown;
    const found = differences(covered, coveredBy(scene, proven));
    if (found.length > 0) return found;
    await way.good(
      "shown",
      `${valueCount(covered)} values of the header hash to ${proven.blockId}.`,
    );
    const named = await nameDifference(scene, shown, proven);
    if ("kind" in named) return named;
    const signed =
      finalization === null ? [] : await signersDifference(scene, finalization, proven);
    const beside = [...signed, ...named];
    const signers =
      finalization === null
        ? ""
        : `The ${manyText(finalization.signers.length, "signer")} of its own certificate are proven. `;
    const name = leaderName === null ? "" : "The leader's name is proven. ";
    const size = `Its size, ${countText(bytes)} bytes, is this node's word.`;
    if (beside.length === 0) await way.word("word", signers + name + size);
    return beside;
  });
}

async function proveShown(
  scene: Scene,
  shown: Pick<TipJson, "height">,
  way: Way,
  compare: (proven: Proven) => Promise<readonly Difference[] | Outcome>,
): Promise<Outcome> {
  const { client, nodes, page, options, timeoutMs } = scene;
  const begun = await client.footing();
  const ask = { timeoutMs, signal: options.left };
  const one = (node: string) => proveBlock(client, node, shown.height, ask);
  const [own, ...others] = await Promise.all([one(page), ...nodes.slice(1).map(one)]);
  const { nodes: words, fork } = await sayOfAll(scene, [own, ...others]);
  if (own.kind !== "proven") return { ...failureOf(own), nodes: words };
  if (fork !== undefined) return fork;
  const { proven, raw } = own;
  const found = await compare(proven);
  if ("kind" in found) return { ...found, nodes: words };
  if (found.length > 0) {
    const why = `The node shows another block than it proves. ${differenceWords(found)}.`;
    const said = await keepShown(scene, why, shown, { words, raw });
    const isBeside = found.every(({ field }) => /^(finalization|leaderName)/.test(field));
    return { kind: "false", why, step: isBeside ? "word" : "shown", nodes: said };
  }
  await showTrust(way, scene, proven, begun);
  return { kind: "proven", proven, nodes: words };
}

/** What is shown of the header, from the proven one. */
export function coveredBy(
  { network: { genesis } }: Pick<Scene, "network">,
  { header, blockId }: Pick<Proven, "header" | "blockId">,
): Omit<BlockJson, "leaderName" | "bytes" | "finalization"> {
  const { leader, ...rest } = header;
  const writer = new ProvenWriter(genesis);
  return { ...rest, id: blockId, leader: leader === noAccount ? null : writer.address(leader) };
}

/** The certificate that is shown is the block's own: it is proven without any later one. */
async function signersDifference(
  { client, page, network, options, timeoutMs }: Scene,
  shown: FinalizationJson,
  { blockId, header }: Proven,
): Promise<readonly Difference[]> {
  const genesis = trustGenesis(options.hasher, network.genesis, network.chainId);
  const ask = { timeoutMs, signal: options.left };
  const starts = { near: genesis, genesis };
  const question = blockQuestion(header.height);
  const reply = await client.one.prove(page, question, { starts, known: [], ask });
  if (reply.kind !== "proven" || reply.proven.certified.blockId !== blockId) {
    return [{ field: "finalization", shown: "one of its own", proven: "none of its own" }];
  }
  const { subject, signatures } = reply.proven.certificate;
  const own = {
    epoch: subject.epoch,
    view: subject.view,
    signers: signatures.map(({ signer }) => signer),
  };
  return differences(shown, own, "finalization");
}

/** The name that some set around the block, or the one of today, gives to its leader. */
async function nameDifference(
  scene: Scene,
  { leaderName }: BlockJson,
  { header, validators }: Proven,
): Promise<readonly Difference[] | Outcome> {
  if (leaderName === null) return [];
  const ofBlock =
    header.validatorsHash === validatorsHash(scene.options.hasher, validators) ? validators : [];
  const nameIn = (set: readonly { readonly operator: string; readonly name: string }[]) =>
    set.find(({ operator }) => operator === header.leader)?.name;
  if (nameIn(ofBlock) === leaderName) return [];
  const state = await proveState(scene.client, [validatorsKey]);
  if (!state.ok) return failureOfRound(state.reason, scene.page);
  const { previous, current, next } = readValidators(state.value.entries);
  const names = [current, previous, next, ofBlock].map(nameIn);
  if (names.includes(leaderName)) return [];
  const proven = names.find((name) => name !== undefined) ?? "no name";
  return [{ field: "leaderName", shown: leaderName, proven }];
}
