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
import { heal, localState, partition, steerNode, useLocalNodes } from "../asking/local-nodes.ts";
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
        items={network.nodes}
        keyOf={({ index }) => index}
      />
      {state.kind === "lost" && <Nothing>No node answers. Start it again: npm start</Nothing>}
      <p role="status" class={said === undefined ? "hidden" : undefined}>
        {said !== undefined && <Said text={said} />}
      </p>
      <Partition network={network} act={act} />
      <Verdicts verdicts={network.verdicts} nodes={network.nodes} />
    </Card>
  );
}

type Act = (begin: () => Promise<string | undefined>) => Promise<void>;

const tones: Readonly<Record<LocalNodeJson["state"], Tone>> = {
  running: "good",
  paused: "warn",
  down: "bad",
};

const columns = (network: LocalNodesJson, act: Act): readonly Column<LocalNodeJson>[] => [
  {
    title: "Node",
    cell: ({ name, http }) => <a href={http}>{name}</a>,
  },
  {
    title: "State",
    cell: ({ state, reason }) => (
      <>
        <Badge tone={tones[state]}>{state}</Badge>{" "}
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
  { title: "Votes", cell: ({ voting }) => voting?.kind },
  { title: "Do", cell: (node) => <Buttons node={node} act={act} /> },
];

/** By the newest verdict's safety and by equal heights: two ids at one height would be a fork. */
function Agreement({
  node,
  network,
}: {
  readonly node: LocalNodeJson;
  readonly network: LocalNodesJson;
}): VNode | null {
  const { tip } = node;
  if (tip === null) return null;
  const tips = network.nodes.flatMap((other) => (other.tip === null ? [] : [other.tip]));
  if (tips.some(({ height, id }) => height === tip.height && id !== tip.id)) {
    return <Badge tone="bad">another block</Badge>;
  }
  const behind = Math.max(...tips.map(({ height }) => height)) - tip.height;
  return behind > 1 ? (
    <Badge tone="warn">{countText(behind)} behind</Badge>
  ) : (
    <Badge tone="good">yes</Badge>
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
        <span class="hidden"> {node.name}</span>
      </button>
    ))}
    {node.action !== null && <span class="soft">{node.action.command} …</span>}
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
    { title: `Cut off ${network.nodes.at(-1)?.name}`, groups: [all.slice(0, -1), all.slice(-1)] },
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
            {action.command} {action.node !== null && nodes[action.node]?.name}
          </strong>{" "}
          <Badge tone={safe ? "good" : "bad"}>{safe ? "safe" : "not safe"}</Badge>{" "}
          <Badge tone={live ? "good" : "warn"}>{live ? "live" : "waits"}</Badge> {words}{" "}
          <span class="soft">{agoText(endedMs)}</span>
        </li>
      ))}
    </ul>
  );
}
