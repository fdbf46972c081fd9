/**
 * A verifier that checks each signature once: several nodes hand out the same certificate, and one node again and again.
 * @module
 */
import { toHex } from "../base/bytes.ts";
import { RecentMap } from "../base/recent-map.ts";
import type { Hasher, Verifier } from "../crypto/ports.ts";

const signaturesMax = 8_192;

export function rememberingVerifier(verifier: Verifier, hasher: Hasher): Verifier {
  const good = new RecentMap<string, true>({ entriesMax: signaturesMax });
  return {
    verify(signature, message, publicKey) {
      const key = `${toHex(signature)}/${toHex(publicKey)}/${toHex(hasher.sha256(message))}`;
      if (good.get(key) === true) return true;
      const isGood = verifier.verify(signature, message, publicKey);
      if (isGood) good.set(key, true);
      return isGood;
    },
  };
}
