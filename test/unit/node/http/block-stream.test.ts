/**
 * A reader that stops reading is let go, also when all it would get are heartbeats.
 * @module
 */
import { expect, test } from "vitest";
import { BlockStream } from "../../../../node/http/block-stream.ts";
import { ListedNode } from "../../../contract/http/listed-node.ts";

test("a silent network does not keep a reader that takes nothing", async () => {
  const node = new ListedNode();
  const limits = { readersMax: 1, readersPerClientMax: 1, heartbeatMs: 2, stallMs: 10 };
  const stream = new BlockStream(node, limits);
  const body = stream.open({ client: "a", after: 0, cutOff: () => {} });
  const reader = body?.getReader();
  await reader?.read(); // The opening: now the stream waits for a block.
  while (stream.readers > 0) await new Promise((resolve) => setImmediate(resolve));
  let text = "";
  for (;;) {
    const { done, value } = (await reader?.read()) ?? { done: true, value: undefined };
    if (done) break;
    text += new TextDecoder().decode(value);
  }
  expect(text.split(": heartbeat").length).toBe(2);
  expect(text).toContain("event: too_slow");
  stream.close();
  expect(node.listeners).toBe(0);
});
