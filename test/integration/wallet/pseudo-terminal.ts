/**
 * The wallet at a real terminal, with a person who reads and types: for prompts. Needs python3 (pseudo-terminal.py).
 * @module
 */
import { spawn } from "node:child_process";
import { join, resolve } from "node:path";

const driver = resolve(import.meta.dirname, "pseudo-terminal.py");
const command = resolve(import.meta.dirname, "../../../bin/quorate-wallet.js");

/** What to wait for on the screen, and what to type then. */
export type Step = readonly [waitFor: string, typed: string];

export interface Played {
  /** Null when it did not end in time. */
  readonly exit: number | null;
  readonly stdout: string;
  /** What the person has seen, without escape sequences. */
  readonly screen: string;
  /** Steps whose text never came. */
  readonly untyped: number;
}

export async function play(
  words: readonly string[],
  steps: readonly Step[],
  place: { readonly folder: string; readonly term?: string; readonly seconds?: number },
): Promise<Played> {
  const child = spawn("python3", [driver], { stdio: ["pipe", "pipe", "inherit"] });
  const task = {
    argv: [process.execPath, command, ...words, "--home", join(place.folder, "wallet")],
    environment: {
      PATH: process.env["PATH"] ?? "",
      HOME: place.folder,
      TERM: place.term ?? "xterm-256color",
    },
    folder: place.folder,
    steps,
    seconds: place.seconds ?? 60,
  };
  child.stdin.end(JSON.stringify(task));
  let text = "";
  child.stdout.on("data", (chunk) => {
    text += String(chunk);
  });
  return await new Promise((settle, fail) => {
    child.on("error", fail);
    child.on("close", () => settle(JSON.parse(text) as Played));
  });
}
