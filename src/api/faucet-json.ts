/**
 * The JSON contract of the faucet: units for trying, on networks that are all on one machine.
 *
 * Types only, like json.ts; faucet-schemas.ts holds the same shapes as schemas.
 * @module
 */

export interface FaucetRequestJson {
  readonly address: string;
  /** Base units; the faucet's standard when left out. */
  readonly amount?: string | undefined;
}

export interface FaucetJson {
  /** Of the transaction that pays; it is not final yet. */
  readonly id: string;
  /** The account that pays. */
  readonly from: string;
  readonly amount: string;
  readonly display: string;
}
