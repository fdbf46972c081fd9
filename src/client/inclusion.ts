/**
 * Proof that a transaction is final: its bytes, and the way from them to a finalized block.
 * @module
 */
import type { AskOptions } from "../api/asking.ts";
import type { NodeClient } from "../api/client.ts";
import type { ProofOptions } from "../api/proof-json.ts";
import { parseHex } from "../base/bytes.ts";
import { fail, ok, type Result } from "../base/result.ts";
import type { Proven } from "../proof/verify.ts";
import type { ContentHash } from "../protocol/ids.ts";
import { type NamedTransaction, openTransaction } from "../protocol/transaction.ts";
import type { RawAnswer } from "./evidence.ts";
import { proveLasting, type Unproven } from "./lasting-proof.ts";
import type { LightClient } from "./light-client.ts";

export interface Included {
  readonly kind: "included";
  readonly named: NamedTransaction;
  readonly proven: Proven;
  /** Position in the block. */
  readonly index: number;
  readonly raw: readonly RawAnswer[];
}

export type InclusionReply = Included | Unproven;

/** Asks one node to prove that a transaction is final. One that is a few blocks behind has a moment to catch up. */
export async function proveInclusion(
  client: LightClient,
  node: string,
  id: string,
  options: AskOptions,
): Promise<InclusionReply> {
  let bytes: Uint8Array | undefined;
  const question = {
    ask: (asked: ProofOptions) => async (at: NodeClient) => {
      const answer = await at.receipt(id, asked);
      if (answer.ok) bytes = parseHex(answer.value.transaction);
      return answer;
    },
    subjectOf: (proven: Proven) => placed(openNamed(client, bytes), id, proven),
    waitsForUnready: false,
  };
  const reply = await proveLasting(client, node, question, options);
  if (reply.kind !== "proven") return reply;
  const { subject, proven, raw } = reply;
  return { kind: "included", ...subject, proven, raw };
}

function placed(
  named: NamedTransaction | undefined,
  id: string,
  proven: Proven,
): Result<Pick<Included, "named" | "index">, string> {
  if (named?.id !== id) return fail("Its receipt is of another transaction.");
  const index = indexOf(proven, named.contentHash);
  return index === undefined ? fail("Its proof is of another transaction.") : ok({ named, index });
}

function openNamed(
  { options }: LightClient,
  bytes: Uint8Array | undefined,
): NamedTransaction | undefined {
  if (bytes === undefined) return undefined;
  const opened = openTransaction(options.hasher, options.chainId, bytes);
  return opened.ok ? opened.value : undefined;
}

function indexOf({ facts }: Proven, contentHash: ContentHash): number | undefined {
  for (const fact of facts) {
    if (fact.kind === "transaction" && fact.contentHash === contentHash) return fact.index;
  }
  return undefined;
}
