/**
 * Running a batch: rows are signed with consecutive nonces, sent together, and asked about until all are final.
 *
 * At most 64 are in flight: a node lets no more of one account wait. A row's transaction is in the journal before it
 * is in the outbox, in the outbox before it is sent, and stays the only one that may pay the row until it is final or
 * proven to be impossible. So the process may end at any moment.
 * @module
 */
import { assert } from "../../src/base/assert.ts";
import { nobleHasher } from "../../src/crypto/hash.ts";
import type { Signer } from "../../src/crypto/ports.ts";
import type { ChainId } from "../../src/protocol/ids.ts";
import { openTransaction } from "../../src/protocol/transaction.ts";
import { CommandFailure, exitCodes } from "../failure.ts";
import { entryOf, type OutboxEntry, wishKeyOf } from "../outbox/outbox-entry.ts";
import { type Desk, savedEntries } from "../sending/sending.ts";
import { type BatchJournal, type JournalLine, malformedJournal } from "./journal.ts";
import type { BatchPayment } from "./payments.ts";

/** Nonces from the account's next one on that a node lets wait. */
export const inFlightMax = 64;
/** Until a quarter of them is free none is signed: each time costs several fsyncs. */
const freeShareMin = 1 / 4;
/** A row is signed so often in one run; then something is wrong that signing does not mend. */
const signedMax = 3;
/** Between two questions about what is in flight. */
const pollMs = 60;

/** What became of one transaction, as certain as the caller can make it. */
export type Verdict =
  | { readonly kind: "final"; readonly height: number }
  /** It can never be applied. */
  | { readonly kind: "gone"; readonly code: string }
  | { readonly kind: "open" };

/** The way to the network. */
export interface Carrier {
  /** Sends all of them, again if they were sent before, and says what is certain of each, in their order. */
  carry(entries: readonly OutboxEntry[]): Promise<readonly Verdict[]>;
}

export interface BatchParts {
  readonly journal: BatchJournal;
  readonly payments: readonly BatchPayment[];
  readonly desk: Desk;
  readonly signer: Signer;
  readonly carrier: Carrier;
  readonly pendingNonce: number;
  /** Marks the entries of this batch in the outbox. */
  readonly batch: string;
  readonly feeOf: (payment: BatchPayment) => bigint;
  /** Of what is signed now. */
  readonly expiryMs: () => number;
  readonly whenMoved: () => void;
  /** 64 unless told otherwise. */
  readonly inFlightMax?: number;
  readonly pause: (ms: number) => Promise<void>;
}

interface Flying {
  readonly payment: BatchPayment;
  readonly entry: OutboxEntry;
}

/**
 * Whether the journal has the transaction of this id. It has all that ever were in the outbox, unless lines of it are
 * lost; then some row may be paid by what it does not know.
 */
function knownTo(journal: BatchJournal, chainId: ChainId): (id: string) => boolean {
  const signed = new Set(
    journal.states.flatMap((state) => {
      if (state.kind !== "signed") return [];
      const named = openTransaction(nobleHasher, chainId, state.bytes);
      return named.ok ? [named.value.id as string] : [];
    }),
  );
  return (id) => signed.has(id) || journal.endOf(id) !== undefined;
}

/** Returns when every row is final; throws what the carrier throws. See changedRows before going on with a journal. */
export async function runBatch(parts: BatchParts): Promise<void> {
  const run = new BatchRun(parts);
  await run.resume();
  while (await run.advance()) await parts.pause(pollMs);
}

class BatchRun {
  readonly #parts: BatchParts;
  #flying: readonly Flying[] = [];
  /** By row, how often its transaction has turned out to be impossible. */
  readonly #gone = new Map<number, number>();

  constructor(parts: BatchParts) {
    this.#parts = parts;
  }

  /** Takes up what an earlier run has signed. It may have ended before the outbox had it, or still has it. */
  async resume(): Promise<void> {
    const { journal, payments, desk, batch } = this.#parts;
    const saved = (await desk.outbox.entriesOf(desk.from)).filter((entry) => entry.batch === batch);
    const isKnown = knownTo(journal, desk.network.chainId);
    for (const { id } of saved) if (!isKnown(id)) throw malformedJournal(journal.path, id);
    for (const entry of saved) {
      const end = journal.endOf(entry.id);
      if (end !== undefined) await desk.outbox.settle(entry, { isFinal: end === "final" });
    }
    this.#flying = payments.flatMap((payment): readonly Flying[] => {
      const state = journal.state(payment.row);
      return state.kind === "signed"
        ? [{ payment, entry: this.#entryOf(payment, state.bytes) }]
        : [];
    });
    const savedIds = new Set(saved.map(({ id }) => id));
    const missing = this.#flying.flatMap(({ entry }) => (savedIds.has(entry.id) ? [] : [entry]));
    await desk.outbox.saveAll(missing);
  }

