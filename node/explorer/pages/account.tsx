/**
 * One account: what it holds, what it may do, and all that it did.
 * @module
 */
import type { VNode } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import type { AccountJson, BalanceJson } from "../../../src/api/json.ts";
import { paths } from "../../../src/api/paths.ts";
import { useAccountNews } from "../asking/live.ts";
import { type Load, useAnswer } from "../asking/load.ts";
import type { Listed } from "../checking/claims.ts";
import { Page } from "../frame/page.tsx";
import { Address } from "../parts/address.tsx";
import { Card, Facts, Nothing } from "../parts/card.tsx";
import { Loaded } from "../parts/loaded.tsx";
import { PagedTable } from "../parts/paged-table.tsx";
import { Id } from "../parts/text.tsx";
import { amountText, countText, manyText } from "../words/formats.ts";
import { assetColumns, recordColumns, transactionColumns } from "./account-columns.tsx";

export function AccountPage({ address }: { readonly address: string }): VNode {
  const path = paths.account(address);
  const load = useAnswer(path);
  const [listed, setListed] = useState<Listed>();
  const round = useNewsOf(address, load);
  const claim =
    load.kind === "ready"
      ? ({
          kind: "account",
          account: load.value,
          asked: [address.toLowerCase()],
          again: load.again,
          listed,
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
      <Loaded load={load}>
        {(account) => (
          <Account key={account.id} account={account} round={round} onListed={setListed} />
        )}
      </Loaded>
    </Page>
  );
}

const isNative = ({ issuer }: BalanceJson): boolean => issuer === null;

/** An account that is paid all the time is asked for so often. */
const calmMs = 1_000;

/** Counts how often a new block has touched the account; each time the account is asked for again. */
function useNewsOf(address: string, load: Load<AccountJson>): number {
  const [round, setRound] = useState(0);
  const latest = useRef(load);
  latest.current = load;
  const isThere = load.kind === "ready";
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  useAccountNews(isThere ? address : undefined, isThere ? load.value.tip.height : 0, () => {
    timer.current ??= setTimeout(() => {
      timer.current = undefined;
      if (latest.current.kind === "ready") latest.current.again();
      setRound((count) => count + 1);
    }, calmMs);
  });
  useEffect(() => () => clearTimeout(timer.current), [address]);
  return round;
}

const rowsNote =
  "The rows of this list are this node's word, until you let them be checked in the proof above.";
const wordNote = "This list is this node's word; the page of each record is proven.";

const moreNote = "What is beyond the first hundred is this node's word; no page of it is proven.";

interface AccountProps {
  readonly account: AccountJson;
  /** Another number: it may have changed. */
  readonly round: number;
  readonly onListed: (listed: Listed) => void;
}

function Account({ account, round, onListed }: AccountProps): VNode {
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
          {...(moreBalances === null ? {} : { note: moreNote })}
        />
      )}
      <PagedTable
        title="Transactions, newest first"
        path={paths.accountTransactions(account.address)}
        columns={transactionColumns(account.address)}
        keyOf={({ id }) => id}
        empty="None yet."
        live={{ round, noun: "transaction" }}
        onRows={(rows, isEnd) => onListed({ rows, isEnd })}
        note={rowsNote}
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
        live={{ round, noun: "record" }}
        note={wordNote}
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
