/**
 * Answers to the outside: reads what the parts of a replica know, and decides nothing.
 * @module
 */
import type { Clock } from "../base/clock.ts";
import type { Hasher } from "../crypto/ports.ts";
import type { Ledger } from "../ledger/ledger.ts";
import type { EvidencePool } from "../mempool/evidence-pool.ts";
import type { Mempool } from "../mempool/mempool.ts";
import type { Network } from "../network/network.ts";
import type { Block } from "../protocol/block.ts";
import type { Genesis } from "../protocol/genesis.ts";
import {
  type AccountId,
  type BlockId,
  type ChainId,
  type Height,
  type NodeId,
  type TransactionId,
  validatorIndex,
} from "../protocol/ids.ts";
import { readParameters } from "../protocol/state.ts";
import { encodedLength } from "../storage/block-rows.ts";
import type { ChainStore } from "../storage/chain-store.ts";
import { AccountQueries } from "./account-queries.ts";
import type { Activity } from "./activity.ts";
import { type AssetAnswers, AssetQueries } from "./asset-queries.ts";
import type { BlockRequests } from "./block-requests.ts";
import type { CatchUp } from "./catch-up.ts";
import type { CertificateWants } from "./certificate-wants.ts";
import type { Epochs } from "./epochs.ts";
import type { Intake } from "./intake.ts";
import { type MembershipAnswers, MembershipQueries } from "./membership-queries.ts";
import type {
  AccountSummary,
  BlockListener,
  BlockSummary,
  Fetching,
  FoundBlock,
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
  VotingState,
} from "./node-queries.ts";
import type { PaceAnswers } from "./pace.ts";
import { type PoolAnswers, PoolQueries } from "./pool-queries.ts";
import { type ProofAnswers, ProofQueries } from "./proof-queries.ts";
import { type RecordAnswers, RecordQueries } from "./record-queries.ts";
import type { Waits } from "./waits.ts";

/** Older than this, and with somebody waiting for it, finality counts as lost. */
const quorumLostMs = 15_000;
/** Less than this many blocks behind is what every node is, all the time. */
const syncedWithin = 3;
const listenersMax = 1_024;

export interface QueriesDependencies {
  readonly genesis: Genesis;
  readonly chainId: ChainId;
  readonly nodeId: NodeId;
  readonly epochs: Epochs;
  readonly startedMs: number;
  readonly clock: Clock;
  readonly hasher: Hasher;
  readonly chain: ChainStore;
  readonly ledger: Ledger;
  readonly mempool: Mempool;
  readonly evidence: EvidencePool;
  readonly network: Network;
  readonly activity: Activity;
  readonly catchUp: CatchUp;
  readonly wants: CertificateWants;
  readonly requests: BlockRequests;
  readonly intake: Intake;
  readonly waits: Waits;
  readonly voting: () => VotingState;
}

export class Queries implements NodeQueries {
  readonly #d: QueriesDependencies;
  readonly #listeners = new Set<BlockListener>();
  readonly #accounts: AccountQueries;
  readonly genesis: Genesis;
  readonly chainId: ChainId;
  readonly membership: MembershipAnswers;
  readonly proofs: ProofAnswers;
  readonly assets: AssetAnswers;
  readonly records: RecordAnswers;
  readonly pool: PoolAnswers;
  readonly pace: PaceAnswers;

  constructor(dependencies: QueriesDependencies) {
    this.#d = dependencies;
    this.membership = new MembershipQueries(dependencies);
    this.proofs = new ProofQueries(dependencies);
    this.#accounts = new AccountQueries(dependencies);
    this.assets = new AssetQueries(dependencies);
    this.records = new RecordQueries(dependencies);
    this.pool = new PoolQueries(dependencies);
    this.pace = dependencies.activity.pace;
    this.genesis = dependencies.genesis;
    this.chainId = dependencies.chainId;
  }

  status(): NodeStatus {
    const { epochs, mempool, activity, network } = this.#d;
    const { consensus, validators } = epochs;
    return {
      chainId: this.chainId,
      networkName: this.genesis.networkName,
      nodeId: this.#d.nodeId,
      validatorIndex: epochs.self,
      validatorCount: validators.count,
      voting: this.#d.voting(),
      tip: this.tip(),
      epoch: epochs.epoch,
      epochEnds: epochs.lastHeight,
      view: consensus.view,
      lastFinalView: consensus.lastFinalView,
      leader: validators.at(consensus.leader(consensus.view))?.name ?? "",
      sync: this.#sync(),
      quorumAgeMs: Math.round(activity.quorumAgeMs),
      peers: network.peers.length,
      mempool: { transactions: mempool.size, bytes: mempool.bytes },
      nullified: activity.nullified,
      silent: this.validators().flatMap(({ silent, validator }) =>
        silent ? [validator.name] : [],
      ),
      fetching: this.#fetching(),
      faults: activity.faults,
      startedMs: this.#d.startedMs,
    };
  }

