/**
 * Acting: from an intent to a transaction that is signed, saved, sent, and followed until its outcome is certain.
 *
 * Every command that changes the ledger with one transaction comes through here, so each has the same plan, question,
 * fee rules, outbox and exit codes.
 * @module
 */
import type { Operation } from "../../src/protocol/operations.ts";
import { authorityOf, moreSignatures } from "../accounts/authority.ts";
import { amountText } from "../amounts.ts";
import { commandLine } from "../command-line.ts";
import { CommandFailure, exitCodes, usageFailure } from "../failure.ts";
import type { OwnAccount } from "../keys/key-files.ts";
import { operationJson } from "../ledger/operation-json.ts";
import { type AssetUnit, nativeUnitOf, spendingOf } from "../ledger/spending.ts";
import type { Network } from "../network/network.ts";
import { Outbox } from "../outbox/outbox.ts";
import {
  entryToResume,
  type Facts,
  type OutboxEntry,
  type Wish,
  wishKeyOf,
} from "../outbox/outbox-entry.ts";
import type { Report } from "../terminal/terminal.ts";
import type { Wallet } from "../wallet.ts";
import { type ActChoices, type ActFlags, choicesOf } from "./acting-flags.ts";
import { deliver } from "./delivery.ts";
import { type Plan, planJson, planText } from "./plan.ts";
import { type Desk, feeOf, forgetImpossible, payerState, savedEntry } from "./sending.ts";

export type { ActFlags } from "./acting-flags.ts";

/** What somebody wants done, before there is a nonce, a fee or a signature. */
export interface Intent {
  readonly payer: OwnAccount;
  readonly operations: readonly Operation[];
  readonly memo: string;
  /** What is shown of it, as label and value; payer, fee, totals, memo and expiry are added. */
  readonly rows: readonly (readonly [string, string])[];
  /** Words of the same command after `quorate-wallet`, without global flags. */
  readonly replay: readonly string[];
  /** Fields that the report has beside those of every transaction. */
  readonly data: Facts;
  /** One line, `25 QRT to quo1…`; left out: the kinds of the operations. */
  readonly summary?: string;
  /** Of the assets in it, besides the native one. */
  readonly units?: readonly AssetUnit[];
  /** A person was asked for parts of it: afterwards the one-line command is shown. */
  readonly wasAsked?: boolean;
}

export async function act(
  wallet: Wallet,
  network: Network,
  intent: Intent,
  flags: ActFlags,
): Promise<Report> {
  const { settings, terminal } = wallet;
  const { payer, operations, memo } = intent;
  const choices = choicesOf(flags, network.unit);
  const wish: Wish = { sender: payer.account, memo, operations };
  const from = network.accounts.addressOf(payer.account);
  const outbox = new Outbox({ home: settings.home, chainId: network.chainId });
  const { until, isNew, isDryRun, nonce } = choices;

  const saved = isNew || isDryRun ? [] : await outbox.entriesOf(from);
  const same = entryToResume(saved, wishKeyOf(wish));
  if (same !== undefined) {
    return await follow(wallet, { network, outbox, entry: same, isResumed: true, until });
  }

  const state = await payerState(wallet, network, payer.account);
  if (operations.some((operation) => operation.from !== undefined)) {
    throw moreSignatures(payer.name);
  }
  const authority = await authorityOf(settings.home, payer, state.authHash);
  const fee = feeWithin(network, choices, feeOf({ network, authority }, wish, state.parameters));
  const summary = intent.summary ?? operations.map(({ body }) => body.kind).join(", ");
  const command = commandLine(settings, intent.replay);
  const plan: Plan = {
    chainId: network.chainId,
    op: operations.map(({ body }) => body.kind).join("+"),
    summary,
    signer: { name: payer.name, address: from },
    fee,
    spend: spendingOf(payer.account, operations, fee),
    units: [nativeUnitOf(network), ...(intent.units ?? [])],
    operations: operations.map((operation) =>
      operationJson(operation, payer.account, network.genesis.addressPrefix),
    ),
    memo,
    expiresInMs: choices.expiresInMs,
    rows: intent.rows,
    command,
  };
  if (isDryRun) return { data: planJson(plan), text: planText(plan) };
  await requireConsent(wallet, network, planText(plan), "Sign and send?");

  const desk: Desk = { network, outbox, authority, from, open: payer.open };
  if (isNew) await forgetImpossible(wallet, desk, wish, state.provenNonce);
  const expiryMs = Math.max(Date.now(), state.tipMs) + choices.expiresInMs;
  const { entry, isResumed } = await savedEntry(
    desk,
    { wish, fee, expiryMs, summary, facts: intent.data },
    { nonce, isNew, pendingNonce: state.pendingNonce, provenNonce: state.provenNonce },
  );
  if (intent.wasAsked === true) terminal.note(`The same in one line:\n  ${command}`);
  return await follow(wallet, { network, outbox, entry, isResumed, until });
}

