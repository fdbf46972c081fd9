/**
 * A ledger with some life in it: a real network of four, a wallet, and one of everything that a page can show.
 * @module
 */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { askQuorate, LocalNet } from "../../integration/support/local-net.ts";
import { type Said, WalletCommand } from "../../integration/wallet/command.ts";

/** Where the life is to be found. */
export interface Life {
  readonly transaction: string;
  readonly height: number;
  readonly alice: string;
  readonly bob: string;
  readonly asset: string;
  /** `#/record/…` of a record of alice. */
  readonly record: string;
  readonly stampedFile: string;
  /** The SHA-256 of the stamped file. */
  readonly stampedHash: string;
}

export class Ledger {
  readonly net: LocalNet;
  readonly wallet: WalletCommand;

  private constructor(net: LocalNet) {
    this.net = net;
    this.wallet = new WalletCommand({
      folder: net.dir,
      networkFile: join(net.dir, "network.json"),
    });
  }

  static async start(): Promise<Ledger> {
    return new Ledger(await LocalNet.start());
  }

  /** Base URL of a node, without a slash at its end. */
  url(node = 0): string {
    return (this.net.network.nodes[node]?.http ?? "").replace(/\/$/, "");
  }

  address(name: string): string {
    return this.net.network.accounts.find((account) => account.name === name)?.address ?? "";
  }

  /** Runs the wallet and resolves with its answer; what goes wrong is thrown. */
  async sign(...flags: readonly string[]): Promise<Said> {
    const { exit, data, error } = await this.wallet.json(...flags, "--yes");
    if (exit !== 0) throw new Error(`exit ${exit}: ${flags.join(" ")}: ${JSON.stringify(error)}`);
    return data;
  }

  /** Resolves with the id of the final transaction. */
  async pay(amount: string, to = "bob", ...flags: readonly string[]): Promise<string> {
    const { id } = await this.sign("send", amount, to, "--from", "alice", ...flags);
    return String(id);
  }

  /** `quorate network kill 1`, … */
  async chaos(...words: readonly string[]): Promise<void> {
    const { code, answer } = await askQuorate("network", ...words, "--dir", this.net.dir);
    if (code !== 0) throw new Error(`network ${words.join(" ")}: ${JSON.stringify(answer.error)}`);
  }

  async live(): Promise<Life> {
    const transaction = await this.pay("25", "bob", "--memo", "Rent for May");
    const from = ["--from", "alice"];
    await this.sign("asset", "create", "GOLD", "--decimals", "2", "--name", "Vault gold", ...from);
    await this.sign("asset", "mint", "1000", "GOLD", "bob", ...from);
    await this.sign("record", "put", "deeds", "plot 7", "--text", "sold to bob", ...from);
    const stampedFile = join(this.net.dir, "stamped.txt");
    writeFileSync(stampedFile, "We agree.\n");
    const stamped = await this.sign("stamp", stampedFile, ...from);
    const network = ["--network", join(this.net.dir, "network.json"), "--as", "0", "--yes"];
    await askQuorate("membership", "parameter", "baseFee", "200", ...network);
    const { height } = await this.json(`/v1/transactions/${transaction}`);
    const { items } = await this.json("/v1/assets");
    return {
      ...{ transaction, height, stampedFile },
      alice: this.address("alice"),
      bob: this.address("bob"),
      asset: items.find(({ code }) => code === "GOLD")?.id ?? "",
      record: `#/record/${this.address("alice")}/deeds/plot%207`,
      stampedHash: stamped.contentHash,
    };
  }

  async json(path: string): Promise<Said> {
    return await (await fetch(this.url() + path)).json();
  }

  async dispose(): Promise<void> {
    await this.net.dispose();
  }
}
