/**
 * Every route keeps the JSON contract, for good, bad and extreme requests.
 * @module
 */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { z } from "zod";
import type { ListJson } from "../../../src/api/json.ts";
import {
  faultsSchema,
  membershipSchema,
  parametersNowSchema,
} from "../../../src/api/membership-schemas.ts";
import {
  accountSchema,
  blockSchema,
  genesisSchema,
  listOf,
  problemSchema,
  readinessSchema,
  statsSchema,
  statusSchema,
  transactionSchema,
} from "../../../src/api/schemas.ts";
import { formatAddress } from "../../../src/protocol/address.ts";
import { type Height, height } from "../../../src/protocol/ids.ts";
import { alice, bob, idOf } from "./sample.ts";
import { type Serving, serve } from "./serving.ts";

let serving: Serving;
const addressOfAlice = formatAddress("quo", alice);

beforeAll(async () => {
  serving = await serve({ blocks: 130 });
});
afterAll(async () => {
  expect(serving.errors).toEqual([]);
  await serving.close();
});

const ask = (path: string, init?: RequestInit): Promise<Response> =>
  fetch(`${serving.url}${path}`, init);

async function read<Value>(schema: z.ZodType<Value>, path: string): Promise<Value> {
  const response = await ask(path);
  expect(response.status).toBe(200);
  return schema.parse(await response.json());
}

async function problemOf(response: Response): Promise<{ status: number; code: string }> {
  expect(response.headers.get("content-type")).toBe("application/problem+json");
  const problem = problemSchema.parse(await response.json());
  expect(problem.status).toBe(response.status);
  return problem;
}

describe("a good request gets an answer in the agreed form", () => {
  test.each([
    ["/v1/status", statusSchema],
    ["/v1/genesis", genesisSchema],
    ["/v1/parameters", parametersNowSchema],
    ["/v1/membership", membershipSchema],
    ["/v1/faults", faultsSchema],
    ["/v1/validators", listOf.validators],
    ["/v1/validators?height=130", listOf.validators],
    ["/v1/peers", listOf.peers],
    ["/v1/blocks", listOf.blocks],
    ["/v1/blocks?limit=100&order=asc", listOf.blocks],
    ["/v1/blocks/0", blockSchema],
    ["/v1/blocks/130", blockSchema],
    ["/v1/blocks/7/transactions", listOf.transactions],
    ["/v1/blocks/0/transactions", listOf.transactions],
    [`/v1/accounts/${addressOfAlice}`, accountSchema],
    [`/v1/accounts/${formatAddress("quo", bob)}`, accountSchema],
    [`/v1/accounts/${addressOfAlice.toUpperCase()}`, accountSchema],
    [`/v1/accounts/${addressOfAlice}/transactions?limit=3`, listOf.transactions],
    ["/v1/stats", statsSchema],
    ["/v1/stats?window=10m", statsSchema],
    ["/readyz", readinessSchema],
  ] as [string, z.ZodType][])("GET %s", async (path, schema) => {
    const response = await ask(path);
    expect(response.status).toBe(200);
    expect(schema.safeParse(await response.json()).error).toBeUndefined();
    const { height, id } = serving.node.tip();
    expect(response.headers.get("quorate-tip")).toBe(`${height}/${id}`);
    expect(response.headers.get("x-content-type-options")).toBe("nosniff");
  });

  test("a list of blocks, and one block, are told without reading a block's transactions", async () => {
    const { node } = serving;
    let reads = 0;
    const [blockAt, blockById] = [node.blockAt.bind(node), node.blockById.bind(node)];
    node.blockAt = (at) => {
      reads += 1;
      return blockAt(at);
    };
    node.blockById = (id) => {
      reads += 1;
      return blockById(id);
    };
    const { items } = await read(listOf.blocks, "/v1/blocks?limit=100");
    expect(items.map(({ height }) => height)).toEqual(
      Array.from({ length: 100 }, (_, i) => 130 - i),
    );
    for (const { height, id, transactionCount, bytes } of items.slice(0, 3)) {
      expect(transactionCount).toBe(1);
      expect(bytes).toBe(blockAt(height as Height)?.bytes);
      expect(await read(blockSchema, `/v1/blocks/${id}`)).toMatchObject({ height, bytes });
    }
    expect(reads).toBe(0);
    Object.assign(node, { blockAt, blockById });
  });

  test("a block is the same block by height and by id", async () => {
    const byHeight = await read(blockSchema, "/v1/blocks/12");
    expect(byHeight.height).toBe(12);
    expect(await read(blockSchema, `/v1/blocks/${byHeight.id}`)).toEqual(byHeight);
  });

  test("the genesis block has no leader, every other its leader's name", async () => {
    expect((await read(blockSchema, "/v1/blocks/0")).leader).toBeNull();
    expect((await read(blockSchema, "/v1/blocks/1")).leaderName).toBe("validator-1");
  });

  test("amounts are base units in text, with a form for people beside them", async () => {
    const account = await read(accountSchema, `/v1/accounts/${addressOfAlice}`);
    expect(account.balances).toEqual([
      {
        asset: idOf(0),
        code: "QRT",
        issuer: null,
        decimals: 2,
        amount: "123456",
        display: "1234.56 QRT",
      },
    ]);
    const stats = await read(statsSchema, "/v1/stats");
    expect(stats.totalSupply).toBe("18446744073709551615");
    expect(stats.totalSupplyDisplay).toBe("184467440737095516.15 QRT");
  });

  test("a final transaction says where it stands and what it does", async () => {
    const { block } = serving.node.blockAt(serving.node.tip().height) ?? {};
    const [sent] = block?.transactions ?? [];
    expect(await read(transactionSchema, `/v1/transactions/${sent?.id}`)).toMatchObject({
      status: "final",
      height: 130,
      index: 0,
      blockId: block?.id,
      sender: addressOfAlice,
      memo: { hex: "68656c6c6f", text: "hello" },
      operations: [
        {
          kind: "transfer",
          from: addressOfAlice,
          to: formatAddress("quo", bob),
          amount: "130",
          display: "1.3 QRT",
        },
      ],
    });
  });
});

