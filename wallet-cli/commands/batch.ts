/**
 * `quorate-wallet send --csv FILE`: many payments, each exactly once, however often the command is killed and resumed.
 * @module
 */
import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { basename, join, resolve } from "node:path";
import type { AccountId } from "../../src/protocol/ids.ts";
import { authorityOf } from "../accounts/authority.ts";
import { NodeCarrier } from "../batch/carrier.ts";
import { requireFunds, requirePayees } from "../batch/checks.ts";
import { journalToResume } from "../batch/choosing.ts";
import { type BatchHeader, BatchJournal } from "../batch/journal.ts";
import { createJournal } from "../batch/journals.ts";
import { judgeOf } from "../batch/judge.ts";
import { changedRows } from "../batch/paid.ts";
import { type BatchPayment, readPayments } from "../batch/payments.ts";
import { type BatchPlan, batchPlanJson, batchPlanText } from "../batch/plan.ts";
import { requireResultsPlace, resultsPath, writeResults } from "../batch/results.ts";
import { runBatch } from "../batch/run.ts";
import { batchWarnings } from "../batch/warnings.ts";
import { commandLine, flag } from "../command-line.ts";
import { CommandFailure, usageFailure } from "../failure.ts";
import type { OwnAccount } from "../keys/key-files.ts";
import { type AssetUnit, nativeUnitOf, spendingOf } from "../ledger/spending.ts";
import { withLock } from "../lock.ts";
import { type Network, openNetwork } from "../network/network.ts";
import { Outbox } from "../outbox/outbox.ts";
import type { OutboxEntry } from "../outbox/outbox-entry.ts";
import { type ActFlags, feeWithin, requireConsent } from "../sending/acting.ts";
import { type ActChoices, actWords, choicesOf } from "../sending/acting-flags.ts";
import { type Desk, feeOf, type PayerState, payerState } from "../sending/sending.ts";
import type { Report } from "../terminal/terminal.ts";
import type { Wallet } from "../wallet.ts";

export interface BatchFlags extends ActFlags {
  readonly from?: string;
  readonly csv: string;
  readonly resume?: boolean;
  readonly results?: string;
}

const progressMs = 2_000;
const rowsShown = 10;

export async function batch(wallet: Wallet, flags: BatchFlags): Promise<Report> {
  const { settings } = wallet;
  const network = await openNetwork(settings);
  const choices = batchChoices(flags, network);
  const payer = await network.accounts.payer(flags.from);
  const csvPath = resolve(flags.csv);
  const file = await readCsvFile(csvPath);
  const payments = await readPayments(wallet, network, payer, textOf(file, flags.csv));
  if (!choices.isDryRun) await requireResultsPlace(resultsOf(flags, csvPath));
  const header: BatchHeader = {
    chainId: network.chainId,
    csvSha256: createHash("sha256").update(file).digest("hex"),
    csvPath,
    from: network.accounts.addressOf(payer.account),
    rows: payments.length,
  };
  const scene: Scene = { wallet, network, payer, payments, header, choices, flags };
  if (choices.isDryRun) return await run(scene);
  const lock = join(settings.home, "locks", `batch-${header.csvSha256}`);
  const busy = (holder: string): CommandFailure => running(holder, lock);
  return await withLock(lock, async () => await run(scene), { isLong: true, waitMsMax: 0, busy });
}

function running(holder: string, lock: string): CommandFailure {
  return usageFailure(
    "batch_running",
    `this file is being paid right now, by process ${holder}`,
    `Wait for it to end; what it leaves open, --resume goes on with. If that process is no quorate-wallet, remove ${lock}.`,
  );
}

interface Scene {
  readonly wallet: Wallet;
  readonly network: Network;
  readonly payer: OwnAccount;
  readonly payments: readonly BatchPayment[];
  readonly header: BatchHeader;
  readonly choices: ActChoices;
  readonly flags: BatchFlags;
}

function batchChoices(flags: BatchFlags, { unit }: Network): ActChoices {
  if (flags.nonce !== undefined) {
    throw usageFailure("bad_nonce", "the rows of a batch take many nonces", "Leave --nonce out.");
  }
  if (!flags.wait) {
    throw usageFailure(
      "no_wait",
      "a batch is done when every row is final",
      "Leave --no-wait out.",
    );
  }
  return choicesOf(flags, unit);
}

