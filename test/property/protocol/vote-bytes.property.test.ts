/**
 * The bytes of votes, in a transaction and in the state, against an independent implementation of BCS.
 * @module
 */
import { bcs } from "@mysten/bcs";
import fc from "fast-check";
import { expect, test } from "vitest";
import { fromHex, toHex } from "../../../src/base/bytes.ts";
import { decode, encode } from "../../../src/codec/codec.ts";
import {
  type StandingVote,
  standingVotesCodec,
  subjectKey,
} from "../../../src/protocol/membership.ts";
import { type OperationBody, operationBodyCodec } from "../../../src/protocol/operations.ts";
import type { Validator } from "../../../src/protocol/validator-set.ts";

const id = bcs.bytes(32);
const ValidatorStruct = bcs.struct("Validator", {
  consensusKey: id,
  operator: id,
  name: bcs.string(),
  endpoint: bcs.string(),
});
const MembershipChange = bcs.enum("MembershipChange", {
  Put: bcs.struct("Put", { validator: ValidatorStruct, possession: bcs.bytes(64) }),
  Remove: bcs.struct("Remove", { operator: id }),
});
const unused = (name: string) => bcs.struct(name, {});
const OperationBodyEnum = bcs.enum("OperationBody", {
  Transfer: bcs.struct("Transfer", { to: id, asset: id, amount: bcs.u64() }),
  CreateAsset: unused("CreateAsset"),
  Mint: unused("Mint"),
  Burn: unused("Burn"),
  Record: unused("Record"),
  SetPolicy: unused("SetPolicy"),
  SetAccount: unused("SetAccount"),
  VoteMembership: bcs.struct("VoteMembership", { change: MembershipChange }),
  VoteParameter: bcs.struct("VoteParameter", { parameter: bcs.u8(), value: bcs.u64() }),
});
const Subject = bcs.enum("Subject", {
  Member: bcs.struct("Member", { operator: id }),
  Parameter: bcs.struct("ParameterSubject", { parameter: bcs.u8() }),
});
const StandingChange = bcs.enum("StandingChange", {
  Put: bcs.struct("StandingPut", { validator: ValidatorStruct }),
  Remove: bcs.struct("StandingRemove", { operator: id }),
  Parameter: bcs.struct("StandingParameter", { value: bcs.u64() }),
});
const StandingVotes = bcs.vector(
  bcs.struct("StandingVote", {
    subject: Subject,
    change: StandingChange,
    height: bcs.u64(),
    timestampMs: bcs.u64(),
  }),
);

const bytes = (length: number) => fc.uint8Array({ minLength: length, maxLength: length });
const hex32 = bytes(32).map(toHex);
const words = fc.stringMatching(/^[ -~]{0,32}$/);
const validator: fc.Arbitrary<Validator> = fc.record({
  consensusKey: hex32,
  operator: hex32,
  name: words,
  endpoint: words,
}) as never;
const u64 = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n });
const u8 = fc.integer({ min: 0, max: 255 });

const plain = ({ consensusKey, operator, name, endpoint }: Validator) => ({
  consensusKey: fromHex(consensusKey),
  operator: fromHex(operator),
  name,
  endpoint,
});

test("votes in a transaction", () => {
  const body = fc.oneof(
    fc.record({ validator, possession: bytes(64) }).map(({ validator, possession }) => ({
      ours: { kind: "vote-membership", change: { kind: "put", validator, possession } },
      theirs: { VoteMembership: { change: { Put: { validator: plain(validator), possession } } } },
    })),
    hex32.map((operator) => ({
      ours: { kind: "vote-membership", change: { kind: "remove", operator } },
      theirs: { VoteMembership: { change: { Remove: { operator: fromHex(operator) } } } },
    })),
    fc.record({ parameter: u8, value: u64 }).map(({ parameter, value }) => ({
      ours: { kind: "vote-parameter", parameter, value },
      theirs: { VoteParameter: { parameter, value } },
    })),
  );
  fc.assert(
    fc.property(body, ({ ours, theirs }) => {
      const encoded = encode(operationBodyCodec, ours as OperationBody);
      expect(toHex(encoded)).toBe(OperationBodyEnum.serialize(theirs as never).toHex());
      expect(decode(operationBodyCodec, encoded)).toEqual({ ok: true, value: ours });
    }),
  );
});

const place = { height: fc.nat(), timestampMs: fc.nat() };
const standing = fc.oneof(
  fc.record({ validator, ...place }).map(({ validator, height, timestampMs }) => ({
    ours: {
      subject: { kind: "member", operator: validator.operator },
      change: { kind: "put", validator },
      height,
      timestampMs,
    } as StandingVote,
    theirs: {
      subject: { Member: { operator: fromHex(validator.operator) } },
      change: { Put: { validator: plain(validator) } },
      height,
      timestampMs,
    },
  })),
  fc.record({ parameter: u8, value: u64, ...place }).map((vote) => ({
    ours: {
      subject: { kind: "parameter", parameter: vote.parameter },
      change: { kind: "parameter", value: vote.value },
      height: vote.height,
      timestampMs: vote.timestampMs,
    } as StandingVote,
    theirs: {
      subject: { Parameter: { parameter: vote.parameter } },
      change: { Parameter: { value: vote.value } },
      height: vote.height,
      timestampMs: vote.timestampMs,
    },
  })),
);

test("votes that stand, in the order of their subjects and in no other", () => {
  const selector = ({ ours }: { ours: StandingVote }) => subjectKey(ours.subject);
  fc.assert(
    fc.property(fc.uniqueArray(standing, { minLength: 1, maxLength: 32, selector }), (votes) => {
      const inOrder = votes.toSorted((a, b) =>
        Buffer.compare(
          Subject.serialize(a.theirs.subject as never).toBytes(),
          Subject.serialize(b.theirs.subject as never).toBytes(),
        ),
      );
      const encoded = StandingVotes.serialize(inOrder.map(({ theirs }) => theirs) as never);
      const value = inOrder.map(({ ours }) => ours);
      expect(toHex(encode(standingVotesCodec, value))).toBe(encoded.toHex());
      expect(decode(standingVotesCodec, encoded.toBytes())).toEqual({ ok: true, value });
      if (inOrder.length === 1) return;
      const reversed = StandingVotes.serialize(
        inOrder.toReversed().map(({ theirs }) => theirs) as never,
      );
      expect(decode(standingVotesCodec, reversed.toBytes()).ok).toBe(false);
    }),
  );
});
