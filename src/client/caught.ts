/**
 * Lies that were caught: said of the node, and kept as evidence.
 * @module
 */
import type { Evidence, RawAnswer } from "./evidence.ts";
import type { FindingBody, LieCode } from "./finding.ts";
import type { Reply } from "./one-node.ts";
import type { LightClientOptions } from "./ports.ts";

export interface Lie {
  readonly code: LieCode;
  /** One sentence. */
  readonly message: string;
}

export class Caught {
  readonly #options: LightClientOptions;

  constructor(options: LightClientOptions) {
    this.#options = options;
  }

  /** What is to be said of a node whose answer is not proven. */
  async findingOf(node: string, reply: Exclude<Reply, { kind: "proven" }>): Promise<FindingBody> {
    switch (reply.kind) {
      case "silent":
      case "unready":
        return { kind: reply.kind, message: reply.message };
      case "absent":
        return { kind: "unready", message: reply.message };
      case "lying":
        return await this.lie(node, reply, reply.raw);
    }
  }

  async lie(
    node: string,
    { code, message }: Lie,
    raw: readonly RawAnswer[],
  ): Promise<Extract<FindingBody, { kind: "lying" }>> {
    const evidence = await this.save(code, message, [node], raw);
    return { kind: "lying", code, message, evidence };
  }

  /** Where it is kept; undefined when it could not be. */
  async save(
    code: string,
    message: string,
    nodes: readonly string[],
    answers: readonly RawAnswer[],
  ): Promise<string | undefined> {
    const { chainId, evidence, clock } = this.#options;
    const kept: Evidence = {
      kind: "quorate-evidence",
      version: 1,
      chainId,
      nodes,
      code,
      message,
      foundMs: clock.wallMs(),
      answers,
    };
    return await evidence.save(kept);
  }
}
