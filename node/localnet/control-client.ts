/**
 * The command line's end of control.sock.
 * @module
 */
import { connect, type Socket } from "node:net";
import { exitCodes, Refusal } from "../refusal.ts";
import { answerBytesMax, type ControlRequest, parseAnswer } from "./control-protocol.ts";

const connectMsMax = 2_000;

/** What a connection fails with when nobody listens; anything else is somebody who is busy, or not for us. */
const absences: readonly string[] = ["ENOENT", "ECONNREFUSED", "ENOTDIR"];

/** Whether a process listens on this path. One that is too busy to answer does. */
export async function isAnswering(path: string): Promise<boolean> {
  const dialled = await dial(path);
  if (typeof dialled === "string") return !absences.includes(dialled);
  dialled.destroy();
  return true;
}

/**
 * Asks the network that runs behind this socket, and resolves with the data of its answer once the connection is
 * closed; after `stop` that is when everything has stopped. Throws what the network refused, as a Refusal.
 */
export async function askNetwork(
  path: string,
  request: ControlRequest,
  timeoutMs: number,
): Promise<unknown> {
  const socket = await dial(path);
  if (typeof socket === "string") {
    const why = absences.includes(socket) ? "nobody answers on" : `${socket} on`;
    throw new Refusal({
      code: "network_not_running",
      message: `no network runs in this folder (${why} ${path})`,
      fix: "Start one with `quorate network up`, or name its folder with --dir.",
      exitCode: exitCodes.unreachable,
    });
  }
  const text = await readToEnd(socket, `${JSON.stringify(request)}\n`, timeoutMs);
  const answer = parseAnswer(text);
  if (answer?.ok === true) return answer.data;
  const { code, message, fix } = answer?.error ?? {
    code: "network_silent",
    message: "the network closed the connection without an answer",
    fix: "See what `quorate network up` printed.",
  };
  throw new Refusal({ code, message, fix, exitCode: exitOf(code) });
}

/** It was begun, and nobody knows what came of it. */
const unfinished: readonly string[] = ["partition_replaced", "network_stopping"];
const failures: readonly string[] = ["internal_error", "node_failed"];

function exitOf(code: string): Refusal["exitCode"] {
  if (code === "node_unknown") return exitCodes.notFound;
  if (code === "network_silent") return exitCodes.unreachable;
  if (unfinished.includes(code)) return exitCodes.outcomeUnknown;
  return failures.includes(code) ? exitCodes.internal : exitCodes.usage;
}

/** A connection, or the code of why there is none. */
function dial(path: string): Promise<Socket | string> {
  return new Promise((resolve) => {
    const socket = connect(path);
    const fail = (error: NodeJS.ErrnoException): void => {
      socket.destroy();
      resolve(error.code ?? "EUNKNOWN");
    };
    socket.setTimeout(connectMsMax, () => {
      socket.destroy();
      resolve("ETIMEDOUT");
    });
    socket.once("error", fail);
    socket.once("connect", () => {
      socket.removeListener("error", fail);
      socket.setTimeout(0);
      resolve(socket);
    });
  });
}

function readToEnd(socket: Socket, request: string, timeoutMs: number): Promise<string> {
  return new Promise((resolve) => {
    let text = "";
    socket.setEncoding("utf8");
    socket.setTimeout(timeoutMs, () => socket.destroy());
    socket.on("error", () => socket.destroy());
    socket.on("data", (chunk: string) => {
      text += chunk;
      if (text.length > answerBytesMax) socket.destroy();
    });
    socket.on("close", () => resolve(text));
    socket.write(request);
  });
}
