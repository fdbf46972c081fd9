/**
 * What somebody would try who wants a light client to believe a false ledger; and what is no attack.
 * @module
 */
import { describe, expect, test } from "vitest";
import { nobleVerifier } from "../../../src/crypto/ed25519.ts";
import { nobleHasher } from "../../../src/crypto/hash.ts";
import { flawSentence, proofFlaws } from "../../../src/proof/flaws.ts";
import type { Hop, Proof, ProofItem } from "../../../src/proof/proof.ts";
import { type Trust, trustTip } from "../../../src/proof/trust.ts";
import { verifyProof } from "../../../src/proof/verify.ts";
import type { Header } from "../../../src/protocol/block.ts";
import {
  type BlockId,
  type ChainId,
  type Digest,
  epoch,
  height,
} from "../../../src/protocol/ids.ts";
import type { StateKey } from "../../../src/protocol/state.ts";
import {
  absentKeys,
  coveringOf,
  definedPath,
  isTrue,
  makeHop,
  makeProof,
  trustIn,
} from "../../fixtures/proof-maker.ts";
import {
  blockAt,
  certify,
  hashOfSet,
  idOfHeader,
  makeWorld,
  validatorsOf,
} from "../../fixtures/proof-world.ts";
import {
  hex,
  merkleLeaf,
  merkleRoot,
  sha256,
  statePath,
  unhex,
} from "../../vectors/protocol-reference.ts";

const ports = { hasher: nobleHasher, verifier: nobleVerifier };
/** Epoch 0: S; 1: S; 2: T; 3: S again; 4 on: U. */
const sets = [[1, 2, 3, 4], [1, 2, 3, 4], [5, 6, 7], [1, 2, 3, 4], [8]];
const world = makeWorld({ seed: 5, sets, height: 46 });
/** The past that liars want to be believed: the same chain id, keys and places. */
const branch = makeWorld({ seed: 6, sets, height: 46 });
const [S, T] = [world.setOf(0), world.setOf(2)];
const attackers = validatorsOf([31, 32, 33, 34]);
const trust = trustIn(world);

const verdict = (proof: Proof, from: Trust = trust): string => {
  const result = verifyProof(proof, from, ports);
  if (!result.ok) return result.reason;
  return isTrue(world, result.value) ? "true" : "untrue";
};

const headerAt = (at: number, of = world): Header => blockAt(of, at).header;
const sign = (
  header: Header,
  validators = S,
  options: Partial<Parameters<typeof certify>[1]> = {},
) => certify(header, { chainId: world.chainId, validators, ...options });

/** A proof of a header alone. */
const proofOf = (header: Header, certificate = sign(header), set = S): Proof => ({
  header,
  finality: { certificate, covering: undefined },
  hops: [],
  set,
  items: [],
});

describe("what is no attack", () => {
  test("an own finalization, one of all validators, and one in a later view", () => {
    const header = headerAt(4);
    expect(verdict(proofOf(header))).toBe("true");
    expect(verdict(proofOf(header, sign(header, S, { signers: [0, 1, 2, 3] })))).toBe("true");
    expect(verdict(proofOf(headerAt(10), sign(headerAt(10), S, { laterViews: 3 })))).toBe("true");
  });

  test("the genesis block is proven by the history of any later one", () => {
    expect(verdict(makeProof(world, { height: 0, covering: 1 }))).toBe("true");
    expect(verdict(makeProof(world, { height: 0, covering: 45 }))).toBe("true");
  });

  test("a set that did not change, or that came back, needs no hop", () => {
    expect(verdict(proofOf(headerAt(15)))).toBe("true");
    expect(verdict(proofOf(headerAt(35)))).toBe("true");
    expect(makeProof(world, { height: 45 }).hops).toHaveLength(3);
    const short = makeProof(world, { height: 45 });
    expect(verdict({ ...short, hops: short.hops.slice(2) })).toBe("true");
  });

  test("the validators that vouched are counted, set by set", () => {
    const result = verifyProof(makeProof(world, { height: 25 }), trust, ports);
    expect(result.ok && result.value.vouching).toEqual([
      { epoch: 1, height: 20, validators: 4, signers: 3 },
      { epoch: 2, height: 25, validators: 3, signers: 3 },
    ]);
    expect(result.ok && result.value.signers).toBe(3);
  });
});

