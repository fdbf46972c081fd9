/**
 * An account as it is shown, from what is proven of it.
 * @module
 */
import type { AccountJson, BalanceJson } from "../../../src/api/json.ts";
import type { ProvenAccount } from "../../../src/client/proven-state.ts";
import { formatAddress } from "../../../src/protocol/address.ts";
import { formatAmount } from "../../../src/protocol/amount.ts";
import type { Genesis } from "../../../src/protocol/genesis.ts";
import { type AccountId, nativeAsset } from "../../../src/protocol/ids.ts";
import { requireMemoFlag } from "../../../src/protocol/state.ts";
import { type Difference, differences } from "./differences.ts";

export interface AccountFields
  extends Omit<AccountJson, "pendingNonce" | "balances" | "moreBalances" | "tip"> {
  /** The native one first, then ascending by id: all that any node names. */
  readonly balances: readonly BalanceJson[];
}

export function accountFields(
  { account: entry, holdings }: Pick<ProvenAccount, "account" | "holdings">,
  { genesis, account }: { readonly genesis: Genesis; readonly account: AccountId },
): AccountFields {
  const { addressPrefix: prefix, asset } = genesis;
  const native = { asset: nativeAsset, amount: entry.balance, issuer: undefined, ...asset };
  const balances = [native, ...holdings].map(({ asset: id, code, decimals, amount, issuer }) => ({
    asset: id,
    code,
    issuer: issuer === undefined ? null : formatAddress(prefix, issuer),
    decimals,
    amount: amount.toString(),
    display: `${formatAmount(amount, decimals)} ${code}`,
  }));
  return {
    address: formatAddress(prefix, account),
    id: account,
    exists: entry.exists,
    nonce: entry.nonce,
    authHash: entry.authHash,
    requireMemo: (entry.flags & requireMemoFlag) !== 0,
    balances,
  };
}

/** Of one answer, the native one among them: it may say that there are more only when it has so many. */
const balancesMax = 101;

/** All but the pool's nonce. An answer that ends early shows as many balances as one has room for. */
export function compareAccount(shown: AccountJson, proven: AccountFields): readonly Difference[] {
  const { pendingNonce: _, tip: __, moreBalances, balances, ...rest } = shown;
  const { balances: held, ...entry } = proven;
  const isPart = moreBalances !== null && balances.length === balancesMax;
  const expected = isPart ? held.slice(0, balances.length) : held;
  return [...differences(rest, entry), ...differences(balances, expected, "balances")];
}
