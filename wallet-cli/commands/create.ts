/**
 * `quorate-wallet create [NAME]`: a new key, its words, and its address.
 * @module
 */
import { randomBytes } from "node:crypto";
import { entropyBytes, mnemonicOf, type WordCount } from "../../src/keys/mnemonic.ts";
import { usageFailure } from "../failure.ts";
import { secretOfWords } from "../keys/words.ts";
import type { Report } from "../terminal/terminal.ts";
import type { Wallet } from "../wallet.ts";
import { nameStandard, protectionOf, requireNewName, storeKey } from "./new-key.ts";

export interface CreateFlags {
  readonly words: string;
  readonly plain?: boolean;
  readonly showWords?: boolean;
}

export async function create(
  wallet: Wallet,
  nameGiven: string | undefined,
  flags: CreateFlags,
): Promise<Report> {
  const name = nameGiven ?? nameStandard;
  const count = wordCountOf(flags.words);
  await requireNewName(wallet.settings, name);
  const password = await protectionOf(wallet, name, { plain: flags.plain === true });
  const mnemonic = mnemonicOf(randomBytes(entropyBytes(count)));
  const secret = secretOfWords(mnemonic, 0);
  const { address, data } = await storeKey(wallet, name, secret, password);
  const isShown = flags.showWords === true;
  if (wallet.settings.json && isShown) return { data: { ...data, words: mnemonic }, text: address };
  showWords(wallet, { name, mnemonic, isShown });
  return { data, text: address };
}

function wordCountOf(text: string): WordCount {
  if (text === "12") return 12;
  if (text === "24") return 24;
  throw usageFailure(
    "bad_word_count",
    `"${text}" is not a number of words`,
    "Give --words 12 or 24.",
  );
}

/** Once, to a person. What is no terminal may be a log, so there they are shown only when asked for. */
function showWords(
  { terminal, settings }: Wallet,
  shown: { readonly name: string; readonly mnemonic: string; readonly isShown: boolean },
): void {
  if (settings.json || (!shown.isShown && process.stderr.isTTY !== true)) {
    terminal.note(
      `The words were not shown, as this is no terminal. See them with: quorate-wallet export ${shown.name}`,
    );
    return;
  }
  const words = shown.mnemonic.split(" ").map((word, i) => `${String(i + 1).padStart(2)} ${word}`);
  const rows: string[] = [];
  for (let i = 0; i < words.length; i += 4) {
    rows.push(
      `  ${words
        .slice(i, i + 4)
        .map((word) => word.padEnd(12))
        .join(" ")
        .trimEnd()}`,
    );
  }
  terminal.insist(
    [
      "",
      terminal.styled(
        "bold",
        "Write these words down, in this order, and keep them off computers.",
      ),
      "Whoever has them has the key; without them a lost file or password cannot be made good.",
      "The password protects the file on this machine, not the words.",
      "",
      ...rows,
      "",
    ].join("\n"),
  );
}
