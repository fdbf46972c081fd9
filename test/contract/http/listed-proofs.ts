/**
 * Proofs of the listed node: its blocks have no signatures, so it proves nothing.
 * @module
 */
import { fail, type Result } from "../../../src/base/result.ts";
import type { ProofAnswers, ProofRefusal } from "../../../src/replica/proof-queries.ts";

const notReady = (): Result<never, ProofRefusal> => fail({ kind: "not_ready" });

export const noProofs: ProofAnswers = {
  receipt: notReady,
  account: async () => notReady(),
  state: notReady,
  block: notReady,
  headers: () => [],
  epoch: () => undefined,
  consistency: () => undefined,
  inclusion: () => undefined,
};
