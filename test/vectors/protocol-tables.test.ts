/**
 * The tables of docs/protocol.md, compared with the numbers of the program.
 * @module
 */
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { frameRule } from "../../src/network/frames.ts";
import { goodbyeCodes } from "../../src/network/goodbye.ts";
import * as limits from "../../src/protocol/limits.ts";
import {
  announcedHashesMax,
  blockRangeMax,
  coveringHeadersMax,
  peerAddressesMax,
  transactionBatchMax,
  voteBatchMax,
} from "../../src/protocol/message.ts";
import { parameterList } from "../../src/protocol/parameters.ts";
import { transactionErrors } from "../../src/protocol/transaction-errors.ts";
import { faultyMax, quorumOf } from "../../src/protocol/validator-set.ts";

const document = readFileSync(new URL("../../docs/protocol.md", import.meta.url), "utf8");

/** Rows of the table below a header row that begins so; each row is its cells, without code marks. */
function tableRows(start: string): readonly (readonly string[])[] {
  const [, below = ""] = document.split(`\n${start}`);
  const lines = below.split("\n").slice(2);
  const end = lines.findIndex((line) => !line.startsWith("|"));
  return lines.slice(0, end).map(cellsOf);
}

const cellsOf = (line: string): readonly string[] =>
  line
    .split("|")
    .slice(1, -1)
    .map((cell) => cell.trim().replace(/`/g, ""));

/** The cells of a header row, after its first. */
const header = (start: string): readonly string[] => {
  const [, rest = ""] = document.split(`\n${start}`);
  return cellsOf(`|${rest.split("\n")[0]}`);
};

test("the table of parameters is the list of the program", () => {
  const rows = tableRows("| number | name | default |").map((row) => row.slice(0, 5));
  expect(rows).toEqual(
    parameterList.map(({ name, standard, min, max }, i) =>
      [i, name, standard, min, max].map(String),
    ),
  );
});

test("the table of codes is the list of the program", () => {
  const rows = tableRows("| code | says |").map(([code, says]) => [code, says]);
  const codes = Object.entries(transactionErrors).map(([code, { status }]) => [code, status]);
  expect(rows.toSorted()).toEqual(codes.toSorted());
});

test("the table of messages is the list of the program", () => {
  const rows = tableRows("| number | message | most |").flatMap(([numbers = "", name, most]) =>
    numbers.split(", ").map((number) => [Number(number), name, most]),
  );
  const rules = Array.from({ length: 256 }, (_, number) => {
    const rule = frameRule(Uint8Array.of(number));
    return rule.ok ? [number, rule.value.kind, String(rule.value.bytesMax)] : [number];
  });
  const known = rows.filter(([, name]) => name !== "reserved");
  expect(known).toEqual(rules.filter((rule) => rule.length > 1));
});

test("the table of Goodbye codes is the list of the program", () => {
  const rows = tableRows("| code | Goodbye |").map(([code, reason]) => [reason, Number(code)]);
  expect(rows).toEqual(Object.entries(goodbyeCodes));
});

test("the table of quorums is the arithmetic of the program", () => {
  const counts = header("| n |").map(Number);
  const [[, ...faulty] = [], [, ...quorums] = []] = tableRows("| n |");
  expect(counts.length).toBeGreaterThan(5);
  expect(faulty.map(Number)).toEqual(counts.map(faultyMax));
  expect(quorums.map(Number)).toEqual(counts.map(quorumOf));
});

test("the table of limits is the list of the program", () => {
  expect(tableRows("| limit | value |").map(([, value]) => value)).toEqual(
    [
      limits.policyKeysMax,
      limits.authorizationsMax,
      limits.operationsMax,
      limits.memoBytesMax,
      limits.assetCodeLengthMax,
      limits.assetDecimalsMax,
      limits.assetNameBytesMax,
      limits.recordTopicBytesMax,
      limits.recordKeyBytesMax,
      limits.recordDataBytesMax,
      limits.expiryAheadMsMax,
      limits.transactionBytesMax,
      limits.blockBytesMax,
      limits.blockTransactionsMax,
      limits.blockFaultsMax,
      limits.standingVotesMax,
      limits.voteAgeMsMax,
      limits.validatorsMax,
      limits.validatorNameBytesMax,
      limits.endpointBytesMax,
      limits.networkNameBytesMax,
      limits.addressPrefixLengthMax,
      limits.genesisAccountsMax,
      limits.clockAheadMsMax,
      limits.unfinalHeightsFull,
      limits.unfinalHeightsMax,
      announcedHashesMax,
      transactionBatchMax,
      voteBatchMax,
      peerAddressesMax,
      blockRangeMax,
      coveringHeadersMax,
      limits.amountMax,
    ].map(String),
  );
});
