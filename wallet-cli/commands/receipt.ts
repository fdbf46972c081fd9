/**
 * `quorate-wallet receipt ID` and `receipt verify FILE`: the proof of one transaction, as a file that needs no node.
 * @module
 */

import type { Heard } from "../../src/api/asking.ts";
import type { Problem } from "../../src/api/problem.ts";
import { nodeWords } from "../../src/api/visible.ts";
import { nobleVerifier } from "../../src/crypto/ed25519.ts";
import { nobleHasher } from "../../src/crypto/hash.ts";
import {
  parseReceipt,
  type ReceiptFlaw,
  receiptFlawSentence,
  receiptLengthMax,
  type VerifiedReceipt,
  verifyReceipt,
} from "../../src/proof/receipt.ts";
import type { Checkpoint } from "../../src/protocol/checkpoint.ts";
import { isIdText } from "../../src/protocol/ids.ts";
import { CommandFailure, exitCodes, usageFailure } from "../failure.ts";
import { nameOf, readInput, writeOutput } from "../file-input.ts";
import { trustIn } from "../ledger/ledger-entries.ts";
import { operationJson } from "../ledger/operation-json.ts";
import { bytesText, operationWords, unitsCreatedIn } from "../ledger/transaction-words.ts";
import { chainInUse, type KnownNetwork, knownNetwork } from "../network/known-network.ts";
import { type Network, openNetwork } from "../network/network.ts";
import { ask, noAnswer } from "../network/nodes.ts";
import type { Json, Report } from "../terminal/terminal.ts";
import { timeText } from "../terminal/times.ts";
import { includedBy } from "../trust/outcome-proving.ts";
import type { Wallet } from "../wallet.ts";

export interface ReceiptFlags {
  readonly out?: string;
}

/** Asks the nodes in turn; only what verifies is written. */
export async function fetchReceipt(
  wallet: Wallet,
  id: string,
  flags: ReceiptFlags,
): Promise<Report> {
  if (!isIdText(id)) {
    throw usageFailure("bad_id", `"${id}" is not a transaction id`, "An id is 64 hex digits.");
  }
  const { checkpoint } = wallet.settings;
  const network = await openNetwork(wallet.settings);
  const { text, verified } = await firstThatVerifies(wallet, network, { id, checkpoint });
  const known: KnownNetwork = { network, isOnline: false };
  const shown = await shownOf(known, verified);
  wallet.terminal.note(shown.text);
  if (flags.out === undefined) return { data: JSON.parse(text) as Json, text: text.trimEnd() };
  const path = await writeOutput(flags.out, text, (present) => idOf(present, network) === id);
  return { data: { ...shown.data, out: path }, text: path };
}

interface Wanted {
  readonly id: string;
  readonly checkpoint: Checkpoint | undefined;
}

interface Found {
  readonly text: string;
  readonly verified: VerifiedReceipt;
}

async function firstThatVerifies(wallet: Wallet, network: Network, wanted: Wanted): Promise<Found> {
  const startedMs = performance.now();
  for (;;) {
    const asked = await askForReceipt(wallet, network, wanted);
    if (asked.found !== undefined) return asked.found;
    const problems = asked.failures.flatMap(({ result }) =>
      !result.ok && result.reason.kind === "problem" ? [result.reason.problem] : [],
    );
    const isYetToCome = asked.isBehind || problems.some(({ code }) => code === "proof_not_ready");
    if (!isYetToCome || performance.now() - startedMs > patienceMs) {
      throw noReceipt(wanted.id, asked, problems);
    }
    await new Promise<void>((resolve) => setTimeout(resolve, pauseMs));
  }
}

/** So long a node may need until it can prove a block that has just become final. */
const patienceMs = 5_000;
const pauseMs = 250;

interface Asked {
  readonly found: Found | undefined;
  /** Of nodes whose receipt proves nothing. */
  readonly flaws: readonly string[];
  readonly failures: readonly Heard<unknown>[];
  /** A receipt proves what it says, and its node does not show now that this is the history that was seen before. */
  readonly isBehind: boolean;
}

async function askForReceipt(
  { settings, terminal }: Wallet,
  network: Network,
  { id, checkpoint }: Wanted,
): Promise<Asked> {
  const { client, tell } = await trustIn({ settings, terminal }, network);
  const { timeoutMs } = settings;
  let isBehind = false;
  const options = checkpoint === undefined ? {} : { known: [checkpoint.height] };
  const flaws: string[] = [];
  const failures: Heard<unknown>[] = [];
  for (const node of network.nodes) {
    const heard = await ask(node, (at) => at.receipt(id, options), { timeoutMs });
    if (!heard.result.ok) {
      failures.push(heard);
      continue;
    }
    const text = `${JSON.stringify(heard.result.value, undefined, 2)}\n`;
    const verified = verify(text, network, checkpoint);
    if (verified.ok && verified.value.transaction.id === id) {
      // The receipt is proven from the genesis on; that its block is in the history that was seen is another question.
      const seen = await includedBy(client, node, id, { timeoutMs, tell: (lie) => tell([lie]) });
      if (seen?.proven.blockId === verified.value.proven.blockId) {
        return { found: { text, verified: verified.value }, flaws, failures, isBehind };
      }
      isBehind = true;
      flaws.push(`${node}: it is not shown to be of the history that this wallet has seen`);
      continue;
    }
    const reason = verified.ok
      ? "it is the receipt of another transaction"
      : receiptFlawSentence(verified.reason);
    flaws.push(`${node}: ${reason}`);
    terminal.note(`${node} gave a receipt that proves nothing: ${reason}`);
  }
  return { found: undefined, flaws, failures, isBehind };
}

