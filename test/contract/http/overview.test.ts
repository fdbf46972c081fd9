/**
 * GET /v1/fees, /v1/mempool and /v1/stats/series: real pools and measurements behind the real server.
 */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { feesSchema } from "../../../src/api/fee-schemas.ts";
import type { MempoolJson } from "../../../src/api/mempool-json.ts";
import { mempoolSchema } from "../../../src/api/mempool-schemas.ts";
import { seriesSchema } from "../../../src/api/series-schemas.ts";
import type { Clock } from "../../../src/base/clock.ts";
import { formatAddress } from "../../../src/protocol/address.ts";
import { minimumFee } from "../../../src/protocol/fees.ts";
import { standardParameters } from "../../../src/protocol/parameters.ts";
import type { NamedSigned } from "../../../src/protocol/transaction.ts";
import { Pace } from "../../../src/replica/pace.ts";
import { PoolQueries } from "../../../src/replica/pool-queries.ts";
import { createAsset, give } from "../../fixtures/content.ts";
import {
  alice,
  bob,
  carol,
  chainIdFor,
  genesisOf,
  native,
  startMs,
  transactionOf,
  type Wish,
} from "../../fixtures/small-ledger.ts";
import { SmallPool } from "../../fixtures/small-pool.ts";
import { type Serving, serve } from "./serving.ts";

/** Both clocks, moved by the test. */
const clock: Clock & { nowMs: number } = {
  nowMs: 0,
  wallMs: () => startMs + clock.nowMs,
  monotonicMs: () => clock.nowMs,
  after: () => () => {},
};
const parameters = {
  ...standardParameters,
  baseFee: 100n,
  feePerByte: 2n,
  accountMinimum: 1_000n,
  operationFees: [7n, 5_000n, 0n, 0n, 30n, 0n, 0n, 0n, 0n],
};

let serving: Serving;

beforeAll(async () => {
  serving = await serve({ blocks: 2 });
  const { membership } = serving.node;
  membership.parameters = () => ({ current: parameters, next: standardParameters });
});
afterAll(async () => {
  expect(serving.errors).toEqual([]);
  await serving.close();
});

const get = async (path: string): Promise<unknown> =>
  await (await fetch(`${serving.url}${path}`)).json();

describe("fees", () => {
  test("are the parameters of now, for people too", async () => {
    const fees = feesSchema.parse(await get("/v1/fees"));
    expect(fees).toMatchObject({
      asset: { code: "QRT", decimals: 2 },
      baseFee: { amount: "100", display: "1 QRT" },
      feePerByte: { amount: "2", display: "0.02 QRT" },
      accountMinimum: { amount: "1000", display: "10 QRT" },
      maxTransactionBytes: 16_384,
      maxBlockBytes: 524_288,
      waiting: { transactions: 0, bytes: 0 },
    });
    expect(fees.operationFees.map(({ kind, amount }) => [kind, amount])).toEqual([
      ["transfer", "7"],
      ["create-asset", "5000"],
      ["mint", "0"],
      ["burn", "0"],
      ["record", "30"],
      ["set-policy", "0"],
      ["set-account", "0"],
      ["vote-membership", "0"],
      ["vote-parameter", "0"],
    ]);
  });

  test("of the examples are what such transactions must pay", async () => {
    const answer = await serving.client.overview.fees();
    if (!answer.ok) throw new Error(answer.reason.kind);
    const made: Record<string, Wish> = {
      payment: { from: alice, operations: [native(bob, 5n)] },
      "payment-with-memo": { from: alice, operations: [native(bob, 5n)], memo: new Uint8Array(32) },
      "asset-payment": { from: alice, operations: [give("01".repeat(32) as never, bob, 5n)] },
      "create-asset": { from: alice, operations: [createAsset("EUR", { name: "12345678" })] },
    };
    const chainId = chainIdFor(genesisOf({ balances: [] }));
    for (const [kind, wish] of Object.entries(made)) {
      const { bytes, signed } = transactionOf(chainId, wish);
      const least = minimumFee(parameters, signed.transaction, bytes.length);
      expect(answer.value.examples.find((example) => example.kind === kind)).toMatchObject({
        bytes: bytes.length,
        amount: least.toString(),
      });
    }
    expect(answer.value.examples[0]?.kind).toBe("payment");
    expect(answer.value.examples.map(({ kind }) => kind)).toContain("record");
  });

  test("tell how full the last blocks were", async () => {
    const pace = new Pace(clock);
    serving.node.pace = pace;
    expect(await get("/v1/fees")).toMatchObject({ fill: { blocks: 0, mean: null, most: null } });
    for (const fill of [0, 0.5, 1]) pace.blockFinal({ transactions: 1, finalityMs: 5, fill });
    expect(await get("/v1/fees")).toMatchObject({ fill: { blocks: 3, mean: 0.5, most: 1 } });
  });
});

