/**
 * What the explorer's checks need, over real servers with a real ledger behind them, and answers that can be altered.
 * @module
 */
import { systemClock } from "../../../node/adapters/clock.ts";
import { nativeHasher, nativeVerifier } from "../../../node/adapters/native-crypto.ts";
import type {
  Claim,
  ProvableClaim,
  Step,
  Verdict,
} from "../../../node/explorer/checking/claims.ts";
import { proveClaim } from "../../../node/explorer/checking/prove-claim.ts";
import type { Acquaintance } from "../../../node/explorer/checking/remembering.ts";
import { Scene } from "../../../node/explorer/checking/scene.ts";
import type { HttpServer } from "../../../node/http/server.ts";
import type { AssetNowJson } from "../../../src/api/asset-json.ts";
import type { AccountJson, BlockJson, FinalTransactionJson } from "../../../src/api/json.ts";
import type { RecordNowJson } from "../../../src/api/record-json.ts";
import type { RememberedTip } from "../../../src/client/remembered-tip.ts";
import { assetIdOf } from "../../../src/protocol/assets.ts";
import type { Checkpoint } from "../../../src/protocol/checkpoint.ts";
import type { AccountId, AssetId, Digest } from "../../../src/protocol/ids.ts";
import type { Operation, OperationBody } from "../../../src/protocol/operations.ts";
import { PayingNode } from "../../integration/wallet/paying-node.ts";
import { addressOf, alice, bob, fundedWith, serve } from "../../integration/wallet/twin-network.ts";

export interface SceneWish {
  readonly others?: readonly string[];
  /** Of whatever is asked for, by the checks and by the page alike. Undefined: as it is. */
  readonly alter?: ((url: URL, json: unknown) => unknown) | undefined;
  /** Instead of asking: throws for no answer. Undefined: it asks. */
  readonly fetch?: ((url: URL) => Response | undefined) | undefined;
  /** After the node has answered, and before the answer arrives. */
  readonly meanwhile?: ((url: URL) => Promise<void>) | undefined;
  readonly remembered?: RememberedTip | undefined;
  readonly acquaintance?: Acquaintance;
  readonly checkpoint?: Checkpoint;
}

export const gold: AssetId = assetIdOf(nativeHasher, alice, "GOLD");
const contentHash = "c0".repeat(32) as Digest;

export class ExplorerWorld {
  readonly node: PayingNode;
  /** Of one ledger. The first one shows the pages. */
  readonly servers: readonly HttpServer[];

  private constructor(node: PayingNode, servers: readonly HttpServer[]) {
    this.node = node;
    this.servers = servers;
  }

  /** Payments, an asset, a record in two versions; several blocks. */
  static async start(): Promise<ExplorerWorld> {
    const node = await PayingNode.start(new Map([[alice, fundedWith]]));
    const create: OperationBody = {
      kind: "create-asset",
      code: "GOLD",
      decimals: 3,
      name: "Gold",
      maxSupply: 9_000n,
    };
    const mint: OperationBody = { kind: "mint", asset: gold, to: alice, amount: 5_000n };
    const pay: OperationBody = { kind: "transfer", to: bob, asset: gold, amount: 1_500n };
    const write = (version: number): OperationBody => ({
      kind: "record",
      topic: "docs",
      key: "a/b ?",
      version,
      contentHash,
      data: new TextEncoder().encode(`version ${version}`),
    });
    const own = (body: OperationBody): Operation => ({ from: undefined, body });
    await node.makeBlock([node.transfer(0, "first"), node.signed(1, [own(create), own(mint)])]);
    await node.makeBlock([node.signed(2, [own(pay), own(write(1))], "gold\u202eolleh")]);
    await node.makeBlock([node.signed(3, [own(write(2))])]);
    await node.makeBlock();
    return new ExplorerWorld(node, [await serve(node), await serve(node)]);
  }

  async stop(): Promise<void> {
    await Promise.all(this.servers.map(async (server) => await server.close()));
  }

  get page(): string {
    return this.servers[0]?.url ?? "";
  }

  async json<Answer>(path: string): Promise<Answer> {
    const response = await fetch(`${this.page}${path}`);
    if (!response.ok) throw new Error(`${path}: ${response.status}`);
    return (await response.json()) as Answer;
  }

  async account(account: AccountId): Promise<AccountJson> {
    return await this.json(`/v1/accounts/${addressOf(account)}`);
  }

  /** The oldest first. */
  async transactions(): Promise<readonly FinalTransactionJson[]> {
    const path = `/v1/accounts/${addressOf(alice)}/transactions`;
    return (await this.json<{ items: FinalTransactionJson[] }>(path)).items.toReversed();
  }

  async block(height: number): Promise<BlockJson> {
    return await this.json(`/v1/blocks/${height}`);
  }

  async asset(): Promise<AssetNowJson> {
    return await this.json(`/v1/assets/${gold}`);
  }

  async record(version: number): Promise<RecordNowJson> {
    const names = `docs/${encodeURIComponent("a/b ?")}`;
    return await this.json(`/v1/records/${addressOf(alice)}/${names}?version=${version}`);
  }

  /** As a node that is one of them would show them. */
  validators(): Extract<Claim, { kind: "validators" }> {
    const { height, id } = this.node.tip();
    const validators = this.node.genesis.validators.map(({ operator, ...rest }, index) => ({
      ...rest,
      index,
      operator: addressOf(operator),
    }));
    return { kind: "validators", validators, tip: { height, id } };
  }

  scene(wish: SceneWish = {}): Scene {
    let { remembered } = wish;
    const { genesis, chainId } = this.node;
    const web = async (url: string, request?: RequestInit): Promise<Response> => {
      const at = new URL(url);
      const instead = wish.fetch?.(at);
      if (instead !== undefined) return instead;
      const response = await fetch(url, request);
      await wish.meanwhile?.(at);
      if (wish.alter === undefined || !response.ok) return response;
      return Response.json(wish.alter(at, await response.json()), { headers: response.headers });
    };
    return new Scene({
      network: {
        genesis,
        chainId,
        acquaintance: wish.acquaintance ?? { kind: "new" },
        checkpoint: wish.checkpoint,
      },
      page: this.page,
      others: wish.others ?? [],
      web: { httpFetch: web, timeoutSignal: (ms) => AbortSignal.timeout(ms) },
      clock: systemClock,
      hasher: nativeHasher,
      verifier: nativeVerifier,
      tips: {
        load: async () => remembered,
        save: async (tip) => {
          remembered = tip;
        },
      },
      pause: async () => {},
      ask: async (path) => (await (await web(`${this.page}${path}`)).json()) as never,
      left: new AbortController().signal,
    });
  }

  /** What is remembered by whoever has proven the tip here. */
  async remembered(): Promise<RememberedTip> {
    const scene = this.scene();
    const { height, id } = this.node.tip();
    await proveClaim(scene, { kind: "tip", height, id }, () => {});
    const tip = await scene.options.tips.load();
    if (tip === undefined) throw new Error("the tip is remembered");
    return tip;
  }

  async check(claim: ProvableClaim, wish: SceneWish = {}): Promise<Verdict> {
    return await proveClaim(this.scene(wish), claim, () => {});
  }
}

/** `good good bad waiting`: how far the way was whole. */
export const statesOf = (verdict: Verdict): string =>
  ("steps" in verdict ? verdict.steps : []).map(({ state }: Step) => state).join(" ");
