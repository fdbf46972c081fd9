/**
 * From the node's values to the JSON contract: addresses, amounts for people, memos as text.
 * @module
 */
import type { AssetJson } from "../../src/api/asset-json.ts";
import type {
  AccountJson,
  BalanceJson,
  BlockEventJson,
  BlockJson,
  GenesisJson,
  PeerJson,
  StatsJson,
  StatusJson,
  TipJson,
  ValidatorJson,
} from "../../src/api/json.ts";
import { assert } from "../../src/base/assert.ts";
import { formatAddress } from "../../src/protocol/address.ts";
import { formatAmount } from "../../src/protocol/amount.ts";
import { formatGenesis, type Genesis } from "../../src/protocol/genesis.ts";
import { type AccountId, type AssetId, nativeAsset, noAccount } from "../../src/protocol/ids.ts";
import type { AssetSummary } from "../../src/replica/asset-queries.ts";
import type {
  AccountBalance,
  AccountSummary,
  BlockSummary,
  FoundBlock,
  LedgerStats,
  NodeQueries,
  NodeStatus,
  PeerStatus,
  Tip,
  ValidatorStatus,
} from "../../src/replica/node-queries.ts";

/** What it takes to write an amount of an asset. */
export interface AmountTerms {
  readonly code: string;
  readonly decimals: number;
  /** Undefined: the native asset, which nobody issues. */
  readonly issuer: AccountId | undefined;
}

/** What the network's own words need: its prefix, its asset, its validators' names. */
export class JsonWriter {
  readonly #queries: NodeQueries;
  readonly #genesis: Genesis;
  /** Fixed for the life of a node: built once. */
  readonly genesis: GenesisJson;

  constructor(queries: NodeQueries) {
    const { genesis } = queries;
    this.#queries = queries;
    this.#genesis = genesis;
    this.genesis = {
      chainId: queries.chainId,
      networkName: genesis.networkName,
      addressPrefix: genesis.addressPrefix,
      asset: { code: genesis.asset.code, decimals: genesis.asset.decimals },
      timestampMs: genesis.timestampMs,
      genesis: JSON.parse(formatGenesis(genesis)),
    };
  }

