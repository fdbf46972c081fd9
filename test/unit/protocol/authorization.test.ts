/**
 * Who must have signed a transaction, and what is made of the answers.
 * @module
 */
import { expect, test } from "vitest";
import { toHex } from "../../../src/base/bytes.ts";
import { createNobleSigner, nobleVerifier } from "../../../src/crypto/ed25519.ts";
import {
  acceptChecked,
  authorizationFlaw,
  signatureChecks,
  signatureCount,
  verifyTransaction,
} from "../../../src/protocol/authorization.ts";
import type { ChainId, PublicKey } from "../../../src/protocol/ids.ts";
import { signPossession } from "../../../src/protocol/membership.ts";
import { accountIdOf, type Policy, singleKeyPolicy } from "../../../src/protocol/policy.ts";
import {
  chainTag,
  type NamedSigned,
  nameTransaction,
  type Signed,
  signWithSingleKey,
} from "../../../src/protocol/transaction.ts";
import {
  alice,
  bob,
  carol,
  type Holder,
  hasher,
  native,
  transactionOf,
} from "../../fixtures/small-ledger.ts";

const chainId = "ab".repeat(32) as ChainId;
const [low, high] = [bob, carol].toSorted((a, b) => (a.account < b.account ? -1 : 1)) as [
  Holder,
  Holder,
];
const swap = [native(alice, 1n, high), native(alice, 2n, low), native(low, 3n, high)];

const flawOf = (others: readonly Holder[], operations = swap) =>
  authorizationFlaw(transactionOf(chainId, { from: alice, operations, others }).signed);

test("the sender authorizes first, then each other payer once, ascending", () => {
  expect(flawOf([low, high])).toBeUndefined();
  expect(flawOf([], [native(bob, 1n)])).toBeUndefined();
});

test("an account that is acted for and has not authorized is missing", () => {
  expect(flawOf([low])).toBe("authorization_missing");
  expect(flawOf([])).toBe("authorization_missing");
});

test("one authorization too many, twice, or out of order is surplus", () => {
  expect(flawOf([low, high], [native(bob, 1n)])).toBe("authorization_surplus");
  expect(flawOf([low, low, high])).toBe("authorization_surplus");
  expect(flawOf([high, low])).toBe("authorization_surplus");
});

test("the sender does not name itself as payer", () => {
  expect(flawOf([], [native(bob, 1n, alice)])).toBe("malformed");
});

test("signatures of an account must reach its threshold by weight", () => {
  const keys = [1, 2, 3].map((n) => ({
    publicKey: `0${n}`.repeat(32) as PublicKey,
    weight: n,
  }));
  const policy: Policy = { threshold: 4, keys };
  const flawWith = (...keyIndexes: number[]) => {
    const { signed } = transactionOf(chainId, { from: alice, operations: [native(bob, 1n)] });
    const account = signed.transaction.sender;
    const signatures = keyIndexes.map((keyIndex) => ({ keyIndex, signature: new Uint8Array(64) }));
    return authorizationFlaw({ ...signed, authorizations: [{ account, policy, signatures }] });
  };
  expect(flawWith(2)).toBe("threshold_not_met"); // weight 3 of 4
  expect(flawWith(0, 1)).toBe("threshold_not_met"); // 1 + 2
  expect(flawWith(0, 2)).toBeUndefined(); // 1 + 3
  expect(flawWith(1, 2)).toBeUndefined(); // 2 + 3
});

function signedByOne(seed: number): { named: NamedSigned; signed: Signed } {
  const signer = createNobleSigner(new Uint8Array(32).fill(seed));
  const policy = singleKeyPolicy(signer.publicKey);
  const { transaction } = transactionOf(chainId, {
    from: alice,
    operations: [native(bob, 1n)],
  }).signed;
  const own = { ...transaction, chain: chainTag(chainId), sender: accountIdOf(hasher, policy) };
  const signed = signWithSingleKey(chainId, own, policy, signer);
  return { signed, named: nameTransaction(hasher, chainId, signed) };
}

