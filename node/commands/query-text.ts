/**
 * What queries say to people: one fact a line, ids and addresses in full.
 * @module
 */
import { faultVoteWords, faultWords, isFaultJson } from "../../src/api/fault-words.ts";
import type {
  AccountJson,
  BlockJson,
  ContentJson,
  StatsJson,
  TransactionBodyJson,
  TransactionJson,
} from "../../src/api/json.ts";
import { deedWords, isPaymentJson, operationLines } from "../../src/api/operation-words.ts";
import { balanceLines } from "./content-text.ts";
import { type Line, lines, timeText } from "./fact-lines.ts";

export function blockText(block: BlockJson): string {
  const { finalization } = block;
  return lines([
    ["block", block.height.toString()],
    ["id", block.id],
    ["time", timeText(block.timestampMs)],
    ["transactions", block.transactionCount.toString()],
    [
      "leader",
      block.leader === null ? "none: genesis" : `${block.leaderName ?? ""} ${block.leader}`,
    ],
    ["view", block.view.toString()],
    [
      "final by",
      finalization === null
        ? "the finalization of a later block"
        : `validators ${finalization.signers.join(", ")} in view ${finalization.view}`,
    ],
    ["parent", block.parent],
    ["state root", block.stateRoot],
    ["bytes", block.bytes.toString()],
  ]);
}

const statusText: Readonly<Record<TransactionJson["status"], string>> = {
  final: "final: cannot be undone",
  pending: "pending: waits for a block",
  refused: "refused: not taken by this node now; another may have it",
  superseded: "superseded: another transaction took its place",
  expired: "expired: can never be applied",
  invalid: "invalid: can never be applied",
  unknown: "unknown here",
};

export function transactionText(transaction: TransactionJson): string {
  const head: Line[] = [
    ["transaction", transaction.id],
    ["status", statusText[transaction.status]],
  ];
  switch (transaction.status) {
    case "final":
      return lines([
        ...head,
        ["block", `${transaction.height}, number ${transaction.index} in it`],
        ["block id", transaction.blockId],
        ["time", timeText(transaction.timestampMs)],
        ...bodyLines(transaction),
      ]);
    case "pending":
      return lines([...head, ...bodyLines(transaction)]);
    case "refused":
    case "invalid":
      return lines([...head, ["why", `${transaction.message} (${transaction.code})`]]);
    case "superseded":
      return lines([...head, ["by", transaction.supersededBy]]);
    default:
      return lines(head);
  }
}

function bodyLines(body: ContentJson): Line[] {
  if ("fault" in body) {
    return [
      ["fault", faultWords(body)],
      ["  voted", faultVoteWords(body.fault.first)],
      ["  and", faultVoteWords(body.fault.second)],
    ];
  }
  const operations = body.operations.flatMap((operation) =>
    operationLines(operation).map(
      ([name, value], i): Line => [i === 0 ? name : `  ${name}`, value],
    ),
  );
  const { hex, text } = body.memo;
  return [
    ...operations,
    ["nonce", body.nonce.toString()],
    ["fee", body.feeDisplay],
    ["expires", timeText(body.expiryMs)],
    ...(hex === "" ? [] : ([["memo", text ?? `0x${hex}`]] satisfies Line[])),
  ];
}

export function accountText(
  account: AccountJson & { readonly transactions: readonly TransactionJson[] },
): string {
  const waiting = account.pendingNonce - account.nonce;
  const head = lines([
    ["account", account.address],
    ...(account.exists ? [] : ([["state", "never used"]] satisfies Line[])),
    ...balanceLines(account),
    ...(account.authHash === account.id
      ? []
      : ([["policy hash", account.authHash]] satisfies Line[])),
    ...(account.requireMemo ? ([["payments to it", "must carry a memo"]] satisfies Line[]) : []),
    ["nonce", `${account.nonce}${waiting > 0 ? `, ${waiting} waiting here` : ""}`],
  ]);
  const history = account.transactions.flatMap((transaction) =>
    transaction.status === "final" && !isFaultJson(transaction)
      ? [historyText(account.address, transaction)]
      : [],
  );
  return [head, ...(history.length === 0 ? [] : ["", "newest transactions"]), ...history].join(
    "\n",
  );
}

function historyText(
  address: string,
  transaction: TransactionBodyJson & { readonly height: number },
): string {
  const what = transaction.operations.flatMap((operation) => {
    const { from } = operation;
    const isPaid = isPaymentJson(operation) && operation.to === address;
    const received = isPaid ? [`+${operation.display} from ${from}`] : [];
    if (from !== address) return received;
    if (operation.kind === "transfer") return [`-${operation.display} to ${operation.to}`];
    return [deedWords(operation), ...received];
  });
  return [`  #${transaction.height}  ${transaction.id}`, ...what.map((line) => `    ${line}`)].join(
    "\n",
  );
}

export function statsText(stats: StatsJson): string {
  const milliseconds = (ms: number | null): string =>
    ms === null ? "none yet" : `${ms.toFixed(1)} ms`;
  return lines([
    ["over the last", `${stats.windowMs / 1000} s`],
    ["  blocks", stats.blocks.toString()],
    ["  transactions", stats.transactions.toString()],
    ["  a second", stats.transactionsPerSecond.toFixed(1)],
    ["  finality, median", milliseconds(stats.finalityMsMedian)],
    ["  finality, 99 %", milliseconds(stats.finalityMsP99)],
    ["all transactions", stats.totalTransactions.toString()],
    ["accounts", stats.accounts.toString()],
    ["supply", stats.totalSupplyDisplay],
  ]);
}