  tip(): Tip {
    const { height, id, header } = this.#d.chain.tip;
    return { height, id, header };
  }

  validators(): readonly ValidatorStatus[] {
    const { epochs, network, activity } = this.#d;
    const { validators, consensus, self } = epochs;
    return validators.validators.map((validator, position) => {
      const index = validatorIndex(position);
      return {
        validator,
        index,
        isSelf: index === self,
        connected: index === self || network.peerByKey(validator.consensusKey) !== undefined,
        lastVoteView: consensus.lastVoteView(index),
        silent: consensus.isSilent(index),
        missedViews: activity.missedViews(validator.name),
      };
    });
  }

  peers(): readonly PeerStatus[] {
    return this.#d.network.peers.map((peer) => ({
      nodeId: peer.nodeId,
      address: peer.address,
      outbound: peer.outbound,
      consensusKey: peer.consensusKey,
      agent: peer.agent,
      finalHeight: peer.standing.finalHeight,
      view: peer.standing.view,
      latencyMs: peer.latencyMs,
      clockSkewMs: peer.clockSkewMs,
      bytesIn: peer.bytesIn,
      bytesOut: peer.bytesOut,
    }));
  }

  async blockSummary(reference: Height | BlockId): Promise<BlockSummary | undefined> {
    const summary = await this.#d.chain.summaryOf(reference);
    if (summary === undefined) return undefined;
    return { ...summary, finalization: this.#d.chain.finalizationAt(summary.header.height) };
  }

  blockAt(height: Height): FoundBlock | undefined {
    return this.#found(this.#d.chain.blockAt(height));
  }

  blockById(id: BlockId): FoundBlock | undefined {
    return this.#found(this.#d.chain.blockById(id));
  }

  transaction(id: TransactionId): TransactionStatus {
    return this.#d.intake.status(id);
  }

  account(account: AccountId): Promise<AccountSummary> {
    return this.#accounts.account(account);
  }

  accountTransactions(
    account: AccountId,
    from: { readonly height: number; readonly index: number } | undefined,
    limit: number,
  ): Promise<TransactionPage> {
    return this.#d.chain.history.page(account, from, limit);
  }

  accountPlaceBefore(
    account: AccountId,
    from: { readonly height: number; readonly index: number },
    limit: number,
  ): Promise<{ readonly height: number; readonly index: number } | undefined> {
    return this.#d.chain.history.placeBefore(account, from, limit);
  }

  accountHeights(account: AccountId, span: HeightSpan): Promise<readonly Height[]> {
    return this.#d.chain.history.heights(account, span);
  }

  stats(windowMs: number): LedgerStats {
    const { activity, chain } = this.#d;
    const window = activity.window(windowMs);
    return {
      ...window,
      transactionsPerSecond: (window.transactions * 1_000) / window.windowMs,
      totalTransactions: chain.totals.transactions,
      totalSupply: chain.totals.supply,
      accounts: chain.totals.accounts,
    };
  }

  submit(transactions: readonly Uint8Array[]): Promise<readonly SubmitAnswer[]> {
    return this.#d.intake.submit(transactions);
  }

  wait(id: TransactionId, timeoutMs: number): Promise<TransactionStatus> {
    return this.#d.waits.wait(id, timeoutMs);
  }

  subscribe(listener: BlockListener): () => void {
    if (this.#listeners.size >= listenersMax) return () => {};
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** A block is durable: tell whoever listens. */
  announce(found: FoundBlock): void {
    for (const listener of this.#listeners) listener(found);
  }

  get hasListeners(): boolean {
    return this.#listeners.size > 0;
  }

  /** How full a block is by the parameters of now: its bytes by the most it may have. */
  fillOf(block: Block): number {
    const { ledger } = this.#d;
    const { maxBlockBytes } = readParameters(ledger.state(ledger.tip.id)).current;
    return Math.min(1, encodedLength(block) / Number(maxBlockBytes));
  }

  #found(block: Block | undefined): FoundBlock | undefined {
    if (block === undefined) return undefined;
    return {
      block,
      bytes: encodedLength(block),
      finalization: this.#d.chain.finalizationAt(block.header.height),
    };
  }

  #fetching(): Fetching {
    const { wants, requests, catchUp } = this.#d;
    return { certificates: wants.views, blocks: requests.size, range: catchUp.asking };
  }

  #sync(): SyncState {
    const { activity, catchUp, network, mempool } = this.#d;
    const blocks = catchUp.lag;
    if (blocks > syncedWithin) return { kind: "behind", blocks, peers: network.peers.length };
    if (activity.quorumAgeMs > quorumLostMs && (mempool.size > 0 || !this.#quorumLinked())) {
      return { kind: "no-quorum", forMs: Math.round(activity.quorumAgeMs) };
    }
    return { kind: "synced" };
  }

  /** Whether a quorum of validators, ourselves included, could act together from here. */
  #quorumLinked(): boolean {
    const { validators } = this.#d.epochs;
    return this.validators().filter(({ connected }) => connected).length >= validators.quorum;
  }
}
