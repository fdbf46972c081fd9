/**
 * `quorate-wallet balance [NAME|ADDRESS]`: what an account holds, proven, whatever the nodes say.
 * @module
 */
import type { ProvenAccount } from "../../src/client/proven-state.ts";
import { nativeAsset } from "../../src/protocol/ids.ts";
import type { NamedAccount } from "../accounts/accounts.ts";
import { amountText } from "../amounts.ts";
import { type Network, openNetwork } from "../network/network.ts";
import { formatTable } from "../terminal/table.ts";
import type { Json, Report } from "../terminal/terminal.ts";
import { standingJson, standingText, timeWarning } from "../trust/standing-text.ts";
import { openTrust } from "../trust/trust.ts";
import type { Wallet } from "../wallet.ts";

interface Balance {
  readonly of: NamedAccount;
  readonly proven: ProvenAccount;
}

/** One account, or without a name all that can sign. */
export async function balance(wallet: Wallet, who: string | undefined): Promise<Report> {
  const { settings, terminal } = wallet;
  const network = await openNetwork(settings);
  const trust = await openTrust(wallet, network);
  const named = who === undefined ? undefined : await network.accounts.resolve(who);
  const accounts = named === undefined ? await ownAccounts(network) : [named];
  if (accounts.length === 0) terminal.note("No accounts yet. Make one with: quorate-wallet create");
  const found: Balance[] = [];
  for (const of of accounts) found.push({ of, proven: await trust.account(of.account) });
  const wallMs = Date.now();
  for (const { proven } of found.slice(0, 1)) {
    const warning = timeWarning(proven.standing, wallMs);
    if (warning !== undefined) terminal.note(terminal.styled("yellow", warning));
  }
  for (const { of, proven } of found) {
    if (!proven.mayHoldMore) continue;
    const holder = of.name ?? of.address;
    terminal.note(terminal.styled("yellow", `${holder} may hold more assets than are shown here.`));
  }
  const [first] = found;
  if (named !== undefined && first !== undefined) {
    const lines = amountsOf(network, first).map(
      ({ display, issuer }, i) =>
        `${display}${issuerText(issuer)}${i === 0 ? `  ${standingText(first.proven.standing, wallMs)}` : ""}`,
    );
    return { data: balanceJson(network, first), text: lines.join("\n") };
  }
  const rows = found.flatMap((each) =>
    amountsOf(network, each).map(({ display, issuer }, i) => [
      i === 0 ? (each.of.name ?? each.of.address) : "",
      display,
      i === 0 ? standingText(each.proven.standing, wallMs) : issuerText(issuer).trim(),
    ]),
  );
  return {
    data: { accounts: found.map((each) => balanceJson(network, each)) },
    text: formatTable(rows, { right: [1] }),
  };
}

async function ownAccounts({ accounts }: Network): Promise<readonly NamedAccount[]> {
  const own = await accounts.own();
  return own.map(({ name, account }) => ({
    name,
    account,
    address: accounts.addressOf(account),
  }));
}

interface Amount {
  readonly asset: string;
  readonly code: string;
  /** Address; undefined: the native asset has none. */
  readonly issuer: string | undefined;
  readonly decimals: number;
  readonly amount: bigint;
  readonly display: string;
}

const issuerText = (issuer: string | undefined): string =>
  issuer === undefined ? "" : `  issued by ${issuer}`;

/** The native one first. */
function amountsOf({ unit, accounts }: Network, { proven }: Balance): readonly Amount[] {
  const { balance } = proven.account;
  const display = amountText(balance, unit);
  const { code, decimals } = unit;
  return [
    { asset: nativeAsset, code, issuer: undefined, decimals, amount: balance, display },
    ...proven.holdings.map((holding) => ({
      ...holding,
      issuer: accounts.addressOf(holding.issuer),
      display: amountText(holding.amount, holding),
    })),
  ];
}

function balanceJson(network: Network, found: Balance): Json {
  const { of, proven } = found;
  const { nonce, balance, exists } = proven.account;
  const standing = standingJson(proven.standing) as { readonly [name: string]: Json };
  return {
    name: of.name ?? null,
    address: of.address,
    exists,
    asset: network.unit.code,
    amount: balance.toString(),
    display: amountText(balance, network.unit),
    nonce,
    balances: amountsOf(network, found).map(({ issuer, amount, ...rest }) => ({
      ...rest,
      issuer: issuer ?? null,
      amount: amount.toString(),
    })),
    mayHoldMore: proven.mayHoldMore,
    ...standing,
  };
}
