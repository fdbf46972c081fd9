/**
 * Faults on their way through a node: from its own consensus, from clients and from peers, into the pool, to others,
 * into a block.
 * @module
 */
import { expect, test } from "vitest";
import {
  contentHashOf,
  type NamedFault,
  nameTransaction,
} from "../../../src/protocol/transaction.ts";
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
import { alice, chainIdFor, genesisOf, hasher } from "../../fixtures/small-ledger.ts";
import { ManualClock } from "../network/manual-clock.ts";
import { LabNode, linked } from "./fault-lab.ts";

const members = signatories([1, 2, 3, 4]);
const genesis = genesisOf({
  balances: [[alice, 100_000n]],
  parameters: { epochLength: 10n },
  validators: setOf(members),
});
const chainId = chainIdFor(genesis);

const fault = (position: number, epoch = 0): NamedFault =>
  faultBy(chainId, members, position, [nullify({ epoch }), finalize({ epoch })]);

/** The same votes, the last signature of which is another one. */
function badCopy({ signed }: NamedFault): NamedFault {
  const signature = signed.second.signature.slice();
  signature[10] = (signature[10] ?? 0) ^ 1;
  const second = { ...signed.second, signature };
  return nameTransaction(hasher, chainId, { ...signed, second });
}

async function start() {
  const clock = new ManualClock();
  const node = await LabNode.open(genesis, clock);
  const receive = async (...faults: readonly NamedFault[]) =>
    await node.intake.receive(
      faults.map(({ bytes }) => bytes),
      faults.map(({ contentHash }) => contentHash),
    );
  const submit = async (named: NamedFault) => {
    const [answer] = await node.intake.submit([named.bytes]);
    const { status, id } = answer ?? {};
    expect(id).toBe(named.id);
    return status !== undefined && "code" in status ? status.code : status?.kind;
  };
  return { clock, node, receive, submit };
}

test("two votes that consensus found in conflict become evidence, in either order, once", async () => {
  const { clock, node } = await start();
  const votes = [finalize(), nullify()].map((body) => voteBy(chainId, members, 1, body));
  const [first, second] = votes;
  if (first === undefined || second === undefined) return;
  node.intake.offerFault(first, second);
  node.intake.offerFault(second, first);
  await clock.advance(1);
  expect(node.evidence.hashes()).toEqual([fault(1).contentHash]);
  expect(node.admitted).toEqual([fault(1).id]);
});

test("votes that nobody signed so do not, though this node itself offers them", async () => {
  const { clock, node } = await start();
  node.intake.offerFault(
    voteBy(chainId, members, 2, finalize(), 1),
    voteBy(chainId, members, 1, nullify()),
  );
  await clock.advance(1);
  expect(node.evidence.size).toBe(0);
});

test("a client is told where its fault stands, by its content hash, until it is final", async () => {
  const { node, submit } = await start();
  const named = fault(1);
  expect(node.intake.status(named.id).kind).toBe("unknown");
  expect(await submit(named)).toBe("pending");
  expect(await submit(named)).toBe("pending");
  expect(node.checks).toBe(2);
  expect(node.intake.status(named.id)).toEqual({ kind: "pending", transaction: named });
  const { ended, commit, block } = node.finalize([named]);
  expect(ended).toEqual([]);
  expect(node.evidence.size).toBe(0);
  expect(await submit(named)).toBe("pending");
  await commit();
  expect(await submit(named)).toBe("final");
  expect(node.intake.status(named.id)).toMatchObject({
    kind: "final",
    found: { transaction: named, height: 1, index: 0, blockId: block.id },
  });
});

test("a final fault is in nobody's history", async () => {
  const { node } = await start();
  await node.finalize([fault(1)]).commit();
  const operator = members[1]?.validator.operator ?? alice.account;
  const page = await node.chain.history.page(operator, undefined, 10);
  expect(page).toEqual({ items: [], next: undefined });
});

test("another fault of the same validator is refused once the first waits or is final", async () => {
  const { node, submit } = await start();
  const other = faultBy(chainId, members, 1, [notarize(), notarize({ block: 0xbb })]);
  expect(await submit(fault(1))).toBe("pending");
  expect(await submit(other)).toBe("fault_known");
  await node.finalize([fault(1)]).commit();
  expect(await submit(other)).toBe("fault_known");
});

test("what waits and can not be in any block any more has ended, and those who ask are told why", async () => {
  const { node, submit } = await start();
  const other = faultBy(chainId, members, 1, [notarize(), notarize({ block: 0xbb })]);
  const later = fault(2);
  await submit(fault(1));
  await submit(later);
  const { ended, commit } = node.finalize([other]);
  expect(ended).toEqual([fault(1).id]);
  await commit();
  expect(node.intake.status(fault(1).id)).toMatchObject({ kind: "refused", code: "fault_known" });
  await node.growTo(19);
  expect(node.evidence.has(later.contentHash)).toBe(true);
  await node.growTo(20);
  expect(node.evidence.size).toBe(0);
  expect(node.intake.status(later.id)).toMatchObject({ kind: "refused", code: "fault_epoch" });
});

