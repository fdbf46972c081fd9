import { Writable } from "node:stream";
import { expect, test } from "vitest";
import { createLog, type LogFormat } from "../../../../node/adapters/logger.ts";

function logged(format: LogFormat): readonly string[] {
  let text = "";
  const stream = new Writable({
    write(chunk, _encoding, done) {
      text += String(chunk);
      done();
    },
  });
  const log = createLog({ level: "info", format, stream });
  log.debug("too quiet");
  log.info("tip moved", { height: 7, peer: "b" });
  log.error("stopped");
  return text.trim().split("\n");
}

test("json: an object a line, with level, message and fields, from the set level on", () => {
  const lines = logged("json").map((line) => JSON.parse(line) as unknown);
  expect(lines).toMatchObject([
    { level: 30, msg: "tip moved", height: 7, peer: "b" },
    { level: 50, msg: "stopped" },
  ]);
});

test("pretty: one line each for people, without colours outside a terminal", () => {
  const lines = logged("pretty");
  expect(lines).toHaveLength(2);
  expect(lines[0]).toMatch(/^\[\d\d:\d\d:\d\d\.\d{3}\] INFO: tip moved .*"?height"?:7/);
});
