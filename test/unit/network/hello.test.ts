/**
 * Hello: what is refused and why, and that a validator's proof is good for one connection in one direction.
 * @module
 */
import { expect, test } from "vitest";
import { concatBytes, fromHex, toHex } from "../../../src/base/bytes.ts";
import { nobleVerifier } from "../../../src/crypto/ed25519.ts";
import { judgeHello, linkThatStays, makeHello } from "../../../src/network/hello.ts";
import { epoch, height, type NodeId, view } from "../../../src/protocol/ids.ts";
import type { Hello } from "../../../src/protocol/message.ts";
import { chainA, chainB, nodeIdOf, signerOf } from "./network-lab.ts";

const one = nodeIdOf(1);
const two = nodeIdOf(2);
const exporter = new Uint8Array(32).fill(7);
const signer = signerOf(5);
const standing = { epoch: epoch(0), view: view(0), lastFinalView: view(0), finalHeight: height(3) };

/** What node 1 says to node 2 on this connection. */
const said = (changes: Partial<Hello> = {}): Hello => ({
  ...makeHello(
    {
      chainId: chainA,
      nodeId: one,
      session: 1,
      agent: "test",
      listenAddress: undefined,
      consensusSigner: signer,
    },
    { nodeId: two, exporter },
    { standing, wallMs: 1.5 },
  ),
  ...changes,
});

/** What node 2 makes of it. */
const judged = (
  hello: Hello,
  link: { nodeId: NodeId; exporter: Uint8Array } = { nodeId: one, exporter },
  own = { chainId: chainA, nodeId: two },
) => judgeHello(hello, link, own, { verifier: nobleVerifier });

test("a good hello proves the validator's key", () => {
  expect(judged(said())).toEqual({ ok: true, value: toHex(signer.publicKey) });
});

test("a hello without a proof is an observer's", () => {
  expect(judged(said({ validatorProof: undefined }))).toEqual({ ok: true, value: undefined });
});

test("the proof is a signature over domain, chain, sender, receiver and exporter", () => {
  const message = concatBytes(
    new TextEncoder().encode("quorate/handshake/1\0"),
    fromHex(chainA),
    fromHex(one),
    fromHex(two),
    exporter,
  );
  const { validatorProof } = said();
  expect(validatorProof && toHex(validatorProof.signature)).toBe(toHex(signer.sign(message)));
});

test.each<[string, ReturnType<typeof judged>]>([
  ["on another connection", judged(said(), { nodeId: one, exporter: new Uint8Array(32) })],
  ["by a third node", judged(said({ nodeId: nodeIdOf(3) }), { nodeId: nodeIdOf(3), exporter })],
  ["to a third node", judged(said(), undefined, { chainId: chainA, nodeId: nodeIdOf(3) })],
  [
    "back to its maker",
    judged(said({ nodeId: two }), { nodeId: two, exporter }, { chainId: chainA, nodeId: one }),
  ],
])("a proof that is used %s is provably wrong", (_, result) => {
  expect(result).toEqual({ ok: false, reason: "hello_wrong" });
});

test.each<[string, Partial<Hello>]>([
  ["another chain", { chainId: chainB }],
  ["another version", { protocolVersions: [2, 3] }],
])("%s is refused by its name", (name, changes) => {
  const reason = name === "another chain" ? "wrong_chain" : "wrong_version";
  expect(judged(said(changes))).toEqual({ ok: false, reason });
});

test("a node id that the connection did not prove is provably wrong", () => {
  expect(judged(said({ validatorProof: undefined }), { nodeId: nodeIdOf(4), exporter })).toEqual({
    ok: false,
    reason: "hello_wrong",
  });
});

test("a node recognises itself", () => {
  expect(judged(said(), { nodeId: two, exporter })).toEqual({
    ok: false,
    reason: "self_connection",
  });
});

test("of two links, both ends keep the same one, in whichever order they see them", () => {
  for (const [dialler, other] of [
    [one, two],
    [two, one],
  ] as const) {
    // Seen by both ends: the link that `dialler` dialled, and the one that `other` dialled.
    const kept = [dialler, other].map((own) => {
      const peer = own === one ? two : one;
      const mine = { outbound: true, session: 5, dialler: own };
      const theirs = { outbound: false, session: 5, dialler: peer };
      const inOrder = linkThatStays(mine, theirs, { own, peer }) === "first" ? mine : theirs;
      const reversed = linkThatStays(theirs, mine, { own, peer }) === "first" ? theirs : mine;
      return [inOrder.dialler, reversed.dialler];
    });
    expect(kept.flat()).toEqual([one, one, one, one]);
  }
});

test("a link of another process with the same key never replaces the first", () => {
  const facts = [true, false].flatMap((outbound) =>
    [1, 2].map((session) => ({ outbound, session })),
  );
  for (const first of facts) {
    for (const second of facts) {
      if (first.session === second.session) continue;
      expect(linkThatStays(first, second, { own: one, peer: two })).toBe("first");
      expect(linkThatStays(first, second, { own: two, peer: one })).toBe("first");
    }
  }
});

test("a process that dials again has given up its first link", () => {
  const link = { outbound: false, session: 1 };
  expect(linkThatStays(link, link, { own: one, peer: two })).toBe("second");
});
