/**
 * What `network up` tells each of its nodes: a line of JSON on the node's standard input, whenever something of it
 * changes. Each line is the whole of it, so one that is overtaken can be left out.
 *
 * Only the process that started a node holds the other end of that pipe; no peer and no HTTP client can say any of it.
 * @module
 */
import { isIdText, type NodeId } from "../../src/protocol/ids.ts";

export interface Steering {
  /** Where the running network takes commands. */
  readonly controlSocket: string;
  /** Base URLs of the network's nodes: the only pages that may steer it. */
  readonly pages: readonly string[];
  /** Nodes that this one must not be linked to. */
  readonly cutOff: readonly NodeId[];
}

/** 64 nodes, by id and by URL, need some 10 kB. */
export const steeringBytesMax = 65_536;

export const formatSteering = (steering: Steering): string => `${JSON.stringify(steering)}\n`;

/** The steering in a line, or undefined. */
export function parseSteering(line: string): Steering | undefined {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return undefined;
  }
  if (typeof value !== "object" || value === null) return undefined;
  const { controlSocket, pages, cutOff } = value as Readonly<Record<string, unknown>>;
  if (typeof controlSocket !== "string" || !isTexts(pages) || !isTexts(cutOff)) return undefined;
  return cutOff.every(isIdText) ? { controlSocket, pages, cutOff: cutOff as NodeId[] } : undefined;
}

const isTexts = (value: unknown): value is readonly string[] =>
  Array.isArray(value) && value.every((item) => typeof item === "string");
