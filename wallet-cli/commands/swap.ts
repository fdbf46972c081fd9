/**
 * `quorate-wallet swap propose|accept`: two parties exchange two assets in one transaction.
 *
 * The proposer is the sender: it signs first, pays the fee, and takes the offer back by sending anything else, which
 * uses the same nonce. Both operations apply or none does, and each account signs the whole, so neither can take
 * without giving, nor change what the other has agreed to.
 * @module
 */
import type { AccountId } from "../../src/protocol/ids.ts";
import type { Transfer } from "../../src/protocol/operations.ts";
import type { Transaction } from "../../src/protocol/transaction.ts";
import { amountOf } from "../amounts.ts";
import { type DraftFlags, draftOf } from "../cosigning/drafting.ts";
import { openDraft, openPartial } from "../cosigning/opened-transaction.ts";
import { ownKeys } from "../cosigning/parties.ts";
import { signOpened } from "../cosigning/signing.ts";
import { deedText, type View } from "../cosigning/transaction-view.ts";
import { transmit } from "../cosigning/transmitting.ts";
import { usageFailure } from "../failure.ts";
import { nameOf } from "../file-input.ts";
import { unitNamed } from "../ledger/asset-names.ts";
import { assetAmountText, who } from "../ledger/transaction-words.ts";
import { type KnownNetwork, knownNetwork } from "../network/known-network.ts";
import { memoOf } from "../sending/acting-flags.ts";
import { formatTable } from "../terminal/table.ts";
import type { Report } from "../terminal/terminal.ts";
import type { Wallet } from "../wallet.ts";
import { warn } from "./send.ts";
import { type OutFlag, passOn } from "./tx.ts";

export interface ProposeFlags extends DraftFlags, OutFlag {
  readonly give: string;
  readonly want: string;
  readonly with: string;
  readonly from?: string;
  readonly memo?: string;
}

export async function proposeSwap(wallet: Wallet, flags: ProposeFlags): Promise<Report> {
  const memo = memoOf(flags.memo);
  const known = await knownNetwork(wallet.settings);
  const { accounts } = known.network;
  const payer = await accounts.payer(flags.from);
  const other = await accounts.resolve(flags.with);
  if (other.account === payer.account) {
    throw usageFailure("self_swap", "this swaps with oneself", "Give another account with --with.");
  }
  await warn(wallet, known.network, other);
  const give = await sideOf(wallet, known, {
    text: flags.give,
    holder: payer.account,
    flag: "--give",
  });
  const want = await sideOf(wallet, known, {
    text: flags.want,
    holder: payer.account, // What the other side calls its assets must not choose what is taken for them.
    flag: "--want",
  });
  const wish = {
    sender: payer.account,
    memo,
    operations: [
      { from: undefined, body: { kind: "transfer", to: other.account, ...give } },
      { from: other.account, body: { kind: "transfer", to: payer.account, ...want } },
    ],
  } as const;
  const draft = await draftOf(wallet, known, wish, flags);
  const { partial, view } = await signOpened(wallet, await openDraft(wallet, known, draft), {
    key: payer.name,
    question: "Sign this offer?",
    source: "the offer",
    shown: sidesText(payer.account),
  });
  wallet.terminal.note(
    `For ${other.address}: quorate-wallet swap accept FILE. ` +
      "Whatever else this account sends before takes the offer back.",
  );
  return await passOn(partial, view, flags);
}

interface Side {
  readonly text: string;
  readonly holder: AccountId;
  readonly flag: string;
}

/** `10 GOLD`, `5 QRT`, `1 GOLD@issuer`. */
async function sideOf(
  wallet: Wallet,
  { network }: KnownNetwork,
  { text, holder, flag }: Side,
): Promise<Pick<Transfer, "asset" | "amount">> {
  const [, amount = "", asset] = /^\s*(\S+)\s+(\S+)\s*$/.exec(text) ?? [];
  if (asset === undefined) {
    throw usageFailure(
      "bad_side",
      `${flag}: "${text}" is not an amount with its asset`,
      `Write ${flag} "10 GOLD".`,
    );
  }
  const unit = await unitNamed(wallet, network, asset, holder);
  return { asset: unit.id, amount: amountOf(amount, unit) };
}

