/**
 * Runs the wallet as a person or a script does: a process of its own, judged by exit code, stdout and stderr.
 * @module
 */
import { type ChildProcess, spawn } from "node:child_process";
import { join, resolve } from "node:path";
import type { AccountId, PublicKey, TransactionId } from "../../../src/protocol/ids.ts";

const command = resolve(import.meta.dirname, "../../../bin/quorate-wallet.js");

export interface Ended {
  readonly exit: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** All that tests read of what commands say. Each command says some of it. */
export interface Said {
  readonly account: AccountId;
  readonly accounts: readonly Said[];
  readonly address: string;
  readonly amount: string;
  readonly assetId: string;
  readonly authHash: string;
  readonly balances: readonly Said[];
  readonly blockId: string;
  readonly chainId: string;
  readonly code: string;
  readonly command: string;
  readonly contentHash: string;
  readonly display: string;
  readonly expiryMs: number;
  readonly fee: string;
  readonly file: Said;
  readonly genesis: string;
  readonly height: number;
  readonly id: TransactionId;
  readonly items: readonly Said[];
  readonly keyFile: Said;
  readonly keys: readonly Said[];
  readonly memo: string;
  readonly missingNonces: readonly number[];
  readonly name: string;
  readonly nodes: readonly Said[];
  readonly nonce: number;
  readonly operations: readonly Said[];
  readonly path: string;
  readonly planSha256: string;
  readonly profile: string;
  readonly profiles: readonly Said[];
  readonly publicKey: PublicKey;
  readonly results: string;
  readonly script: string;
  readonly seed: string;
  readonly spend: readonly Said[];
  readonly statement: readonly string[];
  readonly status: string;
  readonly timestampMs: number;
  readonly tip: Said;
  readonly version: number;
  readonly words: string;
}

/** What `--json` prints. */
export interface Envelope {
  readonly ok: boolean;
  readonly data: Said;
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
