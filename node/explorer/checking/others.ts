/**
 * What other nodes say of something that never changes: whether they prove the same block, and not only some block.
 *
 * Two blocks at one height, or one transaction in two blocks, are two histories: then nothing is shown as proven, even
 * where only another node shows it.
 * @module
 */
import { contradiction } from "../../../src/client/agreement.ts";
import { proveBlock } from "../../../src/client/proven-block.ts";
import type { Proven } from "../../../src/proof/verify.ts";
import { countText } from "../words/formats.ts";
import type { NodeWord } from "./claims.ts";
import { forkWords, type NodeReply, type Outcome, wordOf } from "./outcome.ts";
import type { Scene } from "./scene.ts";

/** One for each node of the scene, the page's own first. */
export type Replies = readonly [NodeReply, ...NodeReply[]];

export interface SaidOfAll {
  readonly nodes: readonly NodeWord[];
  /** Why the page's proof is not enough: another node proves something that cannot be true along with it. */
  readonly fork: Outcome | undefined;
}

export async function sayOfAll(scene: Scene, replies: Replies): Promise<SaidOfAll> {
  const [own] = replies;
  const said = await Promise.all(
    scene.nodes.map(async (node, i): Promise<SaidOfOne> => {
      const reply = replies[i] ?? own;
      if (i === 0 || own.kind !== "proven") return { word: await wordOf(scene, node, reply) };
      return await sayOfOther(scene, node, reply, own);
    }),
  );
  const nodes = said.map(({ word }) => word);
  const fork = said.find((each) => each.fork !== undefined)?.fork;
  if (fork === undefined) return { nodes, fork };
  return { nodes, fork: { kind: "false", why: forkWords(fork), step: "validators", nodes } };
}

interface SaidOfOne {
  readonly word: NodeWord;
  readonly fork?: string;
}

type ProvenReply = Extract<NodeReply, { kind: "proven" }>;

async function sayOfOther(
  scene: Scene,
  node: string,
  reply: NodeReply,
  own: ProvenReply,
): Promise<SaidOfOne> {
  const shown = reply.kind === "absent" ? await blockInstead(scene, node, own) : reply;
  if (shown.kind === "forked") {
    return { word: await wordOf(scene, node, shown), fork: shown.message };
  }
  const what = shown.kind === "proven" ? different(own.proven, shown.proven) : undefined;
  if (shown.kind !== "proven" || what === undefined) {
    return { word: await wordOf(scene, node, reply) };
  }
  const message = `this node and ${node} prove ${what}`;
  const evidence = await scene.client.caught.save(
    "fork",
    message,
    [scene.page, node],
    [...own.raw, ...shown.raw],
  );
  return { word: { node, tone: "bad", words: `proves ${what}`, evidence }, fork: message };
}

/** A node that does not have what the page's node proves may have another block in its place. */
async function blockInstead(
  { client, options, timeoutMs }: Scene,
  node: string,
  { proven }: ProvenReply,
): Promise<NodeReply> {
  const ask = { timeoutMs, signal: options.left };
  return await proveBlock(client, node, proven.header.height, ask);
}

/** In what two proofs of one subject contradict each other. */
function different(own: Proven, other: Proven): string | undefined {
  if (own.blockId === other.blockId) {
    return contradiction([own], [{ node: "", proven: other }])?.what;
  }
  const [at, there] = [own.header.height, other.header.height];
  return at === there
    ? `different blocks at #${countText(at)}`
    : `it in different blocks, #${countText(at)} and #${countText(there)}`;
}
