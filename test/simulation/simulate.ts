/**
 * `npm run simulate -- --seeds N [--from SEED]`: whole networks from seeds; exit 0 only if every one was safe and then live.
 *
 * A failing seed prints the one command that replays it. `--trace` prints every line of a run's trace.
 * @module
 */
import { parseArgs } from "node:util";
import { replayCommand, runSeed } from "./scenarios.ts";

const { values } = parseArgs({
  options: {
    seeds: { type: "string", default: "100" },
    from: { type: "string", default: "0" },
    trace: { type: "boolean", default: false },
  },
});

const count = Number(values.seeds);
const from = Number(values.from);
if (!Number.isSafeInteger(count) || !Number.isSafeInteger(from) || count < 1 || from < 0) {
  process.stderr.write("usage: npm run simulate -- --seeds N [--from SEED] [--trace]\n");
  process.exit(2);
}

let failed = 0;
const startMs = performance.now();
for (let seed = from; seed < from + count; seed += 1) {
  const result = await runSeed(seed);
  if (values.trace) for (const line of result.trace) process.stdout.write(`${line}\n`);
  const facts = `seed ${seed}: ${result.scenario}, ${result.validators} validators, height ${result.height}`;
  if (result.failure === undefined) {
    if (count <= 20 || process.stdout.isTTY)
      process.stdout.write(`ok   ${facts}, trace ${result.traceHash.slice(0, 16)}\n`);
    else if ((seed - from + 1) % 20 === 0)
      process.stdout.write(`${seed - from + 1} of ${count} seeds\n`);
    continue;
  }
  failed += 1;
  process.stdout.write(`FAIL ${facts}\n${result.failure}\n`);
  process.stdout.write(`${replayCommand(seed)}\n`);
}
const seconds = ((performance.now() - startMs) / 1_000).toFixed(1);
process.stdout.write(`${count - failed} seeds safe and live, ${failed} failed, ${seconds} s\n`);
process.exitCode = failed === 0 ? 0 : 1;
