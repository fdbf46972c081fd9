/**
 * Submitting to several nodes, and following until an outcome is proven.
 * @module
 */

import type { Outcome } from "../api/outcome.ts";
import { pursue } from "../api/pursuit.ts";
import { quickly, submitting } from "../api/submitting.ts";
import type { Finding } from "../client/finding.ts";
import type { LightClient } from "../client/light-client.ts";
import { OutcomeProofs } from "../client/outcome-proofs.ts";
import type { SignedTransactionBytes } from "./signing.ts";

export interface SubmitOptions {
  /** Default 30 s. When it is over, the outcome is `unknown`: submit the same bytes again. */
  readonly timeoutMs?: number | undefined;
  /** An earlier call or run has sent these bytes. */
  readonly isAgain?: boolean | undefined;
  /** Hears of every node that lies. */
  readonly onLie?: ((finding: Finding) => void) | undefined;
}

const timeoutMsStandard = 30_000;
/** A silent node is given so long before the next one is asked as well. */
const patienceMs = 1_000;

/** Never throws for what nodes do; never calls a payment failed that may still become final. */
export async function submitTransaction(
  client: LightClient,
  signed: SignedTransactionBytes,
  from: string,
  options: SubmitOptions = {},
): Promise<Outcome> {
  const { web, clock, nodes } = client.options;
  const { id, transaction } = signed;
  const followed = { id, own: { transaction, from } };
  const proofs = new OutcomeProofs(client, followed, options.onLie ?? (() => {}));
  const words = submitting(web, signed, { isHeld: true });
  const { outcome } = await pursue({
    nodes,
    askNode: async (node, waitMs, signal) =>
      await proofs.prove(await words(node, waitMs, signal), quickly(waitMs, signal)),
    worth: "proven",
    clock,
    timeoutMs: options.timeoutMs ?? timeoutMsStandard,
    patienceMs,
    mayBeHeld: options.isAgain === true,
    until: "settled",
    isPatient: false,
  });
  return outcome;
}
