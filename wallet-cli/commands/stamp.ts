/**
 * `quorate-wallet stamp FILE`: records the SHA-256 of a file, so that it can be proven to have existed by then.
 * @module
 */

import { flag } from "../command-line.ts";
import { fileHash } from "../file-hash.ts";
import { currentRecord, requireRecordName } from "../ledger/records.ts";
import { openNetwork } from "../network/network.ts";
import { type ActFlags, act } from "../sending/acting.ts";
import { actWords, memoOf } from "../sending/acting-flags.ts";
import { Questions } from "../sending/questions.ts";
import type { Report } from "../terminal/terminal.ts";
import type { Wallet } from "../wallet.ts";
import { recordIntent } from "./record.ts";

export interface StampFlags extends ActFlags {
  readonly from?: string;
  readonly topic: string;
  readonly key?: string;
  readonly memo?: string;
}

export const documentsTopic = "documents";

export async function stamp(
  wallet: Wallet,
  fileGiven: string | undefined,
  flags: StampFlags,
): Promise<Report> {
  const questions = new Questions();
  const file = await questions.text("file", fileGiven, "Which file?");
  const contentHash = await fileHash(file);
  const network = await openNetwork(wallet.settings);
  const payer = await questions.payer(network, flags.from);
  const name = requireRecordName({ topic: flags.topic, key: flags.key ?? contentHash });
  const current = await currentRecord(wallet, network, payer.account, name);
  const address = network.accounts.addressOf(payer.account);
  if (current?.contentHash === contentHash && flags.new !== true) {
    const { version, height } = current;
    wallet.terminal.note("It was recorded before: nothing is sent (--new records it once more).");
    return {
      data: { status: "final", isRepeated: true, address, ...name, version, contentHash, height },
      text: `✔ recorded at #${height}, version ${version}: sha256 ${contentHash}`,
    };
  }
  const version = (current?.version ?? 0) + 1;
  const intent = recordIntent({ ...name, version, contentHash, data: new Uint8Array() }, address);
  return await act(
    wallet,
    network,
    {
      ...intent,
      payer,
      memo: memoOf(flags.memo),
      rows: [["file", file], ...intent.rows],
      wasAsked: questions.wereAsked,
      replay: [
        ...["stamp", file],
        ...flag("topic", flags.topic === documentsTopic ? undefined : flags.topic),
        ...flag("key", flags.key),
        ...flag("from", payer.name),
        ...flag("memo", flags.memo),
        ...actWords(flags),
      ],
    },
    flags,
  );
}
