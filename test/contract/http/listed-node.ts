import { systemClock } from "../../../node/adapters/clock.ts";
import { newestFirst, type Position } from "../../../src/api/position.ts";
import { nobleHasher } from "../../../src/crypto/hash.ts";
import { accountRoles } from "../../../src/protocol/account-roles.ts";
import {
  type Block,
  blockIdOf,
  encodeBlock,
  transactionsRootOf,
} from "../../../src/protocol/block.ts";
import { chainIdOf, type Genesis, genesisHeader } from "../../../src/protocol/genesis.ts";
import {
  type AccountId,
  type BlockId,
  type ChainId,
  type Digest,
  epoch,
  type Height,
  height,
  type NodeId,
  nativeAsset,
  type PublicKey,
  type TransactionId,
  validatorIndex,
  view,
} from "../../../src/protocol/ids.ts";
import {
  chainTag,
  type NamedTransaction,
  openTransaction,
} from "../../../src/protocol/transaction.ts";
import type { AssetAnswers } from "../../../src/replica/asset-queries.ts";
import type {
  AccountSummary,
  BlockListener,
  BlockSummary,
  FoundBlock,
  FoundTransaction,
  HeightSpan,
  LedgerStats,
  NodeQueries,
  NodeStatus,
  PeerStatus,
  SubmitAnswer,
  SyncState,
  Tip,
  TransactionPage,
  TransactionStatus,
  ValidatorStatus,
} from "../../../src/replica/node-queries.ts";
import { Pace } from "../../../src/replica/pace.ts";
import type { PoolAnswers } from "../../../src/replica/pool-queries.ts";
import type { ProofAnswers } from "../../../src/replica/proof-queries.ts";
import type { RecordAnswers } from "../../../src/replica/record-queries.ts";
import { noAssets, noRecords } from "./listed-content.ts";
import { ListedMembership } from "./listed-membership.ts";
import { emptyPool } from "./listed-pool.ts";
import { noProofs } from "./listed-proofs.ts";
import { alice, bob, genesis, idOf, type TransferOptions, transferOf } from "./sample.ts";

const idOfNumber = (number: number): string => number.toString(16).padStart(64, "0");

export class ListedNode implements NodeQueries {
  readonly genesis: Genesis = genesis;
  readonly chainId: ChainId = chainIdOf(nobleHasher, genesis);
  sync: SyncState = { kind: "synced" };
  readonly membership: ListedMembership = new ListedMembership(() => this.tip());
  /** Empty, until a test puts others in their place. */
  proofs: ProofAnswers = noProofs;
  assets: AssetAnswers = noAssets(() => this.tip());
  records: RecordAnswers = noRecords(() => this.tip());
  pool: PoolAnswers = emptyPool;
  pace: Pace = new Pace(systemClock);
  readonly #blocks: FoundBlock[] = [];
  readonly #pool = new Map<TransactionId, NamedTransaction>();
  readonly #verdicts = new Map<TransactionId, TransactionStatus>();
  readonly #listeners = new Set<BlockListener>();

  constructor(blocks = 0) {
    const header = genesisHeader(nobleHasher, genesis, idOf(0x5a) as Digest, this.chainId);
    this.#append({ id: blockIdOf(nobleHasher, header), header, transactions: [] });
    for (let i = 0; i < blocks; i += 1) {
      this.makeBlock([this.transfer({ nonce: i, amount: BigInt(i + 1) })]);
    }
  }

  /** A transfer from alice to bob of this network. */
  transfer(options: TransferOptions): NamedTransaction {
    return transferOf(this.chainId, options);
  }