describe("paging", () => {
  const walk = async <Item>(
    schema: z.ZodType<ListJson<Item>>,
    path: string,
  ): Promise<ListJson<Item>[]> => {
    const pages = [];
    let cursor: string | null = "";
    while (cursor !== null) {
      const query: string = cursor === "" ? "" : `&cursor=${cursor}`;
      const page: ListJson<Item> = await read(schema, `${path}${query}`);
      pages.push(page);
      cursor = page.next;
    }
    return pages;
  };

  test.each(["asc", "desc"])("walks over every block once, %s", async (order) => {
    const pages = await walk(listOf.blocks, `/v1/blocks?limit=40&order=${order}`);
    const heights = pages.flatMap(({ items }) => items.map(({ height }) => height));
    const all = Array.from({ length: 131 }, (_, i) => i);
    expect(heights).toEqual(order === "asc" ? all : all.toReversed());
    expect(pages.map(({ items }) => items.length)).toEqual([40, 40, 40, 11]);
  });

  test("prev leads back to the page before", async () => {
    const [first, second] = await walk(listOf.blocks, "/v1/blocks?limit=40");
    const back = await read(listOf.blocks, `/v1/blocks?limit=40&cursor=${second?.prev}`);
    expect(back).toEqual(first);
    expect(first?.prev).toBeNull();
  });

  test("walks over every transaction of an account once, newest first", async () => {
    const path = `/v1/accounts/${addressOfAlice}/transactions?limit=50`;
    const pages = await walk(listOf.transactions, path);
    const nonces = pages.flatMap(({ items }) =>
      items.map((item) => ("nonce" in item ? item.nonce : -1)),
    );
    expect(nonces).toEqual(Array.from({ length: 130 }, (_, i) => 129 - i));
  });
});

test("every final transaction is listed once, newest first, also behind many blocks without any", async () => {
  const own = await serve({ blocks: 6 });
  for (let i = 0; i < 1_500; i += 1) own.node.makeBlock([]);
  const listed: string[] = [];
  let cursor: string | undefined;
  do {
    const page = await own.client.transactions({ limit: 2, cursor });
    if (!page.ok) throw new Error(page.reason.kind);
    listed.push(...page.value.items.map(({ id }) => id));
    cursor = page.value.next ?? undefined;
  } while (cursor !== undefined);
  const all = Array.from({ length: own.node.tip().height + 1 }, (_, at) =>
    (own.node.blockAt(height(at))?.block.transactions ?? []).map(({ id }) => id),
  ).flat();
  expect(all.length).toBeGreaterThan(3);
  expect(listed).toEqual(all.toReversed());
  await own.close();
});

