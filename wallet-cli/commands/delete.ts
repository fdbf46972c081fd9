/**
 * `quorate-wallet delete NAME`: forgets an own key. Without its words, what it holds is lost.
 * @module
 */
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { nobleHasher } from "../../src/crypto/hash.ts";
import { parseAddress } from "../../src/protocol/address.ts";
import type { AccountId } from "../../src/protocol/ids.ts";
import { accountIdOf, singleKeyPolicy } from "../../src/protocol/policy.ts";
import { usageFailure } from "../failure.ts";
import { isMissing } from "../files.ts";
import { parseJsonObject, stringIn } from "../json-fields.ts";
import { deleteKey, publicKeyOf, requireStored } from "../keys/key-changes.ts";
import { requireTyped } from "../terminal/confirmation.ts";
import type { Report } from "../terminal/terminal.ts";
import type { Wallet } from "../wallet.ts";

export async function deleteAccount(
  { settings }: Wallet,
  name: string,
  { confirm }: { readonly confirm?: string },
): Promise<Report> {
  const { home } = settings;
  const stored = await requireStored(home, name);
  const account = accountIdOf(nobleHasher, singleKeyPolicy(publicKeyOf(stored)));
  const unfinished = await unfinishedOf(home, account);
  if (unfinished.length > 0 && !settings.yes) {
    throw usageFailure(
      "payments_unfinished",
      `${unfinished.length} of its payments have no certain answer yet`,
      `Run: quorate-wallet wait ${unfinished[0]}. Or add --yes to delete it all the same.`,
    );
  }
  await requireTyped(name, {
    given: confirm,
    question: `Without its words, the key ${name} cannot be had back.`,
  });
  await deleteKey(home, name);
  return { data: { name, account }, text: `${name} is deleted` };
}

/** Ids in the outbox, of every network, that this account signed; one that cannot be read may be its own, too. */
async function unfinishedOf(home: string, account: AccountId): Promise<readonly string[]> {
  const ids: string[] = [];
  for (const id of await idsIn(join(home, "outbox"))) {
    const entry = parseJsonObject(await readFile(join(home, "outbox", id), "utf8").catch(() => ""));
    const from = entry === undefined ? undefined : stringIn(entry, "from");
    if (from === undefined || isAddressOf(from, account)) ids.push(id);
  }
  return ids;
}

function isAddressOf(address: string, account: AccountId): boolean {
  const parsed = parseAddress(address.slice(0, address.lastIndexOf("1")), address);
  return !parsed.ok || parsed.value === account;
}

async function idsIn(directory: string): Promise<readonly string[]> {
  try {
    return (await readdir(directory)).filter((file) => /^[0-9a-f]{64}$/.test(file)).sort();
  } catch (error) {
    if (isMissing(error)) return [];
    throw error;
  }
}