describe("signatures", () => {
  const lie = headerAt(4, branch);

  test("a third of the validators, or one less than a quorum, cannot finalize", () => {
    expect(verdict(proofOf(lie, sign(lie, S, { signers: [1] })))).toBe("quorum_missing");
    expect(verdict(proofOf(lie, sign(lie, S, { signers: [1, 2] })))).toBe("quorum_missing");
  });

  test("a quorum is not filled up with one signature twice, nor with those of strangers", () => {
    const two = sign(lie, S, { signers: [1, 2] });
    const [first, second] = two.signatures;
    if (first === undefined || second === undefined) throw new Error("two signed");
    const doubled = { ...two, signatures: [first, second, second] };
    expect(verdict(proofOf(lie, doubled))).toBe("signature_invalid");
    const unordered = { ...two, signatures: [second, first, { ...second, signer: first.signer }] };
    expect(verdict(proofOf(lie, unordered))).toBe("signature_invalid");
    const strange = sign(lie, attackers, { signers: [1, 2, 3] });
    expect(verdict(proofOf(lie, strange))).toBe("signature_invalid");
    const [, , third] = strange.signatures;
    if (third === undefined) throw new Error("three signed");
    expect(verdict(proofOf(lie, { ...two, signatures: [first, second, third] }))).toBe(
      "signature_invalid",
    );
    const beyond = { ...third, signer: 9 as typeof third.signer };
    expect(verdict(proofOf(lie, { ...two, signatures: [first, second, beyond] }))).toBe(
      "signature_invalid",
    );
  });

  test("one bad signature beyond a quorum is not overlooked", () => {
    const good = sign(headerAt(4), S, { signers: [0, 1, 2, 3] });
    const signatures = good.signatures.map((one, i) =>
      i === 3 ? { ...one, signature: new Uint8Array(64) } : one,
    );
    expect(verdict(proofOf(headerAt(4), { ...good, signatures }))).toBe("signature_invalid");
  });

  test("a certificate of another network", () => {
    const chainId = hex(sha256(Uint8Array.of(2))) as ChainId;
    const header = headerAt(4);
    expect(verdict(proofOf(header, sign(header, S, { chainId })))).toBe("signature_invalid");
  });

  test("a notarization, as it is and dressed up as a finalization", () => {
    const header = headerAt(4);
    const notarization = sign(header, S, { kind: "notarize" });
    expect(verdict(proofOf(header, notarization))).toBe("not_a_finalization");
    const subject = { ...notarization.subject, kind: "finalize" } as const;
    const dressed = { ...notarization, subject } as typeof notarization;
    expect(verdict(proofOf(header, dressed))).toBe("signature_invalid");
    const { epoch: of, view } = notarization.subject;
    const nullification = {
      ...notarization,
      subject: { kind: "nullify", epoch: of, view } as const,
    };
    expect(verdict(proofOf(header, nullification))).toBe("not_a_finalization");
  });

  test("a finalization of another block, or of another epoch", () => {
    const header = headerAt(4);
    expect(verdict(proofOf(header, sign(headerAt(5))))).toBe("finalizes_another");
    const certificate = sign(header);
    const subject = { ...certificate.subject, epoch: epoch(1) };
    expect(verdict(proofOf(header, { ...certificate, subject }))).toBe("finalizes_another");
  });
});