/** The fee to offer: the minimum, or the person's own if that is enough; never above --max-fee. */
export function feeWithin(
  { unit }: Network,
  { fee: given, maxFee }: Pick<ActChoices, "fee" | "maxFee">,
  minimum: bigint,
): bigint {
  const fee = given ?? minimum;
  if (maxFee !== undefined && fee > maxFee) {
    throw usageFailure(
      "fee_above_max",
      `the fee would be ${amountText(fee, unit)}, more than --max-fee allows`,
      "Nothing was signed. Raise --max-fee, or wait until the network asks for less.",
    );
  }
  if (fee >= minimum) return fee;
  throw new CommandFailure(exitCodes.refused, {
    code: "fee_too_low",
    message: `the network asks for a fee of ${amountText(minimum, unit)}`,
    fix: "Nothing was signed. Leave --fee out: the wallet knows the fee.",
  });
}

/**
 * Shows what is about to be signed; on a terminal asks, elsewhere wants --yes. For a network that only a node has named
 * --yes is not enough: a person has to see which one it is.
 */
export async function requireConsent(
  { settings, terminal }: Wallet,
  { chainId, isUnpinned, nodes }: Pick<Network, "chainId" | "isUnpinned" | "nodes">,
  shown: string,
  question: string,
): Promise<void> {
  terminal.note(shown);
  if (settings.yes && isUnpinned === true) {
    throw usageFailure(
      "network_unpinned",
      `that this is the network meant, ${chainId}, is said by ${nodes.join(", ")} and by nobody else`,
      `Nothing was signed. Give --genesis FILE, or pin the network once: quorate-wallet nodes add ${nodes[0] ?? "URL"}`,
    );
  }
  if (settings.yes) return;
  if (!terminal.canAsk) {
    throw usageFailure(
      "confirmation_needed",
      "there is no terminal to ask whether to sign this",
      "Add --yes.",
    );
  }
  if (await terminal.confirm(question)) return;
  throw usageFailure("not_confirmed", "not confirmed: nothing was signed", "Send it again.");
}

export interface Following {
  readonly network: Network;
  readonly outbox: Outbox;
  /** Saved in the outbox. */
  readonly entry: OutboxEntry;
  /** An earlier run has signed it, and may have sent it. */
  readonly isResumed: boolean;
  readonly until: "settled" | "accepted";
}

/** Sends a saved entry and says what came of it. */
export async function follow(
  { settings, terminal }: Wallet,
  { network, outbox, entry, isResumed, until }: Following,
): Promise<Report> {
  if (isResumed) {
    terminal.note(
      "The same was signed before and has no reported answer yet: resuming it. " +
        "No second payment is made (--new makes one).",
    );
  }
  terminal.note(`id  ${entry.id}`);
  return await deliver({
    settings,
    network,
    outbox,
    terminal,
    id: entry.id,
    entry,
    isFresh: !isResumed,
    timeoutMs: settings.timeoutMs,
    until,
    isPatient: false,
  });
}
