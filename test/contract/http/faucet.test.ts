/**
 * POST /v1/faucet over a ledger that takes payments: what it pays, what it refuses, and who never reaches it.
 */
import { afterEach, describe, expect, test } from "vitest";
import { createNativeSigner } from "../../../node/adapters/native-crypto.ts";
import { AccountFaucet } from "../../../node/faucet.ts";
import type { HttpServerOptions } from "../../../node/http/server.ts";
import { formatAddress } from "../../../src/protocol/address.ts";
import { alice, bob, type Holder } from "../../fixtures/small-ledger.ts";
import { PayingNode } from "../../integration/wallet/paying-node.ts";
import { type Serving, serve } from "./serving.ts";

const addressOf = ({ account }: Holder): string => formatAddress("quo", account);
const page = "http://127.0.0.1:28001";
const signer = createNativeSigner(new Uint8Array(32).fill(0xfa));

let serving: Serving | undefined;
afterEach(async () => {
  expect(serving?.errors).toEqual([]);
  await serving?.close();
  serving = undefined;
});

async function start(balance: bigint, options: Partial<HttpServerOptions> = {}) {
  const { account: faucetAccount } = new AccountFaucet(signer, await PayingNode.start(new Map()));
  const node = await PayingNode.start(new Map([[faucetAccount, balance]]));
  const faucet = new AccountFaucet(signer, node);
  const steering = () => ({ controlSocket: "/nowhere", pages: [page], cutOff: [] });
  serving = await serve({ queries: node, faucet, steering, ...options });
  return { node, faucet, url: serving.url, client: serving.client };
}

const post = async (
  url: string,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): Promise<Response> =>
  await fetch(`${url}/v1/faucet`, {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body: JSON.stringify(body),
  });

describe("the faucet", () => {
  test("pays a hundred whole units, or what is asked for, and says by which transaction", async () => {
    const { node, faucet, client } = await start(10n ** 12n);
    const whole = 10n ** BigInt(node.genesis.asset.decimals);
    const first = await client.overview.faucet({ address: addressOf(alice) });
    if (!first.ok) throw new Error(JSON.stringify(first.reason));
    expect(first.value).toMatchObject({
      from: formatAddress("quo", faucet.account),
      amount: String(100n * whole),
      display: "100 QRT",
    });
    expect(await client.transaction(first.value.id)).toMatchObject({
      ok: true,
      value: { status: "final" },
    });
    await client.overview.faucet({ address: addressOf(alice), amount: "7" });
    expect(node.balanceOf(alice.account)).toBe(100n * whole + 7n);
  });

  test("pays everyone who asks at once", async () => {
    const { node, client } = await start(10n ** 12n);
    const read = node.account.bind(node);
    node.account = async (account) => {
      const summary = await read(account);
      await new Promise((resolve) => setTimeout(resolve, 1)); // A disk takes its time.
      return summary;
    };
    const asked = Array.from({ length: 20 }, (_, i) =>
      client.overview.faucet({ address: addressOf(i % 2 === 0 ? alice : bob), amount: "5" }),
    );
    expect((await Promise.all(asked)).map(({ ok }) => ok)).toEqual(Array(20).fill(true));
    expect([node.balanceOf(alice.account), node.balanceOf(bob.account)]).toEqual([50n, 50n]);
  });

  test("says so when it has not enough, and when another is asked for too much", async () => {
    const { faucet, url } = await start(10n);
    const empty = await post(url, { address: addressOf(alice), amount: "11" });
    expect([empty.status, await empty.json()]).toMatchObject([503, { code: "faucet_empty" }]);
    expect(empty.headers.get("retry-after")).not.toBeNull();
    const greedy = await post(url, {
      address: addressOf(alice),
      amount: String(faucet.most + 1n),
    });
    expect([greedy.status, await greedy.json()]).toMatchObject([
      400,
      { code: "bad_request", field: "body.amount" },
    ]);
  });

  test.each([
    [{}, "bad_request", "body.address"],
    [{ address: "x" }, "bad_address", "body.address"],
    [{ address: formatAddress("other", alice.account) }, "bad_address", "body.address"],
    [{ address: addressOf(alice), amount: 5 }, "bad_request", "body.amount"],
    [{ address: addressOf(alice), amount: "0" }, "bad_request", "body.amount"],
    [{ address: addressOf(alice), amount: "-5" }, "bad_request", "body.amount"],
    [{ address: addressOf(alice), amount: "1e3" }, "bad_request", "body.amount"],
    [[], "bad_request", "body"],
  ])("refuses %j with 400 %s, %s", async (body, code, field) => {
    const { url } = await start(100n);
    const response = await post(url, body);
    expect([response.status, await response.json()]).toMatchObject([400, { code, field }]);
  });
});

describe("there is no faucet", () => {
  const request = { address: addressOf(alice) };

  test.each<[string, Partial<HttpServerOptions>]>([
    ["on a network of several machines, even with the key for one", { local: false }],
    ["on a node that no local network has started", { steering: undefined }],
    ["on a node without a key", { faucet: undefined }],
  ])("%s", async (_, options) => {
    const { url } = await start(100n, options);
    const response = await post(url, request);
    expect([response.status, await response.json()]).toMatchObject([
      404,
      { code: "route_unknown" },
    ]);
    expect((await fetch(`${url}/v1/faucet`)).status).toBe(404);
  });

  test("for who is behind a proxy", async () => {
    const { url } = await start(100n);
    expect((await post(url, request, { "x-forwarded-for": "10.0.0.1" })).status).toBe(404);
  });

  test("for pages that are not the network's own, whatever they send", async () => {
    const { node, url } = await start(10n ** 12n);
    expect((await post(url, request, { origin: "http://evil.example" })).status).toBe(403);
    expect((await post(url, request, { origin: page })).status).toBe(202);
    for (const type of [
      "text/plain",
      "application/x-www-form-urlencoded",
      "application/octet-stream",
    ]) {
      expect((await post(url, request, { "content-type": type })).status).toBe(415);
    }
    const preflight = await fetch(`${url}/v1/faucet`, {
      method: "OPTIONS",
      headers: { origin: "http://evil.example", "access-control-request-method": "POST" },
    });
    expect(preflight.status).toBe(403);
    expect(preflight.headers.get("access-control-allow-origin")).toBeNull();
    expect(node.submitted).toHaveLength(1);
  });

  test("for bodies that are too large", async () => {
    const { url } = await start(100n);
    expect((await post(url, { ...request, memo: "x".repeat(2_000) })).status).toBe(413);
  });
});
