/**
 * What NodeClient asks about, and does to, a local network: `client.local.kill(2)`.
 *
 * Only nodes of `quorate network up` answer, and only to this machine; others say `route_unknown`. Any living node of
 * the network can be asked. What is done is done in the background: `nodes()` tells what came of it.
 * @module
 */
import type { Answer, Getting, Posting } from "./client.ts";
import type {
  LocalAcceptedJson,
  LocalNodeCommand,
  LocalNodesJson,
  LocalPartitionRequestJson,
} from "./local-json.ts";
import { localAcceptedSchema, localNodesSchema } from "./local-schemas.ts";
import { paths } from "./paths.ts";

export class LocalQuestions {
  readonly #get: Getting;
  readonly #post: Posting;

  constructor(get: Getting, post: Posting) {
    this.#get = get;
    this.#post = post;
  }

  nodes(): Answer<LocalNodesJson> {
    return this.#get(paths.localNodes(), localNodesSchema);
  }

  /** `node` is the index, from 0. */
  steer(node: number, command: LocalNodeCommand): Answer<LocalAcceptedJson> {
    return this.#post(paths.steer(node, command), {}, localAcceptedSchema);
  }

  partition(request: LocalPartitionRequestJson): Answer<LocalAcceptedJson> {
    return this.#post(paths.partition(), request, localAcceptedSchema);
  }

  heal(): Answer<LocalAcceptedJson> {
    return this.#post(paths.heal(), {}, localAcceptedSchema);
  }
}
