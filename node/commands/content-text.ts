/**
 * What queries say of assets, balances and records. An asset is never named without its issuer.
 * @module
 */
import type { AssetJson } from "../../src/api/asset-json.ts";
import type { AccountJson, ListJson, MemoJson } from "../../src/api/json.ts";
import type {
  RecordEntryJson,
  RecordNowJson,
  RecordVersionJson,
} from "../../src/api/record-json.ts";
import { type Line, lines, timeText } from "./fact-lines.ts";

/** What an account holds, one asset after the other. */
export function balanceLines({ balances, moreBalances }: AccountJson): readonly Line[] {
  const held = balances.flatMap(({ display, issuer, asset }): Line[] =>
    issuer === null
      ? [["balance", display]]
      : [
          ["balance", display],
          ["  issued by", issuer],
          ["  asset", asset],
        ],
  );
  return moreBalances === null ? held : [...held, ["and", "more assets than are shown here"]];
}

const assetLines = (asset: AssetJson): readonly Line[] => [
  ["asset", asset.code],
  ...(asset.name === "" ? [] : ([["  name", asset.name]] satisfies Line[])),
  ["  issued by", asset.issuer],
  ["  id", asset.id],
  ["  decimals", asset.decimals.toString()],
  ["  exists", asset.supplyDisplay],
  ["  at most", asset.maxSupplyDisplay ?? "no limit"],
];

export const assetText = (asset: AssetJson): string => lines(assetLines(asset));

export const assetsText = (list: ListJson<AssetJson>): string =>
  listText(list, assetText, "No asset was created yet.");

export function recordText(record: RecordNowJson): string {
  const { version, newest } = record;
  const which = version === newest ? "the newest" : `the newest is ${newest}`;
  return lines([...nameLines(record), ["version", `${version}, ${which}`], ...factLines(record)]);
}

/** Current versions, as an account has them. */
export const recordsText = (list: ListJson<RecordEntryJson>): string =>
  listText(
    list,
    (record) =>
      lines([
        ...nameLines(record),
        ["version", record.version.toString()],
        ["content", record.contentHash],
        ["block", record.height.toString()],
      ]),
    "The account has no records.",
  );

/** Versions that were written with a content. */
export const contentText = (list: ListJson<RecordVersionJson>): string =>
  listText(
    list,
    (record) =>
      lines([...nameLines(record), ["version", record.version.toString()], ...factLines(record)]),
    "Nobody has recorded this content.",
  );

const nameLines = ({ address, topic, key }: RecordEntryJson): readonly Line[] => [
  ["record of", address],
  ["topic", topic],
  ["key", key],
];

function factLines({ contentHash, data, height, transaction }: RecordVersionJson): readonly Line[] {
  const content: Line = ["content", contentHash];
  if (transaction === null || data === null) {
    return [content, ["written", `at block ${height} of the ledger that this one continues`]];
  }
  return [
    content,
    ...(data.hex === "" ? [] : ([["data", dataText(data)]] satisfies Line[])),
    ["time", timeText(transaction.timestampMs)],
    ["block", `${transaction.height}, number ${transaction.index} in it`],
    ["transaction", transaction.id],
  ];
}

const dataText = ({ hex, text }: MemoJson): string => text ?? `0x${hex}`;

function listText<Item>(
  { items, next }: ListJson<Item>,
  text: (item: Item) => string,
  empty: string,
): string {
  if (items.length === 0) return empty;
  const more = next === null ? [] : [`more: --cursor ${next}`];
  return [...items.map(text), ...more].join("\n\n");
}
