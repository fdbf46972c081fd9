/**
 * Policies that the ledger has seen: an account's state holds only the hash of its policy, but whatever it signs carries
 * the policy itself.
 * @module
 */
import { parseHex } from "../../src/base/bytes.ts";
import { nobleHasher } from "../../src/crypto/hash.ts";
import type { AccountId, ChainId, Digest } from "../../src/protocol/ids.ts";
import { type Policy, policyHash } from "../../src/protocol/policy.ts";
import { openTransaction } from "../../src/protocol/transaction.ts";
import type { Network } from "../network/network.ts";
import { ask } from "../network/nodes.ts";
import type { Wallet } from "../wallet.ts";

/** Final transactions of an account that are looked through for its policy. */
const lookedThroughMax = 20;

/** The policy with this hash, found in what the account has signed. Whoever serves it cannot choose: the hash decides. */
export async function policyOnLedger(
  { settings }: Wallet,
  network: Network,
  account: AccountId,
  authHash: Digest,
): Promise<Policy | undefined> {
  const address = network.accounts.addressOf(account);
  const options = { timeoutMs: settings.timeoutMs };
  for (const node of network.nodes) {
    const page = { limit: lookedThroughMax };
    const list = await ask(node, (client) => client.accountTransactions(address, page), options);
    if (!list.result.ok) continue;
    for (const { id } of list.result.value.items) {
      const receipt = await ask(node, (client) => client.receipt(id), options);
      const bytes = receipt.result.ok ? parseHex(receipt.result.value.transaction) : undefined;
      const policy = bytes && policyIn(network.chainId, bytes, authHash);
      if (policy !== undefined) return policy;
    }
  }
  return undefined;
}

/** The policy with this hash, among those that a signed transaction was signed under or sets. */
function policyIn(chainId: ChainId, bytes: Uint8Array, authHash: Digest): Policy | undefined {
  const opened = openTransaction(nobleHasher, chainId, bytes);
  if (!opened.ok || opened.value.signed.kind !== "signed") return undefined;
  const { transaction, authorizations } = opened.value.signed;
  const policies = [
    ...authorizations.map(({ policy }) => policy),
    ...transaction.operations.flatMap(({ body }) =>
      body.kind === "set-policy" ? [body.policy] : [],
    ),
  ];
  return policies.find((policy) => policyHash(nobleHasher, policy) === authHash);
}
