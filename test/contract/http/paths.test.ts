/**
 * The paths that clients are built of, against the description that the node serves: the same routes, the same names.
 * @module
 */
import { afterAll, describe, expect, test } from "vitest";
import { paths } from "../../../src/api/paths.ts";
import { DescribedNode, type Operation } from "./described-node.ts";

const served = await DescribedNode.open();
afterAll(async () => {
  await served.close();
  expect(served.serving.errors).toEqual([]);
});

const page = { cursor: "5", limit: 3 };
const proof = { from: 1, known: [2, 3] };
const record = { address: "q1alice", topic: "lots", key: "a/b ?#" };

/** Each with all that can be said in it. */
const said: Readonly<Record<keyof typeof paths, string>> = {
  status: paths.status(),
  genesis: paths.genesis(),
  parameters: paths.parameters(),
  validators: paths.validators(3),
  membership: paths.membership(),
  faults: paths.faults(),
  peers: paths.peers(),
  blocks: paths.blocks({ ...page, order: "asc" }),
  block: paths.block(7),
  blockTransactions: paths.blockTransactions(7, page),
  transactions: paths.transactions(page),
  transaction: paths.transaction("ab"),
  submit: paths.submit({ wait: "final", timeoutMs: 5 }),
  submitBatch: paths.submitBatch(),
  account: paths.account("q1alice"),
  accountTransactions: paths.accountTransactions("q1alice", page),
  accountTransactionsCsv: paths.accountTransactionsCsv("q1alice"),
  balances: paths.balances("q1alice", page),
  assets: paths.assets(page),
  asset: paths.asset("ab"),
  record: paths.record(record, 2),
  recordVersions: paths.recordVersions(record, page),
  recordsOf: paths.recordsOf("q1alice", { ...page, topic: "lots" }),
  recordsWith: paths.recordsWith("ab", page),
  fees: paths.fees(),
  mempool: paths.mempool(page),
  search: paths.search("gold & more"),
  stats: paths.stats("10m"),
  series: paths.series({ window: "10m", points: 5 }),
  receipt: paths.receipt("ab", proof),
  accountProof: paths.accountProof("q1alice", proof),
  stateProof: paths.stateProof(["00", "01"], proof),
  blockProof: paths.blockProof("ab", proof),
  headers: paths.headers(1, 2),
  epoch: paths.epoch(3),
  consistency: paths.consistency(1, 2),
  inclusion: paths.inclusion(1, 2),
  faucet: paths.faucet(),
  localNodes: paths.localNodes(),
  steer: paths.steer(0, "kill"),
  partition: paths.partition(),
  heal: paths.heal(),
};

const names = Object.keys(said) as readonly (keyof typeof paths)[];
const post = new Set<string>(["submit", "submitBatch", "faucet", "steer", "partition", "heal"]);

/** The operations that a path could be of; the plainest first, as a router takes them. */
function operationsOf(name: keyof typeof paths): readonly Operation[] {
  const { pathname } = new URL(said[name], "http://node");
  const method = post.has(name) ? "post" : "get";
  const literals = ({ path }: Operation): number => path.replaceAll(/\{\w+\}/g, "").length;
  return served.operations
    .filter((each) => each.method === method && formOf(each.path).test(pathname))
    .toSorted((a, b) => literals(b) - literals(a));
}

const formOf = (template: string): RegExp =>
  new RegExp(`^${template.replaceAll(".", "\\.").replaceAll(/\{\w+\}/g, "[^/]+")}$`);

describe("every path is one of the node's, and says what the node reads", () => {
  test.each(names)("%s", (name) => {
    const [operation] = operationsOf(name);
    expect(operation).toBeDefined();
    const read = operation?.parameters
      .filter((each) => each.in === "query")
      .map((each) => each.name);
    const given = [...new URL(said[name], "http://node").searchParams.keys()];
    expect(new Set(given)).toEqual(new Set(given.filter((each) => read?.includes(each))));
  });
});

test("every JSON answer below /v1 has its path", () => {
  const reached = new Set(names.map((name) => operationsOf(name)[0]?.name));
  const answersJson = ({ responses }: Operation): boolean =>
    responses["200"]?.content?.["application/json"] !== undefined;
  const missing = served.operations.filter(
    (each) => each.path.startsWith("/v1/") && answersJson(each) && !reached.has(each.name),
  );
  expect(missing.map(({ name }) => name).toSorted()).toEqual([]);
  expect(reached.size).toBe(names.length);
});

test("what a name holds is not read as a path", () => {
  const url = new URL(said.record, "http://node");
  expect(url.pathname.split("/").map(decodeURIComponent)).toEqual([
    ...["", "v1", "records", "q1alice", "lots", "a/b ?#"],
  ]);
  expect(url.search).toBe("?version=2");
});

test.each([".", ".."])(
  "a topic or key %j goes into the query, since a path would lose it",
  (dots) => {
    const both = paths.record({ address: "q1alice", topic: dots, key: dots }, 1);
    const url = new URL(both, "http://node");
    expect(url.pathname).toBe("/v1/records/q1alice/-/-");
    expect([...url.searchParams]).toEqual([
      ["topic", dots],
      ["key", dots],
      ["version", "1"],
    ]);
  },
);

test("a list of heights says its name once for each", () => {
  expect([...new URL(said.receipt, "http://node").searchParams]).toEqual([
    ["from", "1"],
    ["known", "2"],
    ["known", "3"],
  ]);
});
