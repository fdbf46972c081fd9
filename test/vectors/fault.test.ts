/**
 * A Fault's bytes are BCS: the same as an independent library's, both ways, and strict.
 * @module
 */
import { bcs } from "@mysten/bcs";
import { describe, expect, test } from "vitest";
import { createNobleSigner } from "../../src/crypto/ed25519.ts";
import { nobleHasher } from "../../src/crypto/hash.ts";
import { orderedFault } from "../../src/protocol/fault.ts";
import { type BlockId, type ChainId, epoch, validatorIndex, view } from "../../src/protocol/ids.ts";
import { nameTransaction, openTransaction } from "../../src/protocol/transaction.ts";
import { signVote, type VoteBody } from "../../src/protocol/vote.ts";

const Proposal = bcs.struct("Proposal", {
  epoch: bcs.u64(),
  view: bcs.u64(),
  parentView: bcs.u64(),
  blockId: bcs.bytes(32),
});
const Round = bcs.struct("Round", { epoch: bcs.u64(), view: bcs.u64() });
const Vote = bcs.struct("Vote", {
  body: bcs.enum("VoteBody", { Notarize: Proposal, Nullify: Round, Finalize: Proposal }),
  signer: bcs.u16(),
  signature: bcs.bytes(64),
});
const SignedTransaction = bcs.enum("SignedTransaction", {
  Signed: bcs.bool(),
  Fault: bcs.struct("Fault", { first: Vote, second: Vote }),
});

const chainId = "c4".repeat(32) as ChainId;
const signer = createNobleSigner(new Uint8Array(32).fill(7));
const position = validatorIndex(300);
const round = { epoch: epoch(9), view: view(2 ** 40) };
const proposal = (block: number) => ({
  ...round,
  parentView: view(1),
  blockId: block.toString(16).repeat(32) as BlockId,
});
const reference = (block: number) => ({
  ...round,
  parentView: 1,
  blockId: new Uint8Array(32).fill(block),
});

const cases = [
  [
    "two to notarize",
    [
      { kind: "notarize", ...proposal(0x11) },
      { kind: "notarize", ...proposal(0x22) },
    ],
    [{ Notarize: reference(0x11) }, { Notarize: reference(0x22) }],
    247,
  ],
  [
    "two to finalize",
    [
      { kind: "finalize", ...proposal(0x11) },
      { kind: "finalize", ...proposal(0x22) },
    ],
    [{ Finalize: reference(0x11) }, { Finalize: reference(0x22) }],
    247,
  ],
  [
    "nullify and finalize",
    [
      { kind: "nullify", ...round },
      { kind: "finalize", ...proposal(0x11) },
    ],
    [{ Nullify: round }, { Finalize: reference(0x11) }],
    207,
  ],
] as const;

describe.each(cases)("%s", (_, [a, b], [first, second], size) => {
  const sign = (body: VoteBody) => signVote(body, { signer, chainId, position });
  const [one, other] = [sign(a), sign(b)];
  const named = nameTransaction(nobleHasher, chainId, orderedFault(other, one));
  const bytes = SignedTransaction.serialize({
    Fault: {
      first: { body: first, signer: 300, signature: one.signature },
      second: { body: second, signer: 300, signature: other.signature },
    },
  }).toBytes();

  test("our bytes are the library's", () => {
    expect(named.bytes).toEqual(bytes);
    expect(bytes.length).toBe(size);
  });

  test("the library's bytes are read back", () => {
    const opened = openTransaction(nobleHasher, chainId, bytes);
    if (!opened.ok) throw opened.reason;
    expect(opened.value).toEqual(named);
    expect(opened.value.signed).toEqual({ kind: "fault", first: one, second: other });
  });

  test("another variant, a longer one or a view beyond 2^53 does not decode", () => {
    const opens = (at: number, ...others: readonly number[]) => {
      const changed = bytes.slice();
      changed.set(others, at);
      return openTransaction(nobleHasher, chainId, changed).ok;
    };
    expect(opens(0, 1)).toBe(true);
    expect([opens(0, 2), opens(0, 0x81, 0), opens(1, 3), opens(1, 0x81, 0)]).not.toContain(true);
    const highByteOfView = 1 + 1 + 8 + 7;
    expect([opens(highByteOfView - 1, 0x1f), opens(highByteOfView - 1, 0x20)]).toEqual([
      true,
      false,
    ]);
  });
});