  /** Makes the next final block, of these transactions or of all that wait. */
  makeBlock(transactions: readonly NamedTransaction[] = [...this.#pool.values()]): FoundBlock {
    const parent = this.tip();
    const header = {
      ...parent.header,
      height: height(parent.height + 1),
      view: view(parent.height + 1),
      parent: parent.id,
      timestampMs: parent.header.timestampMs + 100,
      leader: idOf(0x11) as AccountId,
      transactionCount: transactions.length,
      // As on a real ledger: every transaction changes the state, and an empty block does not.
      ...(transactions.length > 0 ? { stateRoot: idOfNumber(parent.height + 1) as Digest } : {}),
      transactionsRoot: transactionsRootOf(
        nobleHasher,
        transactions.map(({ contentHash }) => contentHash),
      ),
    };
    for (const { id } of transactions) this.#pool.delete(id);
    return this.#append({ id: blockIdOf(nobleHasher, header), header, transactions });
  }

  /** From now on this is said of the id. */
  rule(id: TransactionId, status: TransactionStatus): void {
    this.#verdicts.set(id, status);
  }

  get listeners(): number {
    return this.#listeners.size;
  }

  tip(): Tip {
    const { block } = this.#blocks[this.#blocks.length - 1] as FoundBlock;
    return { height: block.header.height, id: block.id, header: block.header };
  }

  status(): NodeStatus {
    return {
      chainId: this.chainId,
      networkName: genesis.networkName,
      nodeId: idOf(0xee) as NodeId,
      validatorIndex: 0,
      validatorCount: 4,
      voting: { kind: "voting" },
      tip: this.tip(),
      epoch: 0,
      epochEnds: 1_000,
      view: this.#blocks.length,
      lastFinalView: this.#blocks.length - 1,
      leader: "validator-1",
      sync: this.sync,
      quorumAgeMs: 12.5,
      peers: 1,
      mempool: { transactions: this.#pool.size, bytes: 200 * this.#pool.size },
      nullified: [
        {
          epoch: 0,
          view: 3,
          leader: "validator-2",
          reason: "leader-timeout",
          byQuorum: true,
          agoMs: 900,
        },
      ],
      silent: ["validator-3"],
      fetching: { certificates: [2], blocks: 1, range: undefined },
      faults: 0,
      startedMs: genesis.timestampMs,
    };
  }

  validators(): readonly ValidatorStatus[] {
    return genesis.validators.map((validator, index) => ({
      validator,
      index,
      isSelf: index === 0,
      connected: index < 3,
      lastVoteView: index < 3 ? 1 : undefined,
      silent: index === 3,
      missedViews: index === 3 ? 2 : 0,
    }));
  }

  peers(): readonly PeerStatus[] {
    return [2, 99].map((n) => ({
      nodeId: idOf(n) as NodeId,
      address: `127.0.0.1:${27_000 + n}`,
      outbound: n === 2,
      consensusKey: n === 2 ? (idOf(2) as PublicKey) : undefined,
      agent: "quorate/0.1.0",
      finalHeight: 3,
      view: 4,
      latencyMs: n === 2 ? 0.7 : undefined,
      clockSkewMs: -3,
      bytesIn: 1_000,
      bytesOut: 2_000,
    }));
  }

  async blockSummary(reference: Height | BlockId): Promise<BlockSummary | undefined> {
    const found = this.#blocks.find(
      ({ block }) => block.header.height === reference || block.id === reference,
    );
    return found && { ...found, id: found.block.id, header: found.block.header };
  }

  blockAt(at: Height): FoundBlock | undefined {
    return this.#blocks[at];
  }

  blockById(id: BlockId): FoundBlock | undefined {
    return this.#blocks.find(({ block }) => block.id === id);
  }

  transaction(id: TransactionId): TransactionStatus {
    const verdict = this.#verdicts.get(id);
    if (verdict !== undefined) return verdict;
    const found = this.#found().find(({ transaction }) => transaction.id === id);
    if (found !== undefined) return { kind: "final", found };
    const waiting = this.#pool.get(id);
    return waiting === undefined ? { kind: "unknown" } : { kind: "pending", transaction: waiting };
  }

  async account(account: AccountId): Promise<AccountSummary> {
    const known = account === alice || account === bob;
    return {
      account,
      exists: known,
      nonce: account === alice ? this.#found().length : 0,
      pendingNonce: account === alice ? this.#found().length + this.#pool.size : 0,
      authHash: account,
      requireMemo: false,
      balances: known ? [{ asset: nativeAsset, amount: 123_456n }] : [],
      moreBalances: undefined,
      tip: this.tip(),
    };
  }

  async accountTransactions(
    account: AccountId,
    from: { readonly height: number; readonly index: number } | undefined,
    limit: number,
  ): Promise<TransactionPage> {
    const own = this.#newestOf(account);
    const after =
      from === undefined
        ? own
        : own.filter(
            (found) =>
              found.height < from.height ||
              (found.height === from.height && found.index <= from.index),
          );
    const next = after[limit];
    return {
      items: after.slice(0, limit),
      next: next === undefined ? undefined : { height: next.height, index: next.index },
    };
  }

  async accountPlaceBefore(
    account: AccountId,
    from: Position,
    limit: number,
  ): Promise<Position | undefined> {
    const newer = this.#newestOf(account).filter((found) => newestFirst(found, from) < 0);
    const start = newer[Math.max(0, newer.length - limit)];
    return start && { height: start.height, index: start.index };
  }

  async accountHeights(account: AccountId, span: HeightSpan): Promise<readonly Height[]> {
    const { above, upTo, limit } = span;
    return this.#blocks
      .slice(above + 1, upTo + 1)
      .filter(({ block }) =>
        block.transactions.some(({ signed }) => accountRoles(signed).has(account)),
      )
      .map(({ block }) => block.header.height)
      .slice(0, limit);
  }

  stats(windowMs: number): LedgerStats {
    return {
      windowMs,
      blocks: this.#blocks.length,
      transactions: this.#found().length,
      transactionsPerSecond: 1.5,
      finalityMsMedian: 9.25,
      finalityMsP99: undefined,
      totalTransactions: this.#found().length,
      totalSupply: 2n ** 64n - 1n,
      accounts: 2,
    };
  }

  async submit(transactions: readonly Uint8Array[]): Promise<readonly SubmitAnswer[]> {
    return transactions.map((bytes) => this.#take(bytes));
  }

  wait(id: TransactionId, timeoutMs: number): Promise<TransactionStatus> {
    return new Promise((resolve) => {
      const timer = setTimeout(finish, timeoutMs);
      const unsubscribe = this.subscribe(() => {
        if (this.transaction(id).kind === "final") finish.call(undefined);
      });
      const status = (): TransactionStatus => this.transaction(id);
      function finish(): void {
        clearTimeout(timer);
        unsubscribe();
        resolve(status());
      }
    });
  }

  subscribe(listener: BlockListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #take(bytes: Uint8Array): SubmitAnswer {
    const opened = openTransaction(nobleHasher, this.chainId, bytes);
    if (!opened.ok) {
      const { message } = opened.reason;
      return { id: undefined, status: { kind: "invalid", code: "malformed", message } };
    }
    const { id, signed } = opened.value;
    const known = this.transaction(id);
    if (known.kind !== "unknown") return { id, status: known };
    if (signed.kind === "fault") {
      this.#pool.set(id, opened.value);
      return { id, status: this.transaction(id) };
    }
    const { chain, nonce } = signed.transaction;
    if (chain !== chainTag(this.chainId)) {
      return { id, status: { kind: "invalid", code: "wrong_chain", message: "another network" } };
    }
    if (nonce < this.#found().length) {
      return { id, status: { kind: "refused", code: "nonce_too_low", message: "used" } };
    }
    this.#pool.set(id, opened.value);
    return { id, status: this.transaction(id) };
  }

  #newestOf(account: AccountId): FoundTransaction[] {
    return this.#found()
      .filter(({ transaction }) => accountRoles(transaction.signed).has(account))
      .toReversed();
  }

  #found(): FoundTransaction[] {
    return this.#blocks.flatMap(({ block }) =>
      block.transactions.map((transaction, index) => ({
        transaction,
        index,
        height: block.header.height,
        blockId: block.id,
        timestampMs: block.header.timestampMs,
      })),
    );
  }

  #append(block: Block): FoundBlock {
    const { view: at, height: number } = block.header;
    const finalization = {
      subject: {
        kind: "finalize",
        epoch: epoch(0),
        view: at,
        parentView: view(Math.max(0, at - 1)),
        blockId: block.id,
      },
      signatures: [0, 1, 2].map((signer) => ({
        signer: validatorIndex(signer),
        signature: new Uint8Array(64),
      })),
    } as const;
    const found: FoundBlock = {
      block,
      bytes: encodeBlock(block).length,
      finalization: number % 2 === 1 ? finalization : undefined,
    };
    this.#blocks.push(found);
    for (const listener of [...this.#listeners]) listener(found);
    return found;
  }
}