test("a transaction signed by its policy is verified on its own network only", () => {
  const { named } = signedByOne(7);
  const verifier = nobleVerifier;
  expect(verifyTransaction(named, { verifier, chainId })).toBe(named);
  const other = "cd".repeat(32) as ChainId;
  expect(verifyTransaction(named, { verifier, chainId: other })).toBeUndefined();
});

test("a transaction changed after it was signed is not verified", () => {
  const { signed } = signedByOne(7);
  const transaction = { ...signed.transaction, fee: 1n };
  const named = nameTransaction(hasher, chainId, { ...signed, transaction });
  expect(verifyTransaction(named, { verifier: nobleVerifier, chainId })).toBeUndefined();
});

test("answers of a pool count only when there is a good one for every signature", () => {
  const operations = [native(alice, 1n, bob)];
  const named = transactionOf(chainId, { from: alice, operations, others: [bob] });
  expect(signatureChecks(chainId, named)).toHaveLength(2);
  expect(acceptChecked(named, [true, true])).toBe(named);
  expect(acceptChecked(named, [true, false])).toBeUndefined();
  expect(acceptChecked(named, [true])).toBeUndefined();
  expect(acceptChecked(named, [true, true, true])).toBeUndefined();
  expect(acceptChecked(named, [])).toBeUndefined();
});

test("good signatures do not make up for a missing authorization", () => {
  const named = transactionOf(chainId, { from: alice, operations: [native(alice, 1n, bob)] });
  expect(acceptChecked(named, [true])).toBeUndefined();
});

test("the check of a signature names the key of the policy that it claims", () => {
  const { named, signed } = signedByOne(9);
  const [check] = signatureChecks(chainId, named);
  expect(check?.signature).toEqual(signed.authorizations[0]?.signatures[0]?.signature);
  expect(check?.publicKey).toEqual(createNobleSigner(new Uint8Array(32).fill(9)).publicKey);
  expect(hasher.sha256(check?.message ?? new Uint8Array())).toEqual(
    Uint8Array.from(Buffer.from(named.id, "hex")),
  );
});

test("a new validator's key signs for itself, and its signature is one of the transaction's", () => {
  const operator = createNobleSigner(new Uint8Array(32).fill(1));
  const joiner = createNobleSigner(new Uint8Array(32).fill(2));
  const validator = {
    consensusKey: toHex(joiner.publicKey) as PublicKey,
    operator: carol.account,
    name: "new",
    endpoint: "new.example:27000",
  };
  const policy = singleKeyPolicy(operator.publicKey);
  const sender = accountIdOf(hasher, policy);
  const signed = (possession: Uint8Array, of = validator) => {
    const change = { kind: "put" as const, validator: of, possession };
    const body = { kind: "vote-membership" as const, change };
    const operations = [{ from: undefined, body }];
    const { signed: unsigned } = transactionOf(chainId, {
      from: { account: sender, policy },
      operations,
    });
    const whole = signWithSingleKey(chainId, unsigned.transaction, policy, operator);
    return nameTransaction(hasher, chainId, whole);
  };
  const options = { verifier: nobleVerifier, chainId };
  const possession = signPossession(chainId, validator, joiner);
  const good = signed(possession);
  expect(signatureCount(good.signed)).toBe(2);
  expect(signatureChecks(chainId, good)).toHaveLength(2);
  expect(verifyTransaction(good, options)).toBe(good);
  const elsewhere = signPossession("cd".repeat(32) as ChainId, validator, joiner);
  expect(verifyTransaction(signed(elsewhere), options)).toBeUndefined();
  expect(verifyTransaction(signed(possession, { ...validator, name: "x" }), options)).toBe(
    undefined,
  );
  expect(
    verifyTransaction(signed(possession, { ...validator, operator: bob.account }), options),
  ).toBe(undefined);
  expect(() => signPossession(chainId, validator, operator)).toThrow();
});
