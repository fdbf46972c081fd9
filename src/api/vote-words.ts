/**
 * What an operator's vote wants, in words: the same in the commands, the wallet and the pages.
 * @module
 */
import type { OperationJson, VoteMembershipJson, VoteParameterJson } from "./operation-json.ts";

export type VoteJson = VoteMembershipJson | VoteParameterJson;

export const isVoteJson = (operation: OperationJson): operation is VoteJson =>
  operation.kind === "vote-membership" || operation.kind === "vote-parameter";

/** `remove validator quo1…`, `set baseFee to 100`; to be put after "votes to". */
export function voteWords(vote: VoteJson): string {
  if (vote.kind === "vote-parameter") {
    return `set ${vote.name ?? `parameter ${vote.parameter}`} to ${vote.value}`;
  }
  const { change } = vote;
  if (change.kind === "remove") return `remove validator ${change.operator}`;
  const { name, consensusKey, operator, endpoint } = change.validator;
  const called = name === "" ? "" : `${name} `;
  const reached = endpoint === "" ? "" : `, at ${endpoint}`;
  return `have validator ${called}of ${operator} with key ${consensusKey}${reached}`;
}
