/**
 * `quorate-wallet status ID` and `wait ID`: what became of a transaction, now or when it is certain.
 *
 * A payment of this wallet without a reported answer is sent again first: the saved bytes, so it is the same payment.
 * @module
 */
import { isIdText } from "../../src/protocol/ids.ts";
import { usageFailure } from "../failure.ts";
import { openNetwork } from "../network/network.ts";
import { Outbox } from "../outbox/outbox.ts";
import { deliver } from "../sending/delivery.ts";
import type { Report } from "../terminal/terminal.ts";
import type { Wallet } from "../wallet.ts";

export async function follow(
  { settings, terminal }: Wallet,
  id: string,
  options: { readonly until: "settled" | "asked-once" },
): Promise<Report> {
  if (!isIdText(id)) {
    throw usageFailure("bad_id", `"${id}" is not a transaction id`, "An id is 64 hex digits.");
  }
  const network = await openNetwork(settings);
  const outbox = new Outbox({ home: settings.home, chainId: network.chainId });
  const entry = await outbox.find(id);
  const { until } = options;
  const { timeoutMs } = settings;
  const isPatient = until === "settled";
  return await deliver({
    settings,
    network,
    outbox,
    terminal,
    id,
    entry,
    isFresh: false,
    timeoutMs,
    until,
    isPatient,
  });
}
