/**
 * Which accounts a transaction concerns, and as what: the rule by which it is listed under an account.
 *
 * One rule for the nodes, whose index follows it, and for whoever checks what a node lists.
 * @module
 */
import type { AccountId } from "./ids.ts";
import type { Signed, SignedTransaction } from "./transaction.ts";

/** What an account is in a transaction: bits of a sum. The node's index stores them. */
export const roles: Readonly<Record<"sender" | "payer" | "recipient", number>> = {
  sender: 1,
  payer: 2,
  recipient: 4,
};

/** Whom a transaction touches, and as what: sender, whom it acts for, who receives. A Fault touches nobody's account. */
export function accountRoles(signed: SignedTransaction): ReadonlyMap<AccountId, number> {
  return signed.kind === "fault" ? none : rolesOf(signed);
}

const none: ReadonlyMap<AccountId, number> = new Map();

function rolesOf({ transaction }: Signed): ReadonlyMap<AccountId, number> {
  const found = new Map<AccountId, number>();
  const add = (account: AccountId, role: number): void => {
    found.set(account, (found.get(account) ?? 0) | role);
  };
  add(transaction.sender, roles.sender);
  for (const { from, body } of transaction.operations) {
    if (from !== undefined) add(from, roles.payer);
    if (body.kind === "transfer" || body.kind === "mint") add(body.to, roles.recipient);
  }
  return found;
}
