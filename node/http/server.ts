/**
 * The HTTP server of a node: puts guards, routes and explorer together and listens.
 *
 * A port that is taken is `HttpServerError` with the code `port_in_use`.
 * @module
 */
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { getRequestListener, RequestError } from "@hono/node-server";
import { OpenAPIHono } from "@hono/zod-openapi";
import { HTTPException } from "hono/http-exception";
import { methodNotAllowed } from "hono/method-not-allowed";
import { routePath } from "hono/route";
import { problemMediaType, requestProblem } from "../../src/api/problem.ts";
import type { Log } from "../../src/base/log.ts";
import type { NodeQueries } from "../../src/replica/node-queries.ts";
import { type App, type Env, problemAnswer, type Served } from "./app.ts";
import { BlockStream, type StreamLimits } from "./block-stream.ts";
import { bodyBytesMax, mediaTypeGuard, sizeGuard } from "./bodies.ts";
import { drainable } from "./drain.ts";
import {
  answerHeaders,
  crossOrigin,
  hostGuard,
  type RequestRates,
  rateGuard,
  requestRates,
} from "./guards.ts";
import { mountAccounts } from "./routes/accounts.ts";
import { mountAssets } from "./routes/assets.ts";
import { mountBlocks } from "./routes/blocks.ts";
import { mountEpochs } from "./routes/epochs.ts";
import { mountHeaders } from "./routes/headers.ts";
import { type MetricsText, mountHealth } from "./routes/health.ts";
import { mountHistory } from "./routes/history.ts";
import { mountMembership } from "./routes/membership.ts";
import { mountNetwork } from "./routes/network.ts";
import { mountProofs } from "./routes/proofs.ts";
import { mountReceipts } from "./routes/receipts.ts";
import { mountRecords } from "./routes/records.ts";
import { mountStats } from "./routes/stats.ts";
import { mountStatus } from "./routes/status.ts";
import { mountStream } from "./routes/stream.ts";
import { mountTransactions } from "./routes/transactions.ts";
import { mountExplorer } from "./static-files.ts";
import { JsonWriter } from "./to-json.ts";

export interface HttpMetrics extends MetricsText {
  requestAnswered(request: {
    readonly route: string;
    readonly method: string;
    readonly status: number;
    readonly tookMs: number;
  }): void;
}

export interface HttpServerOptions {
  readonly queries: NodeQueries;
  readonly host: string;
  /** 0: any free one. */
  readonly port: number;
  readonly log: Log;
  readonly metrics?: HttpMetrics | undefined;
  /** Whether the whole network is on this machine. */
  readonly local: boolean;
  /** Where index.html and style.css of the explorer are; without it no explorer is served. */
  readonly explorerDirectory?: string | undefined;
  /** Names, besides IP addresses and localhost, under which this node is reached. */
  readonly hostNames?: readonly string[] | undefined;
  readonly rates?: RequestRates | undefined;
  readonly streams?: StreamLimits | undefined;
}

export interface HttpServer {
  readonly url: string;
  /** How many read the stream now. */
  streamReaders(): number;
  close(): Promise<void>;
}

export type HttpServerErrorCode = "port_in_use" | "address_unavailable";

export class HttpServerError extends Error {
  override readonly name = "HttpServerError";
  readonly code: HttpServerErrorCode;

