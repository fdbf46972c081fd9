/**
 * A batch whose process ends at a chosen step, on a ledger that remembers what was applied.
 *
 * Files are real, in a folder of their own; a crash is an error thrown before, in the middle of, or after one effect,
 * after which nothing in memory is used again.
 * @module
 */
import { appendFile, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createNobleSigner } from "../../../../src/crypto/ed25519.ts";
import { nobleHasher } from "../../../../src/crypto/hash.ts";
import { formatAddress } from "../../../../src/protocol/address.ts";
import { type AccountId, type ChainId, nativeAsset } from "../../../../src/protocol/ids.ts";
import { accountIdOf, singleKeyPolicy } from "../../../../src/protocol/policy.ts";
import { isSigned, openTransaction } from "../../../../src/protocol/transaction.ts";
import { BatchJournal, journalPath } from "../../../../wallet-cli/batch/journal.ts";
import type { BatchPayment } from "../../../../wallet-cli/batch/payments.ts";
import { type Carrier, runBatch, type Verdict } from "../../../../wallet-cli/batch/run.ts";
import type { Network } from "../../../../wallet-cli/network/network.ts";
import { Outbox } from "../../../../wallet-cli/outbox/outbox.ts";
import type { OutboxEntry } from "../../../../wallet-cli/outbox/outbox-entry.ts";

export class Crash extends Error {}

export const chainId: ChainId = "5a".repeat(32) as ChainId;
const signer = createNobleSigner(new Uint8Array(32).fill(0xa1));
const policy = singleKeyPolicy(signer.publicKey);
const sender = accountIdOf(nobleHasher, policy);
export const addressOf = (account: AccountId): string => formatAddress("quo", account);
const from = addressOf(sender);
export const payee: AccountId = "bb".repeat(32) as AccountId;

/** Applies at most two transactions at a time, each nonce once. */
export class SmallLedger {
  readonly applied: { readonly memo: string; readonly nonce: number; readonly id: string }[] = [];

  get nextNonce(): number {
    return this.applied.length;
  }

  /** Somebody else uses the account's next nonce. */
  steal(): void {
    this.applied.push({ memo: "stolen", nonce: this.nextNonce, id: "" });
  }

  apply(entries: readonly OutboxEntry[]): void {
    let room = 2;
    for (const { bytes } of entries) {
      const opened = openTransaction(nobleHasher, chainId, bytes);
      if (!opened.ok || !isSigned(opened.value) || room === 0) continue;
      const { nonce, memo } = opened.value.signed.transaction;
      if (nonce !== this.nextNonce) continue;
      room -= 1;
      this.applied.push({ memo: new TextDecoder().decode(memo), nonce, id: opened.value.id });
    }
  }

  verdict({ id, nonce }: OutboxEntry): Verdict {
    const found = this.applied[nonce];
    if (found === undefined) return { kind: "open" };
    return found.id === id
      ? { kind: "final", height: nonce + 1 }
      : { kind: "gone", code: "superseded" };
  }
}

/** Counts effects; the chosen one ends the process. */
class Doom {
  readonly #at: number;
  #step = 0;

  constructor(at: number) {
    this.#at = at;
  }

  /** Each effect has three moments at which it can end: before, in the middle, after. */
  async around<Value>(act: () => Promise<Value>, half: () => Promise<void>): Promise<Value> {
    const step = this.#step;
    this.#step += 3;
    if (step === this.#at) throw new Crash("before");
    if (step + 1 === this.#at) {
      await half();
      throw new Crash("in the middle");
    }
    const value = await act();
    if (step + 2 === this.#at) throw new Crash("after");
    return value;
  }
}

class DoomedOutbox extends Outbox {
  readonly #doom: Doom;

  constructor(home: string, doom: Doom) {
    super({ home, chainId });
    this.#doom = doom;
  }

  override async saveAll(entries: readonly OutboxEntry[]): Promise<void> {
    const half = entries.slice(0, Math.floor(entries.length / 2));
    await this.#doom.around(
      async () => await super.saveAll(entries),
      async () => await super.saveAll(half),
    );
  }

  override async settleFinal(address: string, entries: readonly OutboxEntry[]): Promise<void> {
    const half = entries.slice(0, Math.floor(entries.length / 2));
    await this.#doom.around(
      async () => await super.settleFinal(address, entries),
      async () => await super.settleFinal(address, half),
    );
  }
}

