/**
 * `quorate-wallet send AMOUNT TO`: one payment, signed, saved, sent, and followed until its outcome is certain.
 * @module
 */
import { utf8 } from "../../src/base/bytes.ts";
import { nativeAsset } from "../../src/protocol/ids.ts";
import { memoBytesMax } from "../../src/protocol/limits.ts";
import type { NamedAccount } from "../accounts.ts";
import { amountOf, amountText } from "../amounts.ts";
import { deliver } from "../delivery.ts";
import { formatDuration, parseDuration } from "../durations.ts";
import { usageFailure } from "../failure.ts";
import { type Network, openNetwork } from "../network.ts";
import { Outbox } from "../outbox.ts";
import { entryToResume, type OutboxEntry, type Payment } from "../outbox-entry.ts";
import { feeOf, payerState, savedEntry } from "../sending.ts";
import { formatTable } from "../terminal/table.ts";
import type { Report } from "../terminal/terminal.ts";
import type { Wallet } from "../wallet.ts";

export interface SendFlags {
  readonly from?: string;
  readonly memo?: string;
  readonly expiresIn: string;
  /** Commander's form of --no-wait. */
  readonly wait: boolean;
  readonly new?: boolean;
  readonly fee?: string;
  readonly nonce?: string;
}

export async function send(
  wallet: Wallet,
  amountGiven: string,
  toGiven: string,
  flags: SendFlags,
): Promise<Report> {
  const { settings } = wallet;
  const expiresInMs = expiresInOf(flags.expiresIn);
  const nonce = nonceOf(flags.nonce);
  const memo = memoOf(flags.memo);
  const network = await openNetwork(settings);
  const amount = amountOf(amountGiven, network.unit);
  const payer = await network.accounts.payer(flags.from);
  const payee = await network.accounts.resolve(toGiven);
  if (payee.account === payer.account) {
    throw usageFailure("self_transfer", "this pays the payer", "Give another account to pay.");
  }
  const from = network.accounts.addressOf(payer.account);
  const payment: Payment = { from, to: payee.address, asset: nativeAsset, amount, memo };
  const outbox = new Outbox({ home: settings.home, chainId: network.chainId });
  const isNew = flags.new === true;

  const same = isNew ? undefined : entryToResume(await outbox.entriesOf(from), payment);
  if (same !== undefined) return await follow(wallet, { network, outbox, flags }, same, true);

  const state = await payerState(network, from, settings.timeoutMs);
  const draft = { network, payer, payee: payee.account, payment };
  const fee =
    flags.fee === undefined ? feeOf(draft) : amountOf(flags.fee, network.unit, { zero: true });
  await requireConsent(wallet, {
    network,
    payment,
    payee,
    fee,
    payerName: payer.name,
    expiresInMs,
  });
  const { entry, isResumed } = await savedEntry({
    ...draft,
    outbox,
    fee,
    nonce,
    isNew,
    pendingNonce: state.pendingNonce,
    expiryMs: Math.max(Date.now(), state.tipMs) + expiresInMs,
  });
  return await follow(wallet, { network, outbox, flags }, entry, isResumed);
}

interface Open {
  readonly network: Network;
  readonly outbox: Outbox;
  readonly flags: SendFlags;
}

async function follow(
  { settings, terminal }: Wallet,
  { network, outbox, flags }: Open,
  entry: OutboxEntry,
  isResumed: boolean,
): Promise<Report> {
  if (isResumed) {
    terminal.note(
      "The same payment was signed before and has no reported answer yet: resuming it. " +
        "No second payment is made (--new makes one).",
    );
  }
  terminal.note(`id  ${entry.id}`);
  const report = await deliver({
    network,
    outbox,
    terminal,
    id: entry.id,
    entry,
    isFresh: !isResumed,
    timeoutMs: settings.timeoutMs,
    until: flags.wait ? "settled" : "accepted",
    isPatient: false,
  });
  return report;
}

interface Shown {
  readonly network: Network;
  readonly payment: Payment;
  readonly payee: NamedAccount;
  readonly payerName: string;
  readonly fee: bigint;
  readonly expiresInMs: number;
}

/** Shows what is about to be signed; on a terminal asks, elsewhere wants --yes. */
async function requireConsent({ settings, terminal }: Wallet, shown: Shown): Promise<void> {
  const { payment, payee, fee, payerName } = shown;
  const { unit } = shown.network;
  const rows = [
    ["from", `${payment.from}  (${payerName})`],
    ["to", `${payment.to}${payee.name === undefined ? "" : `  (${payee.name})`}`],
    ["amount", amountText(payment.amount, unit)],
    ["fee", amountText(fee, unit)],
    ["total", amountText(payment.amount + fee, unit)],
    ...(payment.memo === "" ? [] : [["memo", payment.memo]]),
    ["expires", `in ${formatDuration(shown.expiresInMs)}`],
  ];
  terminal.note(formatTable(rows));
  if (settings.yes) return;
  if (!terminal.canAsk) {
    throw usageFailure(
      "confirmation_needed",
      "there is no terminal to ask whether to sign this",
      "Add --yes.",
    );
  }
  if (await terminal.confirm("Sign and send?")) return;
  throw usageFailure("not_confirmed", "not confirmed: nothing was signed", "Send it again.");
}

function expiresInOf(text: string): number {
  const parsed = parseDuration(text);
  if (parsed.ok) return parsed.value;
  throw usageFailure("bad_duration", `--expires-in: ${parsed.reason}`, "Give 15m.");
}

function nonceOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const nonce = /^\d{1,16}$/.test(text) ? Number(text) : Number.NaN;
  if (Number.isSafeInteger(nonce)) return nonce;
  throw usageFailure("bad_nonce", `"${text}" is not a nonce`, "Leave --nonce out.");
}

/** No control characters: a memo is shown to people. */
function memoOf(text: string | undefined): string {
  const memo = text ?? "";
  const fix = `Use at most ${memoBytesMax} bytes of printable text.`;
  if (utf8(memo).length > memoBytesMax)
    throw usageFailure("memo_too_long", "the memo is too long", fix);
  if (/\p{Cc}/u.test(memo)) {
    throw usageFailure("bad_memo", "the memo has control characters", fix);
  }
  return memo;
}
