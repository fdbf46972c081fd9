/**
 * The bad copier: a leader whose block holds a transaction that everybody knows, but a copy of it with a bad signature.
 * The id is the same; who remembers by id what was checked takes it.
 * @module
 */
import { nativeHasher } from "../../../node/adapters/native-crypto.ts";
import { transactionsRootOf } from "../../../src/protocol/block.ts";
import type { Wrap } from "../world/node.ts";
import { tamperingLeader, withBadSignature } from "./tampering-leader.ts";

export const badCopier: Wrap = tamperingLeader({
  change: (block, liar) => {
    const at = block.hashes.findIndex((hash) => liar.bodyOf(hash)?.signed.kind === "signed");
    const original = block.hashes[at] && liar.bodyOf(block.hashes[at]);
    const copy = original && liar.learn(withBadSignature(original));
    if (copy === undefined) return block;
    const hashes = block.hashes.with(at, copy.contentHash);
    const transactionsRoot = transactionsRootOf(nativeHasher, hashes);
    return { header: { ...block.header, transactionsRoot }, hashes };
  },
  shownTo: () => true,
});
