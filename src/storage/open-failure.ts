/**
 * Why a ledger on disk was not opened, and what its operator can do about it.
 * @module
 */

export interface OpenFailure {
  /** Stable. */
  readonly code:
    | "ledger_empty"
    | "schema_mismatch"
    | "wrong_chain"
    | "tip_missing"
    | "broken_chain"
    | "bad_finality"
    | "state_mismatch"
    | "checkpoint_mismatch";
  /** What is wrong, in a sentence. */
  readonly message: string;
  /** What to do, in a sentence. */
  readonly fix: string;
}

/** The peers hold everything that this disk lost, and a fetched ledger is checked block by block. */
const refetch =
  "Stop the node, remove data/ledger and start again: it fetches the ledger from its peers. " +
  "Without peers that have it, restore a backup.";

const fixes: Partial<Record<OpenFailure["code"], string>> = {
  ledger_empty: "Create the ledger from the genesis first.",
  schema_mismatch: `Run the version of quorate that wrote it. Or: ${refetch}`,
  checkpoint_mismatch:
    "Ask several members which block they have at that height. If the checkpoint is right, this ledger is of another " +
    `history. ${refetch}`,
  wrong_chain: `Use the home directory of this network. Or: ${refetch}`,
};

export function openFailure(code: OpenFailure["code"], message: string): OpenFailure {
  return { code, message, fix: fixes[code] ?? refetch };
}
