/**
 * The operators of a simulated network: they vote on who is a member, and see to it that their votes become final.
 * @module
 */
import { nativeHasher } from "../../../node/adapters/native-crypto.ts";
import { toHex } from "../../../src/base/bytes.ts";
import type { Signer } from "../../../src/crypto/ports.ts";
import type { PublicKey, TransactionId } from "../../../src/protocol/ids.ts";
import { type MembershipChange, signPossession } from "../../../src/protocol/membership.ts";
import type { OperationBody } from "../../../src/protocol/operations.ts";
import {
  chainTag,
  nameTransaction,
  signWithSingleKey,
  type Transaction,
} from "../../../src/protocol/transaction.ts";
import type { SimulatedGenesis } from "./network-of-nodes.ts";
import type { Pursuit } from "./pursuit.ts";

const lifeMs = 24 * 3_600_000;

export class Operators {
  readonly #network: SimulatedGenesis;
  readonly #pursuit: Pursuit;
  readonly #wallMs: () => number;
  readonly #nonces = new Map<number, number>();
  /** What each operator still wants to say: a node's pool keeps one vote transaction of an operator. */
  readonly #queues = new Map<number, OperationBody[]>();
  /** Votes that are final. */
  readonly acknowledged: Set<TransactionId> = new Set();

  constructor(options: {
    readonly network: SimulatedGenesis;
    readonly pursuit: Pursuit;
    readonly wallMs: () => number;
  }) {
    this.#network = options.network;
    this.#pursuit = options.pursuit;
    this.#wallMs = options.wallMs;
  }

  /** True when every vote that was cast is final. */
  get isDone(): boolean {
    return [...this.#queues.values()].every(({ length }) => length === 0);
  }

  /** Each of these operators votes for it; one that has votes under way adds this to them. */
  vote(voters: readonly number[], body: OperationBody): void {
    for (const voter of voters) {
      const queue = this.#queues.get(voter) ?? [];
      this.#queues.set(voter, queue);
      queue.push(body);
      if (queue.length === 1) this.#sendFirst(voter, queue);
    }
  }

  /** They vote for node `number` as a member, by its first key or another one of its own. */
  voteIn(voters: readonly number[], number: number, signer?: Signer): void {
    this.vote(voters, { kind: "vote-membership", change: this.putOf(number, signer) });
  }

  voteOut(voters: readonly number[], number: number): void {
    const operator = this.#network.operators[number]?.account;
    if (operator === undefined) throw new RangeError("every node has an operator");
    this.vote(voters, { kind: "vote-membership", change: { kind: "remove", operator } });
  }

  /** The change that makes a node a member, or replaces its key. */
  putOf(
    number: number,
    signer: Signer | undefined = this.#network.signers[number],
  ): MembershipChange {
    const candidate = this.#network.candidates[number];
    if (candidate === undefined || signer === undefined) throw new RangeError("no such node");
    const validator = { ...candidate, consensusKey: toHex(signer.publicKey) as PublicKey };
    const possession = signPossession(this.#network.chainId, validator, signer);
    return { kind: "put", validator, possession };
  }

  #sendFirst(voter: number, queue: OperationBody[]): void {
    const [body] = queue;
    const wallet = this.#network.operators[voter];
    if (body === undefined || wallet === undefined) return;
    const { chainId } = this.#network;
    const nonce = this.#nonces.get(voter) ?? 0;
    const transaction: Transaction = {
      chain: chainTag(chainId),
      sender: wallet.account,
      nonce,
      expiryMs: this.#wallMs() + lifeMs,
      fee: 0n,
      memo: new Uint8Array(),
      operations: [{ from: undefined, body }],
    };
    const signed = signWithSingleKey(chainId, transaction, wallet.policy, wallet.signer);
    const { id, bytes } = nameTransaction(nativeHasher, chainId, signed);
    this.#pursuit.deliver({ id, bytes }, () => {
      this.acknowledged.add(id);
      this.#nonces.set(voter, nonce + 1);
      queue.shift();
      this.#sendFirst(voter, queue);
    });
  }
}
