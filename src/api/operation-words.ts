/**
 * What an operation does, in words: the same in the commands, the wallet and the pages.
 *
 * Names and topics are texts that others chose: what cannot be seen in them is shown as its number.
 * @module
 */
import { unreachable } from "../base/assert.ts";
import type { MemoJson } from "./json.ts";
import type { CreateAssetJson, OperationJson, PolicyJson, RecordJson } from "./operation-json.ts";
import { visible } from "./visible.ts";
import { isVoteJson, type VoteJson, voteWords } from "./vote-words.ts";

/** How a value wants to be shown: an account can be a link, an amount may have its thousands apart. */
export type WordForm = "text" | "account" | "amount" | "id";

/** The first line names the operation. */
export type OperationLine = readonly [name: string, value: string, form: WordForm];

/** Names and values, one below the other; everything is in full. */
export function operationLines(operation: OperationJson): readonly OperationLine[] {
  const from: OperationLine = ["from", operation.from, "account"];
  switch (operation.kind) {
    case "transfer":
      return [
        ["transfer", operation.display, "amount"],
        ...assetLine(operation.asset),
        from,
        to(operation.to),
      ];
    case "create-asset":
      return [["new asset", termsWords(operation), "text"], ["id", operation.asset, "id"], from];
    case "mint":
      return [
        ["mint", operation.display, "amount"],
        ...assetLine(operation.asset),
        from,
        to(operation.to),
      ];
    case "burn":
      return [["burn", operation.display, "amount"], ["asset", operation.asset, "id"], from];
    case "record":
      return recordLines(operation, from);
    case "set-policy":
      return [
        ["new policy", policyWords(operation.policy), "text"],
        ...policyLines(operation),
        from,
      ];
    case "set-account":
      return [["account", memoRuleWords(operation.requireMemo), "text"], from];
    case "vote-membership":
    case "vote-parameter":
      return [["vote", `to ${voteWords(operation)}`, "text"], from];
    default:
      return unreachable(operation);
  }
}

const to = (account: string): OperationLine => ["to", account, "account"];

/** Several issuers may use one code, so an asset is told by its id; the native one is known. */
const assetLine = (asset: string): readonly OperationLine[] =>
  /^0+$/.test(asset) ? [] : [["asset", asset, "id"]];

/** What the account behind `from` did, to be put after its name. The parts follow each other. */
export interface Deed {
  readonly words: string;
  readonly amount?: string;
  readonly to?: string;
}

export function deedOf(operation: OperationJson): Deed {
  if (isVoteJson(operation)) return { words: `voted to ${voteWords(operation)}` };
  switch (operation.kind) {
    case "transfer":
      return { words: "paid", amount: operation.display, to: operation.to };
    case "create-asset":
      return { words: `created the asset ${operation.code}` };
    case "mint":
      return { words: "minted", amount: operation.display, to: operation.to };
    case "burn":
      return { words: "burned", amount: operation.display };
    case "record":
      return {
        words: `wrote version ${operation.version} of the record ${placeWords(operation)}`,
      };
    case "set-policy":
      return { words: `gave itself a new policy: ${policyWords(operation.policy)}` };
    case "set-account":
      return { words: `set that ${memoRuleWords(operation.requireMemo)}` };
    default:
      return unreachable(operation);
  }
}

/** `minted 5 GOLD to quo1…` */
export function deedWords(operation: OperationJson): string {
  const { words, amount, to } = deedOf(operation);
  const paid = amount === undefined ? "" : ` ${amount}`;
  return `${words}${paid}${to === undefined ? "" : ` to ${to}`}`;
}

/** Whether the operation pays somebody, and so belongs in that one's history too. */
export const isPaymentJson = (
  operation: OperationJson,
): operation is Extract<Exclude<OperationJson, VoteJson>, { readonly to: string }> =>
  operation.kind === "transfer" || operation.kind === "mint";

/** `2 of 3 keys`; where keys weigh differently, what they must weigh together. */
export function policyWords({ threshold, keys }: PolicyJson): string {
  if (keys.every(({ weight }) => weight === 1)) {
    return keys.length === 1 ? "one key" : `${threshold} of ${keys.length} keys`;
  }
  const all = keys.reduce((sum, { weight }) => sum + weight, 0);
  return `keys of weight ${threshold} of ${all} together`;
}

function policyLines({ policy, authHash }: { policy: PolicyJson; authHash: string }) {
  const keys = policy.keys.map(
    ({ publicKey, weight }): OperationLine => [`key of weight ${weight}`, publicKey, "id"],
  );
  return [...keys, ["policy hash", authHash, "id"] satisfies OperationLine];
}

function recordLines(record: RecordJson, from: OperationLine): readonly OperationLine[] {
  const data = bytesWords(record.data);
  return [
    ["record", `${placeWords(record)}, version ${record.version}`, "text"],
    ["content hash", record.contentHash, "id"],
    ...(data === "" ? [] : [["data", data, "text"] satisfies OperationLine]),
    from,
  ];
}

const placeWords = ({ topic, key }: RecordJson): string => `${visible(topic)} / ${visible(key)}`;

function termsWords({ code, name, decimals, maxSupply }: CreateAssetJson): string {
  const called = name === "" ? "" : `, “${visible(name)}”`;
  const places = decimals === 1 ? "1 decimal" : `${decimals} decimals`;
  const limit = maxSupply === "0" ? "no limit" : `at most ${maxSupply} base units`;
  return `${code}${called}, ${places}, ${limit}`;
}

const memoRuleWords = (requireMemo: boolean): string =>
  requireMemo ? "payments to it must carry a memo" : "payments to it need no memo";

const bytesWords = ({ hex, text }: MemoJson): string => {
  if (hex === "") return "";
  return text ?? `0x${hex}`;
};