async function readCsvFile(path: string): Promise<Buffer> {
  try {
    return await readFile(path);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw usageFailure("csv_unreadable", reason, "Correct --csv.");
  }
}

const resultsOf = ({ results }: BatchFlags, csvPath: string): string =>
  resolve(results ?? resultsPath(csvPath));

/** Letters that are not UTF-8 would be paid with other ones in their place. */
function textOf(file: Uint8Array, path: string): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(file);
  } catch {
    throw usageFailure(
      "csv_not_utf8",
      `${path} is not UTF-8 text`,
      "Nothing was signed. Save it again as CSV in UTF-8.",
    );
  }
}

async function run(scene: Scene): Promise<Report> {
  const { wallet, network, payer, payments, header, choices, flags } = scene;
  const { settings } = wallet;
  const found = await journalToResume(settings.home, header, {
    isResumed: flags.resume === true,
    isNew: choices.isNew,
  });
  const begun = found === undefined ? undefined : await BatchJournal.open(found.path);
  if (begun !== undefined) tellChanged(scene, begun);
  const state = await payerState(wallet, network, payer.account);
  const { parameters } = state;
  const authority = await authorityOf(settings.home, payer, state.authHash);
  const fees = (payment: BatchPayment): bigint =>
    feeWithin(network, choices, feeOf({ network, authority }, payment.wish, parameters));
  const plan = planOf(scene, begun, fees);
  const { signed, unsigned } = parted(payments, begun);
  await requirePayees(wallet, network, parameters, { signed, unsigned });
  await requireFunds(wallet, network, payer.account, plan);
  for (const warning of await batchWarnings(settings.home, network, header, unsigned)) {
    wallet.terminal.insist(`${wallet.terminal.styled("yellow", "warning:")} ${warning}`);
  }
  if (choices.isDryRun) return { data: batchPlanJson(plan), text: batchPlanText(plan) };
  if (unsigned.length > 0)
    await requireConsent(wallet, network, batchPlanText(plan), "Sign and send all?");

  const outbox = new Outbox({ home: settings.home, chainId: network.chainId });
  const desk: Desk = { network, outbox, authority, from: header.from, open: payer.open };
  const journal = begun ?? (await createJournal(settings.home, header));
  return await carryOut(scene, { desk, journal, state, fees });
}

/** Refuses to go on when names of rows that may still be paid stand for something else now. */
function tellChanged({ wallet, network, payments }: Scene, journal: BatchJournal): void {
  const changed = changedRows(journal, payments, (account) => network.accounts.addressOf(account));
  if (changed.length === 0) return;
  const shown = changed.slice(0, rowsShown).join(", ");
  const more = changed.length > rowsShown ? ` and ${changed.length - rowsShown} more` : "";
  wallet.terminal.insist(
    `${wallet.terminal.styled("yellow", "warning:")} names stand for something else than when row ${shown}${more} ` +
      "was paid. The results say what was paid.",
  );
}

/** Rows that were signed or are final, and those that are neither. */
function parted(
  payments: readonly BatchPayment[],
  journal: BatchJournal | undefined,
): { readonly signed: readonly BatchPayment[]; readonly unsigned: readonly BatchPayment[] } {
  const isFree = ({ row }: BatchPayment): boolean =>
    journal === undefined || journal.state(row).kind === "unsigned";
  return {
    signed: payments.filter((payment) => !isFree(payment)),
    unsigned: payments.filter(isFree),
  };
}

function planOf(
  { wallet, network, payer, payments, header, choices, flags }: Scene,
  journal: BatchJournal | undefined,
  fees: (payment: BatchPayment) => bigint,
): BatchPlan {
  const { unsigned } = parted(payments, journal);
  const fee = unsigned.reduce((sum, payment) => sum + fees(payment), 0n);
  const operations = unsigned.flatMap(({ wish }) => wish.operations);
  const units = new Map<string, AssetUnit>(payments.map(({ unit }) => [unit.id, unit]));
  const native = nativeUnitOf(network);
  return {
    chainId: network.chainId,
    signer: { name: payer.name, address: header.from },
    csvSha256: header.csvSha256,
    rows: payments.length,
    unsigned: unsigned.length,
    open: journal?.count("signed") ?? 0,
    final: journal?.count("final") ?? 0,
    fee,
    spend: spendingOf(payer.account, operations, fee),
    units: [...units.set(native.id, native).values()],
    expiresInMs: choices.expiresInMs,
    command: commandLine(wallet.settings, replayOf(flags, payer)),
  };
}

