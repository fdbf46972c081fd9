/**
 * Pursuing a transaction over several nodes that are fast, silent, unsure or gone.
 * @module
 */
import { expect, test } from "vitest";
import { systemClock } from "../../../node/adapters/clock.ts";
import type { AnswerBody } from "../../../src/api/outcome.ts";
import { type AskNode, pursue } from "../../../src/api/pursuit.ts";

const final: AnswerBody = { kind: "final", height: 7, blockId: "b7", timestampMs: 70 };
const refused: AnswerBody = { kind: "refused", code: "fee_too_low", message: "m" };

/** Nodes with a script each: an answer, or silence until the request is ended. Repeats its last answer. */
function scripted(scripts: Readonly<Record<string, readonly (AnswerBody | "silence")[]>>): {
  readonly askNode: AskNode;
  readonly asked: string[];
} {
  const asked: string[] = [];
  const askNode: AskNode = async (node, _waitMs, signal) => {
    const script = scripts[node] ?? [];
    const turn = asked.filter((name) => name === node).length;
    asked.push(node);
    const step = script[Math.min(turn, script.length - 1)] ?? "silence";
    if (step !== "silence") return { node, ...step };
    await new Promise<void>((resolve) => {
      signal.addEventListener("abort", () => resolve(), { once: true });
    });
    return { node, kind: "lost", message: "cut off" };
  };
  return { askNode, asked };
}

const standard = {
  worth: "words",
  clock: systemClock,
  timeoutMs: 2_000,
  patienceMs: 20,
  mayBeHeld: false,
  until: "settled",
  isPatient: false,
} as const;

test("one node that says final is enough, and no other is asked", async () => {
  const { askNode, asked } = scripted({ a: [final], b: [refused] });
  const { outcome } = await pursue({ ...standard, nodes: ["a", "b"], askNode });
  expect(outcome).toEqual(final);
  expect(asked).toEqual(["a"]);
});

test("a dead node costs nothing: the next one is asked at once", async () => {
  const { askNode } = scripted({ a: [{ kind: "unreachable", message: "m" }], b: [final] });
  const startedMs = performance.now();
  const { outcome } = await pursue({
    ...standard,
    nodes: ["a", "b"],
    askNode,
    patienceMs: 1_500,
  });
  expect(outcome).toEqual(final);
  expect(performance.now() - startedMs).toBeLessThan(1_000);
});

test("a silent node is passed over, and not held against the one that answers", async () => {
  const { askNode } = scripted({ a: ["silence"], b: [final] });
  const { outcome, answers } = await pursue({ ...standard, nodes: ["a", "b"], askNode });
  expect(outcome).toEqual(final);
  expect(answers.map(({ node }) => node)).toEqual(["b"]);
});

test("refused by every node ends it", async () => {
  const { askNode, asked } = scripted({ a: [refused], b: [refused] });
  const { outcome, mayBeHeld } = await pursue({ ...standard, nodes: ["a", "b"], askNode });
  expect(outcome.kind).toBe("refused");
  expect(mayBeHeld).toBe(false);
  expect(asked).toEqual(["a", "b"]);
});

test("refused by the one and lost by the other is open until the time is over", async () => {
  const lost: AnswerBody = { kind: "lost", message: "m" };
  const { askNode } = scripted({ a: [refused], b: [lost, refused] });
  const { outcome, mayBeHeld } = await pursue({
    ...standard,
    nodes: ["a", "b"],
    askNode,
    timeoutMs: 700,
  });
  expect(outcome.kind).toBe("unknown");
  expect(mayBeHeld).toBe(true);
});

test("pending at first, final when asked again", async () => {
  const { askNode } = scripted({ a: [{ kind: "pending" }, final] });
  const { outcome } = await pursue({ ...standard, nodes: ["a"], askNode });
  expect(outcome).toEqual(final);
});

test("accepted is enough where only acceptance is asked for", async () => {
  const { askNode, asked } = scripted({ a: [refused], b: [{ kind: "pending" }], c: [final] });
  const { outcome } = await pursue({
    ...standard,
    nodes: ["a", "b", "c"],
    askNode,
    until: "accepted",
  });
  expect(outcome).toEqual({ kind: "unknown", held: true });
  expect(asked).toEqual(["a", "b"]);
});

test("a lost answer is not acceptance", async () => {
  const { askNode } = scripted({ a: [{ kind: "lost", message: "m" }, { kind: "pending" }] });
  const { outcome } = await pursue({ ...standard, nodes: ["a"], askNode, until: "accepted" });
  expect(outcome).toEqual({ kind: "unknown", held: true });
});

test("nobody reachable: given up at once, or tried on by the patient", async () => {
  const unreachable: AnswerBody = { kind: "unreachable", message: "m" };
  const impatient = scripted({ a: [unreachable, final] });
  const first = await pursue({ ...standard, nodes: ["a"], askNode: impatient.askNode });
  expect(first.outcome.kind).toBe("unreachable");
  const patient = scripted({ a: [unreachable, final] });
  const second = await pursue({
    ...standard,
    nodes: ["a"],
    askNode: patient.askNode,
    isPatient: true,
  });
  expect(second.outcome).toEqual(final);
});

test("a refusal that may pass by itself is tried again", async () => {
  const early: AnswerBody = { kind: "refused", code: "nonce_too_high", message: "m" };
  const { askNode } = scripted({ a: [early, final] });
  const { outcome } = await pursue({ ...standard, nodes: ["a"], askNode });
  expect(outcome).toEqual(final);
});

test("silence everywhere is an open outcome, never a failure", async () => {
  const { askNode } = scripted({ a: ["silence"], b: ["silence"] });
  let slow = 0;
  const { outcome, answers, mayBeHeld } = await pursue({
    ...standard,
    nodes: ["a", "b"],
    askNode,
    timeoutMs: 400,
    whenSlow: () => {
      slow += 1;
    },
  });
  expect(outcome).toEqual({ kind: "unknown", held: false });
  expect(answers.map(({ kind }) => kind)).toEqual(["lost", "lost"]);
  expect(mayBeHeld).toBe(true);
  expect(slow).toBe(1);
});

test("what only says that it is final does not end it; the proof of it does", async () => {
  const unproven: AnswerBody = { kind: "unproven", message: "m" };
  const { askNode } = scripted({ a: [unproven], b: [unproven, final] });
  const options = { ...standard, worth: "proven", nodes: ["a", "b"], askNode } as const;
  const { outcome, mayBeHeld } = await pursue(options);
  expect(outcome).toEqual(final);
  expect(mayBeHeld).toBe(true);
});
