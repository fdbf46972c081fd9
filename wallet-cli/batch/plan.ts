/**
 * What a batch is going to pay: shown before the one question, and printed by --dry-run.
 * @module
 */
import { toHex, utf8 } from "../../src/base/bytes.ts";
import { nobleHasher } from "../../src/crypto/hash.ts";
import { nativeAsset } from "../../src/protocol/ids.ts";
import { formatDuration } from "../durations.ts";
import { type AssetUnit, type Spend, spendJson, spendText } from "../ledger/spending.ts";
import { formatTable } from "../terminal/table.ts";
import type { Json } from "../terminal/terminal.ts";

export interface BatchPlan {
  readonly chainId: string;
  readonly signer: { readonly name: string; readonly address: string };
  readonly csvSha256: string;
  /** Of the file. */
  readonly rows: number;
  /** Of them, to be signed now. */
  readonly unsigned: number;
  readonly open: number;
  readonly final: number;
  /** Of the unsigned rows, base units of the native asset. */
  readonly fee: bigint;
  /** Of the unsigned rows, fees included. */
  readonly spend: readonly Spend[];
  readonly units: readonly AssetUnit[];
  readonly expiresInMs: number;
  readonly command: string;
}

/** `planSha256`: see ../sending/plan.ts. */
export function batchPlanJson(plan: BatchPlan): Json {
  const { chainId, signer, csvSha256, rows, unsigned, open, final, fee, spend, units } = plan;
  const agreed = {
    chainId,
    op: "batch",
    summary: `${unsigned} of ${rows} payments`,
    signer,
    csvSha256,
    rows,
    ...{ unsigned, open, final },
    fee: fee.toString(),
    feeDisplay: feeText(plan),
    spend: spend.map((each) => spendJson(each, units)),
    expiresInMs: plan.expiresInMs,
  };
  const planSha256 = toHex(nobleHasher.sha256(utf8(JSON.stringify(agreed))));
  return { ...agreed, command: plan.command, planSha256 };
}

export function batchPlanText(plan: BatchPlan): string {
  const { signer, rows, unsigned, open, final, spend, units, expiresInMs } = plan;
  const before = [
    ...(final === 0 ? [] : [`${final} are final`]),
    ...(open === 0 ? [] : [`${open} are signed already`]),
  ];
  const more = before.length === 0 ? "" : `  (${before.join(", ")})`;
  return formatTable([
    ["from", `${signer.address}  (${signer.name})`],
    ["rows", `${unsigned} of ${rows} to pay${more}`],
    ["fees", feeText(plan)],
    ...spend.map((each) => ["total", spendText(each, units)]),
    ["expires", `each ${formatDuration(expiresInMs)} after it is signed`],
  ]);
}

const feeText = ({ fee, units }: BatchPlan): string =>
  spendText({ asset: nativeAsset, amount: fee }, units);
