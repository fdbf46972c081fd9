/**
 * What a machine holds when it is switched off, and what can happen to it meanwhile.
 * @module
 */
import { toHex } from "../../../src/base/bytes.ts";
import type { Signer } from "../../../src/crypto/ports.ts";
import type { StateRow } from "../../../src/ledger/carried-state.ts";
import type { ChainId, PublicKey } from "../../../src/protocol/ids.ts";
import type { JournalIdentity } from "../../../src/storage/journal-format.ts";
import type { StoreImage } from "../../../src/storage/memory-store.ts";
import type { JournalImage } from "../../../src/storage/memory-vote-journal.ts";
import { flipOneBit, flippedBit } from "./disk.ts";
import { newJournalImage } from "./journal.ts";
import type { Random } from "./random.ts";

/** One validator key with the journal that was made for it. */
export interface KeyOnDisk {
  readonly signer: Signer;
  readonly identity: JournalIdentity;
  /** Undefined: its files are gone. */
  journal: JournalImage | undefined;
}

/** Everything on a disk at some moment. */
export interface DiskImage {
  readonly store: StoreImage | undefined;
  /** In the order of the keys. */
  readonly journals: readonly (JournalImage | undefined)[];
}

export class MachineDisk {
  readonly #chainId: ChainId;
  readonly keys: KeyOnDisk[] = [];
  /** Undefined: never started, or wiped. */
  store: StoreImage | undefined;

  constructor(chainId: ChainId) {
    this.#chainId = chainId;
  }

  /** A new key, and the journal that is made with it. */
  addKey(signer: Signer): void {
    const consensusKey = toHex(signer.publicKey) as PublicKey;
    const identity = { chainId: this.#chainId, consensusKey };
    this.keys.push({ signer, identity, journal: newJournalImage(identity) });
  }

  image(): DiskImage {
    return { store: this.store, journals: this.keys.map(({ journal }) => journal) };
  }

  /** Every row of the stored state: kind ‖ BCS key, and the value. */
  stateRows(): readonly StateRow[] {
    return [...(this.store ?? [])].flatMap(([key, value]) =>
      key.startsWith("s") ? [{ key: Buffer.from(key.slice(1), "latin1"), value }] : [],
    );
  }

  /** A backup is put back. A proper restore removes the journals: they are older than what was signed since. */
  restore(image: DiskImage, journals: "removed" | "kept" | "rolled-back"): void {
    this.store = image.store;
    for (const [i, key] of this.keys.entries()) {
      if (journals === "removed") key.journal = undefined;
      else if (journals === "rolled-back") key.journal = image.journals[i];
    }
  }

  /** A new disk with the old keys. */
  wipe(): void {
    this.restore({ store: undefined, journals: [] }, "removed");
  }

  /** False: no such row. */
  flipStoredBit(prefix: string, random: Random): boolean {
    const flipped = this.store && flipOneBit(this.store, prefix, random);
    if (flipped !== undefined) this.store = flipped.image;
    return flipped !== undefined;
  }

  flipJournalBit(file: "journal" | "mark", random: Random): void {
    for (const key of this.keys) {
      const bytes = key.journal?.[file];
      if (key.journal === undefined || bytes === undefined) continue;
      key.journal = { ...key.journal, [file]: flippedBit(bytes, random) };
    }
  }

  /** The last bytes of the journals never reached the platter. */
  tearJournal(bytesLost: number): void {
    for (const key of this.keys) {
      const bytes = key.journal?.journal;
      if (key.journal === undefined || bytes === undefined) continue;
      const kept = bytes.slice(0, Math.max(0, bytes.length - bytesLost));
      key.journal = { ...key.journal, journal: kept };
    }
  }
}
