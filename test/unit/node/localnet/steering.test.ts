/**
 * What a network tells its nodes through their standard input.
 * @module
 */
import { PassThrough } from "node:stream";
import { expect, test } from "vitest";
import {
  formatSteering,
  parseSteering,
  type Steering,
} from "../../../../node/localnet/steering.ts";
import { readSteering } from "../../../../node/steered.ts";
import type { NodeId } from "../../../../src/protocol/ids.ts";

const steering = (cutOff: readonly string[] = []): Steering => ({
  controlSocket: "/tmp/net/control.sock",
  pages: ["http://127.0.0.1:28000"],
  cutOff: cutOff as NodeId[],
});
const [first, second] = ["a".repeat(64), "b".repeat(64)] as const;

test("a line says the whole steering", () => {
  const line = formatSteering(steering([first]));
  expect(line.indexOf("\n")).toBe(line.length - 1);
  expect(parseSteering(line)).toEqual(steering([first]));
});

test.each([
  "",
  "{}",
  "null",
  "[]",
  '{"controlSocket":1,"pages":[],"cutOff":[]}',
  '{"controlSocket":"/x","pages":[1],"cutOff":[]}',
  '{"controlSocket":"/x","pages":[],"cutOff":["zz"]}',
  '{"controlSocket":"/x","pages":[]}',
])("%j is no steering", (line) => {
  expect(parseSteering(line)).toBeUndefined();
});

test("a node waits for the first line and follows the later ones, however they are cut", async () => {
  const input = new PassThrough();
  const reading = readSteering(input, () => {});
  const text = `nonsense\n${formatSteering(steering())}`;
  input.write(text.slice(0, 20));
  input.write(text.slice(20));
  const steered = await reading;
  const heard: (readonly string[])[] = [];
  steered?.follow(({ cutOff }) => heard.push(cutOff));
  input.write(
    `${formatSteering(steering([first]))}nonsense\n${formatSteering(steering([second]))}`,
  );
  await expect.poll(() => heard.length).toBe(3);
  expect(heard).toEqual([[], [first], [second]]);
  expect(steered?.now).toEqual(steering([second]));
});

test("the end of the input is the end of the node, before the first line and after it", async () => {
  for (const lines of ["", formatSteering(steering())]) {
    const input = new PassThrough();
    const ended = new Promise<void>((resolve) => {
      void readSteering(input, resolve);
    });
    input.end(lines);
    await ended;
  }
  const empty = new PassThrough();
  const read = readSteering(empty, () => {});
  empty.end();
  expect(await read).toBeUndefined();
});
