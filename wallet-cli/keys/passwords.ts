/**
 * Passwords of own keys: from a file, a file descriptor, or a person at a terminal. Never from flags, and never
 * from the environment: other processes can read those.
 * @module
 */
import { openSync, readSync } from "node:fs";
import type { Signer } from "../../src/crypto/ports.ts";
import { CommandFailure, exitCodes, usageFailure } from "../failure.ts";
import type { PasswordPlace, Settings } from "../settings.ts";
import { askSecret, canAsk } from "../terminal/prompts.ts";

/** Short ones fall to guessing in spite of scrypt. */
const passwordLengthMin = 8;
const passwordBytesMax = 1024;
/** How often a person may mistype. */
const triesMax = 3;

export const wrongPassword = (name: string): CommandFailure =>
  new CommandFailure(exitCodes.wrongPassword, {
    code: "wrong_password",
    message: `that is not the password of "${name}"`,
    fix: "Try again. A forgotten password cannot be recovered: import the words again.",
  });

/** Where a command reads secrets from. The flag is `--password` or another that ends in -file and -fd. */
export class Passwords {
  readonly #place: PasswordPlace | undefined;
  readonly #flag: string;
  readonly #signers = new Map<string, Promise<Signer>>();
  #given: string | undefined;

  constructor(place: PasswordPlace | undefined, flag = "--password") {
    this.#place = place;
    this.#flag = flag;
  }

  /** The signer of a key that was opened before; else opens it. A person is asked once for each key. */
  async signerOnce(publicKey: string, open: () => Promise<Signer>): Promise<Signer> {
    const known = this.#signers.get(publicKey) ?? open();
    this.#signers.set(publicKey, known);
    return await known;
  }

  /** What `open` makes of the password of this key. A person has three tries; a file or descriptor has one. */
  async unlock<Value>(
    name: string,
    open: (password: string) => Promise<Value | undefined>,
  ): Promise<Value> {
    const tries = this.#place === undefined ? triesMax : 1;
    for (let i = 0; i < tries; i += 1) {
      const again = i === 0 ? "" : `Wrong (try ${i + 1} of ${tries}). `;
      const value = await open(this.#read() ?? (await this.#ask(`${again}Password of ${name}`)));
      if (value !== undefined) return value;
    }
    throw wrongPassword(name);
  }

  /** A password for a key that gets one now; a person types it twice. */
  async choose(name: string): Promise<string> {
    const given = this.#read();
    if (given !== undefined) {
      const flaw = passwordFlaw(given);
      if (flaw === undefined) return given;
      throw usageFailure("password_unfit", flaw, `Put another into the ${this.#flag} source.`);
    }
    for (let i = 0; i < triesMax; i += 1) {
      const first = await this.#ask(`New password for ${name}`);
      const flaw = passwordFlaw(first);
      if (flaw !== undefined) process.stderr.write(`  ${flaw}\n`);
      else if ((await this.#ask("The same again")) === first) return first;
      else process.stderr.write("  The two differ.\n");
    }
    throw usageFailure("password_unfit", "no password was chosen", "Run it again.");
  }

  /** Read once: a pipe has it only once. */
  #read(): string | undefined {
    if (this.#place !== undefined) this.#given ??= secretLine(this.#place, this.#flag);
    return this.#given;
  }

  async #ask(message: string): Promise<string> {
    if (canAsk()) return await askSecret(message);
    throw usageFailure(
      "password_needed",
      "there is no terminal to ask for a password",
      `Add ${this.#flag}-file FILE or ${this.#flag}-fd NUMBER.`,
    );
  }
}

const passwordsBySettings = new WeakMap<Settings, Passwords>();

/** The one source of this call: a pipe can be read only once. */
export function passwordsOf(settings: Settings): Passwords {
  const passwords = passwordsBySettings.get(settings) ?? new Passwords(settings.password);
  passwordsBySettings.set(settings, passwords);
  return passwords;
}

/** What is wrong with a new password, or undefined. */
export function passwordFlaw(password: string): string | undefined {
  if ([...password].length < passwordLengthMin) {
    return `A password has at least ${passwordLengthMin} characters.`;
  }
  if (Buffer.byteLength(password) > passwordBytesMax) return "The password is too long.";
  return /\p{Cc}/u.test(password) ? "A password has no control characters." : undefined;
}

/** The first line. */
function secretLine(place: PasswordPlace, flag: string): string {
  return (
    readSecret(place, `${flag}-${place.kind === "file" ? "file" : "fd"}`).split(/\r?\n/)[0] ?? ""
  );
}

const secretBytesMax = 16_384;

/** A short text from a file or a descriptor. `flag`: what to name when it cannot be read. */
export function readSecret(place: PasswordPlace, flag: string): string {
  try {
    const descriptor = place.kind === "file" ? openSync(place.path, "r") : place.descriptor;
    const bytes = Buffer.alloc(secretBytesMax + 1);
    let length = 0;
    for (let read = -1; read !== 0 && length < bytes.length; length += read) {
      read = readSync(descriptor, bytes, length, bytes.length - length, null);
    }
    if (length > secretBytesMax) throw new Error("too long");
    return bytes.toString("utf8", 0, length);
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : "too long";
    throw usageFailure("secret_unreadable", `${flag} cannot be read (${code})`, `Correct ${flag}.`);
  }
}
