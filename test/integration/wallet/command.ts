/**
 * Runs the wallet as a person or a script does: a process of its own, judged by exit code, stdout and stderr.
 * @module
 */
import { type ChildProcess, spawn } from "node:child_process";
import { join, resolve } from "node:path";

const command = resolve(import.meta.dirname, "../../../bin/quorate-wallet.js");

export interface Ended {
  readonly exit: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** What `--json` prints. */
export interface Envelope {
  readonly ok: boolean;
  // biome-ignore lint/suspicious/noExplicitAny: each command has its own.
  readonly data: any;
  readonly error: {
    readonly code: string;
    readonly message: string;
    readonly fix: string;
    readonly id?: string;
  };
}

export interface WalletProcess {
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;
}

export class WalletCommand {
  readonly home: string;
  readonly #folder: string;
  readonly #environment: NodeJS.ProcessEnv;

  /** A wallet with a folder of its own, on the network of this file if there is one. */
  constructor(options: { readonly folder: string; readonly networkFile: string | undefined }) {
    this.#folder = options.folder;
    this.home = join(options.folder, "wallet");
    this.#environment = {
      ...process.env,
      HOME: options.folder,
      QUORATE_NETWORK: options.networkFile ?? "",
    };
  }

  start(...flags: readonly string[]): WalletProcess {
    const child = spawn(process.execPath, [command, ...flags, "--home", this.home], {
      cwd: this.#folder,
      env: this.#environment,
      stdio: ["ignore", "pipe", "pipe"],
    });
    let stdout = "";
    let stderr = "";
    child.stdout.on("data", (chunk) => {
      stdout += String(chunk);
    });
    child.stderr.on("data", (chunk) => {
      stderr += String(chunk);
    });
    const ended = new Promise<Ended>((settle, fail) => {
      child.on("error", fail);
      child.on("close", (exit) => settle({ exit, stdout, stderr }));
    });
    return { child, ended };
  }

  async run(...flags: readonly string[]): Promise<Ended> {
    return await this.start(...flags).ended;
  }

  /** With --json: stdout must be exactly one object. */
  async json(...flags: readonly string[]): Promise<Ended & Envelope> {
    const ended = await this.run(...flags, "--json");
    return { ...ended, ...(JSON.parse(ended.stdout) as Envelope) };
  }
}
