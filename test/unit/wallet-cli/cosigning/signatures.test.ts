/**
 * Signatures of several keys: what counts, what is missing, what merges, and what is sent in the end.
 * @module
 */
import { expect, test } from "vitest";
import { nobleVerifier } from "../../../../src/crypto/ed25519.ts";
import { verifyTransaction } from "../../../../src/protocol/authorization.ts";
import type { AccountId } from "../../../../src/protocol/ids.ts";
import type { Policy } from "../../../../src/protocol/policy.ts";
import {
  badKeys,
  mergePartials,
  publicKeyOf,
  signaturesMost,
  signedWhole,
  standingsOf,
  withPolicy,
  withSignature,
} from "../../../../wallet-cli/cosigning/signatures.ts";
import type { PartialTransaction } from "../../../../wallet-cli/cosigning/transaction-file.ts";
import {
  accountOf,
  chainId,
  draft,
  payment,
  policyOf,
  signed,
  signers,
  someone,
  team,
} from "../transactions.ts";

const [first, second, third] = signers;

const isVerified = (partial: PartialTransaction): boolean => {
  const named = signedWhole(partial);
  return (
    named !== undefined &&
    verifyTransaction(named, { verifier: nobleVerifier, chainId }) !== undefined
  );
};

test("a transaction is whole when its signatures reach the threshold, and not before", () => {
  expect(signedWhole(draft([team]))).toBeUndefined();
  expect(signedWhole(signed(draft([team]), second))).toBeUndefined();
  expect(isVerified(signed(draft([team]), second, first))).toBe(true);
});

test("signatures beyond the threshold are left out, so that it is not larger than its fee has paid for", () => {
  const named = signedWhole(signed(draft([team]), first, second, third));
  expect(named?.signed.authorizations[0]?.signatures).toHaveLength(2);
  expect(isVerified(signed(draft([team]), first, second, third))).toBe(true);
});

test("the heaviest signatures stay", () => {
  const weighted = policyOf(3, signers, [1, 1, 3]);
  const named = signedWhole(signed(draft([weighted]), first, second, third));
  expect(named?.signed.authorizations[0]?.signatures.map(({ keyIndex }) => keyIndex)).toEqual([2]);
});

/** Every way to sign, counted: the most that can remain after leaving out is what the fee is computed with. */
function mostByTrial(policy: Policy): number {
  const count = policy.keys.length;
  let most = 0;
  for (let subset = 1; subset < 2 ** count; subset += 1) {
    const weights = policy.keys.flatMap(({ weight }, i) => ((subset >> i) & 1 ? [weight] : []));
    let sum = 0;
    const needed = weights
      .toSorted((a, b) => b - a)
      .findIndex((weight) => {
        sum += weight;
        return sum >= policy.threshold;
      });
    most = Math.max(most, needed + 1);
  }
  return most;
}

test.each([
  [1, [1, 1, 1]],
  [2, [1, 1, 1]],
  [3, [1, 1, 3]],
  [4, [2, 2, 3]],
  [5, [1, 4, 9]],
  [14, [1, 4, 9]],
])(
  "a threshold of %i over weights %j never takes more signatures than the fee is for",
  (threshold, weights) => {
    const policy = policyOf(threshold, signers, weights);
    expect(signaturesMost(policy)).toBeGreaterThanOrEqual(mostByTrial(policy));
    expect(signaturesMost(policy)).toBeLessThanOrEqual(policy.keys.length);
  },
);

test("a signature of another transaction is bad, is named, and spoils the whole", () => {
  const other = signed(draft([team], [payment(undefined, 26n)]), first);
  const stolen = other.authorizations[0]?.signatures[0]?.signature ?? new Uint8Array(64);
  const forged = withSignature(signed(draft([team]), second, third), publicKeyOf(first), stolen);
  expect(badKeys(standingsOf(forged))).toEqual([publicKeyOf(first)]);
  expect(signedWhole(forged)).toBeUndefined();
});

test("a signature for another network is bad", () => {
  const here = signed(draft([team]), first);
  const there = { ...here, chainId: "cd".repeat(32) as typeof chainId };
  expect(badKeys(standingsOf(there))).toEqual([publicKeyOf(first)]);
});

test("one key signs at once for every account whose policy names it", () => {
  const pair = policyOf(2, [first, second]);
  const both = [pair, policyOf(1, [first])].toSorted(() => 0);
  const operations = [payment(), payment(accountOf(both[1] as Policy))];
  const partial = signed(draft(both, operations), first);
  expect(standingsOf(partial).map(({ weight }) => weight)).toEqual([1, 1]);
});

test("files of three signers merge into the same whole in any order", () => {
  const files = signers.map((signer) => signed(draft([team]), signer));
  const orders = [
    [0, 1, 2],
    [2, 0, 1],
    [1, 2, 0],
  ];
  const merged = orders.map((order) =>
    order.reduce<PartialTransaction | undefined>((all, i) => {
      const next = files[i] as PartialTransaction;
      if (all === undefined) return next;
      const result = mergePartials(all, next);
      if (!result.ok) throw new Error(result.reason.kind);
      return result.value;
    }, undefined),
  );
  expect(merged[1]).toEqual(merged[0]);
  expect(merged[2]).toEqual(merged[0]);
  expect(merged[0]?.authorizations[0]?.signatures).toHaveLength(3);
});

test("files of two transactions do not merge, however alike they are", () => {
  const a = signed(draft([team]), first);
  const b = signed(draft([team], [payment(undefined, 26n)]), second);
  expect(mergePartials(a, b)).toEqual({ ok: false, reason: { kind: "another-transaction" } });
});

test("files that state different policies of an account do not merge", () => {
  const a = draft([team]);
  const account = accountOf(team);
  const b = {
    ...a,
    authorizations: [{ account, policy: policyOf(3), signatures: [] }],
  };
  expect(mergePartials(a, b)).toEqual({ ok: false, reason: { kind: "policies-differ", account } });
});

test("a policy is put in its place among the authorizations, and only for an account that needs one", () => {
  const others = ["11", "99"].map((byte) => byte.repeat(32) as AccountId);
  const operations = others.map((from) => payment(from));
  const [low = someone, high = someone] = others;
  const empty = { ...draft([team], operations), authorizations: [] };
  const policy = policyOf(1, [second]);
  const filled = [high, accountOf(team), low, someone].reduce(
    (partial, account) => withPolicy(partial, account, policy),
    empty as PartialTransaction,
  );
  expect(filled.authorizations.map(({ account }) => account)).toEqual([accountOf(team), low, high]);
  const again = withPolicy(filled, low, team);
  expect(again.authorizations[1]?.policy).toEqual(policy);
});
