/**
 * `npm run bench -- [throughput] [finality] [explorer] [lists] [proofs] [--json] [--seconds N]`: real processes, a table with ratios of one run.
 * @module
 */
import { parseArgs } from "node:util";
import { explorer } from "./explorer.ts";
import { finality } from "./finality.ts";
import { lists } from "./lists.ts";
import { proofs } from "./proofs.ts";
import { formatRows, type Row } from "./rows.ts";
import { throughput } from "./throughput.ts";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    json: { type: "boolean", default: false },
    seconds: { type: "string", default: "60" },
  },
});

const benchmarks: Readonly<Record<string, () => Promise<readonly Row[]>>> = {
  throughput: () => throughput({ seconds: Number(values.seconds) }),
  finality: () => finality({ payments: 300 }),
  explorer,
  lists,
  proofs: () => proofs({ seconds: Math.min(10, Number(values.seconds)) }),
};

const names = positionals.length === 0 ? Object.keys(benchmarks) : positionals;
const unknown = names.filter((name) => !(name in benchmarks));
if (unknown.length > 0 || !(Number(values.seconds) > 0)) {
  process.stderr.write(
    `usage: npm run bench -- [${Object.keys(benchmarks).join("|")}]… [--json] [--seconds N]\n`,
  );
  process.exit(2);
}

const rows: Row[] = [];
for (const name of names) rows.push(...((await benchmarks[name]?.()) ?? []));
process.stdout.write(values.json ? `${JSON.stringify(rows)}\n` : `${formatRows(rows)}\n`);
