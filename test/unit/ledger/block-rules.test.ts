/**
 * The room in a block, to the byte and to the signature.
 * @module
 */
import { expect, test } from "vitest";
import { BlockRoom } from "../../../src/ledger/block-rules.ts";
import { encodeBlock } from "../../../src/protocol/block.ts";
import { standardParameters } from "../../../src/protocol/parameters.ts";
import {
  alice,
  bob,
  buildOn,
  chainIdFor,
  genesisOf,
  native,
  openLedger,
  transactionOf,
} from "../../fixtures/small-ledger.ts";

const genesis = genesisOf({ balances: [[alice, 1_000n]] });
const { ledger } = openLedger(genesis);
const many = Array.from({ length: 130 }, (_, nonce) =>
  transactionOf(chainIdFor(genesis), { from: alice, operations: [native(bob, 1n)], nonce }),
);

// At 128 transactions the length in front of them takes a second byte.
test.each([1, 2, 127, 128, 129])(
  "%i transactions fit in exactly the bytes of their block",
  (count) => {
    const transactions = many.slice(0, count);
    const { header } = buildOn(ledger, ledger.tip.id, []);
    const size = encodeBlock({ id: ledger.tip.id, header, transactions }).length;
    const lastOf = (maxBlockBytes: bigint) => {
      const room = new BlockRoom(header, { ...standardParameters, maxBlockBytes });
      const flaws = transactions.map((transaction) => {
        const lack = room.lack(transaction);
        if (lack === undefined) room.take(transaction);
        return lack;
      });
      expect(flaws.slice(0, -1).every((flaw) => flaw === undefined)).toBe(true);
      return flaws.at(-1);
    };
    expect(lastOf(BigInt(size))).toBeUndefined();
    expect(lastOf(BigInt(size - 1))).toBe("too_many_bytes");
  },
);

test("asking for room takes none", () => {
  const { header } = buildOn(ledger, ledger.tip.id, []);
  const room = new BlockRoom(header, { ...standardParameters, maxBlockSignatures: 1n });
  const [first] = many;
  if (first === undefined) return;
  expect([room.lack(first), room.lack(first)]).toEqual([undefined, undefined]);
  room.take(first);
  expect(room.lack(first)).toBe("too_many_signatures");
});