export class CrashingBatch {
  readonly ledger: SmallLedger = new SmallLedger();
  readonly home: string;
  readonly payments: readonly BatchPayment[];

  private constructor(home: string, payments: readonly BatchPayment[]) {
    this.home = home;
    this.payments = payments;
  }

  static async create(rows: number): Promise<CrashingBatch> {
    const home = await mkdtemp(join(tmpdir(), "quorate-batch-"));
    return new CrashingBatch(
      home,
      Array.from({ length: rows }, (_, i) => paymentOf(i + 1)),
    );
  }

  async remove(): Promise<void> {
    await rm(this.home, { recursive: true });
  }

  /** Runs it, or goes on with it, until it is done or the step is reached. True when it is done. */
  async run(crashAt: number): Promise<boolean> {
    const doom = new Doom(crashAt);
    const journal = await this.journal();
    const append = journal.append.bind(journal);
    journal.append = async (lines) =>
      await doom.around(
        async () => await append(lines),
        async () => {
          await append(lines.slice(0, Math.floor(lines.length / 2)));
          await appendFile(journal.path, '{"signed":1,"byt'); // The disk has only this much of the next line.
        },
      );
    const carrier: Carrier = {
      carry: async (entries) =>
        await doom.around(
          async () => {
            this.ledger.apply(entries);
            return entries.map((entry) => this.ledger.verdict(entry));
          },
          async () => this.ledger.apply(entries.slice(0, 1)),
        ),
    };
    const network = { chainId } as Network; // Nothing else of it is needed to sign.
    const authority = { account: sender, policy, keyIndex: 0 };
    const outbox = new DoomedOutbox(this.home, doom);
    try {
      await runBatch({
        ...{ journal, carrier, signer, payments: this.payments, batch: "b", inFlightMax: 3 },
        desk: { network, outbox, authority, from, open: async () => signer },
        pendingNonce: this.ledger.nextNonce,
        feeOf: () => 0n,
        expiryMs: () => Date.now() + 60_000,
        whenMoved: () => {},
        pause: async () => {},
      });
      return true;
    } catch (error) {
      if (error instanceof Crash) return false;
      throw error;
    }
  }

  /** Saved transactions without an answer. */
  async outbox(): Promise<readonly OutboxEntry[]> {
    return await new Outbox({ home: this.home, chainId }).entriesOf(from);
  }

  async journal(): Promise<BatchJournal> {
    const rows = this.payments.length;
    const header = { chainId, csvSha256: "cc".repeat(32), csvPath: "/rows.csv", from, rows };
    const path = journalPath(this.home, header, 1);
    try {
      return await BatchJournal.open(path);
    } catch {
      return await BatchJournal.create(path, header);
    }
  }
}

/** All rows pay the same: nothing but its journal keeps one apart from another. */
export function paymentOf(row: number, to: AccountId = payee, amount = 1n): BatchPayment {
  const body = { kind: "transfer", to, asset: nativeAsset, amount } as const;
  const wish = { sender, memo: `row ${row}`, operations: [{ from: undefined, body }] };
  const facts = { to: addressOf(to), assetId: nativeAsset, amount: String(amount) };
  return {
    ...{ row, reference: "", amount, wish, summary: "", facts },
    payee: { name: undefined, account: to, address: addressOf(to) },
    unit: { id: nativeAsset, code: "QRT", decimals: 0, issuer: undefined },
  };
}
