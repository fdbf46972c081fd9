/**
 * Commands about the wallet's own keys.
 * @module
 */
import type { Command } from "commander";
import type { CreateFlags } from "../commands/create.ts";
import type { ExportFlags } from "../commands/export.ts";
import type { ImportFlags } from "../commands/import.ts";
import type { PasswordFlags } from "../commands/password.ts";
import type { Run } from "../run.ts";

export function addKeyCommands(program: Command, run: Run): void {
  addMaking(program, run);
  addShowing(program, run);
  addChanging(program, run);
}

function addMaking(program: Command, run: Run): void {
  program
    .command("create")
    .argument("[name]", "a name for it (main)")
    .description("make a new key, encrypted under a password, and print its address")
    .option("--words <count>", "12 or 24 words", "12")
    .option("--plain", "store it without a password")
    .option("--show-words", "show the words also where there is no terminal, and with --json")
    .action(async (name: string | undefined, flags: CreateFlags) => {
      const { create } = await import("../commands/create.ts");
      await run(program.opts(), async (wallet) => await create(wallet, name, flags));
    });
  program
    .command("import")
    .argument("[name]", "a name for it (main)")
    .description("bring a key from its words or from a key file")
    .option("--words-file <file>", "read the words from a file")
    .option("--words-fd <number>", "read the words from a file descriptor")
    .option("--key-file <file>", "a key file of this program instead of words")
    .option("--index <number>", "which key of the words (0)")
    .option("--plain", "store it without a password")
    .action(async (name: string | undefined, flags: ImportFlags) => {
      const { importKey } = await import("../commands/import.ts");
      await run(program.opts(), async (wallet) => await importKey(wallet, name, flags));
    });
}

function addShowing(program: Command, run: Run): void {
  program
    .command("list")
    .description("list the accounts that can sign")
    .action(async () => {
      const { list } = await import("../commands/list.ts");
      await run(program.opts(), list);
    });
  program
    .command("show")
    .argument("[name]", "an account that can sign")
    .description("show an account in full, but not its secret")
    .option("--qr", "with its address as a QR code")
    .action(async (name: string | undefined, flags: { readonly qr?: boolean }) => {
      const { show } = await import("../commands/show.ts");
      await run(program.opts(), async (wallet) => await show(wallet, name, flags));
    });
  program
    .command("export")
    .argument("<name>", "an own key")
    .description("print the words of a key, after its password and a typed confirmation")
    .option("--key", "its unencrypted key file instead of the words")
    .option("--out <file>", "into a new file, readable by you alone")
    .option("--confirm <name>", "the name again, where there is no terminal")
    .action(async (name: string, flags: ExportFlags) => {
      const { exportKey } = await import("../commands/export.ts");
      await run(program.opts(), async (wallet) => await exportKey(wallet, name, flags));
    });
}

function addChanging(program: Command, run: Run): void {
  program
    .command("rename")
    .argument("<name>", "an own key")
    .argument("<new-name>", "its new name")
    .description("rename an own key")
    .action(async (name: string, newName: string) => {
      const { renameAccount } = await import("../commands/rename.ts");
      await run(program.opts(), async (wallet) => await renameAccount(wallet, name, newName));
    });
  program
    .command("password")
    .argument("<name>", "an own key")
    .description("change the password of a key, or give it one")
    .option("--new-password-file <file>", "read the new password from a file")
    .option("--new-password-fd <number>", "read the new password from a file descriptor")
    .action(async (name: string, flags: PasswordFlags) => {
      const { changePassword } = await import("../commands/password.ts");
      await run(program.opts(), async (wallet) => await changePassword(wallet, name, flags));
    });
  program
    .command("delete")
    .argument("<name>", "an own key")
    .description("forget an own key, after a typed confirmation; --yes: with payments unfinished")
    .option("--confirm <name>", "the name again, where there is no terminal")
    .action(async (name: string, flags: { readonly confirm?: string }) => {
      const { deleteAccount } = await import("../commands/delete.ts");
      await run(program.opts(), async (wallet) => await deleteAccount(wallet, name, flags));
    });
}
