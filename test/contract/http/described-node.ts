/**
 * A whole node behind the real server, with the description that it serves: its operations, and requests made of them.
 * @module
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createNativeSigner } from "../../../node/adapters/native-crypto.ts";
import { AccountFaucet } from "../../../node/faucet.ts";
import type { OpenApiDocument, OperationObject } from "../../../node/http/docs/document.ts";
import { serveControl } from "../../../node/localnet/control-server.ts";
import type { LocalActionJson } from "../../../src/api/local-json.ts";
import { encode } from "../../../src/codec/codec.ts";
import { formatAddress } from "../../../src/protocol/address.ts";
import { accountKey } from "../../../src/protocol/state.ts";
import { signedTransactionCodec } from "../../../src/protocol/transaction.ts";
import { assetOf } from "../../fixtures/content.ts";
import { payee, payer } from "../../fixtures/proving-node.ts";
import { ClosedSchemas } from "./closed-schemas.ts";
import { type Serving, serve } from "./serving.ts";
import { WholeNode } from "./whole-node.ts";

const rate = { perSecond: 1e6, burst: 1e6 };
const action: LocalActionJson = {
  number: 1,
  command: "heal",
  node: null,
  groups: null,
  startedMs: 1,
};
const localNodes = { nodes: [], partition: null, action: null, verdicts: [] };

export interface Operation extends OperationObject {
  readonly method: string;
  readonly path: string;
  readonly name: string;
}

export interface Answer {
  readonly status: number;
  readonly mediaType: string;
  readonly body: unknown;
  readonly headers: Headers;
}

/** Texts for parameters by place and name, such as `query.limit`; undefined leaves one out. */
export type Given = Readonly<Record<string, readonly string[] | undefined>>;

export class DescribedNode {
  readonly node: WholeNode;
  readonly serving: Serving;
  readonly api: OpenApiDocument;
  readonly operations: readonly Operation[];
  readonly schemas: ClosedSchemas;
  readonly #closeNetwork: () => Promise<void>;

  private constructor(
    node: WholeNode,
    serving: Serving,
    api: OpenApiDocument,
    closeNetwork: () => Promise<void>,
  ) {
    this.node = node;
    this.serving = serving;
    this.api = api;
    this.operations = Object.entries(api.paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, each]) => ({
        ...each,
        method,
        path,
        name: `${method} ${path}`,
      })),
    );
    this.schemas = new ClosedSchemas(api);
    this.#closeNetwork = closeNetwork;
  }

  static async open(): Promise<DescribedNode> {
    const folder = mkdtempSync(join(tmpdir(), "quorate-openapi-"));
    const controlSocket = join(folder, "control.sock");
    const control = await serveControl(controlSocket, async ({ command }) =>
      command === "nodes" ? localNodes : { action },
    );
    const node = await WholeNode.open();
    const steering = { controlSocket, pages: [], cutOff: [] };
    const serving = await serve({
      queries: node,
      explorerDirectory: undefined,
      rates: { loopback: rate, others: rate },
      steering: () => steering,
      faucet: new AccountFaucet(createNativeSigner(new Uint8Array(32).fill(9)), node),
      metrics: {
        contentType: "text/plain; version=0.0.4",
        text: async () => "up 1\n",
        requestAnswered: () => undefined,
      },
    });
    const api = (await (await fetch(`${serving.url}/openapi.json`)).json()) as OpenApiDocument;
    return new DescribedNode(node, serving, api, async () => {
      await control.close();
      rmSync(folder, { recursive: true });
    });
  }

  async close(): Promise<void> {
    await this.serving.close();
    await this.#closeNetwork();
  }

  operation(name: string): Operation {
    const found = this.operations.find((each) => each.name === name);
    if (found === undefined) throw new Error(`${name} is not described`);
    return found;
  }

  /** What stands for a parameter in a request that is right. */
  goodValue({ name, path }: Operation, parameter: string, example: unknown): string {
    const values: Readonly<Record<string, string>> = {
      address: formatAddress("quo", payer.account),
      reference: "3",
      contentHash: "a1".repeat(32),
      keys: accountKey(payee.account),
      from: "1",
      to: "2",
      at: "5",
      q: "EUR",
      id: path.startsWith("/v1/assets") ? assetOf(payer, "EUR") : this.node.paid.id,
    };
    const value = values[parameter] ?? (example === undefined ? undefined : String(example));
    if (value === undefined) throw new Error(`${name} has no example of ${parameter}`);
    return value;
  }

  /** The address of a good request, with other texts in place of some. */
  addressOf(operation: Operation, given: Given = {}): string {
    let { path } = operation;
    const query: string[] = [];
    for (const { name, in: place, required, example } of operation.parameters) {
      const key = `${place}.${name}`;
      const good = (): string[] => (required ? [this.goodValue(operation, name, example)] : []);
      const texts = (key in given ? given[key] : good()) ?? [];
      const encoded = texts.map(encodeURIComponent);
      if (place === "path") path = path.replace(`{${name}}`, encoded[0] ?? "");
      else if (place === "query") for (const text of encoded) query.push(`${name}=${text}`);
    }
    return `${this.serving.url}${path}${query.length === 0 ? "" : `?${query.join("&")}`}`;
  }

  /** Method and body of a good request. */
  goodRequest({ method, path, requestBody }: Operation): RequestInit {
    if (requestBody === undefined) return { method: method.toUpperCase() };
    const text = (value: unknown): RequestInit => ({
      method: method.toUpperCase(),
      headers: { "content-type": "application/json" },
      body: JSON.stringify(value),
    });
    if (path === "/v1/faucet") return text({ address: formatAddress("quo", payee.account) });
    if (path === "/v1/local/partition") return text({ groups: [[0], [1]], forMs: 2_000 });
    if (path.startsWith("/v1/local/")) return text({});
    const signed = encode(signedTransactionCodec, this.node.paid.signed);
    const bytes = Buffer.from(signed).toString("base64");
    return text(path.endsWith("/batch") ? [bytes, "AAAA"] : { transaction: bytes });
  }

  /** What is not as described in an answer; undefined: nothing. */
  flawOf({ responses }: OperationObject, answer: Answer): string | undefined {
    const described = responses[answer.status];
    if (described === undefined) return `status ${answer.status}: ${JSON.stringify(answer.body)}`;
    for (const name of Object.keys(described.headers ?? {})) {
      if (!answer.headers.has(name)) return `${answer.status} without the header ${name}`;
    }
    const schema = described.content?.[answer.mediaType]?.schema;
    if (schema === undefined) return `${answer.status} as ${answer.mediaType}`;
    const flaw = this.schemas.flaw(schema, answer.body);
    return flaw && `${answer.status}: ${flaw} in ${JSON.stringify(answer.body).slice(0, 300)}`;
  }
}

export async function ask(url: string, init: RequestInit = {}): Promise<Answer> {
  const stop = new AbortController();
  const response = await fetch(url, { ...init, redirect: "manual", signal: stop.signal });
  const mediaType = (response.headers.get("content-type") ?? "").split(";")[0] ?? "";
  const { status, headers } = response;
  if (mediaType === "text/event-stream") {
    stop.abort();
    return { status, mediaType, headers, body: "" };
  }
  const text = await response.text();
  const isJson = mediaType.endsWith("json") && text !== "";
  return { status, mediaType, headers, body: isJson ? JSON.parse(text) : text };
}

/** The field that a problem names. */
export const fieldOf = ({ body }: Answer): string | null =>
  (body as { readonly field?: string | null }).field ?? null;
