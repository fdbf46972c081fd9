/**
 * The outbox: what was signed and has no reported answer yet, so that nothing is lost and nothing paid twice.
 *
 * `<home>/outbox/ID` holds one signed transaction. It is on the disk, fsynced, before the first byte of it is
 * sent, and goes when a terminal answer was reported. The same wish again is found here and resumed.
 *
 * `<home>/nonces/CHAIN-ADDRESS` remembers the nonce after the last final one, raised before the entry goes:
 * between the two, no moment lets a parallel send take a used nonce from a node that lags.
 * @module
 */
import { readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { type ChainId, isIdText } from "../../src/protocol/ids.ts";
import { usageFailure } from "../failure.ts";
import { isMissing, readIfExists, writeAllDurably, writeWhole } from "../files.ts";
import { withLock } from "../lock.ts";
import { formatEntry, type OutboxEntry, parseEntry } from "./outbox-entry.ts";

export class Outbox {
  readonly #home: string;
  readonly #chainId: ChainId;

  constructor(options: { readonly home: string; readonly chainId: ChainId }) {
    this.#home = options.home;
    this.#chainId = options.chainId;
  }

  /** Only one process at a time chooses a nonce for this account, or settles one of its transactions. */
  async withAccount<Value>(address: string, act: () => Promise<Value>): Promise<Value> {
    return await withLock(join(this.#home, "locks", this.#accountKey(address)), act);
  }

  /** The entries of this network and account, oldest first. */
  async entriesOf(from: string): Promise<readonly OutboxEntry[]> {
    const entries: OutboxEntry[] = [];
    for (const id of await this.#ids()) {
      const entry = await this.find(id);
      if (entry?.from === from) entries.push(entry);
    }
    return entries.toSorted((a, b) => a.createdMs - b.createdMs || a.nonce - b.nonce);
  }

  /** Undefined when it is not there, or is of another network. */
  async find(id: string): Promise<OutboxEntry | undefined> {
    if (!isIdText(id)) return undefined;
    const path = this.#path(id);
    const text = await readIfExists(path);
    if (text === undefined) return undefined;
    const parsed = parseEntry(text, this.#chainId);
    if (parsed.ok && parsed.value.id === id) return parsed.value;
    if (!parsed.ok && parsed.reason === "another_network") return undefined;
    throw usageFailure(
      "outbox_malformed",
      `${path} is damaged: it should hold a signed payment that has no answer yet`,
      `Look up ${id} in the explorer, then move the file away.`,
    );
  }

  /** Durable when it returns. */
  async save(entry: OutboxEntry): Promise<void> {
    await this.saveAll([entry]);
  }

  /** All of them are durable when it returns. */
  async saveAll(entries: readonly OutboxEntry[]): Promise<void> {
    await writeAllDurably(
      entries.map((entry) => ({ path: this.#path(entry.id), text: formatEntry(entry) })),
    );
  }

  /**
   * Notes something about an entry, as it is in the file now; durable when it returns. Undefined, and nothing is
   * written, when another process has settled it: what is over never comes back.
   */
  async change(
    { id, from }: Pick<OutboxEntry, "id" | "from">,
    change: (now: OutboxEntry) => OutboxEntry,
  ): Promise<OutboxEntry | undefined> {
    return await this.withAccount(from, async () => {
      const now = await this.find(id);
      if (now === undefined) return undefined;
      const changed = change(now);
      await this.save(changed);
      return changed;
    });
  }

  /** Call after the terminal answer was reported. Without fsync: an entry that a power cut brings back is resumed. */
  async settle(entry: OutboxEntry, options: { readonly isFinal: boolean }): Promise<void> {
    await this.withAccount(entry.from, async () => {
      if (options.isFinal) await this.#raiseFloor(entry.from, entry.nonce);
      await rm(this.#path(entry.id), { force: true });
    });
  }

  /** Settles several of one account that are final. */
  async settleFinal(from: string, entries: readonly OutboxEntry[]): Promise<void> {
    if (entries.length === 0) return;
    await this.withAccount(from, async () => {
      await this.#raiseFloor(from, Math.max(...entries.map(({ nonce }) => nonce)));
      await Promise.all(entries.map(async ({ id }) => await rm(this.#path(id), { force: true })));
    });
  }

  async #raiseFloor(address: string, usedNonce: number): Promise<void> {
    if ((await this.nonceFloor(address)) > usedNonce) return;
    await writeWhole(this.#floorPath(address), `${usedNonce + 1}\n`);
  }

  /** Every nonce below it is used, as far as this wallet has seen. */
  async nonceFloor(address: string): Promise<number> {
    const floor = Number((await readIfExists(this.#floorPath(address))) ?? "0");
    return Number.isSafeInteger(floor) && floor >= 0 ? floor : 0;
  }

  async #ids(): Promise<readonly string[]> {
    try {
      return (await readdir(join(this.#home, "outbox"))).filter(isIdText);
    } catch (error) {
      if (isMissing(error)) return [];
      throw error;
    }
  }

  #accountKey(address: string): string {
    return `${this.#chainId.slice(0, 16)}-${address}`;
  }

  #floorPath(address: string): string {
    return join(this.#home, "nonces", this.#accountKey(address));
  }

  #path(id: string): string {
    return join(this.#home, "outbox", id);
  }
}
