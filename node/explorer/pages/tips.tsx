/**
 * The tips of this page's node and of the nodes that the reader named, side by side: each asked directly, and compared
 * with the others. Nobody is asked before the reader names them.
 * @module
 */
import type { VNode } from "preact";
import { disputesIn, lagOf, type SeenTip } from "../asking/tip-comparison.ts";
import { type Sighting, type Tips, useTips } from "../asking/tips.ts";
import { AskAnother } from "../checking/ask-another.tsx";
import { askNoMore, otherNodes } from "../checking/reader-wishes.ts";
import { Card } from "../parts/card.tsx";
import { type Column, Table } from "../parts/table.tsx";
import { Badge, Height, Id, Said, ShortId, ShortTime } from "../parts/text.tsx";
import { countText, durationText, manyText } from "../words/formats.ts";

interface Row {
  readonly base: string;
  readonly sighting: Sighting;
}

export function TipsSideBySide(): VNode {
  const page = location.origin;
  const others = otherNodes.value;
  const tips = useTips(page, others);
  const rows = [page, ...others].map(
    (base): Row => ({ base, sighting: tips.sightings.get(base) ?? { kind: "asking" } }),
  );
  return (
    <Card title="Tips, side by side">
      <p class="soft">
        Name other nodes, and your browser asks each of them for its newest final block, every few
        seconds while you look. Nodes of one ledger have the same block at the same height.
      </p>
      <Contradictions tips={tips} page={page} />
      {others.length > 0 && (
        <Table
          caption="Tips"
          columns={columns(tips, page)}
          items={rows}
          keyOf={({ base }) => base}
        />
      )}
      <div class="foot">
        <AskAnother label="Ask another node for its tip" />
      </div>
    </Card>
  );
}

/** Two ids at one height: that is for ever, whatever the nodes say later. */
const Contradictions = ({ tips, page }: { readonly tips: Tips; readonly page: string }): VNode => (
  <div role="alert">
    {disputesIn(tips.contradictions).map(({ height, sides }) => (
      <p key={height} class="contradiction">
        <Badge tone="bad">Contradiction</Badge> At height {countText(height)}:{" "}
        {[...sides].map(([id, bases]) => (
          <span key={id}>
            block <Id text={id} /> at{" "}
            {bases.map((base, at) => (
              <span key={base}>
                {at > 0 && ", "}
                <Name base={base} page={page} />
              </span>
            ))}
            ;{" "}
          </span>
        ))}
        a ledger has one block at a height, so some of these nodes show something else.
      </p>
    ))}
  </div>
);

const Name = ({ base, page }: { readonly base: string; readonly page: string }): VNode => (
  <>
    <Said text={base} />
    {base === page && <span class="soft"> (this page)</span>}
  </>
);

function columns(tips: Tips, page: string): readonly Column<Row>[] {
  const seen = [...tips.sightings.values()].flatMap((sighting) =>
    sighting.kind === "tip" ? [sighting.tip] : [],
  );
  return [
    { title: "Node", cell: ({ base }) => <Name base={base} page={page} /> },
    {
      title: "Compared",
      cell: (row) => <Compared row={row} tips={tips} seen={seen} page={page} />,
    },
    {
      title: "Final height",
      isNumber: true,
      cell: ({ sighting }) => tipIn(sighting, ({ height }) => <Height height={height} />),
    },
    {
      title: "Block",
      cell: ({ sighting }) => tipIn(sighting, ({ id }) => <ShortId text={id} />),
    },
    {
      title: "Block's time",
      cell: ({ sighting }) => tipIn(sighting, ({ timestampMs }) => <ShortTime ms={timestampMs} />),
    },
    {
      title: "Behind",
      isNumber: true,
      cell: ({ sighting }) => sighting.kind === "tip" && <Behind tip={sighting.tip} seen={seen} />,
    },
    {
      title: "Do",
      cell: ({ base }) =>
        base !== page && (
          <button type="button" class="quiet small" onClick={() => askNoMore(base)}>
            Ask no more<span class="hidden"> of {base}</span>
          </button>
        ),
    },
  ];
}

const tipIn = (sighting: Sighting, show: (tip: SeenTip) => VNode): VNode | false =>
  "tip" in sighting && show(sighting.tip);

function Compared({
  row: { base, sighting },
  tips,
  seen,
  page,
}: {
  readonly row: Row;
  readonly tips: Tips;
  readonly seen: readonly SeenTip[];
  readonly page: string;
}): VNode {
  switch (sighting.kind) {
    case "asking":
      return <Badge tone="plain">asking …</Badge>;
    case "nothing":
      return (
        <>
          <Badge tone="warn">no answer</Badge> <span class="soft">{sighting.why}</span>
        </>
      );
    case "other-chain":
      return (
        <>
          <Badge tone="bad">another network</Badge> <span class="soft">its chain is</span>{" "}
          <ShortId text={sighting.tip.chainId} />
        </>
      );
    case "tip":
      return (
        <>
          <Agreement base={base} tips={tips} /> <Twin tip={sighting.tip} seen={seen} page={page} />
        </>
      );
  }
}

function Agreement({ base, tips }: { readonly base: string; readonly tips: Tips }): VNode {
  const isDisputed = tips.contradictions.some(({ nodes }) =>
    nodes.some((node) => node.base === base),
  );
  if (isDisputed) return <Badge tone="bad">contradicts</Badge>;
  return tips.agreements.get(base) === "agrees" ? (
    <Badge tone="good">same chain</Badge>
  ) : (
    <Badge tone="plain">not compared</Badge>
  );
}

/** Two names of one node are one witness. */
function Twin({
  tip,
  seen,
  page,
}: {
  readonly tip: SeenTip;
  readonly seen: readonly SeenTip[];
  readonly page: string;
}): VNode | null {
  const first = seen.find(({ nodeId }) => nodeId === tip.nodeId);
  if (first === undefined || first.base === tip.base) return null;
  return (
    <span class="soft">
      the same node as <Name base={first.base} page={page} />
    </span>
  );
}

/** A block or two on the way are no lag. */
const nearBlocks = 3;

function Behind({
  tip,
  seen,
}: {
  readonly tip: SeenTip;
  readonly seen: readonly SeenTip[];
}): VNode {
  const { blocks, ms } = lagOf(tip, seen);
  if (blocks === 0) return <span class="soft">at the tip</span>;
  return (
    <Badge tone={blocks > nearBlocks ? "warn" : "plain"}>
      {manyText(blocks, "block")}, {durationText(ms)}
    </Badge>
  );
}