describe("the mempool", () => {
  const genesis = genesisOf({
    balances: [
      [alice, 1_000_000n],
      [bob, 1_000_000n],
    ],
  });
  let lab: SmallPool;

  function admit(wish: Wish): NamedSigned {
    const named = transactionOf(lab.chainId, wish);
    expect(lab.admit(named, { wallMs: clock.wallMs() })).toBe("admitted");
    return named;
  }

  function fill(): readonly NamedSigned[] {
    lab = new SmallPool(genesis);
    const admitted: NamedSigned[] = [];
    for (let nonce = 0; nonce < 5; nonce += 1) {
      const memo = new Uint8Array(nonce);
      admitted.push(admit({ from: alice, operations: [native(carol, 5n)], nonce, memo, fee: 7n }));
      clock.nowMs += 100;
    }
    serving.node.pool = new PoolQueries({ mempool: lab.pool, evidence: { size: 2 }, clock });
    return admitted;
  }

  async function page(query: string): Promise<MempoolJson> {
    return mempoolSchema.parse(await get(`/v1/mempool${query}`));
  }

  test("is listed newest first, in pages that meet", async () => {
    const ids = fill()
      .map(({ id }) => id)
      .toReversed();
    const idsOf = ({ items }: MempoolJson): string[] => items.map(({ id }) => id);
    const first = await page("?limit=2");
    const second = await page(`?limit=2&cursor=${first.next}`);
    const third = await page(`?limit=2&cursor=${second.next}`);
    expect([first, second, third].flatMap(idsOf)).toEqual(ids);
    expect([first.prev, third.next]).toEqual([null, null]);
    expect(idsOf(await page(`?limit=2&cursor=${third.prev}`))).toEqual(idsOf(second));
    expect(idsOf(await page(`?limit=2&cursor=${second.prev}`))).toEqual(idsOf(first));
    const bytes = first.bytes;
    expect(bytes).toBe(lab.pool.bytes);
    expect(first).toMatchObject({ transactions: 5, transactionsMax: 30_000, faults: 2 });
  });

  test("tells of each what it pays, how long it has waited and what it waits for", async () => {
    fill();
    const gapped = admit({ from: bob, operations: [native(carol, 5n)], nonce: 3, fee: 10n });
    clock.nowMs += 1_500;
    const answer = await serving.client.overview.mempool({ limit: 1 });
    expect(answer.ok && answer.value.items).toEqual([
      {
        id: gapped.id,
        sender: formatAddress("quo", bob.account),
        nonce: 3,
        fee: "10",
        feeDisplay: "0.1 QRT",
        feePerByte: Math.round((10 / gapped.bytes.length) * 1_000) / 1_000,
        bytes: gapped.bytes.length,
        operations: 1,
        kinds: ["transfer"],
        receivedMs: startMs + clock.nowMs - 1_500,
        ageMs: 1_500,
        expiryMs: gapped.signed.transaction.expiryMs,
        missingNonce: 0,
      },
    ]);
    const all = await page("");
    expect(all.items.slice(1).map(({ missingNonce }) => missingNonce)).toEqual(Array(5).fill(null));
  });

  test("leaves out what has left, without asking the pool for its order again", async () => {
    const [first, second] = fill();
    if (first === undefined || second === undefined) throw new Error("five were admitted");
    expect((await page("")).items).toHaveLength(5);
    lab.pool.quarantine(second.contentHash);
    const { items, transactions } = await page("");
    expect(items.map(({ id }) => id)).not.toContain(second.id);
    expect([items.length, transactions]).toEqual([4, 4]);
    const newer = admit({ from: bob, operations: [native(carol, 5n)] });
    clock.nowMs += 250;
    expect((await page("?limit=1")).items[0]?.id).toBe(newer.id);
  });
});

describe("a series", () => {
  test("is told by points, and says since when this node counts", async () => {
    clock.nowMs = 60_000 - (startMs % 60_000);
    const pace = new Pace(clock);
    serving.node.pace = pace;
    pace.blockFinal({ transactions: 2, finalityMs: 12.5, fill: 0.123456 });
    const series = seriesSchema.parse(await get("/v1/stats/series?window=60s&points=6"));
    const { height, id } = serving.node.tip();
    expect(series).toMatchObject({
      windowMs: 60_000,
      pointMs: 10_000,
      sinceMs: clock.wallMs(),
      tip: { height, id },
    });
    expect(series.points).toHaveLength(6);
    expect(series.points.at(-1)).toEqual({
      fromMs: clock.wallMs(),
      blocks: 1,
      transactions: 2,
      finalityMsMedian: 12.5,
      fillMean: 0.1235,
    });
    expect(series.points[0]).toMatchObject({ blocks: 0, finalityMsMedian: null, fillMean: null });
  });

  test("is of ten minutes in sixty points unless asked otherwise", async () => {
    const answer = await serving.client.overview.series();
    expect(answer.ok && [answer.value.windowMs, answer.value.points.length]).toEqual([600_000, 60]);
    const day = await serving.client.overview.series({ window: "24h", points: 360 });
    expect(day.ok && [day.value.pointMs, day.value.points.length]).toEqual([240_000, 360]);
  });
});

test.each([
  ["/v1/mempool?cursor=x", "bad_cursor", "query.cursor"],
  ["/v1/mempool?limit=0", "bad_request", "query.limit"],
  ["/v1/stats/series?window=25h", "bad_request", "query.window"],
  ["/v1/stats/series?points=0", "bad_request", "query.points"],
  ["/v1/stats/series?points=361", "bad_request", "query.points"],
])("GET %s is 400 %s, %s", async (path, code, field) => {
  const response = await fetch(`${serving.url}${path}`);
  expect([response.status, await response.json()]).toMatchObject([400, { code, field }]);
});
