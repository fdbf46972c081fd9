/**
 * The parts of a replica, built and joined. Parts call each other through the hooks, never by knowing one another.
 * @module
 */
import type { Input } from "../consensus/input.ts";
import { defaultConsensusSettings } from "../consensus/settings.ts";
import { EvidencePool } from "../mempool/evidence-pool.ts";
import { Mempool } from "../mempool/mempool.ts";
import { PooledTransactions } from "../mempool/pooled-transactions.ts";
import { Network, type Peer } from "../network/network.ts";
import { TransactionGossip } from "../network/transaction-gossip.ts";
import type { Block } from "../protocol/block.ts";
import { lastHeight } from "../protocol/epochs.ts";
import type { BlockId, ContentHash } from "../protocol/ids.ts";
import type { Certified, Standing } from "../protocol/message.ts";
import type { Verified } from "../protocol/verified.ts";
import { type Certificate, type Vote, verifyCertificate } from "../protocol/vote.ts";
import { Activity, type ReplicaMetrics } from "./activity.ts";
import { Application } from "./application.ts";
import { BlockRequests } from "./block-requests.ts";
import { Candidates } from "./candidates.ts";
import { CatchUp } from "./catch-up.ts";
import { CertificateSpread } from "./certificate-spread.ts";
import { CertificateWants } from "./certificate-wants.ts";
import { type Committed, Committer } from "./committer.ts";
import { Epochs } from "./epochs.ts";
import { Intake } from "./intake.ts";
import { MessageIngress } from "./message-ingress.ts";
import type { OpenedLedger } from "./open-ledger.ts";
import { PeerCare } from "./peer-care.ts";
import type { ReplicaOptions, ReplicaPorts } from "./ports.ts";
import { Queries } from "./queries.ts";
import { Serving } from "./serving.ts";
import { VotePermission } from "./vote-permission.ts";
import { Waiting } from "./waiting.ts";
import { Waits } from "./waits.ts";

/** What one part tells another; the replica knows which. */
export interface ReplicaHooks {
  standing(): Standing;
  /** The pool has taken a transaction. */
  admitted(hash: ContentHash): void;
  receiveTransactions(
    peer: Peer,
    encoded: readonly Uint8Array[],
    hashes: readonly ContentHash[],
  ): void;
  /** A candidate block got further. */
  candidateChanged(id: BlockId): void;
  /** An input for consensus. */
  give(input: Input): void;
  becameFinal(blocks: readonly Block[]): void;
  committed(committed: Committed): void;
  /** Something final is not here. True: it is being fetched by height. */
  behind(): boolean;
  /** A finalization that came with the blocks which it covers. */
  proven(certificate: Verified<Certificate>): void;
  peerBehind(peer: Peer): void;
  /** The last block of the epoch is final in memory. */
  epochEnded(): void;
  /** Two votes of one validator that contradict each other. */
  evidence(first: Vote, second: Vote): void;
  certified(peer: Peer, message: Certified): void;
  votesElsewhere(vote: Vote): void;
  fatal(error: unknown): void;
}

export interface ReplicaContext {
  readonly options: ReplicaOptions;
  readonly ports: ReplicaPorts;
  readonly opened: OpenedLedger;
  readonly metrics: ReplicaMetrics;
  readonly hooks: ReplicaHooks;
}

interface CoreParts {
  readonly epochs: Epochs;
  readonly activity: Activity;
  readonly mempool: Mempool;
  readonly network: Network;
  readonly requests: BlockRequests;
  readonly wants: CertificateWants;
  readonly spread: CertificateSpread;
}

interface TransactionParts {
  readonly evidence: EvidencePool;
  /** Both pools as one. */
  readonly pooled: PooledTransactions;
  readonly intake: Intake;
  readonly gossip: TransactionGossip;
}

interface BlockParts {
  readonly candidates: Candidates;
  readonly committer: Committer;
  readonly application: Application;
  readonly catchUp: CatchUp;
}

interface FaceParts {
  readonly ingress: MessageIngress;
  readonly care: PeerCare;
  readonly permission: VotePermission;
  readonly waits: Waits;
  readonly queries: Queries;
}

export type ReplicaParts = CoreParts & TransactionParts & BlockParts & FaceParts;

const settings = defaultConsensusSettings;

export function assemble(context: ReplicaContext): ReplicaParts {
  const core = coreParts(context);
  const transactions = transactionParts(context, core);
  const blocks = blockParts(context, { ...core, ...transactions });
  const face = faceParts(context, { ...core, ...transactions, ...blocks });
  return { ...core, ...transactions, ...blocks, ...face };
}

/** Consensus, pool and network: they need nothing of each other. */
function coreParts({ options, ports, opened, metrics, hooks }: ReplicaContext): CoreParts {
  const { chainId, nodeId, agent, listenAddress } = options;
  const { clock, log, hasher, verifier, random, transport } = ports;
  const { facts, lastFinal, entriesOf } = opened;
  const epochs = new Epochs(
    { chainId, settings, identities: options.validators, entriesOf, first: facts, lastFinal },
    { clock },
  );
  const { validators } = facts.validators;
  // A key that no set names yet is proven, too: so that members see its owner in step before they vote.
  const signer = (epochs.identity ?? options.validators.at(-1))?.signer;
  const network = new Network(
    {
      chainId,
      nodeId,
      agent,
      listenAddress,
      addresses: [...options.addresses, ...validators.map(({ endpoint }) => endpoint)],
      consensusSigner: signer,
      loopbackExempt: options.loopbackExempt,
    },
    { transport, clock, hasher, verifier, log, random, standing: () => hooks.standing() },
  );
  return {
    epochs,
    activity: new Activity({ clock, metrics }),
    mempool: new Mempool({ hasher, chainId, nativeCode: options.genesis.asset.code }),
    network,
    requests: new BlockRequests({ network, clock }),
    wants: new CertificateWants({ network }),
    spread: new CertificateSpread({ network, clock, epochs }),
  };
}

