/**
 * Asks nodes of this machine how they are, and takes no answer for "no".
 * @module
 */
import { NodeClient } from "../../src/api/client.ts";

export interface Readiness {
  readonly ready: boolean;
  /** Why not; empty when ready. */
  readonly reason: string;
}

const askMsMax = 2_000;
const pollMs = 40;

/** A client for one node of this machine. */
export const localClient = (baseUrl: string): NodeClient =>
  new NodeClient({
    baseUrl,
    httpFetch: fetch,
    timeoutMs: askMsMax,
    timeoutSignal: (ms) => AbortSignal.timeout(ms),
  });

export async function fetchReadiness(baseUrl: string): Promise<Readiness> {
  const silent = { ready: false, reason: "it does not answer yet" };
  // A fetch may forget its signal while a body is under way: whoever is stopped in the middle of one keeps nobody waiting.
  return await within(askReadiness(baseUrl), askMsMax, silent).catch(() => silent);
}

async function askReadiness(baseUrl: string): Promise<Readiness> {
  const response = await fetch(`${baseUrl}/readyz`, { signal: AbortSignal.timeout(askMsMax) });
  const body = (await response.json()) as Readonly<Record<string, unknown>> | null;
  if (response.ok) return { ready: true, reason: "" };
  return { ready: false, reason: String(body?.["reason"] ?? `HTTP status ${response.status}`) };
}

/** What it resolves to, or `otherwise` when the time is over before. */
export async function within<Value>(
  work: Promise<Value>,
  timeoutMs: number,
  otherwise: Value,
): Promise<Value> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<Value>((resolve) => {
    timer = setTimeout(() => resolve(otherwise), timeoutMs);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** Polls until `isDone` resolves with true, or the time is over; the result is the last answer. */
export async function pollUntil(
  isDone: () => Promise<boolean>,
  timeoutMs: number,
): Promise<boolean> {
  const end = performance.now() + timeoutMs;
  for (;;) {
    if (await isDone()) return true;
    if (performance.now() >= end) return false;
    await new Promise((resolve) => setTimeout(resolve, pollMs));
  }
}

/** Whether a node is linked to at least so many others. */
export async function hasPeers(baseUrl: string, peersMin: number): Promise<boolean> {
  const status = await localClient(baseUrl).status();
  return status.ok && status.value.peers >= peersMin;
}
