/**
 * One account: what it holds, what it may do, and all that it did.
 * @module
 */
import type { VNode } from "preact";
import { isFaultJson } from "../../../src/api/fault-words.ts";
import type { AccountJson, BalanceJson, FinalTransactionJson } from "../../../src/api/json.ts";
import { isPaymentJson } from "../../../src/api/operation-words.ts";
import { paths } from "../../../src/api/paths.ts";
import type { RecordEntryJson } from "../../../src/api/record-json.ts";
import { useAnswer } from "../asking/load.ts";
import { hrefOf } from "../frame/addresses.ts";
import { Page } from "../frame/page.tsx";
import { Address } from "../parts/address.tsx";
import { Card, Facts, Nothing } from "../parts/card.tsx";
import { Deed } from "../parts/deed.tsx";
import { Loaded } from "../parts/loaded.tsx";
import { PagedTable } from "../parts/paged-table.tsx";
import type { Column } from "../parts/table.tsx";
import { Amount, Height, Id, Said, ShortId, ShortTime, TransactionLink } from "../parts/text.tsx";
import { amountText, countText, manyText } from "../words/formats.ts";

export function AccountPage({ address }: { readonly address: string }): VNode {
  const path = paths.account(address);
  const load = useAnswer(path);
  const claim =
    load.kind === "ready"
      ? ({
          kind: "account",
          account: load.value,
          asked: [address.toLowerCase()],
          again: load.again,
        } as const)
      : undefined;
  const native = load.kind === "ready" ? load.value.balances.find(isNative) : undefined;
  const title = native === undefined ? "…" : amountText(native.display);
  return (
    <Page
      kicker="Account"
      title={title}
      raw={path}
      csv={paths.accountTransactionsCsv(address)}
      claim={claim}
    >
      <Loaded load={load}>{(account) => <Account key={account.id} account={account} />}</Loaded>
    </Page>
  );
}

const isNative = ({ issuer }: BalanceJson): boolean => issuer === null;

function Account({ account }: { readonly account: AccountJson }): VNode {
  const { balances, moreBalances, tip } = account;
  const others = balances.filter((balance) => !isNative(balance));
  const records = paths.recordsOf(account.address);
  return (
    <>
      {!account.exists && (
        <Card title="New">
          <Nothing>This account has never been used. Anyone may pay to it.</Nothing>
        </Card>
      )}
      <Card title="Who it is">
        <Facts
          list={[
            ["Address", <Address key="address" address={account.address} isLink={false} />],
            ["Next nonce", nonceText(account)],
            ["Memo", account.requireMemo ? "required of every payment to it" : "not required"],
            ["Account id", <Id key="id" text={account.id} />],
            ["Authorized by", <Id key="policy" text={account.authHash} />],
          ]}
        />
      </Card>
      {others.length > 0 && (
        <PagedTable
          title="Other assets"
          path={paths.balances(account.address)}
          columns={assetColumns}
          keyOf={({ asset }) => asset}
          empty="None."
          first={{ items: others, next: moreBalances, prev: null, tip }}
        />
      )}
      <PagedTable
        title="Transactions, newest first"
        path={paths.accountTransactions(account.address)}
        columns={transactionColumns(account.address)}
        keyOf={({ id }) => id}
        empty="None yet."
        actions={
          <a class="quiet" href={paths.accountTransactionsCsv(account.address)} download>
            All as CSV
          </a>
        }
      />
      <PagedTable
        title="Records"
        path={records}
        columns={recordColumns}
        keyOf={({ topic, key }) => `${topic}\n${key}`}
        empty="It has recorded nothing."
      />
    </>
  );
}

function nonceText({ nonce, pendingNonce }: AccountJson): string {
  const waiting = pendingNonce - nonce;
  return (
    countText(nonce) + (waiting > 0 ? `, ${manyText(waiting, "transaction")} waiting here` : "")
  );
}

/** Two issuers may use one code: an asset is never shown without its issuer. */
const assetColumns: readonly Column<BalanceJson>[] = [
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

const recordColumns: readonly Column<RecordEntryJson>[] = [
  {
    title: "Record",
    cell: ({ address, topic, key }) => (
      <a href={hrefOf("record", address, topic, key)}>
        <Said text={topic} /> / <Said text={key} />
      </a>
    ),
  },
  { title: "Version", isNumber: true, cell: ({ version }) => countText(version) },
  { title: "Block", isNumber: true, cell: ({ height }) => <Height height={height} /> },
  { title: "Content", cell: ({ contentHash }) => <ShortId text={contentHash} /> },
];

const transactionColumns = (address: string): readonly Column<FinalTransactionJson>[] => [
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
