/**
 * Clients that go at any moment leave nothing behind: no reader, no export, no listener, no word in the log; and a server
 * that closes does not wait for those who stay.
 */
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { formatAddress } from "../../../src/protocol/address.ts";
import { alice, bob, native } from "../../fixtures/small-ledger.ts";
import { type ServedChain, serveChain } from "./stored-chain.ts";

let chain: ServedChain;
beforeEach(async () => {
  chain = await serveChain();
  await chain.stored.write(alice, native(bob, 5n));
});
afterEach(async () => {
  expect(chain.serving.errors).toEqual([]);
  await chain.serving.close();
});

const address = formatAddress("quo", alice.account);
const stream = `GET /v1/stream?topics=blocks,account:${address}&cursor=0 HTTP/1.1\r\nHost: localhost\r\n\r\n`;
const exported = `GET /v1/accounts/${address}/transactions.csv HTTP/1.1\r\nHost: localhost\r\n\r\n`;

async function open(text: string): Promise<Socket> {
  const socket = connect(Number(new URL(chain.serving.url).port), "127.0.0.1");
  socket.on("error", () => undefined); // It is cut off, which is what counts.
  await once(socket, "connect");
  socket.write(text);
  return socket;
}

const turns = async (count: number): Promise<void> => {
  for (let i = 0; i < count; i += 1) await new Promise((resolve) => setImmediate(resolve));
};

/** One for each moment of the loop after the request was sent. */
async function leaveAfterEachTurn(text: string): Promise<void> {
  for (let count = 0; count < 40; count += 1) {
    const socket = await open(text);
    await turns(count);
    if (count % 2 === 0) socket.resetAndDestroy();
    else socket.destroy();
  }
}

describe("whoever goes, at any moment,", () => {
  test("leaves no reader of the stream behind", async () => {
    const before = chain.serving.node.listeners;
    await leaveAfterEachTurn(stream);
    await expect.poll(() => chain.serving.streamReaders(), { timeout: 5_000 }).toBe(0);
    expect(chain.serving.node.listeners).toBe(before);
  });

  test("leaves no export behind", async () => {
    // Pages without end, so that none of them ends by itself.
    const { node } = chain.serving;
    const page = await node.accountTransactions(alice.account, undefined, 100);
    node.accountTransactions = async () => ({ ...page, next: { height: 1, index: 0 } });
    await leaveAfterEachTurn(exported);
    const ask = async (): Promise<number> =>
      (await fetch(`${chain.serving.url}/v1/blocks.csv`)).status;
    await expect.poll(ask, { timeout: 5_000 }).toBe(200);
  });

  test("does not keep others from being answered", async () => {
    for (const text of [
      "GET /v1/status HTTP/1.1\r\nHost: localhost\r\n\r\n",
      "GET /v1/transactions HTTP/1.1\r\nHost: localhost\r\n\r\n".repeat(20),
      "POST /v1/transactions HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 99\r\n\r\n{",
    ]) {
      await leaveAfterEachTurn(text);
      expect((await fetch(`${chain.serving.url}/v1/status`)).status).toBe(200);
    }
  });
});

test("a server that closes does not wait for streams, exports, bodies, waits or those who say nothing", async () => {
  const { node } = chain.serving;
  const page = await node.accountTransactions(alice.account, undefined, 100);
  node.accountTransactions = async () => ({ ...page, next: { height: 1, index: 0 } });
  const transaction = node.transfer({ nonce: 9 }).bytes;
  const head = `POST /v1/transactions?wait=final&timeoutMs=60000 HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/octet-stream\r\nContent-Length: ${transaction.length}\r\n\r\n`;
  const sockets = await Promise.all(["", stream, exported, head, head, "GET /v1"].map(open));
  sockets[3]?.write(transaction);
  for (const socket of sockets) socket.pause();
  await expect.poll(() => chain.serving.streamReaders()).toBe(1);
  const startedMs = performance.now();
  await chain.serving.close();
  expect(performance.now() - startedMs).toBeLessThan(5_000);
  for (const socket of sockets) socket.destroy();
});