describe("sets", () => {
  test("a set that nobody decided", () => {
    const lie = { ...headerAt(4), validatorsHash: hashOfSet(attackers) };
    expect(verdict(proofOf(lie, sign(lie, attackers), attackers))).toBe("set_unknown");
    expect(verdict(proofOf(lie, sign(lie, attackers), S))).toBe("set_not_of_header");
    const unnamed = headerAt(4);
    expect(verdict(proofOf(unnamed, sign(unnamed, attackers), attackers))).toBe("set_unknown");
  });

  test("the right validators for another epoch", () => {
    expect(verdict(proofOf(headerAt(25), sign(headerAt(25), S)))).toBe("set_not_of_header");
    const past = {
      ...makeProof(world, { height: 25 }),
      ...proofOf(headerAt(15), sign(headerAt(15), T), T),
    };
    expect(verdict({ ...past, hops: makeProof(world, { height: 25 }).hops })).toBe(
      "epoch_out_of_order",
    );
  });

  test("a header whose epoch is not that of its height, whoever signed it", () => {
    for (const of of [1, 3]) {
      const header = { ...headerAt(4), epoch: epoch(of) };
      expect(verdict(proofOf(header))).toBe("epoch_out_of_order");
    }
  });

  test("the trusted set with one member more, or one renamed", () => {
    const more = validatorsOf([1, 2, 3, 4, 31]);
    expect(verdict(proofOf(headerAt(4), sign(headerAt(4)), more))).toBe("set_unknown");
    const renamed = S.map((validator) => ({ ...validator, name: "other" }));
    expect(verdict(proofOf(headerAt(4), sign(headerAt(4)), renamed))).toBe("set_unknown");
  });
});

describe("hops", () => {
  const honest = makeProof(world, { height: 45 });
  const [first, second, third] = honest.hops;
  if (first === undefined || second === undefined || third === undefined) throw new Error("3 hops");
  const withHops = (...hops: readonly Hop[]): string => verdict({ ...honest, hops });

  test("left out, doubled, in another order, or too many", () => {
    expect(withHops(first, second, third)).toBe("true");
    expect(withHops(first, second)).toBe("set_unknown");
    expect(withHops(first, third)).toBe("hop_wrong_set");
    expect(withHops(second, third)).toBe("hop_wrong_set");
    expect(withHops(first, first, second, third)).toBe("hop_out_of_order");
    expect(withHops(first, second, second, third)).toBe("hop_out_of_order");
    expect(withHops(second, first, third)).toBe("hop_wrong_set");
    expect(withHops(third, first, second)).toBe("hop_out_of_order");
  });

  test("to validators that its block did not decide", () => {
    expect(withHops(first, second, { ...third, nextSet: attackers })).toBe("hop_wrong_next_set");
    const header = { ...third.header, nextValidatorsHash: hashOfSet(attackers) };
    const forged = { ...third, header, nextSet: attackers };
    const end = proofOf(headerAt(45), sign(headerAt(45)), attackers);
    const lie = { ...headerAt(45), validatorsHash: hashOfSet(attackers) };
    const taken = {
      ...proofOf(lie, sign(lie, attackers), attackers),
      hops: [first, second, forged],
    };
    expect(verdict({ ...end, hops: [first, second, forged] })).toBe("set_not_of_header");
    expect(verdict(taken)).toBe("finalizes_another");
    const minority = { ...forged, certificate: sign(header, S, { signers: [0, 3] }) };
    expect(verdict({ ...taken, hops: [first, second, minority] })).toBe("quorum_missing");
  });

  test("from a block before the epoch's last, though it names the next validators already", () => {
    expect(headerAt(39).nextValidatorsHash).toBe(hashOfSet(world.setOf(4)));
    const early = makeHop(world, 39, { validators: S, nextSet: world.setOf(4) });
    expect(withHops(first, second, early)).toBe("hop_not_last");
  });

  test("from a block whose height and epoch do not fit", () => {
    for (const change of [{ epoch: epoch(2) }, { height: height(50) }, { height: height(0) }]) {
      const header = { ...third.header, ...change };
      const forged = { ...third, header, certificate: sign(header) };
      expect(withHops(first, forged)).toBe("hop_not_last");
    }
    const header = { ...third.header, epoch: epoch(1), height: height(20) };
    expect(withHops(first, second, { ...third, header, certificate: sign(header) })).toBe(
      "hop_out_of_order",
    );
  });

  test("where nothing changes", () => {
    const idle = makeHop(world, 10, { validators: S, nextSet: S });
    expect(withHops(idle, first, second, third)).toBe("hop_without_change");
  });

  test("without a finalization of its own", () => {
    const notarized = sign(first.header, S, { kind: "notarize" });
    expect(withHops({ ...first, certificate: notarized }, second, third)).toBe(
      "not_a_finalization",
    );
    expect(withHops({ ...first, certificate: sign(headerAt(19)) }, second, third)).toBe(
      "finalizes_another",
    );
    expect(withHops({ ...first, certificate: sign(first.header, T) }, second, third)).toBe(
      "signature_invalid",
    );
  });

  test("to an epoch that the certified block is not yet in", () => {
    const proof = makeProof(world, { height: 30 });
    const hops = [...proof.hops, makeHop(world, 30, { validators: T, nextSet: S })];
    expect(verdict({ ...proof, hops, set: S })).toBe("epoch_out_of_order");
  });

  test("of epochs before what is trusted", () => {
    const later = trustIn(world, 2);
    expect(verdict(makeProof(world, { height: 45, from: 2 }), later)).toBe("true");
    expect(verdict(honest, later)).toBe("hop_out_of_order");
  });
});

