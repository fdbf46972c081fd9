/**
 * One transaction: its status in words, what it does in words, and what was signed.
 * @module
 */
import type { VNode } from "preact";
import { faultVoteWords, faultWords, isFaultJson } from "../../../src/api/fault-words.ts";
import type { FaultBodyJson, TransactionBodyJson, TransactionJson } from "../../../src/api/json.ts";
import { operationLines } from "../../../src/api/operation-words.ts";
import { paths } from "../../../src/api/paths.ts";
import { useBlocks } from "../asking/live.ts";
import { useLoad } from "../asking/load.ts";
import { ask, ProblemError } from "../asking/node-api.ts";
import type { Claim } from "../checking/claims.ts";
import { strayOf } from "../checking/stray-words.ts";
import { Page } from "../frame/page.tsx";
import { Address } from "../parts/address.tsx";
import { Card, type Fact, Facts } from "../parts/card.tsx";
import { formOf, Memo } from "../parts/deed.tsx";
import { Loaded } from "../parts/loaded.tsx";
import {
  Amount,
  BlockLink,
  Height,
  Id,
  Said,
  State,
  Time,
  TransactionLink,
} from "../parts/text.tsx";
import { countText } from "../words/formats.ts";
import { transactionWords } from "../words/status-words.ts";

export function TransactionPage({ id }: { readonly id: string }): VNode {
  const path = paths.transaction(id);
  const load = useLoad((left) => known(id, left), path);
  useBlocks(() => {
    if (load.kind === "ready" && mayChange(load.value)) load.again();
  });
  const claim = load.kind === "ready" ? claimOf(load.value, id) : undefined;
  const receipt = claim?.kind === "transaction" ? paths.receipt(id) : undefined;
  return (
    <Page
      kicker="Transaction"
      title={titleOf(load.kind === "ready" ? load.value : undefined)}
      raw={path}
      claim={claim}
    >
      <Loaded load={load}>
        {(transaction) => (
          <>
            <Card
              title="Where it stands"
              actions={
                receipt !== undefined && (
                  <a class="quiet" href={receipt} download={`receipt-${id.slice(0, 12)}.json`}>
                    Receipt
                  </a>
                )
              }
            >
              <Facts list={standing(transaction)} />
            </Card>
            <Body transaction={transaction} />
          </>
        )}
      </Loaded>
    </Page>
  );
}

const notFinal = "it is not final here, and until it is, nothing can be proven about it";

function claimOf(transaction: TransactionJson, id: string): Claim {
  if (transaction.status === "final") return { kind: "transaction", transaction, asked: [id] };
  const stray = transaction.id === id ? undefined : strayOf([id], [transaction.id]);
  return { kind: "word", why: notFinal, stray };
}

const mayChange = ({ status }: TransactionJson): boolean =>
  status === "pending" || status === "unknown" || status === "refused";

function titleOf(transaction: TransactionJson | undefined): string {
  if (transaction === undefined) return "…";
  if (!("contentHash" in transaction)) return transactionWords[transaction.status].title;
  if (isFaultJson(transaction)) return "Proof of a fault";
  const [first, ...others] = transaction.operations;
  const [[name = "", value = ""] = []] = first === undefined ? [] : operationLines(first);
  const more = others.length === 0 ? "" : ` and ${others.length} more`;
  const brief = value.length > titleLetters ? `${value.slice(0, titleLetters)}…` : value;
  return `${name.charAt(0).toUpperCase()}${name.slice(1)} ${brief}${more}`;
}

/** What others wrote may be long; all of it is below. */
const titleLetters = 40;

/** An id that the node does not know has a page, too: it may come. */
async function known(id: string, left: AbortSignal): Promise<TransactionJson> {
  try {
    return await ask(paths.transaction(id), left);
  } catch (error) {
    if (error instanceof ProblemError && error.problem.code === "transaction_unknown") {
      return { status: "unknown", id };
    }
    throw error;
  }
}

function standing(transaction: TransactionJson): readonly Fact[] {
  const status: Fact = [
    "Status",
    <State key="state" words={transactionWords[transaction.status]} />,
  ];
  return [status, ["Id", <Id key="id" text={transaction.id} />], ...place(transaction)];
}

function place(transaction: TransactionJson): readonly Fact[] {
  switch (transaction.status) {
    case "final": {
      const { height, index, blockId, timestampMs } = transaction;
      const block = (
        <>
          <Height height={height} />, number {index} in it
        </>
      );
      return [
        ["Block", block],
        ["Block id", <BlockLink key="id" id={blockId} />],
        ["Time", <Time key="time" ms={timestampMs} />],
      ];
    }
    case "refused":
    case "invalid": {
      const { message, code } = transaction;
      const why = (
        <>
          <Said text={message} /> <span class="soft">({code})</span>
        </>
      );
      return [["Why", why]];
    }
    case "superseded":
      return [["By", <TransactionLink key="by" id={transaction.supersededBy} />]];
    default:
      return [];
  }
}

function Body({ transaction }: { readonly transaction: TransactionJson }): VNode | null {
  if (transaction.status !== "final" && transaction.status !== "pending") return null;
  return isFaultJson(transaction) ? <Fault body={transaction} /> : <Content body={transaction} />;
}

function Fault({ body }: { readonly body: FaultBodyJson }): VNode {
  const { first, second } = body.fault;
  return (
    <Card title="What it proves">
      <Facts
        list={[
          ["Fault", faultWords(body)],
          ["Voted", faultVoteWords(first)],
          ["And", faultVoteWords(second)],
          ["Content hash", <Id key="hash" text={body.contentHash} />],
        ]}
      />
    </Card>
  );
}

function Content({ body }: { readonly body: TransactionBodyJson }): VNode {
  return (
    <>
      {body.operations.map((operation, i) => (
        // Their order is fixed by the signature.
        <Card key={i} title={operationTitle(body, i)}>
          <Facts
            list={operationLines(operation).map(([name, value, form]): Fact => {
              const title = name.charAt(0).toUpperCase() + name.slice(1);
              return [title, formOf(value, form)];
            })}
          />
        </Card>
      ))}
      <Card title="What was signed">
        <Facts
          list={[
            ["Sender", <Address key="sender" address={body.sender} />],
            ["Nonce", countText(body.nonce)],
            ["Fee", <Amount key="fee" display={body.feeDisplay} />],
            ["Expires", <Time key="expires" ms={body.expiryMs} />],
            ["Memo", <Memo key="memo" memo={body.memo} />],
            ["Content hash", <Id key="hash" text={body.contentHash} />],
          ]}
        />
      </Card>
    </>
  );
}

const operationTitle = ({ operations }: TransactionBodyJson, i: number): string =>
  operations.length === 1 ? "What it does" : `What it does, ${i + 1} of ${operations.length}`;