  address(account: AccountId): string {
    return formatAddress(this.#genesis.addressPrefix, account);
  }

  /** An amount for people: `25.00 QRT`. Of an asset that nobody has created, the base units. */
  display(amount: bigint, asset: AssetId = nativeAsset): string {
    const terms = this.terms(asset);
    if (terms === undefined) return amount.toString();
    return `${formatAmount(amount, terms.decimals)} ${terms.code}`;
  }

  tip(tip: Tip = this.#queries.tip()): TipJson {
    return { height: tip.height, id: tip.id };
  }

  status(status: NodeStatus): StatusJson {
    const { addressPrefix, asset } = this.genesis;
    const { header } = status.tip;
    return {
      chainId: status.chainId,
      networkName: status.networkName,
      addressPrefix,
      asset,
      nodeId: status.nodeId,
      validatorIndex: status.validatorIndex ?? null,
      validatorCount: status.validatorCount,
      voting: status.voting,
      tip: {
        ...this.tip(status.tip),
        timestampMs: header.timestampMs,
        stateRoot: header.stateRoot,
      },
      epoch: status.epoch,
      epochEnds: status.epochEnds,
      view: status.view,
      lastFinalView: status.lastFinalView,
      leader: status.leader,
      sync: status.sync,
      quorumAgeMs: status.quorumAgeMs,
      peers: status.peers,
      mempool: status.mempool,
      nullified: status.nullified.map(({ epoch, view, leader, reason, byQuorum, agoMs }) => ({
        epoch,
        view,
        leader,
        reason,
        byQuorum,
        agoMs,
      })),
      silent: status.silent,
      fetching: { ...status.fetching, range: status.fetching.range ?? null },
      faults: status.faults,
      startedMs: status.startedMs,
    };
  }

  validator({ validator, index, ...seen }: ValidatorStatus): ValidatorJson {
    return {
      index,
      name: validator.name,
      consensusKey: validator.consensusKey,
      operator: this.address(validator.operator),
      endpoint: validator.endpoint,
      isSelf: seen.isSelf,
      connected: seen.connected,
      lastVoteView: seen.lastVoteView ?? null,
      silent: seen.silent,
      missedViews: seen.missedViews,
    };
  }

  peer(peer: PeerStatus): PeerJson {
    const known = this.#queries
      .validators()
      .find(({ validator }) => validator.consensusKey === peer.consensusKey);
    return {
      nodeId: peer.nodeId,
      address: peer.address,
      outbound: peer.outbound,
      consensusKey: peer.consensusKey ?? null,
      name: known?.validator.name ?? null,
      agent: peer.agent,
      finalHeight: peer.finalHeight,
      view: peer.view,
      latencyMs: peer.latencyMs ?? null,
      clockSkewMs: peer.clockSkewMs,
      bytesIn: peer.bytesIn,
      bytesOut: peer.bytesOut,
    };
  }

  block({ id, header, bytes, finalization }: BlockSummary): BlockJson {
    const leader = this.#queries
      .validators()
      .find(({ validator }) => validator.operator === header.leader);
    return {
      height: header.height,
      id,
      parent: header.parent,
      version: header.version,
      epoch: header.epoch,
      view: header.view,
      timestampMs: header.timestampMs,
      leader: header.leader === noAccount ? null : this.address(header.leader),
      leaderName: leader?.validator.name ?? null,
      transactionCount: header.transactionCount,
      transactionsRoot: header.transactionsRoot,
      stateRoot: header.stateRoot,
      historyRoot: header.historyRoot,
      validatorsHash: header.validatorsHash,
      nextValidatorsHash: header.nextValidatorsHash,
      bytes,
      finalization:
        finalization === undefined
          ? null
          : {
              epoch: finalization.subject.epoch,
              view: finalization.subject.view,
              signers: finalization.signatures.map(({ signer }) => signer),
            },
    };
  }

  account(summary: AccountSummary): AccountJson {
    return {
      address: this.address(summary.account),
      id: summary.account,
      exists: summary.exists,
      nonce: summary.nonce,
      pendingNonce: summary.pendingNonce,
      authHash: summary.authHash,
      requireMemo: summary.requireMemo,
      balances: summary.balances.map((held) => this.balance(held)),
      moreBalances: summary.moreBalances ?? null,
      tip: this.tip(summary.tip),
    };
  }

  balance({ asset, amount }: AccountBalance): BalanceJson {
    const terms = this.terms(asset);
    assert(terms !== undefined, "only an asset that exists is held");
    const { code, decimals, issuer } = terms;
    return {
      asset,
      code,
      issuer: issuer === undefined ? null : this.address(issuer),
      decimals,
      amount: amount.toString(),
      display: this.display(amount, asset),
    };
  }

  asset({ id, issuer, code, decimals, name, supply, maxSupply }: AssetSummary): AssetJson {
    const isBounded = maxSupply !== 0n;
    return {
      id,
      code,
      decimals,
      name,
      issuer: this.address(issuer),
      supply: supply.toString(),
      supplyDisplay: this.display(supply, id),
      maxSupply: isBounded ? maxSupply.toString() : null,
      maxSupplyDisplay: isBounded ? this.display(maxSupply, id) : null,
    };
  }

  /** They never change once an asset is there. Undefined: nobody has created it. */
  terms(asset: AssetId): AmountTerms | undefined {
    if (asset !== nativeAsset) return this.#queries.assets.asset(asset)?.asset;
    const { code, decimals } = this.#genesis.asset;
    return { code, decimals, issuer: undefined };
  }

  stats(stats: LedgerStats): StatsJson {
    return {
      windowMs: stats.windowMs,
      blocks: stats.blocks,
      transactions: stats.transactions,
      transactionsPerSecond: stats.transactionsPerSecond,
      finalityMsMedian: stats.finalityMsMedian ?? null,
      finalityMsP99: stats.finalityMsP99 ?? null,
      totalTransactions: stats.totalTransactions,
      totalSupply: stats.totalSupply.toString(),
      totalSupplyDisplay: this.display(stats.totalSupply),
      accounts: stats.accounts,
    };
  }
}

/** A share from 0 to 1 in ten-thousandths. */
export const shareOf = (share: number | undefined): number | null =>
  share === undefined ? null : Math.round(share * 10_000) / 10_000;

/** What the stream says of a block. */
export function blockEvent({ block }: FoundBlock): BlockEventJson {
  return {
    height: block.header.height,
    id: block.id,
    timestampMs: block.header.timestampMs,
    transactions: block.transactions.map(({ id }) => id),
  };
}
