/**
 * The parts of a replica, built and joined. Parts call each other through the hooks, never by knowing one another.
 * @module
 */
import { Consensus } from "../consensus/consensus.ts";
import type { Input } from "../consensus/input.ts";
import { defaultConsensusSettings } from "../consensus/settings.ts";
import type { Signer } from "../crypto/ports.ts";
import { Mempool } from "../mempool/mempool.ts";
import { Network, type Peer } from "../network/network.ts";
import { TransactionGossip } from "../network/transaction-gossip.ts";
import type { Block } from "../protocol/block.ts";
import { type BlockId, type ContentHash, epoch, type ValidatorIndex } from "../protocol/ids.ts";
import type { Standing } from "../protocol/message.ts";
import type { Verified } from "../protocol/verified.ts";
import { type Certificate, type Vote, verifyCertificate } from "../protocol/vote.ts";
import { Activity, type ReplicaMetrics } from "./activity.ts";
import { Application, leaderOfHeader } from "./application.ts";
import { BlockRequests } from "./block-requests.ts";
import { Candidates } from "./candidates.ts";
import { CatchUp } from "./catch-up.ts";
import { CertificateWants } from "./certificate-wants.ts";
import { type Committed, Committer } from "./committer.ts";
import { ConsensusDriver } from "./consensus-driver.ts";
import { Intake } from "./intake.ts";
import { MessageIngress } from "./message-ingress.ts";
import type { VotingState } from "./node-queries.ts";
import type { OpenedLedger } from "./open-ledger.ts";
import { PeerCare } from "./peer-care.ts";
import type { ReplicaOptions, ReplicaPorts } from "./ports.ts";
import { Queries } from "./queries.ts";
import { Serving } from "./serving.ts";
import { Waits } from "./waits.ts";

/** What one part tells another; the replica knows which. */
export interface ReplicaHooks {
  standing(): Standing;
  voting(): VotingState;
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
  readonly consensus: Consensus;
  readonly voter: { readonly signer: Signer; readonly position: ValidatorIndex } | undefined;
  readonly activity: Activity;
  readonly mempool: Mempool;
  readonly network: Network;
  readonly requests: BlockRequests;
  readonly wants: CertificateWants;
}

interface TransactionParts {
  readonly intake: Intake;
  readonly gossip: TransactionGossip;
}

interface BlockParts {
  readonly candidates: Candidates;
  readonly committer: Committer;
  readonly application: Application;
  readonly driver: ConsensusDriver;
  readonly catchUp: CatchUp;
}

interface FaceParts {
  readonly ingress: MessageIngress;
  readonly care: PeerCare;
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
  const { validators, self } = opened;
  const signer = options.validator?.signer;
  const consensus = new Consensus({
    epoch: epoch(0),
    boundary: opened.boundary,
    validators,
    self,
    settings,
    lastFinal: opened.lastFinal,
    entries: opened.entries,
    mayVote: false, // Until peers had the time to tell what they know of our earlier votes.
  });
  const network = new Network(
    {
      chainId,
      nodeId,
      agent,
      listenAddress,
      addresses: [...options.addresses, ...validators.validators.map(({ endpoint }) => endpoint)],
      consensusSigner: signer,
      loopbackExempt: options.loopbackExempt,
    },
    { transport, clock, hasher, verifier, log, random, standing: () => hooks.standing() },
  );
  network.setValidators(validators.validators.map(({ consensusKey }) => consensusKey));
  return {
    consensus,
    voter: signer === undefined || self === undefined ? undefined : { signer, position: self },
    activity: new Activity({ clock, metrics }),
    mempool: new Mempool({ hasher, chainId }),
    network,
    requests: new BlockRequests({ network, clock }),
    wants: new CertificateWants({ network }),
  };
}

function transactionParts(
  { options, ports, opened, hooks }: ReplicaContext,
  { mempool, network }: CoreParts,
): TransactionParts {
  const { clock, hasher, signatures } = ports;
  const { ledger, chain } = opened;
  const { chainId } = options;
  const intake = new Intake({
    chainId,
    hasher,
    clock,
    ledger,
    chain,
    mempool,
    signatures,
    admitted: ({ contentHash }) => hooks.admitted(contentHash),
  });
  const gossip = new TransactionGossip(
    {
      pool: mempool,
      receive: (peer, encoded, hashes) => hooks.receiveTransactions(peer, encoded, hashes),
    },
    { network, clock, hasher },
  );
  return { intake, gossip };
}

/** From a named block to a final one. */
function blockParts(
  { options, ports, opened, hooks }: ReplicaContext,
  parts: CoreParts & TransactionParts,
): BlockParts {
  const { chainId } = options;
  const { clock, log, hasher, verifier } = ports;
  const { ledger, chain, validators, self } = opened;
  const { consensus, mempool, network, requests, wants, activity, intake, voter } = parts;
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
    leaderOf: leaderOfHeader(validators),
    checkSignatures: intake.checkSignatures.bind(intake),
  };
  const candidates = new Candidates({
    ...shared,
    requests,
    pooled: (hash) => mempool.get(hash),
    changed: (id) => hooks.candidateChanged(id),
  });
  const committed = (block: Committed): void => hooks.committed(block);
  const committer = new Committer({ ledger, chain, clock, committed, fatal });
  const application = new Application({
    ...shared,
    consensus,
    validators,
    self,
    pacingMs: settings.pacingMs,
    mempool,
    candidates,
    committer,
    wants,
    activity,
    give: (input) => hooks.give(input),
    becameFinal: (blocks) => hooks.becameFinal(blocks),
    behind: () => hooks.behind(),
    votesElsewhere: (vote) => hooks.votesElsewhere(vote),
  });
  const driver = new ConsensusDriver(
    { consensus, chainId, voter, journal: options.validator?.journal },
    { host: application, clock, fatal },
  );
  const catchUp = new CatchUp({
    ...shared,
    validators,
    verifyCertificate: (certificate) =>
      verifyCertificate(certificate, { verifier, chainId, validators }),
    proven: (certificate) => hooks.proven(certificate),
  });
  return { candidates, committer, application, driver, catchUp };
}

/** What faces peers and clients. */
function faceParts(
  { options, ports, opened, hooks }: ReplicaContext,
  parts: CoreParts & TransactionParts & BlockParts,
): FaceParts {
  const { chainId, genesis, nodeId } = options;
  const { clock, hasher, verifier } = ports;
  const { chain, ledger, validators, self, silence } = opened;
  const { consensus, network, candidates, requests, catchUp, activity, intake, mempool } = parts;
  const shared = { chainId, clock, validators, consensus, network, activity, catchUp };
  const ingress = new MessageIngress({
    ...shared,
    hasher,
    verifier,
    candidates,
    requests,
    serving: new Serving({ chain, candidates, consensus }),
    give: (input) => hooks.give(input),
    peerBehind: (peer) => hooks.peerBehind(peer),
    fatal: (error) => hooks.fatal(error),
  });
  const care = new PeerCare({
    ...shared,
    voter: silence === undefined ? parts.voter : undefined,
    tipFinalization: () => chain.finalizationAt(chain.tip.height),
    retryIntervalMs: settings.retryIntervalMs,
  });
  const waits = new Waits({ clock, statusOf: (id) => intake.status(id) });
  const queries = new Queries({
    ...shared,
    genesis,
    nodeId,
    self,
    startedMs: clock.wallMs(),
    chain,
    ledger,
    mempool,
    intake,
    waits,
    voting: () => hooks.voting(),
  });
  return { ingress, care, waits, queries };
}
