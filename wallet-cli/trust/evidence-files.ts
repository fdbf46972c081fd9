/**
 * Evidence as files: `<home>/evidence/TIME-CODE-HASH.json`. The same lie is kept once.
 *
 * Of lies the newest hundred, and the newest twenty of one node: it cannot push out what shows others to lie. Proofs of
 * a fork are whole and never go; a hundred are more than anybody needs. The hash is 4 digits of who and 12 of what.
 * @module
 */
import { createHash } from "node:crypto";
import { readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import type { Evidence } from "../../src/client/evidence.ts";
import type { EvidenceStore } from "../../src/client/ports.ts";
import { isMissing, writeWhole } from "../files.ts";

/** Of lies, and of forks. */
const filesMax = 100;
const filesOfNodeMax = 20;
/** Characters of one answer that is no proof of a fork. */
const lieMax = 1024 * 1024;
const forkCode = "fork";
const tagDigits = 4;

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

  async #save(evidence: Evidence): Promise<string | undefined> {
    const { foundMs, code } = evidence;
    const isFork = code === forkCode;
    const kept = isFork ? evidence : shortened(evidence);
    const ending = endingOf(kept);
    const names = await this.#names();
    const same = names.find((name) => name.endsWith(`-${ending}`));
    if (same !== undefined) return join(this.#directory, same);
    const forks = names.filter(isOfFork);
    if (isFork && forks.length >= filesMax) return undefined;
    const others = names.filter((name) => !isOfFork(name));
    for (const name of isFork ? [] : surplus(others, tagIn(ending))) {
      await rm(join(this.#directory, name), { force: true });
    }
    const time = new Date(foundMs).toISOString().replaceAll(/[-:.]/g, "");
    const path = join(this.#directory, `${time}-${ending}`);
    await writeWhole(path, `${JSON.stringify(kept, undefined, 2)}\n`);
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

function shortened(evidence: Evidence): Evidence {
  const answers = evidence.answers.map((answer) =>
    answer.body.length <= lieMax
      ? answer
      : { ...answer, body: answer.body.slice(0, lieMax), isCut: true },
  );
  return { ...evidence, answers };
}

/** Equal for the same words of the same node. */
function endingOf({ code, nodes, answers }: Evidence): string {
  const words = answers.map(({ body }) => body);
  const tag = hashOf(nodes).slice(0, tagDigits);
  return `${code}-${tag}${hashOf({ code, nodes, words }).slice(0, 16 - tagDigits)}.json`;
}

const hashOf = (value: unknown): string =>
  createHash("sha256").update(JSON.stringify(value)).digest("hex");

const isOfFork = (name: string): boolean => name.split("-")[1] === forkCode;

/** Of whom it is. */
const tagIn = (name: string): string =>
  name.slice(name.lastIndexOf("-") + 1, name.lastIndexOf("-") + 1 + tagDigits);

/** What has to go before one more of this tag comes: the oldest of the same node, then the oldest of all. */
function surplus(names: readonly string[], tag: string): readonly string[] {
  const own = names.filter((name) => tagIn(name) === tag);
  const over = own.slice(0, Math.max(0, own.length - filesOfNodeMax + 1));
  const rest = names.filter((name) => !over.includes(name));
  return [...over, ...rest.slice(0, Math.max(0, rest.length - filesMax + 1))];
}
