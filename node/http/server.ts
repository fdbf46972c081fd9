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
import type { Faucet } from "../faucet.ts";
import type { Steering } from "../localnet/steering.ts";
import { Admission, type AdmissionLimits } from "./admission.ts";
import { type App, type Env, problemAnswer, type Served } from "./app.ts";
import {
  type BatchLimits,
  batchPlaces,
  batchShapeGuard,
  bodyBytesMax,
  mediaTypeGuard,
  sizeGuard,
} from "./bodies.ts";
import {
  type ConnectionLimits,
  type ConnectionPatience,
  connectionPatience,
  limitConnections,
} from "./connections.ts";
import { mountDocs } from "./docs/mount.ts";
import { drainable } from "./drain.ts";
import { type ExportLimits, Exports } from "./exports/export-stream.ts";
import {
  answerHeaders,
  crossOrigin,
  hostGuard,
  type RequestRates,
  rateGuard,
  requestRates,
} from "./guards.ts";
import { refusing } from "./refusing.ts";
import { mountAccounts } from "./routes/accounts.ts";
import { mountAssets } from "./routes/assets.ts";
import { mountBlocks } from "./routes/blocks.ts";
import { mountEpochs } from "./routes/epochs.ts";
import { mountExports } from "./routes/exports.ts";
import { type FaucetServing, mountFaucet } from "./routes/faucet.ts";
import { mountFees } from "./routes/fees.ts";
import { mountHeaders } from "./routes/headers.ts";
import { type MetricsText, mountHealth } from "./routes/health.ts";
import { mountHistory } from "./routes/history.ts";
import { mountLocal } from "./routes/local.ts";
import { mountMembership } from "./routes/membership.ts";
import { mountMempool } from "./routes/mempool.ts";
import { mountNetwork } from "./routes/network.ts";
import { mountNewestTransactions } from "./routes/newest-transactions.ts";
import { mountProofs } from "./routes/proofs.ts";
import { mountReceipts } from "./routes/receipts.ts";
import { mountRecords } from "./routes/records.ts";
import { mountSearch } from "./routes/search.ts";
import { mountSeries } from "./routes/series.ts";
import { mountStats } from "./routes/stats.ts";
import { mountStatus } from "./routes/status.ts";
import { mountStream } from "./routes/stream.ts";
import { mountTransactions } from "./routes/transactions.ts";
import { mountExplorer } from "./static-files.ts";
import { EventStream } from "./stream/event-stream.ts";
import type { StreamLimits } from "./stream/limits.ts";
import { syncGuard } from "./sync-guard.ts";
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
  readonly admission?: AdmissionLimits | undefined;
  readonly connections?: ConnectionLimits | undefined;
  readonly patience?: ConnectionPatience | undefined;
  readonly exports?: ExportLimits | undefined;
  readonly batches?: BatchLimits | undefined;
  /** What the local network tells a node that it started; without it there is no /v1/local. */
  readonly steering?: (() => Steering) | undefined;
  /** Pays units for trying; only on a local network, and only with `steering`. */
  readonly faucet?: Faucet | undefined;
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
function unreadable({ queries }: Served, log: Log, error: unknown): Response {
  if (!(error instanceof RequestError))
    log.error("an HTTP request failed", { error: String(error) });
  const problem =
    error instanceof RequestError
      ? requestProblem("bad_request", error.message, { field: "host" })
      : requestProblem("internal_error", "The node could not answer.");
  const { height, id } = queries.tip();
  const headers = { "content-type": problemMediaType, "quorate-tip": `${height}/${id}` };
  return Response.json(problem, { status: problem.status, headers });
}

export async function startHttpServer(options: HttpServerOptions): Promise<HttpServer> {
  const { queries, log } = options;
  const served: Served = { queries, json: new JsonWriter(queries) };
  const stream = new EventStream({ ...served, log }, options.streams);
  const app = buildApp(options, served, stream);
  const listener = getRequestListener(app.fetch, {
    overrideGlobalObjects: false,
    errorHandler: (error) => unreadable(served, log, error),
  });
  const refuse = refusing(queries, (method, status) =>
    options.metrics?.requestAnswered({ route: "none", method, status, tookMs: 0 }),
  );
  const server = createServer(
    {
      ...(options.patience ?? connectionPatience),
      // The longest list of keys that /v1/proofs/state takes is in its first line.
      maxHeaderSize: 18 * 1024,
    },
    new Admission({ listener, refuse }, options.admission).admit,
  );
  const drain = drainable(server);
  limitConnections(server, options.connections);
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

export function buildApp(options: HttpServerOptions, served: Served, stream: EventStream): App {
  const { log, metrics } = options;
  const app: App = new OpenAPIHono<Env>({
    defaultHook: (result, c) => {
      if (result.success) return;
      const [issue] = result.error.issues;
      const place = fieldPlace[result.target] ?? result.target;
      const field = [place, ...(issue?.path ?? [])].join(".");
      const code = field === "query.cursor" ? "bad_cursor" : "bad_request";
      return problemAnswer(c, requestProblem(code, `${field}: ${issue?.message}`, { field }));
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
  mountLocal(app, options.steering);
  mountFaucet(app, served, faucetOf(options));
  app.use(crossOrigin);
  app.use(syncGuard(served));
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
  app.use("/v1/transactions/batch", batchPlaces(options.batches));
  for (const [path, bytesMax] of Object.entries(bodyBytesMax)) {
    app.use(path, mediaTypeGuard, sizeGuard(bytesMax));
  }
  app.use("/v1/transactions/batch", batchShapeGuard);
  mountRoutes(app, options, served, stream);
  mountDocs(app, served);
  if (options.explorerDirectory !== undefined) mountExplorer(app, options.explorerDirectory);
  app.notFound((c) =>
    problemAnswer(c, requestProblem("route_unknown", `There is nothing at ${c.req.path}.`)),
  );
  app.onError((error, c) => {
    if (error instanceof HTTPException && error.status < 500) {
      const detail = "The body is not readable JSON.";
      return problemAnswer(c, requestProblem("bad_request", detail, { field: "body" }));
    }
    // Whoever goes in the middle of a body breaks the reading of it, and nothing else.
    const isGone = c.env.outgoing.destroyed;
    if (!isGone) log.error("an HTTP request failed", { path: c.req.path, error: error.stack });
    return problemAnswer(c, requestProblem("internal_error", "The node could not answer."));
  });
  return app;
}

function mountRoutes(
  app: App,
  { exports, log, metrics }: HttpServerOptions,
  served: Served,
  stream: EventStream,
): void {
  mountStatus(app, served);
  mountNetwork(app, served);
  mountMembership(app, served);
  mountBlocks(app, served);
  mountNewestTransactions(app, served);
  mountTransactions(app, served);
  mountAccounts(app, served);
  mountAssets(app, served);
  mountRecords(app, served);
  mountProofs(app, served);
  mountReceipts(app, served);
  mountHeaders(app, served);
  mountEpochs(app, served);
  mountHistory(app, served);
  mountExports(app, served, new Exports(log, exports));
  mountFees(app, served);
  mountMempool(app, served);
  mountSearch(app, served);
  mountStats(app, served);
  mountSeries(app, served);
  mountStream(app, served, stream);
  mountHealth(app, served, metrics);
}

/** Outside a local network there is none, whatever key lies in the home. */
function faucetOf({ local, steering, faucet }: HttpServerOptions): FaucetServing | undefined {
  if (!local || steering === undefined || faucet === undefined) return undefined;
  return { faucet, pages: () => steering().pages };
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
