/**
 * What a recipient asks of every payment to it, whatever the asset.
 * @module
 */
import type { AccountId } from "../protocol/ids.ts";
import { requireMemoFlag } from "../protocol/state.ts";
import type { WorkingState } from "./working-state.ts";

/** `memo_required` where the recipient takes no payment without a memo and there is none. */
export function recipientFlaw(
  state: WorkingState,
  to: AccountId,
  hasMemo: boolean,
): "memo_required" | undefined {
  if (hasMemo) return undefined;
  return (state.account(to).flags & requireMemoFlag) === 0 ? undefined : "memo_required";
}
