/**
 * What NodeClient asks to get an overview: `client.overview.fees()`, and the faucet of a local network.
 * @module
 */
import type { Answer, Getting, Posting } from "./client.ts";
import type { FaucetJson, FaucetRequestJson } from "./faucet-json.ts";
import { faucetSchema } from "./faucet-schemas.ts";
import type { FeesJson } from "./fee-json.ts";
import { feesSchema } from "./fee-schemas.ts";
import type { MempoolJson } from "./mempool-json.ts";
import { mempoolSchema } from "./mempool-schemas.ts";
import { type PageOptions, paths, type SeriesOptions } from "./paths.ts";
import type { SearchJson } from "./search-json.ts";
import { searchSchema } from "./search-schemas.ts";
import type { SeriesJson } from "./series-json.ts";
import { seriesSchema } from "./series-schemas.ts";

export class OverviewQuestions {
  readonly #get: Getting;
  readonly #post: Posting;

  constructor(get: Getting, post: Posting) {
    this.#get = get;
    this.#post = post;
  }

  /** What a transaction must pay, and how full blocks are. */
  fees(): Answer<FeesJson> {
    return this.#get(paths.fees(), feesSchema);
  }

  /** What waits in this node's pool, newest first. */
  mempool(page: PageOptions = {}): Answer<MempoolJson> {
    return this.#get(paths.mempool(page), mempoolSchema);
  }

  /** What a height, id, address, code, name, content hash or `address/topic/key` stands for. */
  search(text: string): Answer<SearchJson> {
    return this.#get(paths.search(text), searchSchema);
  }

  /** What became final, by time. */
  series(options: SeriesOptions = {}): Answer<SeriesJson> {
    return this.#get(paths.series(options), seriesSchema);
  }

  /** Units for trying: only nodes of a local network give some, and only to this machine. */
  faucet(request: FaucetRequestJson): Answer<FaucetJson> {
    return this.#post(paths.faucet(), request, faucetSchema);
  }
}