test("a bad signature, or what could never be a fault, is the fault of the peer that sends it", async () => {
  const { node, receive, submit } = await start();
  const legal = faultBy(chainId, members, 1, [notarize(), nullify()]);
  const [first, second] = [finalize(), nullify()].map((body) => voteBy(chainId, members, 1, body));
  if (first === undefined || second === undefined) return;
  const reversed = pairOf(chainId, first, second);
  const beyond = pairOf(
    chainId,
    voteBy(chainId, members, 1, nullify(), 4),
    voteBy(chainId, members, 1, finalize(), 4),
  );
  expect(await receive(legal, reversed, beyond)).toEqual(["malformed", "malformed", "malformed"]);
  expect(node.checks).toBe(0);
  expect(await receive(badCopy(fault(1)))).toEqual(["bad-signature"]);
  expect(await submit(badCopy(fault(1)))).toBe("bad_signature");
  expect(await submit(legal)).toBe("fault_invalid");
  expect(node.evidence.size).toBe(0);
});

test("an epoch that this node does not know is nobody's fault, and may be known later", async () => {
  const { node, receive } = await start();
  expect(await receive(fault(1, 1), fault(1, 2))).toEqual(["refused", "refused"]);
  expect(node.checks).toBe(0);
  await node.growTo(10);
  expect(await receive(fault(1, 1), fault(1, 0))).toEqual(["admitted", "admitted"]);
  await node.growTo(20);
  expect(await receive(fault(2, 0))).toEqual(["refused"]);
});

test("what is known already costs no signature check", async () => {
  const { node, receive } = await start();
  const other = faultBy(chainId, members, 1, [notarize(), notarize({ block: 0xbb })]);
  expect(await receive(fault(1))).toEqual(["admitted"]);
  expect(node.checks).toBe(2);
  expect(await receive(fault(1), other)).toEqual(["known", "refused"]);
  expect(node.checks).toBe(2);
});

test("a bad copy does not keep the good one out", async () => {
  const { receive } = await start();
  expect(await receive(badCopy(fault(1)), fault(1))).toEqual(["bad-signature", "admitted"]);
});

test("two of one validator in one message: the first is taken", async () => {
  const { node, receive } = await start();
  const other = faultBy(chainId, members, 1, [notarize(), notarize({ block: 0xbb })]);
  expect(await receive(other, fault(1))).toEqual(["admitted", "refused"]);
  expect(node.evidence.hashes()).toEqual([other.contentHash]);
});

test("the faults of a block need no signature check before it is executed", async () => {
  const { node } = await start();
  expect(await node.intake.checkSignatures([fault(1), badCopy(fault(2))])).toBe(true);
  expect(node.checks).toBe(0);
});

test("one node's evidence reaches the others, and is not sent twice", async () => {
  const { clock, node: one } = await start();
  const two = await LabNode.open(genesis, clock);
  const three = await LabNode.open(genesis, clock);
  const ends = [linked(one, two), linked(two, three)].flat();
  const [first, second] = [nullify(), finalize()].map((body) => voteBy(chainId, members, 1, body));
  if (first === undefined || second === undefined) return;
  one.intake.offerFault(first, second);
  await clock.advance(30_000);
  for (const node of [one, two, three]) {
    expect(node.evidence.hashes()).toEqual([fault(1).contentHash]);
  }
  expect(ends.flatMap(({ sent }) => sent).filter((kind) => kind === "transactions").length).toBe(2);
});

test("a node that joins is told of the evidence, and asks for it", async () => {
  const { clock, node: one, submit } = await start();
  await submit(fault(1));
  await clock.advance(1_000);
  const two = await LabNode.open(genesis, clock);
  const [, toOne] = linked(one, two);
  await clock.advance(1_000);
  expect(two.received).toEqual(["admitted"]);
  expect(toOne.sent).toContain("transactions-request");
  expect(two.evidence.get(fault(1).contentHash)).toEqual(fault(1));
});

test("a known fault is not handed on for checking again", async () => {
  const { clock, node: one, submit } = await start();
  const two = await LabNode.open(genesis, clock);
  const [toTwo] = linked(one, two);
  await submit(fault(1));
  await clock.advance(100);
  expect(two.received).toEqual(["admitted"]);
  const { bytes, contentHash } = fault(1);
  expect(contentHashOf(hasher, bytes)).toBe(contentHash);
  toTwo.send({ kind: "transactions", transactions: [bytes] });
  await clock.advance(100);
  expect(two.received).toEqual(["admitted"]);
  expect(two.gossip.duplicates).toBe(1);
});
