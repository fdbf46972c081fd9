/**
 * Asking a person for what a command line leaves out; where nobody can be asked, saying what is missing.
 * @module
 */
import { usageFailure } from "../failure.ts";
import type { OwnAccount } from "../keys/key-files.ts";
import type { Network } from "../network/network.ts";
import { askChoice, askText, canAsk } from "../terminal/prompts.ts";

/** The questions of one command. */
export class Questions {
  #wereAsked = false;

  /** Whether there was any: then the command ends with the line that does the same. */
  get wereAsked(): boolean {
    return this.#wereAsked;
  }

  /** @param name of the argument or flag; without a terminal the code is NAME_missing. */
  async text(name: string, given: string | undefined, question: string): Promise<string> {
    if (given !== undefined) return given;
    if (!canAsk()) {
      throw usageFailure(
        `${name.replaceAll("-", "_")}_missing`,
        `${name} is not given, and there is no terminal to ask for it`,
        "Give it on the command line: see --help.",
      );
    }
    this.#wereAsked = true;
    const flaw = (text: string): string | undefined =>
      text.trim() === "" ? "Something is needed here." : undefined;
    return (await askText(question, { flaw })).trim();
  }

  /** Empty when nothing is typed. */
  async optional(question: string): Promise<string> {
    this.#wereAsked = true;
    return (await askText(question, { standard: "" })).trim();
  }

  /** The account that signs: the named one, the only own key, or the one that a person chooses. */
  async payer({ accounts }: Network, given: string | undefined): Promise<OwnAccount> {
    try {
      return await accounts.payer(given);
    } catch (error) {
      const own = given === undefined && canAsk() ? await accounts.own() : [];
      if (own.length === 0) throw error;
      this.#wereAsked = true;
      const name = await askChoice(
        "Who pays?",
        own.map((each) => ({
          value: each.name,
          label: each.name,
          hint: accounts.addressOf(each.account),
        })),
      );
      return await accounts.payer(name);
    }
  }
}