describe("history", () => {
  test("a covering header of another branch", () => {
    const proof = makeProof(branch, { height: 4, covering: 7 });
    expect(verdict({ ...proof, header: headerAt(4) })).toBe("not_in_history");
    const mine = makeProof(world, { height: 4, covering: 7 });
    expect(verdict({ ...mine, header: headerAt(4, branch) })).toBe("not_in_history");
    const { finality } = mine;
    const foreign = { ...finality, covering: coveringOf(branch, headerAt(7, branch), 4) };
    expect(verdict({ ...mine, finality: foreign })).toBe("not_in_history");
  });

  test("a covering header that is not final, or of whose child the certificate is", () => {
    const { header, ...rest } = makeProof(world, { height: 4, covering: 7 });
    const finality = { ...rest.finality, certificate: sign(headerAt(8)) };
    expect(verdict({ ...rest, header, finality })).toBe("finalizes_another");
    const own = { ...rest.finality, certificate: sign(headerAt(4)) };
    expect(verdict({ ...rest, header, finality: own })).toBe("finalizes_another");
  });

  test("a header at or above the covering one, or at another height than its leaf", () => {
    const proof = makeProof(world, { height: 4, covering: 7 });
    for (const at of [7, 8, 4 + 2 ** 32, Number.MAX_SAFE_INTEGER]) {
      const header = { ...headerAt(4), height: height(at) };
      expect(verdict({ ...proof, header })).toBe("not_in_history");
    }
    expect(verdict({ ...proof, header: headerAt(7) })).toBe("not_in_history");
    expect(verdict({ ...proof, header: headerAt(8) })).toBe("not_in_history");
    expect(verdict({ ...proof, header: headerAt(5) })).toBe("not_in_history");
  });

  test("a header of a later epoch than the covering one, though its id is in that history", () => {
    // Only a quorum of liars can make it; even so no header is believed that cannot be where it is.
    const header = { ...headerAt(4), epoch: epoch(3) };
    const ids = world.blocks.slice(0, 7).map(({ id }, of) => (of === 4 ? idOfHeader(header) : id));
    const leaves = ids.map((id) => merkleLeaf(unhex(id)));
    const covering = { ...headerAt(7), historyRoot: hex(merkleRoot(leaves)) as Digest };
    const finality = {
      certificate: sign(covering),
      covering: { header: covering, inclusion: definedPath(4, leaves) },
    };
    expect(verdict({ ...proofOf(header), finality })).toBe("not_in_history");
  });

  test("block facts lead to the certified header's history, not to the proven header's", () => {
    const proof = makeProof(world, {
      height: 4,
      covering: 7,
      items: [{ history: 2 }, { history: 6 }],
    });
    expect(verdict(proof)).toBe("true");
    const { items } = makeProof(world, { height: 4, items: [{ history: 2 }] });
    expect(verdict({ ...proof, items })).toBe("history_not_shown");
  });

  test("an epoch before what is trusted needs a covering header", () => {
    const later = trustIn(world, 3);
    expect(verdict(makeProof(world, { height: 15, from: 3 }), later)).toBe("epoch_out_of_order");
    expect(verdict(makeProof(world, { height: 15, covering: 35, from: 3 }), later)).toBe("true");
  });
});

