/**
 * Faults against a straightforward model: a pair of votes is taken exactly when the model says so, and no byte of a
 * good one can be another.
 * @module
 */
import { bcs } from "@mysten/bcs";
import fc from "fast-check";
import { expect, test } from "vitest";
import { nativeVerifier } from "../../../node/adapters/native-crypto.ts";
import { toHex } from "../../../src/base/bytes.ts";
import { encode } from "../../../src/codec/codec.ts";
import { BlockExecution } from "../../../src/ledger/execute.ts";
import { genesisState } from "../../../src/ledger/genesis-state.ts";
import { type ChainId, epoch, height, type PublicKey } from "../../../src/protocol/ids.ts";
import { KnownPolicies } from "../../../src/protocol/known-policies.ts";
import { standardParameters } from "../../../src/protocol/parameters.ts";
import { faultKey, validatorsEntryCodec, validatorsKey } from "../../../src/protocol/state.ts";
import { type NamedFault, openTransaction } from "../../../src/protocol/transaction.ts";
import type { VoteBody } from "../../../src/protocol/vote.ts";
import {
  faultBy,
  finalize,
  notarize,
  nullify,
  pairOf,
  setOf,
  signatories,
  voteBy,
} from "../../fixtures/faults.ts";
import {
  alice,
  chainIdFor,
  genesisOf,
  hasher,
  operator,
  Rows,
  startMs,
} from "../../fixtures/small-ledger.ts";

/** The block is the second of epoch 2; the sets of epochs 1 and 2 share two members in other positions. */
const current = signatories([1, 2, 3, 4]);
const previous = signatories([3, 4, 5]);
const everyone = signatories([1, 2, 3, 4, 5]);
const parameters = { ...standardParameters, epochLength: 10n };
const genesis = genesisOf({ balances: [[alice, 1n]], parameters, validators: setOf(current) });
const chainId = chainIdFor(genesis);
const elsewhere = "d5".repeat(32) as ChainId;
const at = { height: height(22), epoch: epoch(2) };

interface Offence {
  readonly key: PublicKey;
  readonly epoch: number;
}

function start(known: readonly Offence[] = []) {
  const rows = new Rows();
  rows.write(genesisState(genesis));
  const sets = { previous: setOf(previous), current: setOf(current), next: setOf(current) };
  rows.write(new Map([[validatorsKey, encode(validatorsEntryCodec, sets)]]));
  const recorded = bcs.u64().serialize(21).toBytes();
  for (const { key, epoch: of } of known) {
    rows.write(new Map([[faultKey(key, epoch(of)), recorded]]));
  }
  const execution = new BlockExecution({
    hasher,
    policies: new KnownPolicies(hasher),
    verifier: nativeVerifier,
    chainId,
    nativeCode: genesis.asset.code,
    ...at,
    state: rows,
    parameters,
    timestampMs: startMs + 1,
    leader: operator.account,
  });
  return {
    applies: (fault: NamedFault) => execution.apply(fault).ok,
    changes: () => [...execution.finish()],
  };
}

/** A vote as a test imagines it: whoever holds the key of `by` signs, and claims to be at position `claimed`. */
interface Imagined {
  readonly kind: VoteBody["kind"];
  readonly epoch: number;
  readonly view: number;
  readonly parentView: number;
  readonly block: number;
  readonly by: number;
  readonly claimed: number;
  readonly isElsewhere: boolean;
}

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

const bodies = { notarize, nullify, finalize };
const voteOf = (imagined: Imagined) => {
  const body = bodies[imagined.kind](imagined);
  const network = imagined.isElsewhere ? elsewhere : chainId;
  return voteBy(network, everyone, imagined.by, body, imagined.claimed);
};

function bytesOf(imagined: Imagined): Buffer {
  const { epoch: of, view, parentView, block, kind, claimed } = imagined;
  const round = { epoch: of, view };
  const proposal = { ...round, parentView, blockId: new Uint8Array(32).fill(block) };
  const { signature } = voteOf(imagined);
  const body =
    kind === "nullify"
      ? { Nullify: round }
      : kind === "notarize"
        ? { Notarize: proposal }
        : { Finalize: proposal };
  return Buffer.from(Vote.serialize({ body, signer: claimed, signature }).toBytes());
}

