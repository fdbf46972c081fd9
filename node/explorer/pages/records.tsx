/**
 * Records: check a file, find what was recorded, and one record with its versions.
 * @module
 */
import type { VNode } from "preact";
import { paths } from "../../../src/api/paths.ts";
import type { RecordNowJson, RecordVersionJson } from "../../../src/api/record-json.ts";
import { useAnswer } from "../asking/load.ts";
import { Page } from "../frame/page.tsx";
import { Address } from "../parts/address.tsx";
import { Card, Facts } from "../parts/card.tsx";
import { Memo } from "../parts/deed.tsx";
import { Loaded } from "../parts/loaded.tsx";
import { PagedTable } from "../parts/paged-table.tsx";
import {
  blockColumn,
  contentColumn,
  recordColumn,
  versionColumn,
} from "../parts/record-columns.tsx";
import type { Column } from "../parts/table.tsx";
import { Height, Id, ShortTime, Time, TransactionLink } from "../parts/text.tsx";
import { countText } from "../words/formats.ts";
import { FileCheck } from "./file-check.tsx";

export function RecordsPage({ contentHash }: { readonly contentHash: string | undefined }): VNode {
  return (
    <Page title="Records" claim={contentHash === undefined ? undefined : foundClaim}>
      <FileCheck />
      {contentHash !== undefined && <WhoRecorded contentHash={contentHash} />}
    </Page>
  );
}

const foundClaim = {
  kind: "word",
  why: "a list of all who have recorded a content cannot be proven complete; the page of each record is proven",
} as const;

function WhoRecorded({ contentHash }: { readonly contentHash: string }): VNode {
  return (
    <>
      <Card title="Content">
        <Facts list={[["SHA-256", <Id key="hash" text={contentHash} />]]} />
      </Card>
      <PagedTable
        key={contentHash}
        title="Who has recorded it"
        path={paths.recordsWith(contentHash)}
        columns={versionColumns}
        keyOf={({ address, topic, key, version }) => [address, topic, key, version].join("\n")}
        empty="Nobody has recorded this content in this ledger."
      />
    </>
  );
}

export interface RecordPlace {
  readonly address: string;
  readonly topic: string;
  readonly name: string;
}

export function RecordPage({ address, topic, name }: RecordPlace): VNode {
  const named = { address, topic, key: name };
  const path = paths.record(named);
  const load = useAnswer(path);
  const claim =
    load.kind === "ready"
      ? ({
          kind: "record",
          record: load.value,
          asked: [address.toLowerCase(), topic, name],
          again: load.again,
        } as const)
      : undefined;
  return (
    <Page kicker="Record" title={`${topic} / ${name}`} raw={path} claim={claim}>
      <Loaded load={load}>{(record) => <Newest record={record} />}</Loaded>
      <PagedTable
        key={path}
        title="Versions, newest first"
        path={paths.recordVersions(named)}
        columns={versionColumns}
        keyOf={({ version }) => version}
        empty="None."
        note="This list is this node's word. Proven is the newest version, above."
      />
    </Page>
  );
}

const Newest = ({ record }: { readonly record: RecordNowJson }): VNode => (
  <Card title={`Version ${countText(record.version)} of ${countText(record.newest)}`}>
    <Facts
      list={[
        ["Recorded by", <Address key="address" address={record.address} />],
        ["Content, SHA-256", <Id key="hash" text={record.contentHash} />],
        ["In block", <Height key="height" height={record.height} />],
        record.transaction === null
          ? undefined
          : ["Time", <Time key="time" ms={record.transaction.timestampMs} />],
        record.transaction === null
          ? undefined
          : ["Transaction", <TransactionLink key="transaction" id={record.transaction.id} />],
        record.data === null ? undefined : ["Data", <Memo key="data" memo={record.data} />],
      ]}
    />
  </Card>
);

const versionColumns: readonly Column<RecordVersionJson>[] = [
  recordColumn,
  versionColumn,
  { title: "By", cell: ({ address }) => <Address address={address} /> },
  blockColumn,
  {
    title: "Time",
    cell: ({ transaction }) => transaction !== null && <ShortTime ms={transaction.timestampMs} />,
  },
  contentColumn,
];
