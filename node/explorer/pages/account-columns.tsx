/**
 * What an account's lists have in their columns: what it holds, what it recorded, what it did and was paid.
 * @module
 */
import type { VNode } from "preact";
import { isFaultJson } from "../../../src/api/fault-words.ts";
import type { BalanceJson, FinalTransactionJson } from "../../../src/api/json.ts";
import { isPaymentJson } from "../../../src/api/operation-words.ts";
import type { RecordEntryJson } from "../../../src/api/record-json.ts";
import { hrefOf } from "../frame/addresses.ts";
import { Address } from "../parts/address.tsx";
import { Deed } from "../parts/deed.tsx";
import {
  blockColumn,
  contentColumn,
  recordColumn,
  versionColumn,
} from "../parts/record-columns.tsx";
import type { Column } from "../parts/table.tsx";
import { Amount, Height, ShortId, ShortTime, TransactionLink } from "../parts/text.tsx";

/** Two issuers may use one code: an asset is never shown without its issuer. */
export const assetColumns: readonly Column<BalanceJson>[] = [
  { title: "Amount", isNumber: true, cell: ({ display }) => <Amount display={display} /> },
  { title: "Issued by", cell: ({ issuer }) => <Address address={issuer ?? ""} /> },
  {
    title: "Asset",
    cell: ({ asset }) => (
      <a href={hrefOf("asset", asset)}>
        <ShortId text={asset} />
      </a>
    ),
  },
];

export const recordColumns: readonly Column<RecordEntryJson>[] = [
  recordColumn,
  versionColumn,
  blockColumn,
  contentColumn,
];

export const transactionColumns = (address: string): readonly Column<FinalTransactionJson>[] => [
  {
    title: "Block",
    cell: ({ height }) => <Height height={height} />,
  },
  {
    title: "Time",
    cell: ({ timestampMs }) => <ShortTime ms={timestampMs} />,
  },
  {
    title: "What it did",
    cell: (transaction) => <Part address={address} transaction={transaction} />,
  },
  { title: "Id", cell: ({ id }) => <TransactionLink id={id} isShort /> },
];

/** What this account did in it, and what it was paid. */
function Part({
  address,
  transaction,
}: {
  readonly address: string;
  readonly transaction: FinalTransactionJson;
}): VNode | null {
  if (isFaultJson(transaction)) return null;
  const lines = transaction.operations.flatMap((operation, i): VNode[] => {
    const isPaid = isPaymentJson(operation) && operation.to === address;
    const received = isPaid && (
      <div key={`${i} in`}>
        received <Amount display={operation.display} /> from <Address address={operation.from} />
      </div>
    );
    const done = operation.from === address && (
      <div key={`${i} out`}>
        <Deed operation={operation} />
      </div>
    );
    return [done, received].filter((line) => line !== false);
  });
  return <>{lines.length === 0 ? "sent it for others" : lines}</>;
}
