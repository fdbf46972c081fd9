/**
 * What waits in this node's pool for a block: its own view, for another node may have other transactions.
 * @module
 */
import type { VNode } from "preact";
import type { FeesJson } from "../../../src/api/fee-json.ts";
import type { MempoolJson, WaitingJson } from "../../../src/api/mempool-json.ts";
import { paths } from "../../../src/api/paths.ts";
import { useBlocks } from "../asking/live.ts";
import { useAnswer } from "../asking/load.ts";
import { Page } from "../frame/page.tsx";
import { Address } from "../parts/address.tsx";
import { Card, Facts, Figures, Nothing } from "../parts/card.tsx";
import { Loaded } from "../parts/loaded.tsx";
import { type Column, Table } from "../parts/table.tsx";
import { Amount, TransactionLink } from "../parts/text.tsx";
import { bytesText, countText, durationText, shareText } from "../words/formats.ts";

const refreshMs = 2_000;
const why =
  "what waits is not in the ledger yet, so nothing can be proven about it; other nodes may have other transactions";

export function MempoolPage(): VNode {
  const path = paths.mempool();
  const pool = useAnswer(path, { everyMs: refreshMs });
  const fees = useAnswer(paths.fees());
  useBlocks(() => {
    if (pool.kind === "ready") pool.again();
  });
  return (
    <Page title="Waiting for a block" raw={path} claim={{ kind: "word", why }}>
      <Loaded load={pool}>{(now) => <Pool pool={now} />}</Loaded>
      {fees.kind === "ready" && <Fees fees={fees.value} />}
    </Page>
  );
}

const Pool = ({ pool }: { readonly pool: MempoolJson }): VNode => (
  <>
    <Figures
      list={[
        ["Transactions", countText(pool.transactions)],
        ["Room taken", `${bytesText(pool.bytes)} of ${bytesText(pool.bytesMax)}`],
        ["Proofs of faults", countText(pool.faults)],
      ]}
    />
    <Card title="Newest first">
      {pool.items.length === 0 ? (
        <Nothing>Nothing waits: what comes is in the next block.</Nothing>
      ) : (
        <Table caption="What waits" columns={columns} items={pool.items} keyOf={({ id }) => id} />
      )}
    </Card>
  </>
);

const columns: readonly Column<WaitingJson>[] = [
  { title: "Id", cell: ({ id }) => <TransactionLink id={id} isShort /> },
  { title: "Sender", cell: ({ sender }) => <Address address={sender} /> },
  { title: "Does", cell: ({ kinds }) => kinds.join(", ") },
  { title: "Fee", isNumber: true, cell: ({ feeDisplay }) => <Amount display={feeDisplay} /> },
  { title: "Waits", isNumber: true, cell: ({ ageMs }) => durationText(ageMs) },
  {
    title: "For",
    cell: ({ missingNonce }) =>
      missingNonce === null ? "a block" : `nonce ${countText(missingNonce)} of its sender`,
  },
];

const Fees = ({ fees: { examples, fill } }: { readonly fees: FeesJson }): VNode => (
  <Card title="What a transaction costs">
    <Facts
      list={[
        ...examples.map(
          ({ kind, title, display }) =>
            [
              title.charAt(0).toUpperCase() + title.slice(1),
              <Amount key={kind} display={display} />,
            ] as const,
        ),
        ["Fill of the last blocks", fill.mean === null ? "none seen yet" : shareText(fill.mean)],
      ]}
    />
  </Card>
);