function transactionParts(
  { options, ports, opened, hooks }: ReplicaContext,
  { mempool, network }: CoreParts,
): TransactionParts {
  const { clock, hasher, signatures } = ports;
  const { ledger, chain } = opened;
  const { chainId } = options;
  const evidence = new EvidencePool();
  const pooled = new PooledTransactions({ mempool, evidence });
  const intake = new Intake({
    chainId,
    hasher,
    clock,
    ledger,
    chain,
    mempool,
    evidence,
    signatures,
    admitted: ({ contentHash }) => hooks.admitted(contentHash),
    fatal: (error) => hooks.fatal(error),
  });
  const gossip = new TransactionGossip(
    {
      pool: pooled,
      receive: (peer, encoded, hashes) => hooks.receiveTransactions(peer, encoded, hashes),
    },
    { network, clock, hasher },
  );
  return { evidence, pooled, intake, gossip };
}

/** From a named block to a final one. */
function blockParts(
  { options, ports, opened, hooks }: ReplicaContext,
  parts: CoreParts & TransactionParts,
): BlockParts {
  const { chainId } = options;
  const { clock, log, hasher, verifier } = ports;
  const { ledger, chain } = opened;
  const { epochs, mempool, evidence, pooled, network, requests, wants, activity, intake } = parts;
  const fatal = (error: unknown): void => hooks.fatal(error);
  const shared = {
    chainId,
    hasher,
    clock,
    log,
    ledger,
    chain,
    network,
    fatal,
    epochs,
    checkSignatures: intake.checkSignatures.bind(intake),
  };
  const candidates = new Candidates({
    ...shared,
    requests,
    pooled: (hash) => pooled.get(hash),
    changed: (id) => hooks.candidateChanged(id),
  });
  const committed = (block: Committed): void => hooks.committed(block);
  const committer = new Committer({ ledger, chain, clock, committed, fatal });
  const application = new Application({
    ...shared,
    pacingMs: settings.pacingMs,
    mempool,
    waiting: new Waiting({ ledger, mempool, evidence }),
    candidates,
    committer,
    wants,
    spread: parts.spread,
    activity,
    give: (input) => hooks.give(input),
    becameFinal: (blocks) => hooks.becameFinal(blocks),
    behind: () => hooks.behind(),
    epochEnded: () => hooks.epochEnded(),
    evidence: (first, second) => hooks.evidence(first, second),
    votesElsewhere: (vote) => hooks.votesElsewhere(vote),
  });
  epochs.connect(application, fatal);
  const catchUp = new CatchUp({
    ...shared,
    verifyCertificate: (certificate) =>
      verifyCertificate(certificate, { verifier, chainId, validators: epochs.validators }),
    proven: (certificate) => hooks.proven(certificate),
  });
  return { candidates, committer, application, catchUp };
}

/** What faces peers and clients. */
function faceParts(
  { options, ports, opened, hooks }: ReplicaContext,
  parts: CoreParts & TransactionParts & BlockParts,
): FaceParts {
  const { chainId, genesis, nodeId } = options;
  const { clock, hasher, verifier } = ports;
  const { chain, ledger } = opened;
  const { epochs, network, candidates, requests, catchUp, activity, intake, mempool } = parts;
  const shared = { chainId, clock, epochs, network, activity, catchUp };
  const permission = new VotePermission(options.validators, {
    ...shared,
    log: ports.log,
    hasher,
    verifier,
    chain,
    fatal: (error) => hooks.fatal(error),
  });
  const ingress = new MessageIngress({
    ...shared,
    hasher,
    verifier,
    candidates,
    requests,
    spread: parts.spread,
    serving: new Serving({ chain, candidates, epochs }),
    give: (input) => hooks.give(input),
    peerBehind: (peer) => hooks.peerBehind(peer),
    certified: (peer, message) => hooks.certified(peer, message),
    fatal: (error) => hooks.fatal(error),
  });
  const care = new PeerCare({
    ...shared,
    endOf: (of) => {
      const { boundaryHeight, lastHeight: end } = epochs.facts;
      return chain.finalizationAt(lastHeight(of, end - boundaryHeight));
    },
    tipFinalization: () => chain.finalizationAt(chain.tip.height),
    retryIntervalMs: settings.retryIntervalMs,
  });
  const waits = new Waits({ clock, statusOf: (id) => intake.status(id) });
  const queries = new Queries({
    ...shared,
    hasher,
    wants: parts.wants,
    requests,
    genesis,
    nodeId,
    startedMs: clock.wallMs(),
    chain,
    ledger,
    mempool,
    evidence: parts.evidence,
    intake,
    waits,
    voting: () => permission.state(),
  });
  return { ingress, care, permission, waits, queries };
}
