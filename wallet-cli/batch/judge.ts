/**
 * What is certain about a row's transaction: whatever a node says of it counts when it is proven.
 * @module
 */
import { trustIn } from "../ledger/ledger-entries.ts";
import type { Network } from "../network/network.ts";
import type { Wallet } from "../wallet.ts";
import type { Judge } from "./carrier.ts";

export function judgeOf(wallet: Wallet, network: Network): Judge {
  return {
    async proveFinal({ id }, node) {
      const trust = await trustIn(wallet, network);
      return await trust.finalHeight(node, id);
    },
    async decide(entry) {
      const trust = await trustIn(wallet, network);
      const end = await trust.outcome(entry);
      switch (end.kind) {
        case "final":
          return { kind: "final", height: end.height };
        case "expired":
        case "superseded":
          return { kind: "gone", code: end.kind };
        case "open":
          return { kind: "open" };
      }
    },
  };
}
