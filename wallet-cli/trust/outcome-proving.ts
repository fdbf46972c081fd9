/**
 * What became of a transaction, proven: for those who have it saved, and for those who only know its id.
 * @module
 */
import { answerOf } from "../../src/api/asking.ts";
import type { NodeAnswer } from "../../src/api/outcome.ts";
import type { Finding } from "../../src/client/finding.ts";
import { type Included, proveInclusion } from "../../src/client/inclusion.ts";
import type { LightClient } from "../../src/client/light-client.ts";
import { OutcomeProofs } from "../../src/client/outcome-proofs.ts";
import { nobleVerifier } from "../../src/crypto/ed25519.ts";
import { nobleHasher } from "../../src/crypto/hash.ts";
import {
  type AuthorizationFlaw,
  authorizationFlaw,
  verifyTransaction,
} from "../../src/protocol/authorization.ts";
import type { ChainId } from "../../src/protocol/ids.ts";
import { chainTag, isSigned, openTransaction } from "../../src/protocol/transaction.ts";
import type { CommandFailure } from "../failure.ts";
import { ask } from "../network/nodes.ts";
import type { OutboxEntry } from "../outbox/outbox-entry.ts";
import { trustFailure } from "./standing-text.ts";

/** What can never change any more, or `open`. */
export type ProvenEnd =
  | Extract<NodeAnswer, { kind: "final" | "superseded" | "expired" }>
  | { readonly kind: "open" };

/** For a question that a node answers from memory. */
const quickMs = 3_000;

type Saved = Pick<OutboxEntry, "id" | "bytes" | "from">;

/** Proofs about a saved transaction, or one of which only the id is known; `tell` hears of every lie. */
export function proofsOf(
  client: LightClient,
  saved: Saved | string,
  tell: (finding: Finding) => void,
): OutcomeProofs {
  if (typeof saved === "string") {
    return new OutcomeProofs(client, { id: saved, own: undefined }, tell);
  }
  const { id, bytes, from } = saved;
  const { hasher, chainId } = client.options;
  const opened = openTransaction(hasher, chainId, bytes);
  const isOwn = opened.ok && isSigned(opened.value);
  const own = isOwn ? { transaction: opened.value.signed.transaction, from } : undefined;
  return new OutcomeProofs(client, { id, own }, tell);
}

/** Asks one node after the other until one proves an end of the transaction. Exit 8 when one proves a fork. */
export async function proveEnd(
  client: LightClient,
  saved: Saved,
  tell: (finding: Finding) => void,
): Promise<ProvenEnd> {
  const proofs = proofsOf(client, saved, tell);
  const options = { timeoutMs: quickMs };
  for (const node of client.options.nodes) {
    const heard = await ask(node, (at) => at.transaction(saved.id), options);
    const said = answerOf(heard, saved.id);
    // A refusal may be from before its nonce was used: what became of it since, the state says.
    const words = said.kind === "refused" ? ({ node, kind: "unknown" } as const) : said;
    const answer = await proofs.prove(words, options);
    switch (answer.kind) {
      case "final":
      case "superseded":
      case "expired":
        return answer;
      case "forked":
        throw forkFailure(answer.message, undefined);
      default:
        break;
    }
  }
  return { kind: "open" };
}

/** The height of the final block that has it, by this node's proof; undefined when it proves none. See `includedBy`. */
export async function provenHeight(
  client: LightClient,
  node: string,
  id: string,
  tell: (finding: Finding) => void,
): Promise<number | undefined> {
  const included = await includedBy(client, node, id, { timeoutMs: quickMs, tell });
  return included?.proven.header.height;
}

/**
 * This node's proof that the transaction is final in the history that is known; undefined when it has none now.
 * A lie is told and kept. A proof that contradicts what was proven before ends the command: exit 8.
 */
export async function includedBy(
  client: LightClient,
  node: string,
  id: string,
  { timeoutMs, tell }: { readonly timeoutMs: number; readonly tell: (finding: Finding) => void },
): Promise<Included | undefined> {
  const reply = await proveInclusion(client, node, id, { timeoutMs });
  switch (reply.kind) {
    case "included":
      return reply;
    case "forked": {
      const { message, raw } = reply;
      throw forkFailure(message, await client.caught.save("fork", message, [node], raw));
    }
    case "lying":
      tell({ node, ...(await client.caught.lie(node, reply, reply.raw)) });
      return undefined;
    default:
      return undefined;
  }
}

const forkFailure = (message: string, evidence: string | undefined): CommandFailure =>
  trustFailure({ kind: "fork", message, evidence, findings: [] });

export type EntryFlaw = "malformed" | "wrong_chain" | "bad_signature" | AuthorizationFlaw;

/** Why these bytes can never be applied, whatever a node says; undefined when they are sound. */
export function entryFlaw(chainId: ChainId, bytes: Uint8Array): EntryFlaw | undefined {
  const opened = openTransaction(nobleHasher, chainId, bytes);
  if (!opened.ok || !isSigned(opened.value)) return "malformed";
  const { signed } = opened.value;
  if (signed.transaction.chain !== chainTag(chainId)) return "wrong_chain";
  const flaw = authorizationFlaw(signed);
  if (flaw !== undefined) return flaw;
  const options = { verifier: nobleVerifier, chainId };
  return verifyTransaction(opened.value, options) === undefined ? "bad_signature" : undefined;
}
