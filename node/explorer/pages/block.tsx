/**
 * One block: what it says, who made it final, its transactions, and what it commits to.
 * @module
 */
import type { VNode } from "preact";
import { useState } from "preact/hooks";
import type { BlockJson, FinalTransactionJson } from "../../../src/api/json.ts";
import { paths } from "../../../src/api/paths.ts";
import { useAnswer } from "../asking/load.ts";
import type { Listed } from "../checking/claims.ts";
import { hrefOf } from "../frame/addresses.ts";
import { Page } from "../frame/page.tsx";
import { Address } from "../parts/address.tsx";
import { Card, Facts } from "../parts/card.tsx";
import { ContentDeed } from "../parts/deed.tsx";
import { Loaded } from "../parts/loaded.tsx";
import { PagedTable } from "../parts/paged-table.tsx";
import type { Column } from "../parts/table.tsx";
import { Badge, BlockLink, Id, Said, Time, TransactionLink } from "../parts/text.tsx";
import { bytesText, countText, manyText } from "../words/formats.ts";

export function BlockPage({ reference }: { readonly reference: string }): VNode {
  const path = paths.block(reference);
  const load = useAnswer(path);
  const isNumber = /^[0-9]+$/.test(reference);
  const title = load.kind === "ready" ? countText(load.value.height) : isNumber ? reference : "…";
  const [listed, setListed] = useState<Listed>();
  const claim =
    load.kind === "ready"
      ? ({ kind: "block", block: load.value, asked: [reference], listed } as const)
      : undefined;
  return (
    <Page kicker="Block" title={`#${title}`} raw={path} claim={claim}>
      <Loaded load={load}>
        {(block) => <Block block={block} reference={reference} onListed={setListed} />}
      </Loaded>
    </Page>
  );
}

const rowsNote =
  "The rows of this list are this node's word, until you let them be checked in the proof above.";

interface BlockProps {
  readonly block: BlockJson;
  /** As it was asked for. */
  readonly reference: string;
  readonly onListed: (listed: Listed) => void;
}

function Block({ block, reference, onListed }: BlockProps): VNode {
  const { leader, leaderName } = block;
  return (
    <>
      <Neighbours height={block.height} />
      <Card title="What it says">
        <Facts
          list={[
            ["Status", <Finality key="status" block={block} />],
            ["Id", <Id key="id" text={block.id} />],
            ["Time", <Time key="time" ms={block.timestampMs} />],
            [
              "Leader",
              leader === null ? "none: genesis" : <Leader address={leader} name={leaderName} />,
            ],
            ["Epoch and view", `${countText(block.epoch)}, ${countText(block.view)}`],
            [
              "Parent",
              block.height === 0 ? <Id text={block.parent} /> : <BlockLink id={block.parent} />,
            ],
            ["Size", bytesText(block.bytes)],
          ]}
        />
      </Card>
      <PagedTable
        key={block.id}
        title={`Transactions: ${countText(block.transactionCount)}`}
        path={paths.blockTransactions(reference)}
        columns={columns}
        keyOf={({ id }) => id}
        empty="This block has none."
        onRows={(rows, isEnd) => onListed({ rows, isEnd })}
        {...(block.transactionCount === 0 ? {} : { note: rowsNote })}
      />
      <Card title="What it commits to">
        <Facts
          list={[
            ["State root", <Id key="state" text={block.stateRoot} />],
            ["Transactions root", <Id key="transactions" text={block.transactionsRoot} />],
            ["History root", <Id key="history" text={block.historyRoot} />],
            ["Validators", <Id key="validators" text={block.validatorsHash} />],
            ["Next validators", <Id key="next" text={block.nextValidatorsHash} />],
          ]}
        />
      </Card>
    </>
  );
}

const Leader = (leader: { readonly address: string; readonly name: string | null }): VNode => (
  <>
    {leader.name !== null && <Said text={leader.name} />} <Address address={leader.address} />
  </>
);

const Neighbours = ({ height }: { readonly height: number }): VNode => (
  <nav class="neighbours" aria-label="Neighbouring blocks">
    {height > 0 && (
      <a class="quiet" href={hrefOf("block", height - 1)}>
        ← #{countText(height - 1)}
      </a>
    )}
    <a class="quiet" href={hrefOf("block", height + 1)}>
      #{countText(height + 1)} →
    </a>
  </nav>
);

function Finality({ block: { finalization, height } }: { readonly block: BlockJson }): VNode {
  if (finalization === null) {
    const how = height === 0 ? "as the genesis" : "by the finalization of a later block";
    return (
      <>
        <Badge tone="good">Final</Badge> {how}
      </>
    );
  }
  const { signers, view } = finalization;
  return (
    <>
      <Badge tone="good">Final</Badge> by {manyText(signers.length, "validator")}, those at{" "}
      {signers.join(", ")}, in view {countText(view)}
    </>
  );
}

const columns: readonly Column<FinalTransactionJson>[] = [
  {
    title: "#",
    isNumber: true,
    cell: ({ index }) => String(index),
  },
  { title: "Id", cell: ({ id }) => <TransactionLink id={id} isShort /> },
  {
    title: "What it does",
    cell: (transaction) => <WhoAndDeed transaction={transaction} />,
  },
];

const WhoAndDeed = ({ transaction }: { readonly transaction: FinalTransactionJson }): VNode => (
  <span>
    {"sender" in transaction && (
      <>
        <Address address={transaction.sender} />{" "}
      </>
    )}
    <ContentDeed content={transaction} />
  </span>
);
