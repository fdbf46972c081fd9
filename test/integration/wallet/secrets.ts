/**
 * Files with passwords and words for tests, and the flags that name them.
 * @module
 */
import { writeFile } from "node:fs/promises";
import { join } from "node:path";

export const password = "correct horse battery staple";
export const otherPassword = "incorrect donkey accumulator pin";

/** BIP-39's published vector of 16 bytes 7f. */
export const publishedWords =
  "legal winner thank year wave sausage worth useful legal winner thank yellow";

export class SecretFiles {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** The path of a file that holds the text and a line end. */
  async file(name: string, text: string): Promise<string> {
    const path = join(this.#folder, name);
    await writeFile(path, `${text}\n`, { mode: 0o600 });
    return path;
  }

  async password(text: string = password): Promise<readonly [string, string]> {
    return ["--password-file", await this.file("password", text)];
  }

  async newPassword(text: string): Promise<readonly [string, string]> {
    return ["--new-password-file", await this.file("new-password", text)];
  }

  async words(text: string = publishedWords): Promise<readonly [string, string]> {
    return ["--words-file", await this.file("words", text)];
  }
}
