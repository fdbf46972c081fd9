/**
 * Whatever is paid, whoever reads what, wherever it begins, however often the line is cut, the reader sleeps or the
 * node starts again: what arrives, all connections in a row, is exactly what the ledger holds.
 * @module
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { expect, test } from "vitest";
import { type LevelStore, openLevelStore } from "../../../node/adapters/level-store.ts";
import { type HttpServer, startHttpServer } from "../../../node/http/server.ts";
import { silentLog } from "../../../src/base/log.ts";
import { holders, LedgerNode, type Payment } from "./ledger-node.ts";
import { eventsOf, lineOf } from "./stream-client.ts";
import { linesAfter, type Made, payments, topicsOf, type Wishes, wishes } from "./stream-story.ts";

/** A node with its database and its server; it can be ended and started on the same database. */
class World {
  readonly made: Made[] = [];
  readonly #directory = mkdtempSync(join(tmpdir(), "quorate-stream-"));
  #store: LevelStore | undefined;
  #node: LedgerNode | undefined;
  #server: HttpServer | undefined;

  async start(): Promise<void> {
    const opened = await openLevelStore(this.#directory);
    if (!opened.ok) throw new Error(opened.reason.message);
    this.#store = opened.value;
    this.#node = await LedgerNode.open(opened.value);
    const rates = { perSecond: 1e6, burst: 1e6 };
    this.#server = await startHttpServer({
      queries: this.#node,
      host: "127.0.0.1",
      port: 0,
      log: silentLog,
      local: true,
      rates: { loopback: rates, others: rates },
    });
  }

  get url(): string {
    return this.#server?.url ?? "";
  }

  async pay(paid: readonly Payment[]): Promise<void> {
    const found = await this.#node?.pay(paid);
    if (found !== undefined) this.made.push({ found, payments: paid });
  }

  async stop(): Promise<void> {
    await this.#server?.close();
    expect(this.#node?.listeners).toBe(0);
    await this.#store?.close();
  }

  async end(): Promise<void> {
    await this.stop();
    rmSync(this.#directory, { recursive: true });
  }
}

interface Habits {
  /** Events after which it cuts the line, connection by connection; then it stays. */
  readonly cuts: readonly number[];
  /** Turns of the loop that it sleeps before each event. */
  readonly sleeps: readonly number[];
  readonly byHeader: boolean;
}

const habits: fc.Arbitrary<Habits> = fc.record({
  cuts: fc.array(fc.nat({ max: 6 }), { maxLength: 6 }),
  sleeps: fc.array(fc.nat({ max: 4 }), { minLength: 1, maxLength: 5 }),
  byHeader: fc.boolean(),
});

/** Reads from a position until the last line has come; goes on where it was, as often as it takes. */
async function readAll(
  world: World,
  wish: Wishes,
  { start, isLast }: { readonly start: string; readonly isLast: (line: string) => boolean },
  { cuts, sleeps, byHeader }: Habits,
): Promise<string[]> {
  const lines: string[] = [];
  let seen = start;
  let events = 0;
  for (let connection = 0; ; connection += 1) {
    const cut = cuts[connection] ?? Number.POSITIVE_INFINITY;
    const [query, headers] = byHeader
      ? ["", { "last-event-id": seen }]
      : [`&cursor=${seen}`, undefined];
    try {
      const response = await fetch(`${world.url}/v1/stream?topics=${topicsOf(wish)}${query}`, {
        ...(headers === undefined ? {} : { headers }),
      });
      let taken = 0;
      for await (const event of eventsOf(response)) {
        const turns = sleeps[events % sleeps.length] ?? 0;
        for (let i = 0; i < turns; i += 1) await new Promise((resolve) => setImmediate(resolve));
        if (taken === cut) break;
        taken += 1;
        events += 1;
        const line = lineOf(event);
        seen = event.id;
        if (line !== undefined) lines.push(line);
        if (line !== undefined && isLast(line)) return lines;
      }
    } catch {
      // The node is being started again.
      await new Promise((resolve) => setImmediate(resolve));
    }
  }
}

type Act =
  | { readonly kind: "pay"; readonly paid: readonly Payment[] }
  | { readonly kind: "restart" };
const act: fc.Arbitrary<Act> = fc.oneof(
  { weight: 8, arbitrary: payments.map((paid) => ({ kind: "pay", paid }) as const) },
  { weight: 1, arbitrary: fc.constant({ kind: "restart" } as const) },
);

/** Touches every account, so that every reader has a last event to wait for. */
const everyone: readonly Payment[] = holders.map((_, from) => ({ from, to: (from + 1) % 4 }));

const story = fc.record({
  before: fc.array(payments, { maxLength: 8 }),
  acts: fc.array(act, { maxLength: 12 }),
  readers: fc.array(fc.record({ wish: wishes, habits, start: fc.nat({ max: 99 }) }), {
    minLength: 1,
    maxLength: 4,
  }),
});

test("every reader gets exactly what is its own, in order, once", async () => {
  await fc.assert(
    fc.asyncProperty(story, async ({ before, acts, readers }) => {
      const world = new World();
      await world.start();
      try {
        for (const paid of before) await world.pay(paid);
        const starts = readers.map(({ start }) => startOf(start, world.made));
        let end = Number.POSITIVE_INFINITY;
        const reading = readers.map(({ wish, habits: own }, i) => {
          const isLast = (line: string): boolean =>
            wish.blocks ? line.startsWith(`${end} `) : line.startsWith(lastOf(wish, end));
          return readAll(world, wish, { start: starts[i] ?? "0", isLast }, own);
        });
        for (const each of acts) {
          if (each.kind === "pay") await world.pay(each.paid);
          else {
            await world.stop();
            await world.start();
          }
        }
        end = world.made.length + 1;
        await world.pay(everyone);
        const read = await Promise.all(reading);
        for (const [i, { wish }] of readers.entries()) {
          expect(read[i]).toEqual(linesAfter(starts[i] ?? "0", wish, world.made));
        }
      } finally {
        await world.end();
      }
    }),
    { numRuns: 20 },
  );
}, 60_000);

/** One of the positions that there are so far: ends of blocks and transactions. */
function startOf(dice: number, made: readonly Made[]): string {
  const places = made.flatMap(({ found: { block } }) => {
    const { height } = block.header;
    return [...block.transactions.map((_, i) => `${height}.${i}`), `${height}`];
  });
  return ["0", ...places][dice % (places.length + 1)] ?? "0";
}

/** The last payment of `everyone` that a reader without blocks is told of. */
function lastOf({ transactions, accounts }: Wishes, end: number): string {
  const indexes = everyone.flatMap(({ from, to }, i) =>
    transactions || accounts.includes(from) || accounts.includes(to) ? [i] : [],
  );
  return `${end}.${Math.max(...indexes)} `;
}