describe("facts", () => {
  const at = 24;
  const proof = makeProof(world, { height: at });
  const { entries, transactions } = blockAt(world, at);
  const [one, two] = entries;
  if (one === undefined || two === undefined) throw new Error("the state has entries");
  const stateOf = (key: StateKey): Extract<ProofItem, { kind: "state" }> => {
    const [item] = makeProof(world, { height: at, items: [{ state: key }] }).items;
    if (item?.kind !== "state") throw new Error("a state item");
    return item;
  };
  const keyOf = (entry: typeof one): StateKey => hex(entry.key) as StateKey;
  const held = stateOf(keyOf(one));
  const { other, empty } = absentKeys(world, at);
  if (other === undefined) throw new Error("some absent key ends at another's leaf");
  const says = (item: ProofItem): string => verdict({ ...proof, items: [item] });

  test("an entry has its value, and no other; and it is not absent", () => {
    expect(says(held)).toBe("true");
    const value = Uint8Array.from([...one.value, 0]);
    expect(says({ ...held, end: { kind: "leaf", value } })).toBe("state_not_shown");
    expect(says({ ...held, end: { kind: "leaf", value: two.value } })).toBe("state_not_shown");
    expect(says({ ...held, end: { kind: "empty" } })).toBe("state_not_shown");
    const own = { path: statePath(one.key), valueHash: sha256(one.value) };
    expect(says({ ...held, end: { kind: "other", ...own } })).toBe("state_not_shown");
  });

  test("an absent key: another leaf must stand where it would stand, and be another's", () => {
    const absent = stateOf(other);
    expect(says(absent)).toBe("true");
    const elsewhere = entries
      .map((entry) => ({ path: statePath(entry.key), valueHash: sha256(entry.value) }))
      .filter(({ path }) => absent.end.kind !== "other" || hex(path) !== hex(absent.end.path));
    for (const leaf of elsewhere) {
      expect(says({ ...absent, end: { kind: "other", ...leaf } })).toBe("state_not_shown");
    }
    expect(says({ ...absent, key: keyOf(two) })).toBe("state_not_shown");
    expect(says({ ...held, key: other, end: { kind: "leaf", value: one.value } })).toBe(
      "state_not_shown",
    );
    // The way to a held key, said to end in that key's leaf, denies no key that would stand elsewhere.
    const leaf = { path: statePath(one.key), valueHash: sha256(one.value) };
    expect(says({ ...held, key: keyOf(two), end: { kind: "other", ...leaf } })).toBe(
      "state_not_shown",
    );
    if (empty !== undefined) expect(says(stateOf(empty))).toBe("true");
  });

  test("the state of another block", () => {
    const earlier = makeProof(world, { height: at - 1 });
    expect(verdict({ ...earlier, items: [held] })).toBe("state_not_shown");
  });

  test("a transaction is at its place in its block", () => {
    const busy = world.blocks.findIndex((block) => block.transactions.length === 5);
    const honest = makeProof(world, { height: busy, items: [{ transaction: 4 }] });
    expect(verdict(honest)).toBe("true");
    const [item] = honest.items;
    if (item?.kind !== "transaction") throw new Error("a transaction item");
    for (const index of [0, 3, 5, 2 ** 32 - 1]) {
      expect(verdict({ ...honest, items: [{ ...item, index }] })).toBe("transaction_not_shown");
    }
    const contentHash = blockAt(world, busy).transactions[0] ?? item.contentHash;
    expect(verdict({ ...honest, items: [{ ...item, contentHash }] })).toBe("transaction_not_shown");
    expect(verdict({ ...proof, items: [item] })).toBe("transaction_not_shown");
    expect(transactions).not.toContain(item.contentHash);
  });

  test("a node of the transaction tree is not a transaction", () => {
    const busy = world.blocks.findIndex((block) => block.transactions.length === 4);
    const [item] = makeProof(world, { height: busy, items: [{ transaction: 0 }] }).items;
    if (item?.kind !== "transaction") throw new Error("a transaction item");
    const [sibling, above] = item.path;
    if (sibling === undefined || above === undefined) throw new Error("two levels");
    const contentHash = hex(
      sha256(Uint8Array.of(1), Buffer.from(item.contentHash, "hex"), sibling),
    ) as typeof item.contentHash;
    const base = makeProof(world, { height: busy });
    for (const index of [0, 1]) {
      const inner = { ...item, contentHash, index, path: [above] };
      expect(verdict({ ...base, items: [inner] })).toBe("transaction_not_shown");
    }
  });
});

