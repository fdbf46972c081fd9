/**
 * The network: the tips of all nodes side by side, this node's peers, and on a local network what may be done to it.
 * @module
 */
import type { VNode } from "preact";
import type { PeerJson, StatusJson } from "../../../src/api/json.ts";
import { paths } from "../../../src/api/paths.ts";
import { visible } from "../../../src/api/visible.ts";
import { useAnswer } from "../asking/load.ts";
import { hrefOf } from "../frame/addresses.ts";
import { Page } from "../frame/page.tsx";
import { Card, Facts, Nothing } from "../parts/card.tsx";
import { Loaded } from "../parts/loaded.tsx";
import { type Column, Table } from "../parts/table.tsx";
import { Badge, Height, Id, Said, ShortId, State, Time } from "../parts/text.tsx";
import { bytesText, countText, millisecondsText } from "../words/formats.ts";
import { syncWords, type Tone, votingWords } from "../words/status-words.ts";
import { Chaos } from "./chaos.tsx";
import { TipsSideBySide } from "./tips.tsx";

const refreshMs = 2_000;
const why =
  "what a node says of itself and its peers is not in the ledger; only its tip can be proven";
/** Clocks that differ by more are worth a look: a block's time may not be far ahead. */
const skewMsMax = 2_000;

export function NetworkPage(): VNode {
  const status = useAnswer(paths.status(), { everyMs: refreshMs });
  const peers = useAnswer(paths.peers(), { everyMs: refreshMs });
  return (
    <Page title="Network" raw={paths.peers()} claim={{ kind: "word", why }}>
      <Chaos />
      <TipsSideBySide />
      <Loaded load={status}>{(now) => <ThisNode status={now} />}</Loaded>
      {status.kind === "ready" && (
        <Loaded load={peers}>
          {({ items }) => <Peers peers={items} height={status.value.tip.height} />}
        </Loaded>
      )}
    </Page>
  );
}

const ThisNode = ({ status }: { readonly status: StatusJson }): VNode => (
  <Card title="This node">
    <Facts
      list={[
        ["State", <State key="sync" words={syncWords(status)} />],
        ["Part", <State key="voting" words={votingWords(status)} />],
        [
          "Tip",
          <>
            <Height height={status.tip.height} /> <Id text={status.tip.id} />
          </>,
        ],
        [
          "View",
          `${countText(status.view)} of epoch ${countText(status.epoch)}, led by ${visible(status.leader)}`,
        ],
        ["Running since", <Time key="since" ms={status.startedMs} />],
        ["Node id", <Id key="id" text={status.nodeId} />],
      ]}
    />
  </Card>
);

function Peers({
  peers,
  height,
}: {
  readonly peers: readonly PeerJson[];
  readonly height: number;
}): VNode {
  return (
    <Card title="Its peers">
      {peers.length === 0 ? (
        <Nothing>None: this node is alone, and hears of nothing new.</Nothing>
      ) : (
        <Table
          caption="Peers"
          columns={columns(height)}
          items={peers}
          keyOf={({ nodeId }) => nodeId}
        />
      )}
    </Card>
  );
}

const columns = (height: number): readonly Column<PeerJson>[] => [
  { title: "Name", cell: ({ name }) => (name === null ? "observer" : <Said text={name} />) },
  {
    title: "Says its height is",
    isNumber: true,
    cell: ({ finalHeight }) => <Behind height={finalHeight} tip={height} />,
  },
  { title: "View", isNumber: true, cell: ({ view }) => countText(view) },
  { title: "Answers in", isNumber: true, cell: ({ latencyMs }) => millisecondsText(latencyMs) },
  { title: "Clock", isNumber: true, cell: ({ clockSkewMs }) => <Skew ms={clockSkewMs} /> },
  { title: "In", isNumber: true, cell: ({ bytesIn }) => <Bytes bytes={bytesIn} /> },
  { title: "Out", isNumber: true, cell: ({ bytesOut }) => <Bytes bytes={bytesOut} /> },
  { title: "Software", cell: ({ agent }) => <Said text={agent} /> },
  { title: "At", cell: ({ address }) => <Said text={address} /> },
  { title: "Node", cell: ({ nodeId }) => <ShortId text={nodeId} /> },
];

const Bytes = ({ bytes }: { readonly bytes: number }): VNode => (
  <span class="amount">{bytesText(bytes)}</span>
);

/** A few blocks more or less are the way of the word, not a fault. */
const nearBlocks = 3;

function Behind({ height, tip }: { readonly height: number; readonly tip: number }): VNode {
  const behind = tip - height;
  return (
    <>
      <a href={hrefOf("block", height)}>#{countText(height)}</a>{" "}
      {behind > nearBlocks && <Badge tone="warn">{countText(behind)} behind</Badge>}
    </>
  );
}

function Skew({ ms }: { readonly ms: number }): VNode {
  const tone: Tone = Math.abs(ms) > skewMsMax ? "warn" : "plain";
  const sign = ms > 0 ? "+" : "";
  return <Badge tone={tone}>{`${sign}${countText(Math.round(ms))} ms`}</Badge>;
}
