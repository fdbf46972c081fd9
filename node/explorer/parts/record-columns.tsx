/**
 * Records in lists: the link to one, and the columns that every list of them has.
 * @module
 */
import type { VNode } from "preact";
import type { RecordEntryJson } from "../../../src/api/record-json.ts";
import { hrefOf } from "../frame/addresses.ts";
import { countText } from "../words/formats.ts";
import type { Column } from "./table.tsx";
import { Height, Said, ShortId } from "./text.tsx";

type RecordPlace = Pick<RecordEntryJson, "address" | "topic" | "key">;

const recordLink = ({ address, topic, key }: RecordPlace): VNode => (
  <a href={hrefOf("record", address, topic, key)}>
    <Said text={topic} /> / <Said text={key} />
  </a>
);

type RecordColumn = Column<RecordEntryJson>;

export const recordColumn: RecordColumn = { title: "Record", cell: recordLink };
export const versionColumn: RecordColumn = {
  title: "Version",
  isNumber: true,
  cell: ({ version }) => countText(version),
};
export const blockColumn: RecordColumn = {
  title: "Block",
  isNumber: true,
  cell: ({ height }) => <Height height={height} />,
};
export const contentColumn: RecordColumn = {
  title: "Content",
  cell: ({ contentHash }) => <ShortId text={contentHash} />,
};
