/**
 * On a local network: every node with its tip beside the others', buttons that do it harm, and the verdict: safe? live?
 * recovered after how long?
 * @module
 */
import type { VNode } from "preact";
import { useState } from "preact/hooks";
import type {
  LocalNodeCommand,
  LocalNodeJson,
  LocalNodesJson,
  LocalVerdictJson,
} from "../../../src/api/local-json.ts";
import { visible } from "../../../src/api/visible.ts";
import { heal, localState, partition, steerNode, useLocalNodes } from "../asking/local-nodes.ts";
import { baseUrlOf } from "../checking/reader-wishes.ts";
import { Card, Nothing } from "../parts/card.tsx";
import { type Column, Table } from "../parts/table.tsx";
import { Badge, Said, ShortId } from "../parts/text.tsx";
import { agoText, countText, durationText } from "../words/formats.ts";
import type { Tone } from "../words/status-words.ts";

export function Chaos(): VNode | null {
  useLocalNodes();
  const [said, setSaid] = useState<string>();
  const state = localState.value;
  if (state.kind === "asking" || state.kind === "elsewhere") return null;
  const { network } = state;
  const act = async (begin: () => Promise<string | undefined>): Promise<void> => {
    setSaid(undefined);
    setSaid(await begin());
  };
  return (
    <Card title="All nodes, side by side">
      <p class="soft">
        This network is all on this machine: do it harm and see what it does. Fewer than one in
        three validators may be away; then it goes on.
      </p>
      <Table
        caption="Nodes"
        columns={columns(network, act)}
        items={state.kind === "lost" ? network.nodes.map(unseen) : network.nodes}
        keyOf={({ index }) => index}
      />
      {state.kind === "lost" && (
        <Nothing>No node answers: what they do is not known. Start it again: npm start</Nothing>
      )}
      <p role="status" class={said === undefined ? "hidden" : undefined}>
        {said !== undefined && <Said text={said} />}
      </p>
      <Partition network={network} act={act} />
      <Verdicts verdicts={network.verdicts} nodes={network.nodes} />
    </Card>
  );
}

/** What was seen last says nothing of now. */
const unseen = (node: LocalNodeJson): LocalNodeJson => ({
  ...node,
  ...{ state: "down", reason: "it does not answer", agrees: null, tip: null, voting: null },
});

type Act = (begin: () => Promise<string | undefined>) => Promise<void>;

const tones: Readonly<Record<LocalNodeJson["state"], Tone>> = {
  running: "good",
  paused: "warn",
  down: "bad",
};

const columns = (network: LocalNodesJson, act: Act): readonly Column<LocalNodeJson>[] => [
  {
    title: "Node",
    cell: ({ name, http }) =>
      baseUrlOf(http) === http ? (
        <a href={http}>
          <Said text={name} />
        </a>
      ) : (
        <Said text={name} />
      ),
  },
  {
    title: "State",
    cell: ({ state, reason }) => (
      <>
        <Badge tone={tones[state]}>
          <Said text={state} />
        </Badge>{" "}
        {reason !== null && (
          <span class="soft">
            <Said text={reason} />
          </span>
        )}
      </>
    ),
  },
  { title: "Tip", isNumber: true, cell: ({ tip }) => tip !== null && `#${countText(tip.height)}` },
  {
    title: "Block",
    cell: ({ tip }) => tip !== null && <ShortId text={tip.id} />,
  },
  { title: "Agrees", cell: (node) => <Agreement node={node} network={network} /> },
  { title: "Votes", cell: ({ voting }) => voting !== null && <Said text={voting.kind} /> },
  { title: "Do", cell: (node) => <Buttons node={node} act={act} /> },
];

