/**
 * The command line's end of control.sock.
 * @module
 */
import { connect, type Socket } from "node:net";
import { exitCodes, Refusal } from "../refusal.ts";
import { answerBytesMax, type ControlRequest, parseAnswer } from "./control-protocol.ts";

const connectMsMax = 2_000;

/** Whether a process accepts connections on this path. */
export async function isAnswering(path: string): Promise<boolean> {
  const socket = await dial(path);
  socket?.destroy();
  return socket !== undefined;
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
  if (socket === undefined) {
    throw new Refusal({
      code: "network_not_running",
      message: `no network runs in this folder (nobody answers on ${path})`,
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

function exitOf(code: string): Refusal["exitCode"] {
  if (code === "node_unknown") return exitCodes.notFound;
  if (code === "network_silent") return exitCodes.unreachable;
  return code === "internal_error" ? exitCodes.internal : exitCodes.usage;
}

/** A connection, or undefined when nobody listens. */
function dial(path: string): Promise<Socket | undefined> {
  return new Promise((resolve) => {
    const socket = connect(path);
    const fail = (): void => {
      socket.destroy();
      resolve(undefined);
    };
    socket.setTimeout(connectMsMax, fail);
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
