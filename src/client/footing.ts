/**
 * Where a run begins to believe: the genesis, the block that was proven last, and the checkpoint.
 * @module
 */
import { type Trust, trustGenesis, trustTip } from "../proof/trust.ts";
import type { Header } from "../protocol/block.ts";
import { epochOf } from "../protocol/epochs.ts";
import type { Known, KnownCheckpoint } from "./agreement.ts";
import { checkpointHeader } from "./checkpoint-header.ts";
import type { Starts } from "./one-node.ts";
import type { LightClientOptions } from "./ports.ts";
import type { RememberedTip } from "./remembered-tip.ts";

export interface Footing extends Known {
  readonly remembered: RememberedTip | undefined;
  readonly starts: Starts;
  /** Heights that every proof is asked about. */
  readonly known: readonly number[];
}

export class Footings {
  readonly #options: LightClientOptions;
  readonly #genesis: Trust;
  /** Of the checkpoint. */
  #header: Promise<Header | undefined> | undefined;

  constructor(options: LightClientOptions) {
    const { hasher, genesis, chainId } = options;
    this.#options = options;
    this.#genesis = trustGenesis(hasher, genesis, chainId);
  }

  async now(): Promise<Footing> {
    const remembered = await this.#options.tips.load();
    const checkpoint = await this.#checkpoint(remembered);
    const genesis = this.#genesis;
    // Whether a proof holds these blocks is looked at elsewhere: a lagging node is no liar.
    const near =
      remembered === undefined
        ? genesis
        : { ...trustTip(genesis, remembered), checkpoint: undefined };
    const known = [remembered?.height, checkpoint?.height].filter((height) => height !== undefined);
    return { remembered, checkpoint, starts: { near, genesis }, known: [...new Set(known)] };
  }

  async #checkpoint(remembered: RememberedTip | undefined): Promise<KnownCheckpoint | undefined> {
    const { checkpoint } = this.#options;
    if (checkpoint === undefined) return undefined;
    const { epochLength } = this.#genesis;
    if (remembered !== undefined && remembered.epoch > epochOf(checkpoint.height, epochLength)) {
      return { ...checkpoint, validators: "vouched" };
    }
    this.#header ??= checkpointHeader(this.#options, checkpoint);
    const header = await this.#header;
    if (header === undefined) this.#header = undefined; // Another time a node may be there that has it.
    const validators = header && { epoch: header.epoch, hash: header.validatorsHash };
    return { ...checkpoint, validators };
  }
}
