/**
 * A way to one node that keeps the raw text of its last answer, in case that it turns out to be a lie.
 * @module
 */
import type { Web } from "../api/asking.ts";
import { type RawAnswer, rawBodyMax } from "./evidence.ts";

export class RecordingWeb implements Web {
  readonly timeoutSignal: Web["timeoutSignal"];
  readonly httpFetch: Web["httpFetch"];
  #last: RawAnswer | undefined;

  constructor(web: Web) {
    this.timeoutSignal = web.timeoutSignal;
    this.httpFetch = async (url, request) => {
      this.#last = undefined;
      const response = await web.httpFetch(url, request);
      if (response.body === null) return response;
      let body = "";
      let isCut = false;
      const { status } = response;
      const decoder = new TextDecoder();
      const tap = new TransformStream<Uint8Array, Uint8Array>({
        transform: (chunk, controller) => {
          if (body.length < rawBodyMax) body += decoder.decode(chunk, { stream: true });
          else isCut = true;
          this.#last = {
            url,
            status,
            body: body.length > rawBodyMax ? body.slice(0, rawBodyMax) : body,
            isCut,
          };
          controller.enqueue(chunk);
        },
      });
      const { headers, statusText } = response;
      return new Response(response.body.pipeThrough(tap), { status, statusText, headers });
    };
  }

  /** The last answer as far as it was read. */
  get answers(): readonly RawAnswer[] {
    return this.#last === undefined ? [] : [this.#last];
  }
}
