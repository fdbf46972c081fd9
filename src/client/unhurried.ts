/**
 * Verifying a proof on a thread that others need too: a browser's, which has to answer to its reader meanwhile.
 *
 * Hundreds of signatures take a second. So they are checked a few at a time, and the proof is verified as always after
 * that, with a verifier that remembers them: what a proof is worth is decided in one place only.
 * @module
 */
import type { Clock } from "../base/clock.ts";
import type { Result } from "../base/result.ts";
import type { Verifier } from "../crypto/ports.ts";
import type { ProofFlaw } from "../proof/flaws.ts";
import type { Proof } from "../proof/proof.ts";
import type { Trust } from "../proof/trust.ts";
import { type ProofPorts, type Proven, verifyProof } from "../proof/verify.ts";

/** So long the thread is held at a time, and one signature more. */
const sliceMs = 8;

export interface Unhurried {
  readonly clock: Pick<Clock, "monotonicMs">;
  /** Lets others go first. Left out: the thread is ours. */
  readonly pause?: (() => Promise<void>) | undefined;
}

/** `ports.verifier` has to remember what it found good: src/client/remembering-verifier.ts. */
export async function verifyUnhurried(
  proof: Proof,
  trust: Trust,
  ports: ProofPorts,
  { clock, pause }: Unhurried,
): Promise<Result<Proven, ProofFlaw>> {
  if (pause === undefined) return verifyProof(proof, trust, ports);
  let startedMs = clock.monotonicMs();
  for (const { signature, message, publicKey } of askedSignatures(proof, trust, ports)) {
    // The first bad one decides, below.
    if (!ports.verifier.verify(signature, message, publicKey)) break;
    if (clock.monotonicMs() - startedMs < sliceMs) continue;
    await pause();
    startedMs = clock.monotonicMs();
  }
  return verifyProof(proof, trust, ports);
}

interface AskedSignature {
  readonly signature: Uint8Array;
  readonly message: Uint8Array;
  readonly publicKey: Uint8Array;
}

/** Which signatures the proof stands on, if all else in it holds. What is said of it here is worth nothing. */
function askedSignatures(
  proof: Proof,
  trust: Trust,
  { hasher }: Pick<ProofPorts, "hasher">,
): readonly AskedSignature[] {
  const asked: AskedSignature[] = [];
  const noting: Verifier = {
    verify(signature, message, publicKey) {
      asked.push({ signature, message, publicKey });
      return true;
    },
  };
  verifyProof(proof, trust, { hasher, verifier: noting });
  return asked;
}
