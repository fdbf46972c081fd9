/**
 * What `quorate network …` and the running network say to each other: one line of JSON each way, then the end.
 * @module
 */
import { Refusal } from "../refusal.ts";

export type ControlRequest =
  | { readonly command: "status" }
  | { readonly command: "stop" }
  | { readonly command: "add-node" }
  | NodeRequest;

/** `node` is the index in network.json, from 0. */
export interface NodeRequest {
  readonly command: NodeCommand;
  readonly node: number;
}

const nodeCommands = ["kill", "pause", "resume", "restart"] as const;
export type NodeCommand = (typeof nodeCommands)[number];

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
  const command = value?.["command"];
  if (command === "status" || command === "stop" || command === "add-node") return { command };
  const node = value?.["node"];
  const known = nodeCommands.find((name) => name === command);
  return known === undefined || !Number.isSafeInteger(node)
    ? undefined
    : { command: known, node: Number(node) };
}

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
