/**
 * The remembered tip as a file: `<home>/tips/<chainId>.json`, replaced whole, and only ever by a higher one.
 * @module
 */
import { join } from "node:path";
import type { TipStore } from "../../src/client/ports.ts";
import { formatTip, parseTip, type RememberedTip } from "../../src/client/remembered-tip.ts";
import type { ChainId } from "../../src/protocol/ids.ts";
import { usageFailure } from "../failure.ts";
import { readIfExists, writeWhole } from "../files.ts";
import { withLock } from "../lock.ts";

export class TipFile implements TipStore {
  readonly #path: string;
  readonly #lock: string;
  readonly #chainId: ChainId;

  constructor(options: { readonly home: string; readonly chainId: ChainId }) {
    const { home, chainId } = options;
    this.#path = join(home, "tips", `${chainId}.json`);
    this.#lock = join(home, "locks", `tip-${chainId.slice(0, 16)}`);
    this.#chainId = chainId;
  }

  async load(): Promise<RememberedTip | undefined> {
    const text = await readIfExists(this.#path);
    if (text === undefined) return undefined;
    const parsed = parseTip(text, this.#chainId);
    if (parsed.ok) return parsed.value;
    throw usageFailure(
      "tip_malformed",
      `${this.#path} is damaged (${parsed.reason}): it should hold the newest block that was proven`,
      "Move it away; the next proof then begins at the genesis, or at --checkpoint HEIGHT:ID.",
    );
  }

  async save(tip: RememberedTip): Promise<void> {
    if (await this.#hasAsMuch(tip)) return;
    await withLock(this.#lock, async () => {
      if (await this.#hasAsMuch(tip)) return;
      await writeWhole(this.#path, formatTip(tip, this.#chainId));
    });
  }

  async #hasAsMuch(tip: RememberedTip): Promise<boolean> {
    const kept = await this.load();
    return kept !== undefined && kept.height >= tip.height;
  }
}