describe("a bad request is a problem with a code", () => {
  const zeros = "0".repeat(64);
  test.each([
    ["/v1/blocks?limit=0", 400, "bad_request"],
    ["/v1/blocks?limit=101", 400, "bad_request"],
    ["/v1/blocks?limit=1e9", 400, "bad_request"],
    ["/v1/blocks?limit=-1", 400, "bad_request"],
    ["/v1/blocks?limit=99999999999999999999", 400, "bad_request"],
    ["/v1/blocks?limit=", 400, "bad_request"],
    ["/v1/blocks?cursor=x", 400, "bad_cursor"],
    ["/v1/blocks?order=up", 400, "bad_request"],
    ["/v1/blocks/-1", 400, "bad_request"],
    ["/v1/blocks/1.5", 400, "bad_request"],
    ["/v1/blocks/01", 400, "bad_request"],
    ["/v1/blocks/1e3", 400, "bad_request"],
    ["/v1/blocks/9007199254740993", 400, "bad_request"],
    [`/v1/blocks/${"A".repeat(64)}`, 400, "bad_request"],
    [`/v1/blocks/${"9".repeat(10_000)}`, 400, "bad_request"],
    ["/v1/blocks/%00", 400, "bad_request"],
    ["/v1/blocks/%E0%A4%A", 400, "bad_request"],
    ["/v1/blocks/__proto__", 400, "bad_request"],
    ["/v1/blocks/131", 404, "block_unknown"],
    ["/v1/blocks/999999999999999", 404, "block_unknown"],
    [`/v1/blocks/${zeros}`, 404, "block_unknown"],
    [`/v1/blocks/${zeros}/transactions`, 404, "block_unknown"],
    ["/v1/blocks/1/transactions?cursor=1.2", 400, "bad_cursor"],
    ["/v1/transactions/abc", 400, "bad_request"],
    [`/v1/transactions/${zeros}`, 404, "transaction_unknown"],
    ["/v1/accounts/alice", 400, "bad_address"],
    [`/v1/accounts/${addressOfAlice.slice(0, -1)}q`, 400, "bad_address"],
    [`/v1/accounts/${formatAddress("other", alice)}`, 400, "bad_address"],
    [`/v1/accounts/${"q".repeat(5_000)}`, 400, "bad_request"],
    [`/v1/accounts/${addressOfAlice}/transactions?cursor=5.`, 400, "bad_cursor"],
    [`/v1/accounts/${addressOfAlice}/transactions?cursor=1.2.3`, 400, "bad_cursor"],
    [`/v1/accounts/${addressOfAlice}/transactions?limit=1000`, 400, "bad_request"],
    ["/v1/validators?height=131", 404, "height_unknown"],
    ["/v1/validators?height=x", 400, "bad_request"],
    ["/v1/stats?window=1", 400, "bad_request"],
    ["/v1/stats?window=25h", 400, "bad_request"],
    ["/v1/stats?window=0s", 400, "bad_request"],
    ["/v1/stats?window=1e400s", 400, "bad_request"],
    ["/v1/stream?topics=everything", 400, "bad_request"],
    ["/v1/stream?cursor=x", 400, "bad_cursor"],
    ["/v1/nothing", 404, "route_unknown"],
    ["/v1", 404, "route_unknown"],
    ["/v2/status", 404, "route_unknown"],
    ["/explorer/page.ts", 404, "route_unknown"],
    ["/explorer/..%2f..%2fpackage.json", 404, "route_unknown"],
    ["/explorer/%2e%2e/server.ts", 404, "route_unknown"],
    ["//etc/passwd", 404, "route_unknown"],
  ])("GET %s is %i %s", async (path, status, code) => {
    const response = await ask(path);
    expect(await problemOf(response)).toMatchObject({ status, code });
    expect(response.headers.get("quorate-tip")).not.toBeNull();
  });

  test("names the field that is wrong", async () => {
    const problem = problemSchema.parse(await (await ask("/v1/blocks?limit=101")).json());
    expect(problem.field).toBe("query.limit");
    const path = problemSchema.parse(await (await ask("/v1/blocks/x")).json());
    expect(path.field).toBe("path.reference");
  });

  test.each([
    ["DELETE", "/v1/blocks", "GET, HEAD"],
    ["PUT", "/v1/transactions", "GET, HEAD, POST"],
    ["POST", "/v1/status", "GET, HEAD"],
    ["GET", "/v1/transactions/batch/x", undefined],
  ])("%s %s is refused, and what is allowed is said", async (method, path, allow) => {
    const response = await ask(path, { method });
    const { code } = await problemOf(response);
    expect(code).toBe(allow === undefined ? "route_unknown" : "method_refused");
    expect(response.headers.get("allow") ?? undefined).toBe(allow);
  });
});

describe("health", () => {
  test("is alive whatever the network does, and ready unless it is behind", async () => {
    serving.node.sync = { kind: "behind", blocks: 40, peers: 2 };
    const behind = await ask("/readyz");
    expect(behind.status).toBe(503);
    const json = readinessSchema.parse(await behind.json());
    expect(json).toMatchObject({ ready: false, quorumAgeMs: 12.5 });
    expect(json.reason).toContain("40 blocks behind");
    serving.node.sync = { kind: "no-quorum", forMs: 60_000 };
    expect((await ask("/readyz")).status).toBe(200);
    expect((await ask("/livez")).status).toBe(200);
    serving.node.sync = { kind: "synced" };
  });

  test("describes itself in OpenAPI, with every route", async () => {
    const response = await ask("/openapi.json");
    expect(response.status).toBe(200);
    const json = (await response.json()) as { openapi: string; paths: Record<string, object> };
    expect(json.openapi).toMatch(/^3\.1/);
    expect(Object.keys(json.paths)).toContain("/v1/accounts/{address}/transactions");
    expect(Object.keys(json.paths["/v1/transactions"] ?? {})).toEqual(["get", "post"]);
  });
});
