/**
 * Answers about one account: its entry and what it holds, all from the state at one final tip.
 * @module
 */
import type { Mempool } from "../mempool/mempool.ts";
import { type AccountId, nativeAsset } from "../protocol/ids.ts";
import { readAccount, requireMemoFlag } from "../protocol/state.ts";
import { balancesIn, balancesOf } from "./asset-queries.ts";
import { keysAtTip, type StateAtTip } from "./keys-at-tip.ts";
import type { AccountSummary } from "./node-queries.ts";

/** Balances of assets other than the native one that come with an account. */
const accountBalancesMax = 100;

export interface AccountQueriesDependencies extends StateAtTip {
  readonly mempool: Pick<Mempool, "pendingNonce">;
}

export class AccountQueries {
  readonly #d: AccountQueriesDependencies;

  constructor(dependencies: AccountQueriesDependencies) {
    this.#d = dependencies;
  }

  account(account: AccountId): Promise<AccountSummary> {
    const limit = accountBalancesMax;
    const span = { beginning: balancesOf(account), from: undefined, limit };
    return keysAtTip(this.#d, span, (found) => {
      const { exists, nonce, balance, authHash, flags } = readAccount(found.state, account);
      const others = balancesIn(found, account, limit);
      return {
        account,
        exists,
        nonce,
        pendingNonce: this.#d.mempool.pendingNonce(account, nonce),
        authHash,
        requireMemo: (flags & requireMemoFlag) !== 0,
        balances: [{ asset: nativeAsset, amount: balance }, ...others.items],
        moreBalances: others.next,
        tip: found.tip,
      };
    });
  }
}