function replayOf(flags: BatchFlags, payer: OwnAccount): readonly string[] {
  const results = flag("results", flags.results);
  return ["send", "--csv", flags.csv, "--from", payer.name, ...results, ...actWords(flags)];
}

interface Prepared {
  readonly desk: Desk;
  readonly journal: BatchJournal;
  readonly state: PayerState;
  readonly fees: (payment: BatchPayment) => bigint;
}

async function carryOut(scene: Scene, { desk, journal, state, fees }: Prepared): Promise<Report> {
  const { wallet, network, payer, payments, header, choices, flags } = scene;
  const { settings, terminal } = wallet;
  const { outbox } = desk;
  const key = basename(journal.path, ".jsonl");
  const results = resultsOf(flags, header.csvPath);
  const addressOf = (account: AccountId): string => network.accounts.addressOf(account);
  const write = async () => await writeResults(results, { journal, payments, addressOf });
  const again = { ...flags, new: false };
  const resume = commandLine(settings, [...replayOf(again, payer), "--resume"]);
  const carrier = new NodeCarrier({
    nodes: network.nodes,
    judge: judgeOf(wallet, network),
    timeoutMs: settings.timeoutMs,
    earlier: async () => await earlierEntries(outbox, header.from, key),
    resume,
  });
  terminal.note(`if this is interrupted, continue with: ${resume}`);
  let shownMs = performance.now();
  try {
    const isDone = journal.count("final") === payments.length;
    if (!isDone) {
      await runBatch({
        ...{ journal, payments, desk, carrier, batch: key },
        signer: await desk.open(),
        pendingNonce: state.pendingNonce,
        feeOf: fees,
        expiryMs: () => Math.max(Date.now(), state.tipMs) + choices.expiresInMs,
        whenMoved: () => {
          if (performance.now() - shownMs < progressMs) return;
          shownMs = performance.now();
          terminal.note(`${journal.count("final")} of ${payments.length} rows are final`);
        },
        pause: async (ms) => await new Promise((wake) => setTimeout(wake, ms)),
      });
    }
  } catch (error) {
    await write();
    throw explained(error, journal, results);
  }
  await write();
  return reportOf(wallet, journal, results);
}

/** What else of the account waits; from now on it counts as sent. */
async function earlierEntries(
  outbox: Outbox,
  from: string,
  batchKey: string,
): Promise<readonly OutboxEntry[]> {
  const entries = (await outbox.entriesOf(from)).filter(
    ({ batch: of, expiryMs, isRefused }) =>
      of !== batchKey && expiryMs >= Date.now() && isRefused !== true,
  );
  for (const entry of entries) {
    if (entry.isUnsent) await outbox.change(entry, (now) => ({ ...now, isUnsent: false }));
  }
  return entries;
}

/** The failure, with how far the batch has come. */
function explained(error: unknown, journal: BatchJournal, results: string): unknown {
  if (!(error instanceof CommandFailure)) return error;
  const { rows } = journal.header;
  const said = `${journal.count("final")} of ${rows} rows are final, ${journal.count("signed")} are open`;
  const message = `${error.facts.message}. ${said} (${results})`;
  return new CommandFailure(error.exit, { ...error.facts, message });
}

function reportOf({ terminal }: Wallet, journal: BatchJournal, results: string): Report {
  const { rows, csvSha256, from } = journal.header;
  const heights = journal.states.flatMap((each) => (each.kind === "final" ? [each.height] : []));
  const first = Math.min(...heights);
  const last = Math.max(...heights);
  const final = heights.length;
  return {
    data: { status: "final", from, csvSha256, rows, final, results, first, last },
    text:
      `${terminal.styled("green", "✔")} ${final} of ${rows} rows are final, ` +
      `from #${first} to #${last}\n${results}`,
  };
}
