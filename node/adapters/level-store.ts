/**
 * The storage port on LevelDB. The only door of `level`.
 *
 * Two defaults matter. Sync is off in LevelDB; a ledger that acknowledges must have written. And the chained batch
 * costs about 3 µs a row, the array form about 13: it clones each operation. LevelDB checks no checksums, so what is
 * read is checked by whoever knows its hash.
 * @module
 */
import { setImmediate as nextTurn } from "node:timers/promises";
import { Level } from "level";
import { fail, ok, type Result } from "../../src/base/result.ts";
import type { Entry, KeyRange, Store, Write } from "../../src/storage/store.ts";

/** Why a database was not opened. */
export interface StoreFailure {
  /** Stable. */
  readonly code: "ledger_locked" | "ledger_damaged" | "ledger_unreadable";
  readonly message: string;
  /** What to do, in a sentence. */
  readonly fix: string;
}

/** Rows that go into a batch before other work has its turn: some 5 ms. */
const rowsPerTurn = 1_000;

interface Waiting {
  readonly writes: readonly Write[];
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
}

/** Opens the database in a directory, or makes an empty one. At most one process has it open. */
export async function openLevelStore(directory: string): Promise<Result<LevelStore, StoreFailure>> {
  const db = new Level<Uint8Array, Uint8Array>(directory, {
    keyEncoding: "view",
    valueEncoding: "view",
  });
  try {
    await db.open();
    return ok(new LevelStore(db));
  } catch (error) {
    return fail(failureOf(directory, error));
  }
}

export class LevelStore implements Store {
  readonly #db: Level<Uint8Array, Uint8Array>;
  /** Commits wait here while one is written; all that wait become one batch with one fsync, in order. */
  #waiting: Waiting[] = [];
  #writing: Promise<void> | undefined;
  /** After a failed write the open handle stays broken, even when there is room again. */
  #failure: Error | undefined;

  constructor(db: Level<Uint8Array, Uint8Array>) {
    this.#db = db;
  }

  get(key: Uint8Array): Uint8Array | undefined {
    const value = this.#db.getSync(key);
    return value === undefined ? undefined : plain(value);
  }

  async range(range: KeyRange): Promise<readonly Entry[]> {
    const { from, to, limit, reverse = false } = range;
    const rows = await this.#db.iterator({ gte: from, lt: to, limit, reverse }).all();
    return rows.map(([key, value]) => ({ key: plain(key), value: plain(value) }));
  }

  commit(writes: readonly Write[]): Promise<void> {
    if (this.#failure !== undefined) return Promise.reject(this.#failure);
    return new Promise((resolve, reject) => {
      this.#waiting.push({ writes, resolve, reject });
      this.#writing ??= this.#writeAll();
    });
  }

  async close(): Promise<void> {
    await this.#writing;
    this.#failure ??= new Error("the store is closed");
    await this.#db.close();
  }

  /** Never rejects: each commit is told how it went. */
  async #writeAll(): Promise<void> {
    while (this.#waiting.length > 0) {
      const group = this.#waiting;
      this.#waiting = [];
      try {
        await this.#write(group);
        for (const { resolve } of group) resolve();
      } catch (error) {
        this.#failure = new Error("a write to the ledger's database failed", { cause: error });
        for (const { reject } of [...group, ...this.#waiting]) reject(this.#failure);
        this.#waiting = [];
      }
    }
    this.#writing = undefined;
  }

  async #write(group: readonly Waiting[]): Promise<void> {
    const batch = this.#db.batch();
    let rows = 0;
    for (const { writes } of group) {
      for (const write of writes) {
        if (write.kind === "put") batch.put(write.key, write.value);
        else batch.del(write.key);
        rows += 1;
        if (rows % rowsPerTurn === 0) await nextTurn();
      }
    }
    await batch.write({ sync: true });
  }
}

/** LevelDB gives Buffers, whose `slice` shares memory; ours copies. */
const plain = (bytes: Uint8Array): Uint8Array =>
  new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);

function failureOf(directory: string, error: unknown): StoreFailure {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  const code = cause instanceof Error && "code" in cause ? cause.code : undefined;
  const said = cause instanceof Error ? cause.message : String(cause);
  if (code === "LEVEL_LOCKED") {
    return {
      code: "ledger_locked",
      message: `${directory} is in use by another process`,
      fix: "Stop the other node, or give this one a home of its own.",
    };
  }
  if (code === "LEVEL_CORRUPTION") {
    return {
      code: "ledger_damaged",
      message: `${directory} is damaged: ${said}`,
      fix: "Remove data/ledger and start again: the node fetches the ledger from its peers.",
    };
  }
  return {
    code: "ledger_unreadable",
    message: `${directory} cannot be opened: ${said}`,
    fix: "Check that the disk is there, has room, and belongs to this user.",
  };
}
