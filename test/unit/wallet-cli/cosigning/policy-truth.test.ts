/**
 * Which stated policy is believed: the ledger's word before the wallet's, the wallet's before the address's, none's last.
 * @module
 */
import { expect, test } from "vitest";
import { nobleHasher } from "../../../../src/crypto/hash.ts";
import type { AccountId } from "../../../../src/protocol/ids.ts";
import { policyHash } from "../../../../src/protocol/policy.ts";
import type { Account } from "../../../../src/protocol/state.ts";
import {
  basesOf,
  basisOf,
  type PolicyTruth,
} from "../../../../wallet-cli/cosigning/policy-truth.ts";
import { accountOf, draft, policyOf, signers, someone } from "../transactions.ts";

const team = policyOf(2);
const account = accountOf(team);
const rotated = policyOf(1, signers.slice(0, 2));
const [first, later] = [team, rotated].map((policy) => policyHash(nobleHasher, policy));
if (first === undefined || later === undefined) throw new Error("a policy has no hash");

const onLedger = (authHash: typeof first): PolicyTruth => {
  const state: Account = { exists: true, nonce: 0, balance: 0n, authHash, flags: 0 };
  return { state, authHashes: [authHash] };
};
const inWallet = (...authHashes: readonly (typeof first)[]): PolicyTruth => ({
  state: undefined,
  authHashes,
});

test.each([
  ["proven: the ledger names it", rotated, onLedger(later), "proven"],
  ["refused: it was the first one, and the ledger names another", team, onLedger(later), undefined],
  ["refused: the ledger names another", rotated, onLedger(first), undefined],
  ["saved: the wallet has it", rotated, inWallet(later), "saved"],
  ["saved: it is one of two that the wallet has", rotated, inWallet(first, later), "saved"],
  ["refused: the wallet has another", rotated, inWallet(first), undefined],
  [
    "refused: it was the first one, and the wallet has a later one",
    team,
    inWallet(later),
    undefined,
  ],
  ["first: the address is its hash, and nothing else is known", team, inWallet(), "first"],
  ["claimed: nothing but the file speaks for it", rotated, inWallet(), "claimed"],
] as const)("%s", (_sentence, policy, truth, basis) => {
  expect(basisOf(new Map([[account, truth]]), { account, policy })).toBe(basis);
});

test("a refusal names the file and the account", () => {
  const partial = draft([team]);
  const naming = { source: "a.json", addressOf: (id: AccountId) => `quo1${id.slice(0, 8)}` };
  const truths = new Map([[account, inWallet(later)]]);
  expect(() => basesOf(truths, partial, naming)).toThrow(`a.json: for quo1${account.slice(0, 8)} `);
  const others = new Map([[someone, inWallet(later)]]);
  expect(basesOf(others, partial, naming)).toEqual(new Map([[account, "first"]]));
});
