/**
 * A network as a program uses it: several nodes, of which none is trusted.
 *
 *     const network = await connect({ nodes: ["http://127.0.0.1:28000", …], chainId });
 *     const transaction = await network.build({ sender: alice, operations: [transfer({ to, amount })] });
 *     const outcome = await network.submit(network.sign(transaction, alice));   // { kind: "final", height, … }
 * @module
 */
import { type AskOptions, askNode, describeFailure, type Question } from "../api/asking.ts";
import type { BlockEventJson } from "../api/json.ts";
import type { Outcome } from "../api/outcome.ts";
import type { TransactionEventJson } from "../api/stream-json.ts";
import { parseStreamPosition } from "../api/stream-position.ts";
import { BoundedMap } from "../base/bounded-map.ts";
import { utf8 } from "../base/bytes.ts";
import type { Result } from "../base/result.ts";
import { askTogether } from "../client/asking-together.ts";
import type { Finding } from "../client/finding.ts";
import { type Included, proveInclusion } from "../client/inclusion.ts";
import type { LightClient } from "../client/light-client.ts";
import {
  type ProvenAccount,
  type ProvenState,
  proveAccount,
  proveState,
} from "../client/proven-state.ts";
import type { TrustFailure } from "../client/standing.ts";
import { nobleVerifier } from "../crypto/ed25519.ts";
import { nobleHasher } from "../crypto/hash.ts";
import { verifyReceipt } from "../proof/receipt.ts";
import { formatAddress, parseAddress } from "../protocol/address.ts";
import { formatAmount, parseAmount } from "../protocol/amount.ts";
import { minimumFee } from "../protocol/fees.ts";
import type { Genesis } from "../protocol/genesis.ts";
import type { AccountId, ChainId } from "../protocol/ids.ts";
import type { Parameters } from "../protocol/parameters.ts";
import { parametersKey, readAccount, readParameters, type StateKey } from "../protocol/state.ts";
import { chainTag, type Transaction } from "../protocol/transaction.ts";
import { streamBlocks } from "./block-stream.ts";
import { type Draft, keysOf, requirePolicies, sizeOf } from "./drafting.ts";
import { QuorateError } from "./failure.ts";
import type { FollowOptions } from "./following.ts";
import type { Host } from "./host.ts";
import type { Key } from "./keys.ts";
import { type Signatory, type SignedTransactionBytes, signTransaction } from "./signing.ts";
import { type SubmitOptions, submitTransaction } from "./submission.ts";
import { streamTransactions } from "./transaction-stream.ts";

const expiresInMsStandard = 15 * 60_000;
/** Transactions of one account that a pool keeps. */
const waitingMax = 64;
const refusedMax = 1_024;

export class QuorateNetwork {
  readonly genesis: Genesis;
  readonly chainId: ChainId;
  readonly client: LightClient;
  readonly #host: Host;
  /** The nonce of what every node refused, by sender. */
  readonly #refused = new BoundedMap<AccountId, number>({ entriesMax: refusedMax });

  /** Made by `connect` (connect.ts). */
  constructor(parts: {
    readonly client: LightClient;
    readonly host: Host;
    readonly genesis: Genesis;
    readonly chainId: ChainId;
  }) {
    this.client = parts.client;
    this.#host = parts.host;
    this.genesis = parts.genesis;
    this.chainId = parts.chainId;
  }

  get nodes(): readonly string[] {
    return this.client.options.nodes;
  }

  addressOf(account: AccountId): string {
    return formatAddress(this.genesis.addressPrefix, account);
  }

  /** Throws `bad_input`: a typing error, or an address of another network. */
  accountOf(address: string): AccountId {
    const account = parseAddress(this.genesis.addressPrefix, address);
    if (account.ok) return account.value;
    throw new QuorateError("bad_input", `${address} is no address: ${account.reason}`);
  }

  /** Base units of the native asset: `"1.25"` with 6 decimals is 1250000n. Throws `bad_input`. */
  amount(text: string): bigint {
    const amount = parseAmount(text, this.genesis.asset.decimals);
    if (amount.ok) return amount.value;
    throw new QuorateError("bad_input", `"${text}" is no amount: ${amount.reason}`);
  }

