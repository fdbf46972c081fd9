/**
 * Server-sent events are read as the HTML standard says, however they are cut into pieces.
 */
import fc from "fast-check";
import { expect, test } from "vitest";
import { EventParser, readEvents, type ServerEvent } from "../../../src/api/event-reading.ts";

const parse = (pieces: readonly string[], lengthMax = 1_000): readonly ServerEvent[] => {
  const parser = new EventParser({ lengthMax });
  return pieces.flatMap((piece) => parser.feed(piece) ?? ["too long" as never]);
};

/** The examples of the HTML standard, 9.2.6. */
test.each<readonly [string, readonly ServerEvent[]]>([
  ["data: YHOO\ndata: +2\ndata: 10\n\n", [{ name: "message", id: "", data: "YHOO\n+2\n10" }]],
  [
    ": test stream\n\ndata: first event\nid: 1\n\ndata:second event\nid\n\ndata:  third event\n\n",
    [
      { name: "", id: "", data: "test stream" },
      { name: "message", id: "1", data: "first event" },
      { name: "message", id: "", data: "second event" },
      { name: "message", id: "", data: " third event" },
    ],
  ],
  [
    "data\n\ndata\ndata\n\ndata:",
    [
      { name: "message", id: "", data: "" },
      { name: "message", id: "", data: "\n" },
    ],
  ],
  [
    "data:test\n\ndata: test\n\n",
    [
      { name: "message", id: "", data: "test" },
      { name: "message", id: "", data: "test" },
    ],
  ],
])("%j", (text, events) => {
  expect(parse([text])).toEqual(events);
});

test("an id stays until the next one, a name does not", () => {
  expect(parse(["id: 7\nevent: block\ndata: 1\n\ndata: 2\n\n"])).toEqual([
    { name: "block", id: "7", data: "1" },
    { name: "message", id: "7", data: "2" },
  ]);
});

test("where a text is cut, and how its lines end, changes nothing", () => {
  const text = "id: 3.1\nevent: x\ndata: a\ndata: b\n\n: beat\n\ndata: c\n\n";
  const whole = parse([text]);
  expect(whole).toHaveLength(3);
  const ending = fc.constantFrom("\n", "\r\n", "\r");
  const cuts = fc.array(fc.nat({ max: 70 }), { maxLength: 12 });
  fc.assert(
    fc.property(ending, cuts, (end, places) => {
      const sent = text.replaceAll("\n", end);
      const edges = [0, ...places.toSorted((a, b) => a - b), sent.length];
      const pieces = edges.slice(1).map((edge, i) => sent.slice(edges[i], edge));
      expect(parse(pieces)).toEqual(whole);
    }),
  );
});

test("an event that is longer than it may be is refused, in one line or in many", () => {
  expect(parse(["data: 0123456789\n\n"], 16)).toHaveLength(1);
  expect(parse(["data: 0123456789x\n\n"], 16)).toEqual(["too long"]);
  expect(parse(["data: 0123456789x"], 16)).toEqual(["too long"]);
  expect(parse(["data: 1\ndata: 2\ndata: 3\n"], 16)).toEqual(["too long"]);
});

test("a body is read to its end, and let go of when its reader has enough", async () => {
  let isCancelled = false;
  const body = new ReadableStream<Uint8Array>({
    pull(controller) {
      controller.enqueue(new TextEncoder().encode("data: ü\n\n"));
    },
    cancel() {
      isCancelled = true;
    },
  });
  const seen: string[] = [];
  for await (const { data } of readEvents(body, { lengthMax: 100 })) {
    seen.push(data);
    if (seen.length === 3) break;
  }
  expect(seen).toEqual(["ü", "ü", "ü"]);
  expect(isCancelled).toBe(true);
});
