/**
 * The plan of one transaction: what a person confirms, and what --dry-run gives to a second approver.
 *
 * `planSha256` is the SHA-256 of the plan's JSON, in this order and without spaces, less `planSha256` and `command`:
 * two approvers with other folders and nodes see the same one for the same plan.
 *
 *     jq -cj '.data | del(.planSha256, .command)' plan.json | sha256sum
 * @module
 */
import { toHex, utf8 } from "../../src/base/bytes.ts";
import { nobleHasher } from "../../src/crypto/hash.ts";
import { nativeAsset } from "../../src/protocol/ids.ts";
import { formatDuration } from "../durations.ts";
import { type AssetUnit, type Spend, spendJson, spendText } from "../ledger/spending.ts";
import { formatTable } from "../terminal/table.ts";
import type { Json } from "../terminal/terminal.ts";

export interface Plan {
  /** Of the network: the same plan elsewhere is another plan. */
  readonly chainId: string;
  /** Kinds of the operations, `transfer` or `transfer+burn`. */
  readonly op: string;
  readonly summary: string;
  readonly signer: { readonly name: string; readonly address: string };
  /** Base units of the native asset. */
  readonly fee: bigint;
  /** Fee included. */
  readonly spend: readonly Spend[];
  readonly units: readonly AssetUnit[];
  readonly operations: readonly Json[];
  readonly memo: string;
  readonly expiresInMs: number;
  /** What people are shown of the operations. */
  readonly rows: readonly (readonly [string, string])[];
  readonly command: string;
}

export function planJson(plan: Plan): Json {
  const {
    chainId,
    op,
    summary,
    signer,
    fee,
    spend,
    units,
    operations,
    memo,
    expiresInMs,
    command,
  } = plan;
  const agreed = {
    chainId,
    op,
    summary,
    signer,
    fee: fee.toString(),
    feeDisplay: feeText(plan),
    spend: spend.map((each) => spendJson(each, units)),
    operations,
    memo,
    expiresInMs,
  };
  const planSha256 = toHex(nobleHasher.sha256(utf8(JSON.stringify(agreed))));
  return { ...agreed, command, planSha256 };
}

export function planText(plan: Plan): string {
  const { signer, rows, spend, units, memo, expiresInMs } = plan;
  const totals = spend.map((each): [string, string] => ["total", spendText(each, units)]);
  return formatTable([
    ["from", `${signer.address}  (${signer.name})`],
    ...rows,
    ["fee", feeText(plan)],
    ...totals,
    ...(memo === "" ? [] : [["memo", memo]]),
    ["expires", `in ${formatDuration(expiresInMs)}`],
  ]);
}

const feeText = ({ fee, units }: Plan): string =>
  spendText({ asset: nativeAsset, amount: fee }, units);
