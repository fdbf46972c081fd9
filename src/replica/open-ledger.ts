/**
 * Opening: from a disk to everything that a replica starts with, or a reason why not.
 *
 * Blocks above the final tip that the journal says were certified are executed again, in order, without a clock and
 * without a vote; only then does consensus run. A journal that is not sound never keeps a node from following: it
 * keeps it from voting.
 * @module
 */
import { assert } from "../base/assert.ts";
import { fail, ok, type Result } from "../base/result.ts";
import { decode } from "../codec/codec.ts";
import { type JournalEntry, journalEntryCodec } from "../consensus/journal-entry.ts";
import type { Hasher } from "../crypto/ports.ts";
import { openGenesisLedger } from "../ledger/genesis-state.ts";
import { Ledger } from "../ledger/ledger.ts";
import { type Block, blockIdOf } from "../protocol/block.ts";
import { chainIdOf, type Genesis, genesisHeader } from "../protocol/genesis.ts";
import { type BlockId, type Digest, type View, view } from "../protocol/ids.ts";
import { protocolVersionSupported } from "../protocol/parameters.ts";
import type { StateKey } from "../protocol/state.ts";
import type { Proposal } from "../protocol/vote.ts";
import type { ChainStore } from "../storage/chain-store.ts";
import { createChain, isEmptyStore, openChain } from "../storage/open-chain.ts";
import type { OpenFailure } from "../storage/open-failure.ts";
import { type EpochFacts, epochFacts } from "./epoch-facts.ts";
import { operatorOf } from "./leaders.ts";
import type { ReplicaOptions, ReplicaPorts, ValidatorIdentity } from "./ports.ts";

/** Why a replica does not open. */
export interface LedgerFailure {
  /** Stable. */
  readonly code: OpenFailure["code"] | "protocol_version" | "journal_unknown" | "genesis_state";
  readonly message: string;
  readonly fix: string;
}

export interface OpenedLedger {
  readonly chain: ChainStore;
  readonly ledger: Ledger;
  /** The epoch of the next block. */
  readonly facts: EpochFacts;
  readonly lastFinal: { readonly view: View; readonly proposal?: Proposal };
  /** What the journal of each key holds, oldest first. */
  readonly entriesOf: ReadonlyMap<ValidatorIdentity, readonly JournalEntry[]>;
}

export async function openLedger(
  options: ReplicaOptions,
  ports: ReplicaPorts,
): Promise<Result<OpenedLedger, LedgerFailure>> {
  const { hasher, verifier, store } = ports;
  const { genesis, chainId, checkpoint } = options;
  assert(chainIdOf(hasher, genesis) === chainId, "the chain id is the genesis's");
  const flaw = (await isEmptyStore(store)) ? await begin(options, ports) : undefined;
  if (flaw !== undefined) return fail(flaw);
  const opened = await openChain(store, {
    hasher,
    verifier,
    chainId,
    genesisIdOf: (stateRoot) => genesisIdOf(hasher, genesis, stateRoot),
    checkpoint,
  });
  if (!opened.ok) return opened;
  const { chain, tree, version, droppedBlocks } = opened.value;
  if (droppedBlocks > 0)
    ports.log.warn("damaged unfinal blocks removed", { blocks: droppedBlocks });
  const ledger = new Ledger({
    hasher,
    verifier,
    chainId,
    genesis,
    base: { read: (key: StateKey) => chain.state(key) },
    tip: { header: chain.tip.header, id: chain.tip.id, history: chain.tip.frontier },
    tree,
    treeVersion: version,
  });
  const facts = nextEpoch(hasher, ledger, chain);
  const failure = versionFailure(facts);
  if (failure !== undefined) return fail(failure);
  const entriesOf = new Map<ValidatorIdentity, readonly JournalEntry[]>();
  for (const identity of options.validators) {
    const entries = readEntries(identity);
    if (!entries.ok) return entries;
    entriesOf.set(identity, entries.value);
  }
  executeCertified(chain, ledger, facts, [...entriesOf.values()].flat());
  return ok({ chain, ledger, facts, lastFinal: lastFinalOf(chain, facts), entriesOf });
}

/** Writes the ledger at height 0 into an empty store. */
async function begin(
  { genesis, carried }: ReplicaOptions,
  { hasher, store }: ReplicaPorts,
): Promise<LedgerFailure | undefined> {
  const state = genesis.previous === undefined ? undefined : await carried?.();
  if (genesis.previous !== undefined && state?.ok !== true) return carriedFailure(state?.reason);
  const start = openGenesisLedger(hasher, genesis, state?.ok === true ? state.value : undefined);
  const { chainId, header, id, changes } = start;
  await createChain(store, { hasher, chainId, header, id, state: changes });
  return undefined;
}

