/**
 * `quorate-wallet balance [NAME|ADDRESS]`: what an account holds, by the word of all nodes.
 * @module
 */

import { describeFailure, type Heard } from "../../src/api/asking.ts";
import type { AccountJson } from "../../src/api/json.ts";
import { nativeAsset } from "../../src/protocol/ids.ts";
import type { NamedAccount } from "../accounts.ts";
import { amountText } from "../amounts.ts";
import { type Agreement, agreeOnBalance, type BalanceAnswer } from "../balance-agreement.ts";
import { CommandFailure, exitCodes } from "../failure.ts";
import { type Network, openNetwork } from "../network.ts";
import { askAll, noAnswer } from "../nodes.ts";
import { formatTable } from "../terminal/table.ts";
import type { Json, Report, Terminal } from "../terminal/terminal.ts";
import type { Wallet } from "../wallet.ts";

type Agreed = Extract<Agreement, { kind: "agreed" }>;

interface Balance {
  readonly of: NamedAccount;
  readonly agreed: Agreed;
  readonly nonce: number;
  readonly asked: number;
}

/** Nodes that are this much later than the first are not waited for. */
const graceMs = 1_000;

/** One account, or without a name all that can sign. */
export async function balance(wallet: Wallet, who: string | undefined): Promise<Report> {
  const { settings, terminal } = wallet;
  const network = await openNetwork(settings);
  await requireChain(network, settings.timeoutMs);
  if (who !== undefined) {
    const found = await balanceOf(network, await network.accounts.resolve(who), wallet);
    return { data: balanceJson(network, found), text: balanceLine(network, found) };
  }
  const own = await network.accounts.own();
  const found = await Promise.all(
    own.map(async ({ name, account }) => {
      const address = network.accounts.addressOf(account);
      return await balanceOf(network, { name, account, address }, wallet);
    }),
  );
  if (found.length === 0) terminal.note("No accounts yet. Make one with: quorate-wallet create");
  const rows = found.map((each) => [
    each.of.name ?? "",
    amountText(each.agreed.amount, network.unit),
    standing(each),
  ]);
  return {
    data: { accounts: found.map((each) => balanceJson(network, each)) },
    text: formatTable(rows, { right: [1] }),
  };
}

async function balanceOf(
  network: Network,
  of: NamedAccount,
  { settings, terminal }: Wallet,
): Promise<Balance> {
  const { timeoutMs } = settings;
  const heard = await askAll(network.nodes, (client) => client.account(of.address), {
    timeoutMs,
    graceMs,
  });
  const answers = heard.flatMap((each) => answerIn(each, of));
  const agreement = agreeOnBalance(answers);
  if (agreement === undefined) throw noAnswer(heard);
  if (agreement.kind === "disagreement") throw disagreement(network, agreement);
  noteSilent(heard, terminal);
  for (const { node, blocks } of agreement.behind) {
    terminal.note(`${node} is ${blocks} ${blocks === 1 ? "block" : "blocks"} behind`);
  }
  const nonce = Math.max(...heard.map(({ result }) => (result.ok ? result.value.nonce : 0)));
  return { of, agreed: agreement, nonce, asked: network.nodes.length };
}

function answerIn(heard: Heard<AccountJson>, of: NamedAccount): readonly BalanceAnswer[] {
  const { node, result, tipHeight } = heard;
  if (!result.ok || tipHeight === undefined || result.value.address !== of.address) return [];
  const native = result.value.balances.find(({ asset }) => asset === nativeAsset);
  return [{ node, height: tipHeight, amount: BigInt(native?.amount ?? "0") }];
}

function noteSilent(heard: readonly Heard<AccountJson>[], terminal: Terminal): void {
  for (const { node, result } of heard) {
    if (!result.ok) terminal.note(`${node} did not answer: ${describeFailure(result.reason)}`);
  }
}

/** A node of another network would answer truthfully about another ledger. */
async function requireChain({ nodes, chainId }: Network, timeoutMs: number): Promise<void> {
  const statuses = await askAll(nodes, (client) => client.status(), {
    timeoutMs,
    graceMs,
  });
  const strangers = statuses.filter(({ result }) => result.ok && result.value.chainId !== chainId);
  if (strangers.length === 0) return;
  throw new CommandFailure(exitCodes.disagreement, {
    code: "wrong_chain",
    message: `of another network than ${chainId}: ${strangers.map(({ node }) => node).join(", ")}`,
    fix: "Name only nodes of one network with --node.",
  });
}

function disagreement(
  { unit }: Network,
  { height, answers }: Extract<Agreement, { kind: "disagreement" }>,
): CommandFailure {
  const each = answers.map(({ node, amount }) => `${node}: ${amountText(amount, unit)}`);
  return new CommandFailure(exitCodes.disagreement, {
    code: "nodes_disagree",
    message: `nodes contradict each other about block #${height}: ${each.join("; ")}`,
    fix: "One of them lies or is broken. Believe none until its operator has explained it.",
  });
}

function balanceJson(network: Network, { of, agreed, nonce, asked }: Balance): Json {
  const { unit } = network;
  return {
    name: of.name ?? null,
    address: of.address,
    asset: unit.code,
    amount: agreed.amount.toString(),
    display: amountText(agreed.amount, unit),
    nonce,
    height: agreed.height,
    nodesAsked: asked,
    nodesAnswered: agreed.agreeing.length + agreed.behind.length,
    nodesAgreeing: agreed.agreeing.length,
    behind: agreed.behind.map(({ node, blocks }) => ({ node, blocks })),
  };
}

function balanceLine({ unit }: Network, found: Balance): string {
  return `${amountText(found.agreed.amount, unit)}  ${standing(found)}`;
}

function standing({ agreed, asked }: Balance): string {
  const answered = agreed.agreeing.length + agreed.behind.length;
  const behind = agreed.behind.length === 0 ? "" : `, ${agreed.behind.length} behind`;
  return `final at #${agreed.height}, ${answered} of ${asked} nodes answered, ${agreed.agreeing.length} agree${behind}`;
}