function noReceipt(
  id: string,
  { flaws, failures }: Asked,
  problems: readonly Problem[],
): CommandFailure {
  if (flaws.length > 0) return notProven(flaws.join("; "));
  const problem = problems.find(({ code }) => code !== "transaction_unknown") ?? problems[0];
  if (problem === undefined) return noAnswer(failures);
  const exit =
    problem.code === "transaction_unknown"
      ? exitCodes.notFound
      : problem.code === "transaction_not_final"
        ? exitCodes.outcomeUnknown
        : exitCodes.unreachable;
  return new CommandFailure(exit, {
    code: problem.code,
    message: `no node has a receipt: ${nodeWords(problem.detail)}`,
    fix: `A receipt exists once the transaction is final: quorate-wallet wait ${id}`,
    id,
  });
}

const verify = (
  text: string,
  { genesis }: Pick<Network, "genesis">,
  checkpoint: Checkpoint | undefined,
): ReturnType<typeof verifyReceipt> =>
  verifyReceipt(text, genesis, { hasher: nobleHasher, verifier: nobleVerifier, checkpoint });

/** The transaction that a present file is the receipt of. */
function idOf(text: string, network: Network): string | undefined {
  const verified = verify(text, network, undefined);
  return verified.ok ? verified.value.transaction.id : undefined;
}

/** Offline: with the genesis, and the checkpoint if there is one, and nothing else. */
export async function verifyReceiptFile(wallet: Wallet, given: string): Promise<Report> {
  const { checkpoint } = wallet.settings;
  const text = await readInput(given, receiptLengthMax);
  if (!resemblesReceipt(text)) {
    throw usageFailure(
      "not_a_receipt",
      `${nameOf(given)} is not a receipt`,
      "Give a file that quorate-wallet receipt ID has written.",
    );
  }
  const parsed = parseReceipt(text);
  const { genesisFile } = wallet.settings;
  const chainId = parsed.ok && genesisFile === undefined ? parsed.value.chainId : undefined;
  // A genesis that some node has given once is enough to show what a receipt says, not to say that it is of this network.
  const inUse = chainId === undefined ? undefined : await chainInUse(wallet.settings);
  if (inUse !== undefined && inUse !== chainId) throw refused("receipt_of_other_network", given);
  const known = await knownNetwork(wallet.settings, { offline: true, chainId });
  const verified = verify(text, known.network, checkpoint);
  if (!verified.ok) throw refused(verified.reason, given);
  const shown = await shownOf(known, verified.value);
  return { data: shown.data, text: shown.text };
}

const marks = [/quorate-receipt/, /"chainId"/, /"transaction"/, /"proof"/, /"version"/];

/** Whether it was one before anything in it was altered: a change in one place leaves the other marks. */
const resemblesReceipt = (text: string): boolean =>
  marks.filter((mark) => mark.test(text)).length >= 2;

function refused(flaw: ReceiptFlaw, given: string): CommandFailure {
  return new CommandFailure(exitCodes.disagreement, {
    code: flaw,
    message: `${nameOf(given)} proves nothing: ${receiptFlawSentence(flaw)}`,
    fix: "Do not rely on it. Ask for it again, and check that --genesis is that of the network.",
  });
}

function notProven(reasons: string): CommandFailure {
  return new CommandFailure(exitCodes.disagreement, {
    code: "receipt_not_proven",
    message: `no node gave a receipt that can be verified (${reasons})`,
    fix: "Do not rely on it. Name other nodes with --node.",
  });
}

/** What was proven, and on what it rests. */
async function shownOf(
  { network }: KnownNetwork,
  { transaction, proven, index, statement }: VerifiedReceipt,
): Promise<{ readonly data: { readonly [field: string]: Json }; readonly text: string }> {
  const { header, blockId } = proven;
  const { id, contentHash, signed } = transaction;
  const place = { height: header.height, blockId, timestampMs: header.timestampMs, index };
  const names = await network.accounts.directory();
  const addressOf = network.accounts.addressOf.bind(network.accounts);
  const lines = [
    `✔ transaction ${id}`,
    `  final in block #${header.height} of ${timeText(header.timestampMs)}`,
  ];
  const common = { id, contentHash, chainId: proven.chainId, kind: signed.kind, ...place };
  if (signed.kind === "fault") {
    lines.push("  proves that a validator broke the rules");
    const data = { ...common, operations: [], statement };
    return { data, text: [...lines, "", ...statement].join("\n") };
  }
  const { sender, operations, memo } = signed.transaction;
  const assets = unitsCreatedIn(signed.transaction, addressOf);
  const context = { unit: network.unit, addressOf, names, assets };
  const words = operationWords(signed.transaction, context).map((each) => each.words);
  lines.push(...words.map((each, i) => `  ${i + 1}. ${each}`));
  if (memo.length > 0) lines.push(`  memo ${bytesText(memo)}`);
  const prefix = network.genesis.addressPrefix;
  const data = {
    ...common,
    sender: addressOf(sender),
    operations: operations.map((operation, i) => ({
      ...operationJson(operation, sender, prefix),
      words: words[i] ?? "",
    })),
    signers: proven.signers,
    validators: proven.validators.length,
    statement,
  };
  return { data, text: [...lines, "", ...statement].join("\n") };
}
