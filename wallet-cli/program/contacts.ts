/**
 * Commands about names for other people's addresses.
 * @module
 */
import type { Command } from "commander";
import type { Run } from "../run.ts";

export function addContacts(program: Command, run: Run): void {
  const contacts = program.command("contacts").description("names for other people's addresses");
  contacts
    .command("add")
    .argument("<name>", "a name that stands for nothing yet")
    .argument("<address>", "an address of this network")
    .description("name an address; warns when it looks like a known one")
    .action(async (name: string, address: string) => {
      const { addContact } = await import("../commands/contacts.ts");
      await run(program.opts(), async (wallet) => await addContact(wallet, name, address));
    });
  contacts
    .command("list")
    .description("list the contacts")
    .action(async () => {
      const { listContacts } = await import("../commands/contacts.ts");
      await run(program.opts(), listContacts);
    });
  contacts
    .command("remove")
    .argument("<name>", "a contact")
    .description("remove a contact")
    .action(async (name: string) => {
      const { removeContact } = await import("../commands/contacts.ts");
      await run(program.opts(), async (wallet) => await removeContact(wallet, name));
    });
}