describe("checkpoints", () => {
  const at = (of: number, from = world) => ({ height: height(of), blockId: blockAt(from, of).id });
  const since = (of: number, from = world): Trust => ({ ...trust, checkpoint: at(of, from) });

  test("are shown by the header, the certified header, or a block of the history", () => {
    const proof = makeProof(world, {
      height: 4,
      covering: 7,
      items: [{ history: 2 }, { history: 6 }],
    });
    for (const of of [2, 4, 6, 7]) expect(verdict(proof, since(of))).toBe("true");
    for (const of of [0, 3, 5, 8]) expect(verdict(proof, since(of))).toBe("checkpoint_not_shown");
  });

  test("are contradicted by a history that has another block there, whoever signed it", () => {
    const proof = makeProof(branch, { height: 4, covering: 7, items: [{ history: 2 }] });
    for (const of of [2, 4, 7]) expect(verdict(proof, since(of))).toBe("checkpoint_contradicted");
    expect(verdict(proof, since(6))).toBe("checkpoint_not_shown");
    const unsigned = { ...proof.finality.certificate, signatures: [] };
    const finality = { ...proof.finality, certificate: unsigned };
    expect(verdict({ ...proof, finality }, since(2))).toBe("quorum_missing");
  });

  test("a remembered block is one: a network that lost it is refused", () => {
    const tip = { ...at(25), epoch: epoch(2), validators: T };
    const moved = trustTip(trust, tip);
    expect(moved.since).toBe("tip");
    expect(verdict(makeProof(world, { height: 25, from: 2 }), moved)).toBe("true");
    const on = makeProof(world, { height: 27, from: 2, items: [{ history: 25 }] });
    expect(verdict(on, moved)).toBe("true");
    const rolledBack = makeProof(world, { height: 24, from: 2 });
    expect(verdict(rolledBack, moved)).toBe("checkpoint_not_shown");
    const other = makeProof(branch, { height: 27, from: 2, items: [{ history: 25 }] });
    expect(verdict(other, moved)).toBe("checkpoint_contradicted");
  });

  test("an id that no block has is not shown by any", () => {
    const checkpoint = { height: height(4), blockId: "ab".repeat(32) as BlockId };
    expect(verdict(proofOf(headerAt(4)), { ...trust, checkpoint })).toBe("checkpoint_contradicted");
  });
});

test("every flaw has one sentence of its own", () => {
  const texts = proofFlaws.map(flawSentence);
  expect(new Set(texts).size).toBe(proofFlaws.length);
  for (const text of texts) expect(text).toMatch(/^[A-Z].*\.$/);
});
