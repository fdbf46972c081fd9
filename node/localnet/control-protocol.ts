/**
 * What `quorate network …` and the running network say to each other: one line of JSON each way, then the end.
 * @module
 */
import type { LocalNodeCommand } from "../../src/api/local-json.ts";
import { partitionMsMax, partitionMsMin } from "../../src/api/local-limits.ts";
import { Refusal } from "../refusal.ts";
import type { Groups } from "./partition.ts";

export type ControlRequest =
  | { readonly command: "status" }
  | { readonly command: "stop" }
  | { readonly command: "add-node" }
  /** What an explorer shows of the network. */
  | { readonly command: "nodes" }
  /** Answered when the partition that the action of this number made is over. */
  | { readonly command: "healed"; readonly number: number }
  | ChaosRequest;

/**
 * With `background` it is answered as soon as it has begun, with the action; otherwise when it has come to its verdict.
 */
export type ChaosRequest = Order & { readonly background?: boolean };

/** `node` is the index in network.json, from 0. */
export type Order =
  | { readonly command: LocalNodeCommand; readonly node: number }
  /** `forMs`: heals by itself after so long. Groups that name a wrong node are refused by the network. */
  | { readonly command: "partition"; readonly groups: Groups; readonly forMs: number | null }
  | { readonly command: "heal" };

const nodeCommands: readonly LocalNodeCommand[] = ["kill", "pause", "resume", "restart"];

export type ControlAnswer =
  | { readonly ok: true; readonly data: unknown }
  | {
      readonly ok: false;
      readonly error: { readonly code: string; readonly message: string; readonly fix: string };
    };

export const requestBytesMax = 4_096;
export const answerBytesMax = 1_048_576;

/** The request in a line, or undefined. */
export function parseRequest(line: string): ControlRequest | undefined {
  const value = parseObject(line);
  if (value === undefined) return undefined;
  const { command, number } = value;
  switch (command) {
    case "status":
    case "stop":
    case "add-node":
    case "nodes":
      return { command };
    case "healed":
      return isCount(number) ? { command, number } : undefined;
    default: {
      const order = parseOrder(value);
      return order && value["background"] === true ? { ...order, background: true } : order;
    }
  }
}

function parseOrder(value: Readonly<Record<string, unknown>>): Order | undefined {
  const { command, node, groups, forMs } = value;
  if (command === "heal") return { command };
  if (command === "partition") {
    const isTimed = isCount(forMs) && forMs >= partitionMsMin && forMs <= partitionMsMax;
    return isGroups(groups) && (forMs === null || isTimed) ? { command, groups, forMs } : undefined;
  }
  const known = nodeCommands.find((name) => name === command);
  return known === undefined || !isCount(node) ? undefined : { command: known, node };
}

const isCount = (value: unknown): value is number =>
  typeof value === "number" && Number.isSafeInteger(value) && value >= 0;

const isGroups = (value: unknown): value is Groups =>
  Array.isArray(value) && value.every((group) => Array.isArray(group) && group.every(isCount));

/** The answer in a line, or undefined. */
export function parseAnswer(line: string): ControlAnswer | undefined {
  const value = parseObject(line);
  if (value?.["ok"] === true) return { ok: true, data: value["data"] };
  const error = value?.["error"];
  if (value?.["ok"] !== false || typeof error !== "object" || error === null) return undefined;
  const { code, message, fix } = error as Record<string, unknown>;
  return { ok: false, error: { code: String(code), message: String(message), fix: String(fix) } };
}

/** What a caller is told about something thrown: a refusal as it is, a bug by its message. */
export function answerOfError(error: unknown): ControlAnswer {
  if (error instanceof Refusal) {
    return { ok: false, error: { code: error.code, message: error.message, fix: error.fix } };
  }
  const message = error instanceof Error ? error.message : String(error);
  return { ok: false, error: { code: "internal_error", message, fix: "Report this." } };
}

function parseObject(line: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === "object" && value !== null
      ? (value as Record<string, unknown>)
      : undefined;
  } catch {
    return undefined;
  }
}
