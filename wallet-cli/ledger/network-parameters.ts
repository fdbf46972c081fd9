/**
 * The network's parameters as they are now: what a fee is computed with.
 * @module
 */
import type { Parameters } from "../../src/protocol/parameters.ts";
import type { Network } from "../network/network.ts";
import type { Wallet } from "../wallet.ts";
import { patiently, trustIn } from "./ledger-entries.ts";

/** Proven, so that no node can make a payment dear. */
export async function currentParameters(wallet: Wallet, network: Network): Promise<Parameters> {
  const trust = await trustIn(wallet, network);
  const { parameters } = await patiently(wallet, async () => await trust.parameters());
  return parameters.current;
}
