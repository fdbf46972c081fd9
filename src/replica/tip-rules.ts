/**
 * What a transaction or a Fault is judged by before it is in any block: the final state, and the rules that it states.
 *
 * Asked for with each one that comes, from clients and from peers; the parameters are read once for each tip.
 * @module
 */
import type { Clock } from "../base/clock.ts";
import type { Ledger } from "../ledger/ledger.ts";
import type { AdmissionContext } from "../mempool/admission.ts";
import type { EvidenceContext } from "../mempool/evidence-pool.ts";
import { setsAfter } from "../protocol/fault-rules.ts";
import type { BlockId } from "../protocol/ids.ts";
import type { Parameters } from "../protocol/parameters.ts";
import { readParameters, type StateReader } from "../protocol/state.ts";

export class TipRules {
  readonly #ledger: Ledger;
  readonly #clock: Clock;
  #read:
    | { readonly tip: BlockId; readonly state: StateReader; readonly parameters: Parameters }
    | undefined;

  constructor(dependencies: { readonly ledger: Ledger; readonly clock: Clock }) {
    this.#ledger = dependencies.ledger;
    this.#clock = dependencies.clock;
  }

  /** What a transaction is judged by: the same until the tip moves, but for the time of day. */
  admission(): AdmissionContext {
    const { id, header } = this.#ledger.tip;
    if (this.#read?.tip !== id) {
      const state = this.#ledger.state(id);
      this.#read = { tip: id, state, parameters: readParameters(state).current };
    }
    const { state, parameters } = this.#read;
    const wallMs = this.#clock.wallMs();
    return { state, parameters, tipTimestampMs: header.timestampMs, wallMs };
  }

  /** What a Fault is judged by: as a part of the next block. */
  evidence(): EvidenceContext {
    const { state } = this.admission();
    return { state, sets: setsAfter(this.#ledger.tip.header.height, state) };
  }
}
