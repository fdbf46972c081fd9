/**
 * A wallet in this process, with a folder of its own, at nodes that can be made to lie.
 * @module
 */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { HttpServer } from "../../../node/http/server.ts";
import { formatGenesis } from "../../../src/protocol/genesis.ts";
import { type Network, openNetwork } from "../../../wallet-cli/network/network.ts";
import { settingsOf } from "../../../wallet-cli/settings.ts";
import { Terminal } from "../../../wallet-cli/terminal/terminal.ts";
import type { Wallet } from "../../../wallet-cli/wallet.ts";
import { FaultyProxy } from "../../integration/wallet/faulty-proxy.ts";
import { PayingNode } from "../../integration/wallet/paying-node.ts";
import { alice, fundedWith, serve } from "../../integration/wallet/twin-network.ts";

/** A terminal that remembers what it was told. */
export class ToldTerminal extends Terminal {
  readonly notes: string[] = [];

  constructor() {
    super({ json: true, quiet: true, environment: {} });
  }

  override note(text: string): void {
    this.notes.push(text);
  }
}

export class WalletAtProxies {
  readonly home: string;
  readonly node: PayingNode;
  /** In front of one node each; all of them agree behind. */
  readonly proxies: readonly FaultyProxy[];
  readonly terminal: ToldTerminal = new ToldTerminal();
  readonly #servers: readonly HttpServer[];

  private constructor(
    home: string,
    node: PayingNode,
    parts: { readonly servers: readonly HttpServer[]; readonly proxies: readonly FaultyProxy[] },
  ) {
    this.home = home;
    this.node = node;
    this.proxies = parts.proxies;
    this.#servers = parts.servers;
  }

  static async start(nodeCount: number): Promise<WalletAtProxies> {
    const home = await mkdtemp(join(tmpdir(), "quorate-wallet-"));
    const node = await PayingNode.start(new Map([[alice, fundedWith]]));
    const servers = await Promise.all(Array.from({ length: nodeCount }, () => serve(node)));
    const proxies = await Promise.all(servers.map(({ url }) => FaultyProxy.start(url)));
    await writeFile(join(home, "genesis.json"), formatGenesis(node.genesis));
    return new WalletAtProxies(home, node, { servers, proxies });
  }

  proxy(i: number): FaultyProxy {
    const found = this.proxies[i];
    if (found === undefined) throw new Error(`there is no node ${i}`);
    return found;
  }

  /** With the genesis at hand, unless told otherwise. */
  wallet(
    flags: {
      readonly genesis?: string | undefined;
      readonly nodes?: readonly string[];
      readonly checkpoint?: string;
    } = {},
  ): Wallet {
    const { nodes, checkpoint } = flags;
    const genesis = "genesis" in flags ? flags.genesis : join(this.home, "genesis.json");
    const node = nodes ?? this.proxies.map(({ url }) => url);
    const file = join(this.home, "no-network.json");
    const given = {
      ...(genesis === undefined ? {} : { genesis }),
      ...(checkpoint === undefined ? {} : { checkpoint }),
    };
    const always = { home: this.home, node, timeout: "5s", yes: true };
    const settings = settingsOf({ ...always, ...given }, {});
    return {
      settings: { ...settings, networkFile: file },
      terminal: this.terminal,
    };
  }

  async network(): Promise<Network> {
    return await openNetwork(this.wallet().settings);
  }

  async stop(): Promise<void> {
    await Promise.all(this.proxies.map(async (proxy) => await proxy.stop()));
    await Promise.all(this.#servers.map(async (server) => await server.close()));
    await rm(this.home, { recursive: true });
  }
}
