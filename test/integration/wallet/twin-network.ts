/**
 * A network of twins for the wallet: a network file, dev keys for alice and bob, and HTTP nodes that agree.
 * @module
 */
import { mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type HttpServer, startHttpServer } from "../../../node/http/server.ts";
import { silentLog } from "../../../src/base/log.ts";
import { createNobleSigner } from "../../../src/crypto/ed25519.ts";
import { nobleHasher } from "../../../src/crypto/hash.ts";
import { formatAddress } from "../../../src/protocol/address.ts";
import type { AccountId } from "../../../src/protocol/ids.ts";
import { accountIdOf, singleKeyPolicy } from "../../../src/protocol/policy.ts";
import type { NodeQueries } from "../../../src/replica/node-queries.ts";
import { WalletCommand } from "./command.ts";
import { FaultyProxy } from "./faulty-proxy.ts";
import { PayingNode } from "./paying-node.ts";

const seedOf = (byte: number): Uint8Array => new Uint8Array(32).fill(byte);
const accountOf = (byte: number): AccountId =>
  accountIdOf(nobleHasher, singleKeyPolicy(createNobleSigner(seedOf(byte)).publicKey));

const bytesOfNames = { alice: 0xa1, bob: 0xb0 };
export const alice: AccountId = accountOf(bytesOfNames.alice);
export const bob: AccountId = accountOf(bytesOfNames.bob);
export const addressOf = (account: AccountId): string => formatAddress("quo", account);

/** Base units, 2 decimals: 1,000 QRT. */
export const fundedWith = 100_000n;

export class TwinNetwork {
  readonly folder: string;
  readonly networkFile: string;
  readonly node: PayingNode;
  readonly wallet: WalletCommand;
  /** In front of each node, in the order of the network file. */
  readonly proxies: readonly FaultyProxy[];
  readonly #servers: readonly HttpServer[];

  private constructor(parts: {
    readonly folder: string;
    readonly node: PayingNode;
    readonly servers: readonly HttpServer[];
    readonly proxies: readonly FaultyProxy[];
  }) {
    this.folder = parts.folder;
    this.networkFile = join(parts.folder, "network.json");
    this.node = parts.node;
    this.proxies = parts.proxies;
    this.#servers = parts.servers;
    const { folder, networkFile } = this;
    this.wallet = new WalletCommand({ folder, networkFile });
  }

  static async start(nodeCount = 3): Promise<TwinNetwork> {
    const folder = await mkdtemp(join(tmpdir(), "quorate-wallet-"));
    const node = await PayingNode.start(new Map([[alice, fundedWith]]));
    const servers = await Promise.all(Array.from({ length: nodeCount }, () => serve(node)));
    const proxies = await Promise.all(servers.map(({ url }) => FaultyProxy.start(url)));
    const network = new TwinNetwork({ folder, node, servers, proxies });
    await network.#writeFiles();
    return network;
  }

  async stop(): Promise<void> {
    await Promise.all(this.proxies.map(async (proxy) => await proxy.stop()));
    await Promise.all(this.#servers.map(async (server) => await server.close()));
    await rm(this.folder, { recursive: true });
  }

  /** Ids of the saved payments. */
  async outbox(): Promise<readonly string[]> {
    return await readdir(join(this.wallet.home, "outbox")).catch(() => []);
  }

  async #writeFiles(): Promise<void> {
    await mkdir(join(this.folder, "dev-keys"));
    for (const [name, byte] of Object.entries(bytesOfNames)) {
      const seed = byte.toString(16).repeat(32);
      const address = addressOf(accountOf(byte));
      const key = { kind: "quorate-dev-key", warning: "for tests", name, address, seed };
      await writeFile(join(this.folder, "dev-keys", `${name}.json`), JSON.stringify(key));
    }
    const nodes = this.proxies.map(({ url }, i) => ({
      name: `node-${i}`,
      http: url,
      p2p: "127.0.0.1:1",
      pid: process.pid,
      home: this.folder,
    }));
    const accounts = [
      { name: "alice", address: addressOf(alice) },
      { name: "bob", address: addressOf(bob) },
    ];
    const { chainId } = this.node;
    await writeFile(this.networkFile, JSON.stringify({ chainId, nodes, accounts }));
  }
}

/** One HTTP node over these queries, on a free port. */
export async function serve(queries: NodeQueries): Promise<HttpServer> {
  return await startHttpServer({
    queries,
    host: "127.0.0.1",
    port: 0,
    log: silentLog,
    local: true,
  });
}