/** Whose offence these prove, as docs/protocol.md has it. */
function provenBy(a: Imagined, b: Imagined): Offence | undefined {
  if (a.epoch !== b.epoch || a.view !== b.view || a.claimed !== b.claimed) return undefined;
  const isOtherProposal = a.parentView !== b.parentView || a.block !== b.block;
  const contradicts =
    (a.kind === "notarize" && b.kind === "notarize" && isOtherProposal) ||
    (a.kind === "finalize" && b.kind === "finalize" && isOtherProposal) ||
    (a.kind === "nullify" && b.kind === "finalize") ||
    (a.kind === "finalize" && b.kind === "nullify");
  if (!contradicts || Buffer.compare(bytesOf(a), bytesOf(b)) >= 0) return undefined;
  const set = a.epoch === 2 ? current : a.epoch === 1 ? previous : [];
  const key = set[a.claimed]?.validator.consensusKey;
  const signed = [a, b].every(
    ({ by, isElsewhere }) => everyone[by]?.validator.consensusKey === key && !isElsewhere,
  );
  return key !== undefined && signed ? { key, epoch: a.epoch } : undefined;
}

const rarely = fc.integer({ min: 0, max: 11 }).map((n) => n === 0);
const imagined: fc.Arbitrary<Imagined> = fc
  .record({
    kind: fc.constantFrom("notarize" as const, "nullify" as const, "finalize" as const),
    epoch: fc.constantFrom(0, 1, 1, 2, 2, 2, 3),
    view: fc.constantFrom(5, 5, 5, 6),
    parentView: fc.constantFrom(3, 4),
    block: fc.constantFrom(0xaa, 0xbb),
    claimed: fc.nat(4),
    stranger: fc.nat(4),
    isForged: rarely,
    isElsewhere: rarely,
  })
  .map(({ stranger, isForged, ...vote }) => {
    const set = vote.epoch === 1 ? previous : current;
    const own = everyone.findIndex(
      ({ validator }) => validator.consensusKey === set[vote.claimed]?.validator.consensusKey,
    );
    const by = isForged || own < 0 ? stranger : own;
    return { ...vote, by };
  });

/** Mostly of one validator, epoch and view, and mostly in order: else hardly any would be a fault. */
const pair = fc
  .record({ a: imagined, b: imagined, isLoose: rarely, isSwapped: rarely })
  .map(({ a, b, isLoose, isSwapped }) => {
    const { epoch: of, view, claimed, by } = a;
    const near = isLoose ? b : { ...b, epoch: of, view, claimed, by: b.isElsewhere ? b.by : by };
    const ordered = [a, near].toSorted((x, y) => Buffer.compare(bytesOf(x), bytesOf(y)));
    return isSwapped ? ordered.toReversed() : ordered;
  });

test("a pair of votes is taken exactly when it proves what is not recorded yet", () => {
  let taken = 0;
  fc.assert(
    fc.property(fc.array(pair, { minLength: 1, maxLength: 4 }), (pairs) => {
      const { applies, changes } = start();
      const recorded = new Map<string, true>();
      for (const [a, b] of pairs) {
        if (a === undefined || b === undefined) continue;
        const proven = provenBy(a, b);
        const name = proven && faultKey(proven.key, epoch(proven.epoch));
        const isNew = name !== undefined && !recorded.has(name);
        expect(applies(pairOf(chainId, voteOf(a), voteOf(b)))).toBe(isNew);
        if (!isNew) continue;
        recorded.set(name, true);
        taken += 1;
      }
      const height22 = toHex(bcs.u64().serialize(22).toBytes());
      expect(changes().map(([key, value]) => [key, toHex(value ?? new Uint8Array())])).toEqual(
        [...recorded.keys()].map((key) => [key, height22]),
      );
    }),
    { numRuns: 300 },
  );
  expect(taken).toBeGreaterThan(50);
});

const good = [
  faultBy(chainId, current, 1, [nullify({ epoch: 2 }), finalize({ epoch: 2 })]),
  faultBy(chainId, current, 2, [notarize({ epoch: 2 }), notarize({ epoch: 2, block: 0xbb })]),
  faultBy(chainId, previous, 0, [finalize({ epoch: 1 }), finalize({ epoch: 1, parentView: 2 })]),
];

test("a fault with any byte changed is no transaction, or is not taken", () => {
  for (const fault of good) {
    expect(start().applies(fault)).toBe(true);
    const { applies } = start();
    for (const position of fault.bytes.keys()) {
      for (const difference of [0x01, 0x02, 0x03, 0x80, 0xff]) {
        const changed = fault.bytes.slice();
        changed[position] = (changed[position] ?? 0) ^ difference;
        const opened = openTransaction(hasher, chainId, changed);
        if (!opened.ok || opened.value.signed.kind !== "fault") continue;
        expect(opened.value.id).not.toBe(fault.id);
        expect(applies(opened.value as NamedFault)).toBe(false);
      }
    }
  }
});

test("a fault with bytes missing or added is no transaction", () => {
  for (const { bytes } of good) {
    for (let length = 0; length < bytes.length; length += 1) {
      expect(openTransaction(hasher, chainId, bytes.slice(0, length)).ok).toBe(false);
    }
    expect(openTransaction(hasher, chainId, Buffer.concat([bytes, Buffer.of(0)])).ok).toBe(false);
  }
});
