/**
 * Nodes that answer as a test tells them, over worlds whose proofs are made by definition; and a light client of them.
 * @module
 */
import { nativeHasher, nativeVerifier } from "../../../node/adapters/native-crypto.ts";
import { toHex } from "../../../src/base/bytes.ts";
import type { Clock } from "../../../src/base/clock.ts";
import type { Evidence } from "../../../src/client/evidence.ts";
import { LightClient } from "../../../src/client/light-client.ts";
import type { RememberedTip } from "../../../src/client/remembered-tip.ts";
import { encode } from "../../../src/codec/codec.ts";
import { encodeProof, type Proof } from "../../../src/proof/proof.ts";
import { parseAddress } from "../../../src/protocol/address.ts";
import { headerCodec } from "../../../src/protocol/block.ts";
import type { Checkpoint } from "../../../src/protocol/checkpoint.ts";
import type { Genesis } from "../../../src/protocol/genesis.ts";
import { accountKey, type StateKey } from "../../../src/protocol/state.ts";
import { genesis as sample } from "../../contract/http/sample.ts";
import { makeProof, type Wish } from "../../fixtures/proof-maker.ts";
import { makeWorld, type World, type WorldOptions } from "../../fixtures/proof-world.ts";

const epochLength = 10;

export const worldOf = (options: Partial<WorldOptions> = {}): World =>
  makeWorld({ seed: 1, sets: [[1, 2, 3, 4]], height: 60, epochLength, ...options });

/** An absent account's key is as good as another: what is told of it is proven in any world. */
export const someKey = `00${"ab".repeat(32)}` as StateKey;

/** A node, and how it answers. */
export interface Told {
  readonly world: World;
  /** Height of its newest block. */
  tip: number;
  /** What it does to a proof before it hands it out. */
  alter?: (proof: Proof, path: string) => Proof;
  /** What it answers instead. */
  instead?: (path: string, url: URL) => Response | undefined;
  /** It is not there. */
  isDead?: boolean;
  /** It answers a while after the others, to whoever still listens. */
  isSlow?: boolean;
  /** What it never answers. */
  hangs?: (path: string) => boolean;
  /** The network that it says it is of. */
  chainId?: string;
}

/** Paths that were asked for, by node. */
export type Asked = Map<string, string[]>;

export interface Lab {
  readonly client: LightClient;
  readonly asked: Asked;
  readonly kept: Evidence[];
  remembered: RememberedTip | undefined;
}

export const problem = (status: number, code: string): Response =>
  Response.json(
    {
      type: `urn:quorate:problem:${code}`,
      title: code,
      status,
      detail: code,
      code,
      fix: "",
      field: null,
      id: null,
      transactionStatus: null,
      supersededBy: null,
    },
    { status },
  );

export const unready = (): Response => problem(503, "proof_not_ready");

function answer(told: Told, url: URL): Response {
  const path = url.pathname;
  const instead = told.instead?.(path, url);
  if (instead !== undefined) return instead;
  if (path === "/v1/status") return Response.json(statusOf(told));
  const number = (name: string): number[] => url.searchParams.getAll(name).map(Number);
  const from = number("from")[0] ?? 0;
  const known = number("known");
  const { world, tip } = told;
  if (path === "/v1/headers") return Response.json(headersOf(told, number("from")[0] ?? 0));
  if (known.some((height) => height > tip)) return problem(404, "height_unknown");
  const begun = from * world.epochLength + (from === 0 ? 0 : 1);
  if (begun > tip) return problem(404, "epoch_unknown");
  const block = /^\/v1\/blocks\/(\d+)\/proof$/.exec(path)?.[1];
  const height = block === undefined ? tip : Number(block);
  const top = Math.max(height, begun, ...known);
  const address = /^\/v1\/accounts\/(\w+)\/proof$/.exec(path)?.[1];
  const account = address === undefined ? undefined : parseAddress("quo", address);
  const keys = (url.searchParams.get("keys") ?? "").split(",").filter((key) => key !== "");
  if (account?.ok === true) keys.push(accountKey(account.value));
  const items: Wish[] = [
    ...keys.map((key) => ({ state: key as StateKey })),
    ...known.filter((at) => at !== height && at !== top).map((history) => ({ history })),
  ];
  const covering = top === height ? {} : { covering: top };
  const proof = makeProof(world, { height, items, from, ...covering });
  const hex = toHex(encodeProof(told.alter?.(proof, path) ?? proof));
  const { id } = world.blocks[tip] ?? { id: "" };
  const tipHeader = { "quorate-tip": `${tip}/${id}` };
  return Response.json({ proof: hex, tip: { height: tip, id } }, { headers: tipHeader });
}

