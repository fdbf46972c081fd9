/**
 * A paused process cannot notice that whoever started it is gone, and would stay for ever, with its ports and its files.
 * So while it is paused somebody else watches: a shell that waits on a pipe from us, and when that ends without a word,
 * lets it go on. Then it notices by itself.
 * @module
 */
import { spawn } from "node:child_process";

const script = `read -r word || kill -CONT "$1"`;

/** Returns what ends the watch. */
export function wakeOnOurDeath(pid: number): () => void {
  const guard = spawn("/bin/sh", ["-c", script, "sh", String(pid)], {
    stdio: ["pipe", "ignore", "ignore"],
    detached: true, // A Ctrl-C in the terminal is not for it.
  });
  guard.on("error", () => {});
  guard.stdin.on("error", () => {});
  guard.unref();
  return () => {
    guard.stdin.end("awake\n");
  };
}