  /** False when nothing is left to do. */
  async advance(): Promise<boolean> {
    await this.#sign();
    if (this.#flying.length === 0) return false;
    const { carrier } = this.#parts;
    const flying = this.#flying;
    const verdicts = await carrier.carry(flying.map(({ entry }) => entry));
    assert(verdicts.length === flying.length, "one verdict for each entry");
    const settled = flying.flatMap(({ payment, entry }, i) => {
      const verdict = verdicts[i];
      return verdict === undefined || verdict.kind === "open" ? [] : [{ payment, entry, verdict }];
    });
    if (settled.length === 0) return true;
    await this.#settle(settled);
    const over = new Set(settled.map(({ entry }) => entry.id));
    this.#flying = flying.filter(({ entry }) => !over.has(entry.id));
    this.#parts.whenMoved();
    return true;
  }

  async #sign(): Promise<void> {
    const { payments, journal, desk, signer, batch, pendingNonce } = this.#parts;
    const flying = new Set(this.#flying.map(({ payment }) => payment.row));
    const most = this.#parts.inFlightMax ?? inFlightMax;
    const free = most - flying.size;
    if (free < most * freeShareMin && flying.size > 0) return;
    const next = payments
      .filter(({ row }) => journal.state(row).kind === "unsigned" && !flying.has(row))
      .slice(0, free);
    if (next.length === 0) return;
    const expiryMs = this.#parts.expiryMs();
    const wanted = next.map((payment) => {
      const { wish, summary, facts } = payment;
      return { wish, summary, facts, fee: this.#parts.feeOf(payment), expiryMs, batch };
    });
    const rows = next.map(({ row }) => row);
    const entries = await savedEntries(desk, signer, wanted, {
      pendingNonce,
      beforeSaved: async (made) =>
        await journal.append(made.map(({ bytes }, i) => ({ signed: rows[i] ?? 0, bytes }))),
    });
    const added = next.flatMap((payment, i): readonly Flying[] => {
      const entry = entries[i];
      return entry === undefined ? [] : [{ payment, entry }];
    });
    this.#flying = [...this.#flying, ...added].toSorted((a, b) => a.entry.nonce - b.entry.nonce);
  }

  async #settle(
    settled: readonly (Flying & { readonly verdict: Exclude<Verdict, { kind: "open" }> })[],
  ): Promise<void> {
    const { journal, desk } = this.#parts;
    const lines = settled.map(({ payment, entry, verdict }): JournalLine => {
      const { row } = payment;
      const { id } = entry;
      return verdict.kind === "final"
        ? { final: row, id, height: verdict.height }
        : { gone: row, id, code: verdict.code };
    });
    await journal.append(lines);
    const final = settled.filter(({ verdict }) => verdict.kind === "final");
    await desk.outbox.settleFinal(
      desk.from,
      final.map(({ entry }) => entry),
    );
    for (const { payment, entry, verdict } of settled) {
      if (verdict.kind !== "gone") continue;
      await desk.outbox.settle(entry, { isFinal: false });
      this.#countGone(payment.row, verdict.code);
    }
  }

  #countGone(row: number, code: string): void {
    const times = (this.#gone.get(row) ?? 0) + 1;
    this.#gone.set(row, times);
    if (times < signedMax) return;
    const isExpired = code === "expired";
    throw new CommandFailure(isExpired ? exitCodes.expired : exitCodes.refused, {
      code,
      message: `row ${row} was signed ${times} times, and each time ${isExpired ? "it expired" : "another payment took its place"}`,
      fix: isExpired
        ? "Give a longer --expires-in, and --resume."
        : "Let nothing else pay from this account meanwhile, and --resume.",
    });
  }

  #entryOf({ wish, summary, facts }: BatchPayment, bytes: Uint8Array): OutboxEntry {
    const { desk, batch } = this.#parts;
    const notes = {
      from: desk.from,
      createdMs: Date.now(),
      summary,
      facts,
      batch,
      isUnsent: false,
    };
    const entry = entryOf(desk.network.chainId, bytes, notes);
    assert(entry.ok, "the journal holds what was signed");
    assert(entry.value.wishKey === wishKeyOf(wish), "names were seen to stand for the same");
    return entry.value;
  }
}
