/**
 * `quorate-wallet account set`: what the ledger demands of payments to an account.
 * @module
 */

import { flag } from "../command-line.ts";
import { usageFailure } from "../failure.ts";
import { openNetwork } from "../network/network.ts";
import { type ActFlags, act } from "../sending/acting.ts";
import { actWords } from "../sending/acting-flags.ts";
import { Questions } from "../sending/questions.ts";
import type { Report } from "../terminal/terminal.ts";
import type { Wallet } from "../wallet.ts";

export interface AccountFlags extends ActFlags {
  readonly from?: string;
  readonly requireMemo?: string;
}

export async function setAccount(wallet: Wallet, flags: AccountFlags): Promise<Report> {
  const questions = new Questions();
  const network = await openNetwork(wallet.settings);
  const payer = await questions.payer(network, flags.from);
  const given = await questions.text(
    "require-memo",
    flags.requireMemo,
    "Refuse payments without a memo? on or off",
  );
  if (given !== "on" && given !== "off") {
    throw usageFailure("bad_switch", `--require-memo ${given}`, "Give on or off.");
  }
  const requireMemo = given === "on";
  const address = network.accounts.addressOf(payer.account);
  return await act(
    wallet,
    network,
    {
      payer,
      operations: [{ from: undefined, body: { kind: "set-account", requireMemo } }],
      memo: "",
      rows: [["memo", requireMemo ? "payments without one are refused" : "not required"]],
      summary: `${address}: a memo is ${requireMemo ? "required" : "not required"}`,
      data: { address, requireMemo },
      wasAsked: questions.wereAsked,
      replay: [
        ...["account", "set", "--require-memo", given],
        ...flag("from", payer.name),
        ...actWords(flags),
      ],
    },
    flags,
  );
}