  /** With the asset's code: `1.25 QRT`. */
  amountText(baseUnits: bigint): string {
    const { code, decimals } = this.genesis.asset;
    return `${formatAmount(baseUnits, decimals)} ${code}`;
  }

  /** Proven: what the account holds, its nonce, and which nodes agree. Throws `unreachable`, `not_proven`. */
  async account(account: AccountId): Promise<ProvenAccount> {
    const address = this.addressOf(account);
    return orThrow(await proveAccount(this.client, { account, address }));
  }

  /** Proven entries of the state, or that there are none. Throws `unreachable`, `not_proven`. */
  async state(keys: readonly StateKey[]): Promise<ProvenState> {
    return orThrow(await proveState(this.client, keys));
  }

  /** Proven: those in force. */
  async parameters(): Promise<Parameters> {
    return readParameters((await this.state([parametersKey])).entries).current;
  }

  /**
   * A transaction with the next nonce, the least fee and an expiry: nothing is signed yet. The expiry counts from the
   * later of this machine's clock and the newest proven block's time. Throws `policy_mismatch` for keys that do not act
   * for their account, `key_missing`, `unreachable`, `not_proven`.
   */
  async build(draft: Draft): Promise<Transaction> {
    const { sender, operations, memo = "", expiresInMs = expiresInMsStandard } = draft;
    const { standing, entries } = await this.state(keysOf(draft));
    const { current } = readParameters(entries);
    requirePolicies(entries, draft);
    // A slow host clock must not make a transaction that is expired when it is sent.
    const nowMs = Math.max(this.#host.clock.wallMs(), standing.timestampMs);
    const transaction: Transaction = {
      chain: chainTag(this.chainId),
      sender: sender.account,
      nonce:
        draft.nonce ??
        (await this.#nextNonce(readAccount(entries, sender.account).nonce, sender.account)),
      expiryMs: nowMs + expiresInMs,
      fee: draft.fee ?? 0n,
      memo: utf8(memo),
      operations,
    };
    if (draft.fee !== undefined) return transaction;
    return { ...transaction, fee: minimumFee(current, transaction, sizeOf(transaction, draft)) };
  }

  /** Throws `key_missing`. */
  sign(transaction: Transaction, ...by: readonly (Key | Signatory)[]): SignedTransactionBytes {
    return signTransaction(this.chainId, transaction, by);
  }

  /**
   * Sends it to one node after the other until its outcome is proven, or time is up (`unknown`: submit the same again).
   * `refused` is what every node says now; whatever this sender builds next takes the same nonce. Never throws for what
   * nodes do.
   */
  async submit(signed: SignedTransactionBytes, options?: SubmitOptions): Promise<Outcome> {
    const { sender, nonce } = signed.transaction;
    const outcome = await submitTransaction(this.client, signed, this.addressOf(sender), options);
    // Only a word: a node that lies may have passed it on. The next one takes its nonce, so that one of them applies.
    if (outcome.kind === "refused") this.#refused.set(sender, nonce);
    return outcome;
  }

  /**
   * The text of a receipt that verifies, with the checkpoint too if there is one, for whoever has no node. Its block is
   * in the history that was proven before. Throws `unreachable`, `not_proven`.
   */
  async receipt(id: string): Promise<string> {
    const { timeoutMs } = this.client.options;
    let isAnswered = false;
    const [text] = await askTogether(this.client.options, this.nodes, async (node, signal) => {
      const ask = { timeoutMs, signal };
      const shown = await proveInclusion(this.client, node, id, ask);
      isAnswered ||= shown.kind !== "silent";
      return shown.kind === "included" ? await this.#receiptOf(node, shown, ask) : undefined;
    });
    if (text !== undefined) return text;
    if (isAnswered) throw new QuorateError("not_proven", `no node proves that ${id} is final`);
    throw new QuorateError("unreachable", `no node answered: ${this.nodes.join(", ")}`);
  }

  /** A receipt begins at the genesis; that its block is final by what is known now was shown before. */
  async #receiptOf(node: string, shown: Included, ask: AskOptions): Promise<string | undefined> {
    const { checkpoint } = this.client.options;
    const { id } = shown.named;
    const known = checkpoint === undefined ? [] : [checkpoint.height];
    const heard = await askNode(this.#host.web, node, (at) => at.receipt(id, { known }), ask);
    if (!heard.result.ok) return undefined;
    const text = `${JSON.stringify(heard.result.value, undefined, 2)}\n`;
    const ports = { hasher: nobleHasher, verifier: nobleVerifier, checkpoint };
    const verified = verifyReceipt(text, this.genesis, ports);
    const isSame =
      verified.ok &&
      verified.value.transaction.id === id &&
      verified.value.proven.blockId === shown.proven.blockId;
    return isSame ? text : undefined;
  }

  /** New final blocks, none skipped and none twice; `after` a height, or from now on. */
  blocks(
    options: { readonly after?: number; readonly signal?: AbortSignal } = {},
  ): AsyncGenerator<BlockEventJson, void> {
    return streamBlocks({ ...this.#followed(), ...options });
  }

  /**
   * New final transactions, of one account or all, none twice; `after` a place (`12.3`, or `12` for the end of a
   * block), or from now on. What they say, and that none is missing, is one node's word. Throws `bad_input`.
   */
  transactions(
    options: {
      readonly account?: AccountId;
      readonly after?: string;
      readonly signal?: AbortSignal;
    } = {},
  ): AsyncGenerator<TransactionEventJson, void> {
    const { account, after, signal } = options;
    const start = after === undefined ? undefined : parseStreamPosition(after);
    if (after !== undefined && start === undefined) {
      throw new QuorateError("bad_input", `"${after}" is no place such as 12.3`);
    }
    const address = account === undefined ? undefined : this.addressOf(account);
    return streamTransactions({ ...this.#followed(), address, start, signal });
  }

  #followed(): FollowOptions {
    const { web, clock } = this.#host;
    const provenHeight = async (): Promise<number> =>
      (await this.state([parametersKey])).standing.height;
    return { nodes: this.nodes, httpFetch: web.httpFetch, clock, provenHeight };
  }

  /** Above the proven nonce, what waits by the words of nodes: no more than a pool keeps of one account. */
  async #nextNonce(nonce: number, account: AccountId): Promise<number> {
    const refused = this.#refused.get(account);
    if (refused !== undefined && refused >= nonce) return refused;
    this.#refused.delete(account);
    const said = await this.#askEach((at) => at.account(this.addressOf(account)));
    const pending = Math.max(nonce, ...said.map(({ pendingNonce }) => pendingNonce));
    return Math.min(pending, nonce + waitingMax);
  }

  /** The words of all nodes that answer, at least one. One that is much later than the first is not waited for. */
  async #askEach<Value>(question: Question<Value>): Promise<readonly Value[]> {
    const { timeoutMs } = this.client.options;
    const said: string[] = [];
    const answers = await askTogether(this.client.options, this.nodes, async (node, signal) => {
      const { result } = await askNode(this.#host.web, node, question, { timeoutMs, signal });
      if (result.ok) return result.value;
      said.push(`${node}: ${describeFailure(result.reason)}`);
      return undefined;
    });
    if (answers.length > 0) return answers;
    throw new QuorateError("unreachable", `no node answered: ${said.join("; ")}`);
  }
}

function orThrow<Value>(result: Result<Value, TrustFailure>): Value {
  if (result.ok) return result.value;
  const { kind } = result.reason;
  const findings: readonly Finding[] = "findings" in result.reason ? result.reason.findings : [];
  const said = findings.map(({ node, kind: what }) => `${node} ${what}`).join("; ");
  const code = kind === "unreachable" ? "unreachable" : "not_proven";
  throw new QuorateError(code, `${kind}${said === "" ? "" : `: ${said}`}`);
}
