/**
 * Casting an operator's vote: signed here, sent to several nodes, followed until it is final.
 *
 * A vote costs nothing and a second equal one changes nothing but its date, so it needs no outbox: after an unknown
 * outcome it is simply cast again.
 * @module
 */
import { askNode, describeFailure, type Heard, type Web } from "../src/api/asking.ts";
import type { NodeAnswer } from "../src/api/outcome.ts";
import { type Pursued, pursue } from "../src/api/pursuit.ts";
import { submitting } from "../src/api/submitting.ts";
import { formatAddress } from "../src/protocol/address.ts";
import type { ChainId } from "../src/protocol/ids.ts";
import type { VoteBody } from "../src/protocol/operations.ts";
import {
  chainTag,
  type NamedTransaction,
  nameTransaction,
  signWithSingleKey,
} from "../src/protocol/transaction.ts";
import { systemClock } from "./adapters/clock.ts";
import { nativeHasher } from "./adapters/native-crypto.ts";
import type { OperatorKey } from "./operator-key.ts";
import { exitCodes, Refusal } from "./refusal.ts";

/** The network that is voted in. */
export interface VotingNetwork {
  /** Base URLs, at least one. */
  readonly nodes: readonly string[];
  readonly chainId: ChainId;
  readonly addressPrefix: string;
  /** For the whole of it. */
  readonly timeoutMs: number;
}

export interface CastVote {
  readonly id: string;
  /** Address of who voted. */
  readonly operator: string;
  readonly height: number;
  readonly blockId: string;
  readonly timestampMs: number;
}

export const web: Web = { httpFetch: fetch, timeoutSignal: (ms) => AbortSignal.timeout(ms) };

/** For a question that a node answers from memory. */
const quickMs = 3_000;
/** A silent node is given so long before the next one is asked as well. */
const patienceMs = 1_000;
const expiresInMs = 15 * 60_000;

/**
 * Casts one vote and resolves when it is final. `signed` hears the id before the first byte leaves. Throws a Refusal
 * with the exit code of every other outcome.
 */
export async function castVote(
  network: VotingNetwork,
  key: OperatorKey,
  body: VoteBody,
  signed: (id: string) => void,
): Promise<CastVote> {
  const operator = formatAddress(network.addressPrefix, key.account);
  const vote = await signVote(network, key, operator, body);
  signed(vote.id);
  const pursued = await pursue({
    nodes: network.nodes,
    askNode: submitting(web, vote, { isHeld: true }),
    worth: "words",
    clock: systemClock,
    timeoutMs: network.timeoutMs,
    patienceMs,
    mayBeHeld: false,
    until: "settled",
    isPatient: false,
  });
  const { outcome } = pursued;
  if (outcome.kind !== "final") throw refusalOfOutcome(vote.id, pursued);
  const { height, blockId, timestampMs } = outcome;
  return { id: vote.id, operator, height, blockId, timestampMs };
}

async function signVote(
  { nodes, chainId, timeoutMs }: VotingNetwork,
  { account, policy, signer }: OperatorKey,
  address: string,
  body: VoteBody,
): Promise<NamedTransaction> {
  const options = { timeoutMs: Math.min(timeoutMs, quickMs) };
  const heard = await Promise.all(
    nodes.map(async (node) => ({
      account: await askNode(web, node, (client) => client.account(address), options),
      status: await askNode(web, node, (client) => client.status(), options),
    })),
  );
  const accounts = heard.flatMap((each) =>
    each.account.result.ok ? [each.account.result.value] : [],
  );
  const statuses = heard.flatMap((each) =>
    each.status.result.ok ? [each.status.result.value] : [],
  );
  if (accounts.length === 0 || statuses.length === 0)
    throw noAnswer(heard.map((each) => each.status));
  if (statuses.every((status) => status.chainId !== chainId)) throw wrongChain(chainId);
  const nowMs = Math.max(Date.now(), ...statuses.map(({ tip }) => tip.timestampMs));
  const transaction = {
    chain: chainTag(chainId),
    sender: account,
    nonce: Math.max(...accounts.map(({ pendingNonce }) => pendingNonce)),
    expiryMs: nowMs + expiresInMs,
    fee: 0n, // What only votes is free.
    memo: new Uint8Array(0),
    operations: [{ from: undefined, body }],
  };
  const signed = signWithSingleKey(chainId, transaction, policy, signer);
  return nameTransaction(nativeHasher, chainId, signed);
}

/** No node gave a usable answer: exit code 4. */
export function noAnswer(heard: readonly Heard<unknown>[]): Refusal {
  const reasons = heard.map(({ node, result }) =>
    result.ok ? node : `${node}: ${describeFailure(result.reason)}`,
  );
  return new Refusal({
    code: "no_node_reachable",
    message: `no node answered\n  ${reasons.join("\n  ")}`,
    fix: "Start the network (npm start), or name other nodes with --node URL.",
    exitCode: exitCodes.unreachable,
  });
}

const wrongChain = (chainId: ChainId): Refusal =>
  new Refusal({
    code: "wrong_chain",
    message: `the nodes serve another network than ${chainId}`,
    fix: "Nothing was signed. Use the home, the network file and the nodes of one network.",
    exitCode: exitCodes.disagreement,
  });

const again = "Cast the vote again: a second equal vote does no harm.";

function refusalOfOutcome(id: string, { outcome, answers }: Pursued): Refusal {
  const said = answers.map(answerText).join("; ");
  switch (outcome.kind) {
    case "expired":
      return new Refusal({
        code: "expired",
        message: `vote ${id} expired before it became final`,
        fix: again,
        exitCode: exitCodes.expired,
      });
    case "superseded":
      return new Refusal({
        code: "superseded",
        message: `another transaction of the same account took its place: ${outcome.by}`,
        fix: again,
        exitCode: exitCodes.refused,
      });
    case "invalid":
    case "refused":
      return new Refusal({
        code: outcome.code,
        message: outcome.message,
        fix: fixes[outcome.code] ?? "The vote was not cast.",
        exitCode: exitCodes.refused,
      });
    case "disagreement":
      return new Refusal({
        code: "nodes_disagree",
        message: `nodes contradict each other about vote ${id}: ${said}`,
        fix: "One of them lies or is broken. Ask others with --node.",
        exitCode: exitCodes.disagreement,
      });
    case "unreachable":
      return new Refusal({
        code: "no_node_reachable",
        message: `no node could be reached (${said}); the vote was not sent`,
        fix: "Start the network or name other nodes with --node.",
        exitCode: exitCodes.unreachable,
      });
    default:
      return new Refusal({
        code: "outcome_unknown",
        message: `outcome unknown: vote ${id} may still become final (${said})`,
        fix: `Ask for it with: quorate query tx ${id}. ${again}`,
        exitCode: exitCodes.outcomeUnknown,
      });
  }
}

const fixes: Readonly<Record<string, string>> = {
  not_a_validator: "Sign with the key of an operator of the present set: quorate membership list.",
  too_many_votes:
    "An operator has at most 32 votes standing; they end when counted or after 30 days.",
  bad_signature: "The request's key has not signed it: ask the candidate for the file again.",
};

function answerText(answer: NodeAnswer): string {
  const { node, kind } = answer;
  if ("message" in answer) return `${node}: ${answer.message}`;
  return `${node}: ${kind}`;
}
