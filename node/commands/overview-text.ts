/**
 * What queries say of fees, of the pool and of what was found. Texts that others chose are shown with what is hidden in
 * them made visible.
 * @module
 */
import type { FeesJson } from "../../src/api/fee-json.ts";
import type { MempoolJson, WaitingJson } from "../../src/api/mempool-json.ts";
import type { SearchJson } from "../../src/api/search-json.ts";
import { visible } from "../../src/api/visible.ts";
import { type Line, lines } from "./fact-lines.ts";

export function feesText(fees: FeesJson): string {
  const { examples, operationFees, fill, waiting } = fees;
  const charged = operationFees.filter(({ amount }) => amount !== "0");
  return lines([
    ["base fee", fees.baseFee.display],
    ["per byte", fees.feePerByte.display],
    ...charged.map(({ kind, display }): Line => [`per ${kind}`, display]),
    ["first payment", `at least ${fees.accountMinimum.display}`],
    ...examples.map(
      ({ kind, display, bytes }): Line => [
        kind.replaceAll("-", " "),
        `${display} for ${bytes} bytes`,
      ],
    ),
    ["last blocks", fillText(fill)],
    ["waiting here", `${waiting.transactions} transactions, ${waiting.bytes} bytes`],
  ]);
}

function fillText({ blocks, mean, most }: FeesJson["fill"]): string {
  if (mean === null || most === null) return "this node has seen none yet";
  return `${percent(mean)} full on average, ${percent(most)} at most (${blocks} blocks)`;
}

const percent = (share: number): string => `${(share * 100).toFixed(share < 0.1 ? 2 : 0)} %`;

export function mempoolText(pool: MempoolJson): string {
  const { items, transactions, bytes, faults, next } = pool;
  const head = lines([
    ["waiting here", `${transactions} transactions, ${bytes} bytes`],
    ...(faults === 0 ? [] : ([["proven faults", faults.toString()]] satisfies Line[])),
  ]);
  const rest = next === null ? [] : ["", `more: --cursor ${next}`];
  return [head, ...items.map(waitingText), ...rest].join("\n");
}

function waitingText({
  id,
  sender,
  nonce,
  feeDisplay,
  ageMs,
  missingNonce,
  kinds,
}: WaitingJson): string {
  const waits = missingNonce === null ? "" : `, waits for nonce ${missingNonce}`;
  const age = `${(ageMs / 1_000).toFixed(1)} s ago`;
  return `\n${id}\n  ${kinds.join(", ")} of ${sender}\n  nonce ${nonce}${waits}, fee ${feeDisplay}, ${age}`;
}

export const searchText = ({ hits }: SearchJson): string =>
  hits
    .map(({ kind, title, reference, note }) =>
      [
        `${kind} ${visible(title)}`,
        ...(title === reference ? [] : [`  ${reference}`]),
        `  ${visible(note)}`,
      ].join("\n"),
    )
    .join("\n");
