/**
 * Derivation: the keys of one mnemonic, numbered.
 *
 * The only door of `micro-key-producer`. SLIP-0010 for ed25519, where every step is hardened: no key of a family
 * can be computed from another. https://github.com/satoshilabs/slips/blob/master/slip-0010.md
 * @module
 */
import { HDKey } from "micro-key-producer/slip10.js";
import { assert } from "../base/assert.ts";
import { fail, ok, type Result } from "../base/result.ts";
import { isHardenedPath } from "./derivation-path.ts";

/** The RFC 8032 seed, 32 bytes, at a path below a master seed of 16 to 64 bytes. */
export function deriveSeed(masterSeed: Uint8Array, path: string): Result<Uint8Array, "bad_path"> {
  assert(masterSeed.length >= 16 && masterSeed.length <= 64, "a master seed is 16 to 64 bytes");
  if (!isHardenedPath(path)) return fail("bad_path");
  return ok(HDKey.fromMasterSeed(masterSeed).derive(path).privateKey);
}
