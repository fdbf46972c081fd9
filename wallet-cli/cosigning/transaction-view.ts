/**
 * A partial transaction as a person and a script see it: what it does, until when, who has signed and who is missing.
 * @module
 */
import { toHex } from "../../src/base/bytes.ts";
import { nobleHasher } from "../../src/crypto/hash.ts";
import type { AccountId, PublicKey } from "../../src/protocol/ids.ts";
import { accountIdOf, publicKeyBytes, singleKeyPolicy } from "../../src/protocol/policy.ts";
import { amountText } from "../amounts.ts";
import { formatDuration } from "../durations.ts";
import { operationJson } from "../ledger/operation-json.ts";
import { bytesText, operationWords, type WordsContext, who } from "../ledger/transaction-words.ts";
import type { Network } from "../network/network.ts";
import { formatTable } from "../terminal/table.ts";
import type { Json } from "../terminal/terminal.ts";
import { timeText } from "../terminal/times.ts";
import type { PolicyBasis } from "./policy-truth.ts";
import { type AccountStanding, badKeys } from "./signatures.ts";
import type { PartialTransaction } from "./transaction-file.ts";

export interface View {
  readonly partial: PartialTransaction;
  readonly standings: readonly AccountStanding[];
  /** On what each stated policy rests. */
  readonly bases: ReadonlyMap<AccountId, PolicyBasis>;
  readonly network: Pick<Network, "chainId" | "genesis" | "unit">;
  readonly context: WordsContext;
  /** What this wallet calls the holders of keys. */
  readonly keyNames: ReadonlyMap<PublicKey, string>;
  readonly nowMs: number;
}

export const isComplete = (standings: readonly AccountStanding[]): boolean =>
  standings.every(({ isMet }) => isMet) && badKeys(standings).length === 0;

/** Who the key's holder is, where the wallet knows the account of that one key. */
export function keyNamesFrom(
  names: ReadonlyMap<AccountId, string>,
  keys: readonly PublicKey[],
): ReadonlyMap<PublicKey, string> {
  const found = new Map<PublicKey, string>();
  for (const key of keys) {
    const account = accountIdOf(nobleHasher, singleKeyPolicy(publicKeyBytes(key)));
    const name = names.get(account);
    if (name !== undefined) found.set(key, name);
  }
  return found;
}

/** What it does, without the signatures: what is read before signing. */
export function deedText({ partial, network, context, nowMs }: View): string {
  const { transaction, id } = partial;
  const { nonce, expiryMs, fee, memo } = transaction;
  const rows = [
    ["transaction", id],
    ["network", `${network.genesis.networkName}  ${network.chainId}`],
    ["sender", who(transaction.sender, context)],
    ["nonce", String(nonce)],
    ["fee", amountText(fee, network.unit)],
    ...(memo.length === 0 ? [] : [["memo", bytesText(memo)]]),
    ["expires", expiryText(expiryMs, nowMs)],
  ];
  const deeds = operationWords(transaction, context).map(({ words }, i) => `  ${i + 1}. ${words}`);
  return `${formatTable(rows)}\n${deeds.join("\n")}`;
}

function expiryText(expiryMs: number, nowMs: number): string {
  const left = expiryMs - nowMs;
  const distance = left < 0 ? "EXPIRED" : `in ${formatDuration(left)}`;
  return `${timeText(expiryMs)} (${distance})`;
}

export function viewText(view: View): string {
  return `${deedText(view)}\n\n${signaturesText(view)}`;
}

export function signaturesText({ standings, bases, context, keyNames }: View): string {
  const lines = standings.flatMap((standing) => {
    const name = who(standing.account, context);
    if (standing.policy === undefined) {
      return [`${name}: not signed; nobody has stated its policy yet`];
    }
    const { threshold } = standing.policy;
    const basis = bases.get(standing.account) ?? "claimed";
    const enough = basis === "claimed" ? "enough if that is its policy" : "enough";
    const state = standing.isMet ? enough : `${threshold - standing.weight} more needed`;
    const certainty = basis === "proven" ? [] : [`  ${basisTexts[basis]}`];
    const keys = standing.keys.map(({ publicKey, weight, signature }) => {
      const holder = keyNames.get(publicKey);
      const called = holder === undefined ? "" : `  (${holder})`;
      const heavy = weight === 1 ? "" : `  weight ${weight}`;
      return `  ${marks[signature]}  ${publicKey}${called}${heavy}`;
    });
    return [`${name}: ${standing.weight} of ${threshold}, ${state}`, ...certainty, ...keys];
  });
  return lines.join("\n");
}

const basisTexts = {
  saved: "policy: as saved by this wallet, not asked of the network",
  first:
    "policy: the first one of this address; whether it still counts was not asked of the network",
  claimed: "NOT CHECKED: its policy is the file's own claim, and nothing is known of it here",
} as const;

const marks = { valid: "signed ", bad: "BAD    ", missing: "missing" } as const;

/** One line: what is missing for it to be sent. */
export function missingText({ standings, context, keyNames }: View): string {
  const missing = standings.filter(({ isMet }) => !isMet);
  return missing
    .map(({ account, policy, keys, weight }) => {
      if (policy === undefined) return `${who(account, context)} has not signed`;
      const open = keys
        .filter(({ signature }) => signature === "missing")
        .map(({ publicKey }) => keyNames.get(publicKey) ?? publicKey);
      return `${who(account, context)} needs ${policy.threshold - weight} more of: ${open.join(", ")}`;
    })
    .join("; ");
}

export function viewJson(view: View): { readonly [field: string]: Json } {
  const { partial, standings, network, context, nowMs } = view;
  const { transaction, id, chainId } = partial;
  const { sender, nonce, expiryMs, fee, memo, operations } = transaction;
  const words = operationWords(transaction, context);
  const prefix = network.genesis.addressPrefix;
  return {
    id,
    chainId,
    sender: context.addressOf(sender),
    nonce,
    expiryMs,
    isExpired: expiryMs < nowMs,
    fee: fee.toString(),
    feeDisplay: amountText(fee, network.unit),
    memo: toHex(memo),
    operations: operations.map((operation, i) => ({
      ...operationJson(operation, sender, prefix),
      words: words[i]?.words ?? "",
    })),
    authorizations: standings.map((standing) => standingJson(standing, view)),
    isComplete: isComplete(standings),
  };
}

function standingJson(standing: AccountStanding, { bases, context, keyNames }: View): Json {
  const { account, policy, keys, weight, isMet } = standing;
  return {
    account: context.addressOf(account),
    name: context.names.get(account) ?? null,
    threshold: policy?.threshold ?? null,
    policyIs: bases.get(account) ?? null,
    weight,
    isMet,
    keys: keys.map(({ publicKey, weight: each, signature }) => ({
      publicKey,
      name: keyNames.get(publicKey) ?? null,
      weight: each,
      signature,
    })),
  };
}
