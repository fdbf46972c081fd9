/**
 * One of several wallets on one machine: a folder of its own, with a network or without one, and pipes.
 * @module
 */
import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import type { Ended, Envelope } from "./command.ts";

const command = resolve(import.meta.dirname, "../../../bin/quorate-wallet.js");

export class WalletHome {
  readonly folder: string = mkdtempSync(join(tmpdir(), "quorate-purse-"));
  readonly #genesis: string;

  /** It knows the network's genesis, and no node. */
  constructor(genesis: string) {
    this.#genesis = genesis;
  }

  dispose(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }

  path(name: string): string {
    return join(this.folder, name);
  }

  read(name: string): string {
    return readFileSync(this.path(name), "utf8");
  }

  write(name: string, text: string): string {
    writeFileSync(this.path(name), text);
    return this.path(name);
  }

  /** Without a network unless the flags name one; `input` comes through a pipe. */
  async run(flags: readonly string[], input = ""): Promise<Ended> {
    const all = [...flags, "--home", join(this.folder, "wallet"), "--genesis", this.#genesis];
    const child = spawn(process.execPath, [command, ...all], {
      cwd: this.folder,
      env: { ...process.env, HOME: this.folder, QUORATE_NETWORK: "" },
      stdio: ["pipe", "pipe", "pipe"],
    });
    let stdout = "";
    let stderr = "";
    child.stdout.on("data", (chunk) => {
      stdout += String(chunk);
    });
    child.stderr.on("data", (chunk) => {
      stderr += String(chunk);
    });
    child.stdin.on("error", () => {}); // It has ended without reading.
    child.stdin.end(input);
    return await new Promise<Ended>((settle, fail) => {
      child.on("error", fail);
      child.on("close", (exit) => settle({ exit, stdout, stderr }));
    });
  }

  /** With --json: stdout must be exactly one object. */
  async json(flags: readonly string[], input = ""): Promise<Ended & Envelope> {
    const ended = await this.run([...flags, "--json"], input);
    return { ...ended, ...(JSON.parse(ended.stdout) as Envelope) };
  }

  /** What it prints; whatever else goes wrong is told. */
  async text(flags: readonly string[], input = ""): Promise<string> {
    const { exit, stdout, stderr } = await this.run(flags, input);
    if (exit !== 0) throw new Error(`exit ${exit}: ${flags.join(" ")}\n${stderr}`);
    return stdout;
  }

  /** Makes an unencrypted key; its public key. */
  async createKey(name: string): Promise<string> {
    await this.text(["create", name, "--plain", "--quiet"]);
    return (await this.json(["show", name])).data.publicKey;
  }
}
