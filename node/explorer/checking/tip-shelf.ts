/**
 * The newest proven block of a network, kept in this browser: no node can show an older state as the newest one.
 * @module
 */
import type { TipStore } from "../../../src/client/ports.ts";
import { formatTip, parseTip, type RememberedTip } from "../../../src/client/remembered-tip.ts";
import type { ChainId } from "../../../src/protocol/ids.ts";
import { readTipText, writeTipText } from "./remembering.ts";
import type { Shelf } from "./shelf.ts";

export class TipShelf implements TipStore {
  readonly #shelf: Shelf;
  readonly #chainId: ChainId;
  /** Of the text that was read last: it is the same most times. */
  #last: { readonly text: string; readonly tip: RememberedTip | undefined } | undefined;

  constructor(shelf: Shelf, chainId: ChainId) {
    this.#shelf = shelf;
    this.#chainId = chainId;
  }

  load(): Promise<RememberedTip | undefined> {
    return Promise.resolve(this.#read());
  }

  /** Other tabs save too: the higher one stays. */
  save(tip: RememberedTip): Promise<void> {
    const kept = this.#read();
    if (kept === undefined || kept.height < tip.height) {
      writeTipText(this.#shelf, this.#chainId, formatTip(tip, this.#chainId));
    }
    return Promise.resolve();
  }

  #read(): RememberedTip | undefined {
    const text = readTipText(this.#shelf, this.#chainId);
    if (text === undefined) return undefined;
    if (this.#last?.text === text) return this.#last.tip;
    const tip = readTip(text, this.#chainId);
    this.#last = { text, tip };
    return tip;
  }
}

/** Undefined: none, or it is not readable. */
function readTip(text: string, chainId: ChainId): RememberedTip | undefined {
  try {
    const parsed = parseTip(text, chainId);
    return parsed.ok ? parsed.value : undefined;
  } catch {
    return undefined;
  }
}