export async function acceptSwap(
  wallet: Wallet,
  given: string,
  flags: { readonly wait: boolean },
): Promise<Report> {
  const opened = await openPartial(wallet, given, { online: true });
  const { partial, known } = opened;
  const swap = swapIn(partial.transaction);
  if (swap === undefined) {
    throw usageFailure(
      "not_a_swap",
      `${nameOf(given)} is not an exchange of two payments between two accounts`,
      "Look at it with quorate-wallet tx show, and sign it with tx sign if it is wanted.",
    );
  }
  await refuseOwnOffer(known, swap.proposer);
  const own = await ownKeys(known.network.accounts);
  // Every policy is the ledger's: who "you" is, is not the file's to say.
  const mine = partial.authorizations
    .find(({ account }) => account === swap.accepter)
    ?.policy.keys.find(({ publicKey }) => own.has(publicKey));
  if (mine === undefined) {
    throw usageFailure(
      "not_for_this_wallet",
      `the offer is for ${known.network.accounts.addressOf(swap.accepter)}, and this wallet has no key of it`,
      "Use the wallet of that account.",
    );
  }
  const { view } = await signOpened(wallet, opened, {
    key: own.get(mine.publicKey)?.name,
    question: "Give this and take that?",
    source: nameOf(given),
    shown: (each) => {
      requireProposer(each, swap.proposer);
      return sidesText(swap.accepter)(each);
    },
  });
  const { wait } = flags;
  return await transmit(wallet, known, view, { source: nameOf(given), wait, wasShown: true });
}

interface Swap {
  readonly proposer: AccountId;
  readonly accepter: AccountId;
}

/** Two payments, each way one, between the sender and one other account. */
function swapIn({ sender, operations }: Transaction): Swap | undefined {
  const [first, second, ...rest] = operations;
  if (first === undefined || second === undefined || rest.length > 0) return undefined;
  if (first.body.kind !== "transfer" || second.body.kind !== "transfer") return undefined;
  const [a, b] = [first.from ?? sender, second.from ?? sender];
  if (a === b || first.body.to !== b || second.body.to !== a) return undefined;
  return { proposer: sender, accepter: a === sender ? b : a };
}

/** Whoever accepts reads what the other side gives. The keys of a local network stand for several people. */
async function refuseOwnOffer(
  { network: { accounts } }: KnownNetwork,
  proposer: AccountId,
): Promise<void> {
  const own = await accounts.own();
  if (!own.some(({ account, origin }) => account === proposer && origin === "own")) return;
  throw usageFailure(
    "own_offer",
    `the offer is by ${accounts.addressOf(proposer)}, an account of this wallet`,
    "Its other side accepts it. Where both are yours: quorate-wallet tx show, tx sign, tx send.",
  );
}

/** An offer that its proposer has not signed is nobody's word. */
function requireProposer({ standings, context }: View, proposer: AccountId): void {
  if (standings.find(({ account }) => account === proposer)?.isMet === true) return;
  throw usageFailure(
    "offer_not_signed",
    `${context.addressOf(proposer)} has not signed the offer`,
    "Ask for the file that swap propose has written.",
  );
}

/** The whole, and then both sides as this account sees them. */
function sidesText(account: AccountId): (view: View) => string {
  return (view) => {
    const { context, partial } = view;
    const { sender, operations } = partial.transaction;
    const rows = operations.flatMap(({ from, body }): (readonly string[])[] => {
      if (body.kind !== "transfer") return [];
      const payer = from ?? sender;
      const amount = assetAmountText(body, context);
      return payer === account
        ? [["you give", amount, `to ${who(body.to, context)}`]]
        : [["you get", amount, `from ${who(payer, context)}`]];
    });
    return `${deedText(view)}\n\n${formatTable(rows)}`;
  };
}