const carriedFailure = (reason = "there is none"): LedgerFailure => ({
  code: "genesis_state",
  message: `this ledger goes on from the state of an earlier one, which cannot be used: ${reason}`,
  fix: "Take genesis.state from another member into the node's home, beside genesis.json.",
});

/**
 * The id of block 0, whose state has this root. A genesis without a predecessor decides the root, too; the state that
 * another one carries over was checked when the ledger began.
 */
export function genesisIdOf(hasher: Hasher, genesis: Genesis, stateRoot: Digest): BlockId {
  if (genesis.previous === undefined) return openGenesisLedger(hasher, genesis).id;
  const chainId = chainIdOf(hasher, genesis);
  return blockIdOf(hasher, genesisHeader(hasher, genesis, stateRoot, chainId));
}

/** The epoch that the block after the final tip belongs to. */
export function nextEpoch(hasher: Hasher, ledger: Ledger, chain: ChainStore): EpochFacts {
  const { id, header } = ledger.tip;
  const tip = { id, header, state: ledger.state(id) };
  return epochFacts(hasher, tip, (epoch) => chain.boundaryOf(epoch));
}

/** An old program stops at the boundary where its members have agreed on a newer protocol. */
export function versionFailure({
  protocolVersion,
  boundaryHeight,
}: EpochFacts): LedgerFailure | undefined {
  if (protocolVersion <= protocolVersionSupported) return undefined;
  return {
    code: "protocol_version",
    message: `from block ${boundaryHeight + 1} on this network runs protocol version ${protocolVersion}; this program knows versions up to ${protocolVersionSupported}`,
    fix: "Install a newer version of Quorate; nothing else is needed.",
  };
}

/** The proposal that made the tip final, as far as the store knows it. At a boundary: view 0 of the new epoch. */
function lastFinalOf(
  chain: ChainStore,
  { boundaryHeight }: EpochFacts,
): { readonly view: View; readonly proposal?: Proposal } {
  const { header, id } = chain.tip;
  if (header.height === boundaryHeight) return { view: view(0) };
  const subject = chain.finalizationAt(header.height)?.subject;
  if (subject?.kind === "finalize") return { view: subject.view, proposal: subject };
  // Final through a descendant that was not committed before the last stop: the journal or peers know more.
  const proposal = { epoch: header.epoch, view: header.view, parentView: view(0), blockId: id };
  return { view: header.view, proposal };
}

/** A journal that is not sound has no entries: it keeps its key from voting, never the node from following. */
function readEntries({
  journal,
}: ValidatorIdentity): Result<readonly JournalEntry[], LedgerFailure> {
  if (journal.state.kind !== "sound") return ok([]);
  const entries: JournalEntry[] = [];
  for (const bytes of journal.state.entries) {
    const entry = decode(journalEntryCodec, bytes);
    if (!entry.ok) {
      return fail({
        code: "journal_unknown",
        message: `the vote journal holds an entry that this program cannot read: ${entry.reason.message}`,
        fix: "Start the program that wrote it, or a newer one.",
      });
    }
    entries.push(entry.value);
  }
  return ok(entries);
}

/** Executes the blocks above the tip whose certify result was ok: what consensus may build on at once. */
function executeCertified(
  chain: ChainStore,
  ledger: Ledger,
  facts: EpochFacts,
  entries: readonly JournalEntry[],
): void {
  const certified = new Set<BlockId>();
  for (const entry of entries) {
    if (entry.kind === "certified" && entry.ok) certified.add(entry.proposal.blockId);
  }
  for (const at of chain.storedHeights()) {
    for (const id of chain.storedBlocksAt(at)) {
      const block = certified.has(id) ? chain.storedBlock(at, id) : undefined;
      if (block === undefined || block.header.epoch !== facts.epoch) continue;
      if (ledger.position(block.header.parent) === undefined) continue;
      execute(ledger, block, operatorOf(facts.validators, block.header.view));
    }
  }
}

function execute(ledger: Ledger, block: Block, leader: Block["header"]["leader"]): void {
  const { epoch: of, view: at } = block.header;
  const steps = ledger.execute(block, { epoch: of, view: at, leader });
  let step = steps.next();
  while (step.done !== true) step = steps.next();
  assert(step.value.ok, "a block that was certified is valid");
}