/** The header at one height, as far as there is one. */
function headersOf({ world, tip }: Told, height: number): object {
  const block = height <= tip ? world.blocks[height] : undefined;
  const items = block && [
    { height, id: block.id, header: toHex(encode(headerCodec, block.header)) },
  ];
  return { items: items ?? [], tip: { height: tip, id: world.blocks[tip]?.id } };
}

/** Enough of a status for the schema. */
const statusOf = ({ world, chainId }: Told): object => ({
  chainId: chainId ?? world.chainId,
  networkName: "test",
  addressPrefix: "quo",
  asset: { code: "QRT", decimals: 2 },
  nodeId: "",
  validatorIndex: null,
  validatorCount: 4,
  voting: { kind: "observer" },
  tip: { height: 0, id: "00".repeat(32), timestampMs: 0, stateRoot: "00".repeat(32) },
  epoch: 0,
  epochEnds: 0,
  view: 0,
  lastFinalView: 0,
  leader: "",
  sync: { kind: "synced" },
  quorumAgeMs: 0,
  peers: 0,
  mempool: { transactions: 0, bytes: 0 },
  nullified: [],
  silent: [],
  fetching: { certificates: [], blocks: 0, range: null },
  faults: 0,
  startedMs: 0,
});

/** Time passes only when somebody waits, and then all at once. */
export class WaitingClock implements Clock {
  #nowMs = 0;
  wallMs(): number {
    return 1_700_000_000_000 + this.#nowMs;
  }
  monotonicMs(): number {
    return this.#nowMs;
  }
  after(delayMs: number, callback: () => void): () => void {
    let isCancelled = false;
    setImmediate(() => {
      if (isCancelled) return;
      this.#nowMs += delayMs;
      callback();
    });
    return () => {
      isCancelled = true;
    };
  }
}

/** Time for what the client waits for; the grace for late nodes never ends. */
class PatientClock extends WaitingClock {
  override after(delayMs: number, callback: () => void): () => void {
    return delayMs >= 1_000 ? () => {} : super.after(delayMs, callback);
  }
}

export function labOf(
  nodes: Readonly<Record<string, Told>>,
  options: {
    readonly remembered?: RememberedTip | undefined;
    readonly checkpoint?: Checkpoint;
    readonly whenWaiting?: () => void;
    readonly clock?: Clock;
  } = {},
): Lab {
  const names = Object.keys(nodes);
  const [first] = Object.values(nodes);
  if (first === undefined) throw new Error("a lab has a node");
  const { world } = first;
  const genesis: Genesis = {
    ...sample,
    parameters: { ...sample.parameters, epochLength: BigInt(epochLength) },
    validators: world.setOf(0),
  };
  const asked: Asked = new Map(names.map((name) => [name, []]));
  const kept: Evidence[] = [];
  const lab: { remembered: RememberedTip | undefined } = { remembered: options.remembered };
  const { checkpoint, whenWaiting } = options;
  const client = new LightClient({
    genesis,
    chainId: world.chainId,
    nodes: names.map((name) => `http://${name}`),
    web: {
      httpFetch: async (text, { signal }) => {
        const url = new URL(text);
        const told = nodes[url.hostname];
        asked.get(url.hostname)?.push(`${url.pathname}${url.search}`);
        if (told === undefined || told.isDead === true) {
          throw new TypeError("fetch failed", {
            cause: Object.assign(new Error("connect ECONNREFUSED"), { code: "ECONNREFUSED" }),
          });
        }
        for (let turn = 0; told.isSlow === true && turn < 50; turn += 1) {
          await new Promise((resolve) => setImmediate(resolve));
        }
        if (told.isSlow === true && signal?.aborted === true) throw new TypeError("aborted");
        if (told.hangs?.(url.pathname) === true) {
          return await new Promise((_, reject) => {
            signal?.addEventListener("abort", () => reject(new TypeError("aborted")));
          });
        }
        return answer(told, url);
      },
      timeoutSignal: () => new AbortController().signal,
    },
    clock: options.clock ?? new PatientClock(),
    hasher: nativeHasher,
    verifier: nativeVerifier,
    tips: {
      load: async () => lab.remembered,
      save: async (tip) => {
        lab.remembered = tip;
      },
    },
    evidence: {
      save: async (evidence) => {
        kept.push(evidence);
        return `evidence-${kept.length}`;
      },
    },
    checkpoint,
    timeoutMs: 1_000,
    whenWaiting,
  });
  return Object.assign(lab, { client, asked, kept });
}
