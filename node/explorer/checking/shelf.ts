/**
 * Where this browser keeps a few texts: its storage, and for as long as the page lives where that is switched off or
 * full.
 * @module
 */

export interface Shelf {
  read(key: string): string | undefined;
  write(key: string, text: string): void;
  remove(key: string): void;
}

/** What Shelf needs of `localStorage`, which throws on being named where it is switched off. */
type Storing = Pick<Storage, "getItem" | "setItem" | "removeItem">;

export class BrowserShelf implements Shelf {
  readonly #storage: () => Storing;
  /** What the storage did not take. */
  readonly #unkept = new Map<string, string>();

  constructor(storage: () => Storing) {
    this.#storage = storage;
  }

  read(key: string): string | undefined {
    const unkept = this.#unkept.get(key);
    if (unkept !== undefined) return unkept;
    try {
      return this.#storage().getItem(key) ?? undefined;
    } catch {
      return undefined;
    }
  }

  write(key: string, text: string): void {
    try {
      this.#storage().setItem(key, text);
      this.#unkept.delete(key);
    } catch {
      this.#unkept.set(key, text);
    }
  }

  remove(key: string): void {
    this.#unkept.delete(key);
    try {
      this.#storage().removeItem(key);
    } catch {
      // Nothing is kept there.
    }
  }
}

export const localShelf: Shelf = new BrowserShelf(() => localStorage);
/** Forgotten with the tab. */
export const sessionShelf: Shelf = new BrowserShelf(() => sessionStorage);
