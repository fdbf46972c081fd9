/**
 * The faucet of a node of a local network: pays units for trying from an account that was made for that.
 *
 * `network up` gives each of its first nodes such an account and the key to it, in `keys/faucet.key` of its home. So no
 * two nodes ever sign with one key, and one node pays one request after the other: nonces need no more than that.
 * @module
 */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { fail, ok, type Result } from "../src/base/result.ts";
import { encode } from "../src/codec/codec.ts";
import type { Signer } from "../src/crypto/ports.ts";
import { parseKeyFile } from "../src/keys/key-file.ts";
import { minimumFee } from "../src/protocol/fees.ts";
import { type AccountId, nativeAsset, type TransactionId } from "../src/protocol/ids.ts";
import { accountIdOf, singleKeyPolicy } from "../src/protocol/policy.ts";
import {
  chainTag,
  signedTransactionCodec,
  signWithSingleKey,
  type Transaction,
} from "../src/protocol/transaction.ts";
import type { NodeQueries, SubmitAnswer } from "../src/replica/node-queries.ts";
import { createNativeSigner, nativeHasher } from "./adapters/native-crypto.ts";
import { readPrivate } from "./validator-key.ts";

export interface Gift {
  readonly id: TransactionId;
  readonly from: AccountId;
  /** Native base units. */
  readonly amount: bigint;
}

/** Why there is no gift: the faucet has not enough or too much to do, or what the node said of the payment. */
export type GiftRefusal =
  | { readonly kind: "empty"; readonly message: string }
  | { readonly kind: "answer"; readonly answer: SubmitAnswer };

export interface Faucet {
  /** In native base units: what is given unless told otherwise, and the most. */
  readonly standard: bigint;
  readonly most: bigint;
  give(to: AccountId, amount: bigint): Promise<Result<Gift, GiftRefusal>>;
}

export const faucetKeyFile: string = join("keys", "faucet.key");

const standardWhole = 100n;
const mostWhole = 10_000n;
/** Requests that wait for their turn. */
const waitingMax = 64;
const expiresInMs = 10 * 60_000;
const memo: Uint8Array = new TextEncoder().encode("faucet");
/** About the faucet itself, not about the request. */
const ownTroubles: readonly string[] = ["insufficient_balance", "nonce_too_high", "pool_full"];

/** The faucet of a home, where it has one. A key that is not a development key's is not used. */
export function openFaucet(homeFolder: string, queries: NodeQueries): Faucet | undefined {
  const path = join(homeFolder, faucetKeyFile);
  if (!existsSync(path)) return undefined;
  const key = parseKeyFile(readPrivate(path), createNativeSigner);
  if (!key.ok || key.value.origin !== "dev") return undefined;
  return new AccountFaucet(key.value.signer, queries);
}

export class AccountFaucet implements Faucet {
  readonly standard: bigint;
  readonly most: bigint;
  readonly account: AccountId;
  readonly #signer: Signer;
  readonly #queries: NodeQueries;
  #waiting = 0;
  #turn: Promise<unknown> = Promise.resolve();

  constructor(signer: Signer, queries: NodeQueries) {
    const whole = 10n ** BigInt(queries.genesis.asset.decimals);
    this.standard = standardWhole * whole;
    this.most = mostWhole * whole;
    this.account = accountIdOf(nativeHasher, singleKeyPolicy(signer.publicKey));
    this.#signer = signer;
    this.#queries = queries;
  }

  async give(to: AccountId, amount: bigint): Promise<Result<Gift, GiftRefusal>> {
    if (this.#waiting >= waitingMax) {
      return fail({ kind: "empty", message: "Too many ask the faucet at once." });
    }
    this.#waiting += 1;
    const given = this.#turn.then(() => this.#pay(to, amount));
    this.#turn = given.catch(() => {}); // Whoever asked hears of it; the next one has its turn all the same.
    try {
      return await given;
    } finally {
      this.#waiting -= 1;
    }
  }

  async #pay(to: AccountId, amount: bigint): Promise<Result<Gift, GiftRefusal>> {
    const { pendingNonce } = await this.#queries.account(this.account);
    const [answer] = await this.#queries.submit([this.#sign(to, amount, pendingNonce)]);
    if (answer?.id === undefined) throw new Error("the faucet's own payment is not readable");
    const { status, id } = answer;
    if (status.kind === "pending" || status.kind === "final") {
      return ok({ id, from: this.account, amount });
    }
    if (status.kind === "refused" && ownTroubles.includes(status.code)) {
      return fail({ kind: "empty", message: `The faucet cannot pay that now: ${status.message}` });
    }
    return fail({ kind: "answer", answer });
  }

  #sign(to: AccountId, amount: bigint, nonce: number): Uint8Array {
    const { chainId, membership } = this.#queries;
    const policy = singleKeyPolicy(this.#signer.publicKey);
    const body = { kind: "transfer", to, asset: nativeAsset, amount } as const;
    const draft: Transaction = {
      chain: chainTag(chainId),
      sender: this.account,
      nonce,
      expiryMs: Math.max(Date.now(), this.#queries.tip().header.timestampMs) + expiresInMs,
      fee: 0n,
      memo,
      operations: [{ from: undefined, body }],
    };
    const encoded = (transaction: Transaction): Uint8Array =>
      encode(signedTransactionCodec, signWithSingleKey(chainId, transaction, policy, this.#signer));
    const { current } = membership.parameters();
    return encoded({ ...draft, fee: minimumFee(current, draft, encoded(draft).length) });
  }
}
