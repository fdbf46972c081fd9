/**
 * What NodeClient asks to get an overview: `client.overview.fees()`, and the faucet of a local network.
 * @module
 */
import type { Answer, Getting, PageOptions, Posting } from "./client.ts";
import type { FaucetJson, FaucetRequestJson } from "./faucet-json.ts";
import { faucetSchema } from "./faucet-schemas.ts";
import type { FeesJson } from "./fee-json.ts";
import { feesSchema } from "./fee-schemas.ts";
import type { MempoolJson } from "./mempool-json.ts";
import { mempoolSchema } from "./mempool-schemas.ts";
import type { SearchJson } from "./search-json.ts";
import { searchSchema } from "./search-schemas.ts";
import type { SeriesJson } from "./series-json.ts";
import { seriesSchema } from "./series-schemas.ts";

export interface SeriesOptions {
  /** Such as `60s`, `10m` or `24h`; 10 minutes when left out. */
  readonly window?: string | undefined;
  /** How many; 60 when left out. */
  readonly points?: number | undefined;
}

export class OverviewQuestions {
  readonly #get: Getting;
  readonly #post: Posting;

  constructor(get: Getting, post: Posting) {
    this.#get = get;
    this.#post = post;
  }

  /** What a transaction must pay, and how full blocks are. */
  fees(): Answer<FeesJson> {
    return this.#get("/v1/fees", {}, feesSchema);
  }

  /** What waits in this node's pool, newest first. */
  mempool(options: PageOptions = {}): Answer<MempoolJson> {
    return this.#get("/v1/mempool", { ...options }, mempoolSchema);
  }

  /** What a height, id, address, code, name, content hash or `address/topic/key` stands for. */
  search(text: string): Answer<SearchJson> {
    return this.#get("/v1/search", { q: text }, searchSchema);
  }

  /** What became final, by time. */
  series(options: SeriesOptions = {}): Answer<SeriesJson> {
    return this.#get("/v1/stats/series", { ...options }, seriesSchema);
  }

  /** Units for trying: only nodes of a local network give some, and only to this machine. */
  faucet(request: FaucetRequestJson): Answer<FaucetJson> {
    return this.#post("/v1/faucet", request, faucetSchema);
  }
}