/** Its block was compared with those of other nodes, or nothing is claimed. */
function Agreement({
  node: { tip, agrees },
  network,
}: {
  readonly node: LocalNodeJson;
  readonly network: LocalNodesJson;
}): VNode | null {
  if (tip === null) return null;
  if (agrees === false) return <Badge tone="bad">another block</Badge>;
  const behind = Math.max(...network.nodes.map((each) => each.tip?.height ?? 0)) - tip.height;
  if (behind > 1) return <Badge tone="warn">{countText(behind)} behind</Badge>;
  return agrees === true ? (
    <Badge tone="good">yes</Badge>
  ) : (
    <Badge tone="plain">not compared</Badge>
  );
}

const commandsOf: Readonly<Record<LocalNodeJson["state"], readonly LocalNodeCommand[]>> = {
  running: ["kill", "pause", "restart"],
  paused: ["resume", "kill"],
  down: ["restart"],
};

const Buttons = ({ node, act }: { readonly node: LocalNodeJson; readonly act: Act }): VNode => (
  <span class="actions">
    {commandsOf[node.state].map((command) => (
      <button
        key={command}
        type="button"
        class="quiet small"
        disabled={node.action !== null}
        onClick={() => void act(() => steerNode(node.index, command))}
      >
        {command}
        <span class="hidden">
          {" "}
          <Said text={node.name} />
        </span>
      </button>
    ))}
    {node.action !== null && (
      <span class="soft">
        <Said text={node.action.command} /> …
      </span>
    )}
  </span>
);

/** How long a partition of the buttons lasts. */
const partitionMs = 20_000;

function Partition({
  network,
  act,
}: {
  readonly network: LocalNodesJson;
  readonly act: Act;
}): VNode {
  const all = network.nodes.map(({ index }) => index);
  const half = Math.ceil(all.length / 2);
  const isBusy = network.action !== null;
  if (network.partition !== null) {
    const { groups, healsAtMs } = network.partition;
    return (
      <div class="foot">
        <Badge tone="warn">Cut apart</Badge>
        <span>{groups.map((group) => group.join(", ")).join(" | ")}</span>
        <span class="soft">
          {healsAtMs !== null && `heals in ${durationText(Math.max(0, healsAtMs - Date.now()))}`}
        </span>
        <button type="button" class="quiet" disabled={isBusy} onClick={() => void act(heal)}>
          Heal
        </button>
      </div>
    );
  }
  const cuts = [
    {
      title: `Cut off ${visible(network.nodes.at(-1)?.name ?? "")}`,
      groups: [all.slice(0, -1), all.slice(-1)],
    },
    { title: "Cut into halves", groups: [all.slice(0, half), all.slice(half)] },
  ];
  return (
    <div class="foot">
      {cuts.map(({ title, groups }) => (
        <button
          key={title}
          type="button"
          class="quiet"
          disabled={isBusy || all.length < 2}
          onClick={() => void act(() => partition(groups, partitionMs))}
        >
          {title} for {durationText(partitionMs)}
        </button>
      ))}
    </div>
  );
}

function Verdicts({
  verdicts,
  nodes,
}: {
  readonly verdicts: readonly LocalVerdictJson[];
  readonly nodes: readonly LocalNodeJson[];
}): VNode | null {
  if (verdicts.length === 0) return null;
  return (
    <ul class="verdicts" aria-live="polite">
      {verdicts.map(({ action, endedMs, safe, live, words }) => (
        <li key={action.number}>
          <strong>
            <Said text={action.command} />{" "}
            {action.node !== null && <Said text={nodes[action.node]?.name ?? ""} />}
          </strong>{" "}
          <Safety safe={safe} />{" "}
          <Badge tone={live ? "good" : "warn"}>{live ? "live" : "waits"}</Badge>{" "}
          <Said text={words} /> <span class="soft">{agoText(endedMs)}</span>
        </li>
      ))}
    </ul>
  );
}

/** Nothing is safe for not having been compared. */
function Safety({ safe }: { readonly safe: boolean | null }): VNode {
  if (safe === null) return <Badge tone="warn">not compared</Badge>;
  return safe ? <Badge tone="good">safe</Badge> : <Badge tone="bad">not safe</Badge>;
}
