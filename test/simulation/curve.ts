/**
 * View time and bytes by the number of validators: `npm run simulate:curve`. Simulated links of 10 ms and disks of about
 * 1 ms, so the figures say what the protocol costs, and nothing of the machine.
 * @module
 */
import { World } from "./world/world.ts";

const sizes = [4, 7, 10, 16, 32];
const linkMs = 10;
const settleMs = 3_000;
const measureMs = 10_000;

interface Row {
  readonly validators: number;
  readonly viewMs: number;
  readonly finalityMs: number;
  readonly bytesPerView: number;
}

async function measure(validators: number): Promise<Row> {
  const world = new World({ seed: 7, validators });
  world.wire.quality = { ...world.wire.quality, latencyMs: linkMs, jitterMs: 1, loss: 0 };
  await world.startAll();
  world.client.start(20); // There is always something to do.
  await world.run(settleMs);
  const [first] = world.nodes;
  const before = standingOf(world);
  await world.run(measureMs);
  const after = standingOf(world);
  const views = after.view - before.view;
  const finality = first?.queries?.stats(measureMs).finalityMsMedian ?? Number.NaN;
  for (const node of world.nodes) node.crash();
  return {
    validators,
    viewMs: measureMs / views,
    finalityMs: finality,
    bytesPerView: (after.bytes - before.bytes) / validators / views,
  };
}

function standingOf(world: World): { view: number; bytes: number } {
  const statuses = world.nodes.flatMap(({ queries }) => queries ?? []);
  const peers = statuses.flatMap((queries) => queries.peers());
  return {
    view: statuses[0]?.status().view ?? 0,
    bytes: peers.reduce((sum, { bytesOut }) => sum + bytesOut, 0),
  };
}

const rows: Row[] = [];
for (const validators of sizes) rows.push(await measure(validators));
const [base] = rows;
const lines = rows.map((row) =>
  [
    row.validators,
    row.viewMs.toFixed(1),
    (row.viewMs / linkMs).toFixed(2),
    row.finalityMs.toFixed(1),
    Math.round(row.bytesPerView),
    Math.round(row.bytesPerView / (row.validators - 1)),
    (row.bytesPerView / (base?.bytesPerView ?? 1)).toFixed(2),
  ].join(" | "),
);
process.stdout.write(
  `| validators | view ms | in link delays | finality ms | bytes sent per node and view | the same per peer | against 4 |
| --- | --- | --- | --- | --- | --- | --- |
${lines.map((line) => `| ${line} |`).join("\n")}
`,
);
