/**
 * Evidence as files: `<home>/evidence/TIME-CODE-HASH.json`, the newest hundred. The same lie is kept once.
 * @module
 */
import { createHash } from "node:crypto";
import { readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import type { Evidence } from "../src/client/evidence.ts";
import type { EvidenceStore } from "../src/client/ports.ts";
import { isMissing, writeWhole } from "./files.ts";

const filesMax = 100;

export class EvidenceFiles implements EvidenceStore {
  readonly #directory: string;

  constructor(home: string) {
    this.#directory = join(home, "evidence");
  }

  async save(evidence: Evidence): Promise<string | undefined> {
    try {
      return await this.#save(evidence);
    } catch {
      return undefined; // The lie is named all the same; a full disk must not stop the command.
    }
  }

  async #save(evidence: Evidence): Promise<string> {
    const { foundMs, code, nodes, answers } = evidence;
    const words = answers.map(({ body }) => body);
    const hash = createHash("sha256").update(JSON.stringify({ code, nodes, words }));
    const ending = `${code}-${hash.digest("hex").slice(0, 16)}.json`;
    const kept = await this.#names();
    const same = kept.find((name) => name.endsWith(`-${ending}`));
    if (same !== undefined) return join(this.#directory, same);
    for (const name of kept.slice(0, Math.max(0, kept.length - filesMax + 1))) {
      await rm(join(this.#directory, name), { force: true });
    }
    const time = new Date(foundMs).toISOString().replaceAll(/[-:.]/g, "");
    const path = join(this.#directory, `${time}-${ending}`);
    await writeWhole(path, `${JSON.stringify(evidence, undefined, 2)}\n`);
    return path;
  }

  /** The oldest first. */
  async #names(): Promise<readonly string[]> {
    try {
      return (await readdir(this.#directory)).filter((name) => name.endsWith(".json")).sort();
    } catch (error) {
      if (isMissing(error)) return [];
      throw error;
    }
  }
}