  constructor(code: HttpServerErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}

/** For a request line or a Host that makes no URL: the app never sees it. */
function unreadable(error: unknown): Response {
  const problem =
    error instanceof RequestError
      ? requestProblem("bad_request", error.message, { field: "host" })
      : requestProblem("internal_error", "The node could not answer.");
  const headers = { "content-type": problemMediaType };
  return Response.json(problem, { status: problem.status, headers });
}

export async function startHttpServer(options: HttpServerOptions): Promise<HttpServer> {
  const stream = new BlockStream(options.queries, options.streams);
  const app = buildApp(options, stream);
  const server = createServer(
    {
      // Slow senders: the head within 10 s, the whole request within 30 s.
      headersTimeout: 10_000,
      requestTimeout: 30_000,
      connectionsCheckingInterval: 5_000,
      keepAliveTimeout: 30_000,
      maxHeaderSize: 16 * 1024,
    },
    getRequestListener(app.fetch, { overrideGlobalObjects: false, errorHandler: unreadable }),
  );
  const drain = drainable(server);
  server.maxConnections = 4_096;
  server.setTimeout(120_000);
  try {
    await listen(server, options);
  } catch (error) {
    stream.close();
    throw error;
  }
  const { address, family, port } = server.address() as AddressInfo;
  const url = `http://${family === "IPv6" ? `[${address}]` : address}:${port}`;
  return {
    url,
    streamReaders: () => stream.readers,
    close: async () => {
      stream.close();
      await drain();
    },
  };
}

function buildApp(options: HttpServerOptions, stream: BlockStream): App {
  const { queries, log, metrics } = options;
  const served: Served = { queries, json: new JsonWriter(queries) };
  const app: App = new OpenAPIHono<Env>({
    defaultHook: (result, c) => {
      if (result.success) return;
      const [issue] = result.error.issues;
      const place = fieldPlace[result.target] ?? result.target;
      const field = [place, ...(issue?.path ?? [])].join(".");
      return problemAnswer(
        c,
        requestProblem("bad_request", `${field}: ${issue?.message}`, { field }),
      );
    },
  });
  app.use(async (c, next) => {
    const startedMs = performance.now();
    await next();
    metrics?.requestAnswered({
      route: c.res.status === 404 ? "none" : routePath(c, -1),
      method: c.req.method,
      status: c.res.status,
      tookMs: performance.now() - startedMs,
    });
  });
  app.use(answerHeaders(served));
  app.use(hostGuard(options.hostNames ?? []));
  app.use(rateGuard(options.rates ?? requestRates[options.local ? "local" : "shared"]));
  app.use(crossOrigin);
  app.use(
    methodNotAllowed({
      app,
      onMethodNotAllowed: (c, methods) => {
        const detail = `${c.req.path} takes ${methods.join(", ")}.`;
        return problemAnswer(c, requestProblem("method_refused", detail), {
          allow: methods.join(", "),
        });
      },
    }),
  );
  for (const [path, bytesMax] of Object.entries(bodyBytesMax)) {
    app.use(path, mediaTypeGuard, sizeGuard(bytesMax));
  }
  mountStatus(app, served);
  mountNetwork(app, served);
  mountMembership(app, served);
  mountBlocks(app, served);
  mountTransactions(app, served);
  mountAccounts(app, served);
  mountAssets(app, served);
  mountRecords(app, served);
  mountProofs(app, served);
  mountReceipts(app, served);
  mountHeaders(app, served);
  mountEpochs(app, served);
  mountHistory(app, served);
  mountStats(app, served);
  mountStream(app, served, stream);
  mountHealth(app, served, metrics);
  app.doc31("/openapi.json", {
    openapi: "3.1.0",
    info: { title: "Quorate", version: "1", description: "The HTTP interface of a node." },
  });
  if (options.explorerDirectory !== undefined) mountExplorer(app, options.explorerDirectory);
  app.notFound((c) =>
    problemAnswer(c, requestProblem("route_unknown", `There is nothing at ${c.req.path}.`)),
  );
  app.onError((error, c) => {
    if (error instanceof HTTPException && error.status < 500) {
      const detail = "The body is not readable JSON.";
      return problemAnswer(c, requestProblem("bad_request", detail, { field: "body" }));
    }
    log.error("an HTTP request failed", { path: c.req.path, error: error.stack });
    return problemAnswer(c, requestProblem("internal_error", "The node could not answer."));
  });
  return app;
}

const fieldPlace: Readonly<Record<string, string>> = { param: "path", json: "body" };

async function listen(server: Server, { host, port }: HttpServerOptions): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) =>
      reject(nameListenError(error, host, port)),
    );
    server.listen({ host, port }, resolve);
  });
}

function nameListenError(error: NodeJS.ErrnoException, host: string, port: number): Error {
  if (error.code === "EADDRINUSE") {
    return new HttpServerError("port_in_use", `port ${port} of ${host} is in use`);
  }
  if (error.code === "EADDRNOTAVAIL" || error.code === "EACCES" || error.code === "ENOTFOUND") {
    return new HttpServerError(
      "address_unavailable",
      `cannot listen on ${host}, port ${port}: ${error.code}`,
    );
  }
  return error;
}
