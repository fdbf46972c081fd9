/**
 * Opening: from a disk to everything that a replica starts with, or a reason why not.
 *
 * Blocks above the final tip that the journal says were certified are executed again, in order, without a clock and
 * without a vote; only then does consensus run. A journal that is not sound never keeps a node from following: it
 * keeps it from voting.
 * @module
 */
import { assert } from "../base/assert.ts";
import { toHex } from "../base/bytes.ts";
import { ok, type Result } from "../base/result.ts";
import { decode } from "../codec/codec.ts";
import { type JournalEntry, journalEntryCodec } from "../consensus/journal-entry.ts";
import { openGenesisLedger } from "../ledger/genesis-state.ts";
import { Ledger } from "../ledger/ledger.ts";
import type { Block } from "../protocol/block.ts";
import type { PublicKey } from "../protocol/ids.ts";
import { type BlockId, epoch, type ValidatorIndex, type View, view } from "../protocol/ids.ts";
import type { StateKey } from "../protocol/state.ts";
import { ValidatorSet } from "../protocol/validator-set.ts";
import type { Proposal } from "../protocol/vote.ts";
import { ChainStore } from "../storage/chain-store.ts";
import type { OpenFailure } from "../storage/open-failure.ts";
import { leaderOfHeader } from "./application.ts";
import type { ReplicaOptions, ReplicaPorts } from "./ports.ts";

export type { OpenFailure };

export interface OpenedLedger {
  readonly chain: ChainStore;
  readonly ledger: Ledger;
  readonly validators: ValidatorSet;
  /** Our place in the set, if our key is in it. */
  readonly self: ValidatorIndex | undefined;
  /** The genesis block. */
  readonly boundary: BlockId;
  readonly lastFinal: { readonly view: View; readonly proposal?: Proposal };
  readonly entries: readonly JournalEntry[];
  /** Why this validator must not vote, or undefined. */
  readonly silence: string | undefined;
}

export async function openLedger(
  options: ReplicaOptions,
  ports: ReplicaPorts,
): Promise<Result<OpenedLedger, OpenFailure>> {
  const { hasher, verifier, store } = ports;
  const { genesis, chainId } = options;
  const start = openGenesisLedger(hasher, genesis);
  assert(start.chainId === chainId, "the chain id is the genesis's");
  const validators = new ValidatorSet({
    hasher,
    validators: genesis.validators,
    epoch: epoch(0),
    boundary: start.id,
  });
  if (await ChainStore.isEmpty(store)) {
    await ChainStore.create(store, {
      hasher,
      chainId,
      header: start.header,
      id: start.id,
      state: start.changes,
    });
  }
  const opened = await ChainStore.open(store, {
    hasher,
    verifier,
    chainId,
    genesisId: start.id,
    validatorsOf: (of) => (of === 0 ? validators : undefined),
  });
  if (!opened.ok) return opened;
  const { chain, tree, version, droppedBlocks } = opened.value;
  if (droppedBlocks > 0)
    ports.log.warn("damaged unfinal blocks removed", { blocks: droppedBlocks });
  const ledger = new Ledger({
    hasher,
    chainId,
    genesis,
    base: { read: (key: StateKey) => chain.state(key) },
    tip: { header: chain.tip.header, id: chain.tip.id, history: chain.tip.frontier },
    tree,
    treeVersion: version,
  });
  const signer = options.validator?.signer;
  const self = signer && validators.indexOf(toHex(signer.publicKey) as PublicKey);
  const { entries, silence } = readJournal(options, self);
  executeCertified(chain, ledger, validators, entries);
  return ok({
    chain,
    ledger,
    validators,
    self,
    boundary: start.id,
    lastFinal: lastFinalOf(chain),
    entries,
    silence,
  });
}

/** The proposal that made the tip final, as far as the store knows it. */
function lastFinalOf(chain: ChainStore): { readonly view: View; readonly proposal?: Proposal } {
  const { header, id } = chain.tip;
  if (header.height === 0) return { view: view(0) };
  const subject = chain.finalizationAt(header.height)?.subject;
  if (subject?.kind === "finalize") return { view: subject.view, proposal: subject };
  // Final through a descendant that was not committed before the last stop: the journal or peers know more.
  const proposal = { epoch: header.epoch, view: header.view, parentView: view(0), blockId: id };
  return { view: header.view, proposal };
}

function readJournal(
  options: ReplicaOptions,
  self: ValidatorIndex | undefined,
): { readonly entries: readonly JournalEntry[]; readonly silence: string | undefined } {
  const journal = options.validator?.journal;
  if (journal === undefined) return { entries: [], silence: undefined };
  if (self === undefined) return { entries: [], silence: "this key is not in the validator set" };
  const { state } = journal;
  if (state.kind === "absent") {
    const silence =
      "there is no vote journal beside the validator key: it may have voted elsewhere";
    return { entries: [], silence };
  }
  if (state.kind === "damaged") {
    return { entries: [], silence: `the vote journal is damaged: ${state.reason}` };
  }
  const entries: JournalEntry[] = [];
  for (const bytes of state.entries) {
    const entry = decode(journalEntryCodec, bytes);
    if (!entry.ok) return { entries: [], silence: "the vote journal holds an unknown entry" };
    entries.push(entry.value);
  }
  return { entries, silence: undefined };
}

/** Executes the blocks above the tip whose certify result was ok: what consensus may build on at once. */
function executeCertified(
  chain: ChainStore,
  ledger: Ledger,
  validators: ValidatorSet,
  entries: readonly JournalEntry[],
): void {
  const certified = new Set<BlockId>();
  for (const entry of entries) {
    if (entry.kind === "certified" && entry.ok) certified.add(entry.proposal.blockId);
  }
  const leaderOf = leaderOfHeader(validators);
  for (const at of chain.storedHeights()) {
    for (const id of chain.storedBlocksAt(at)) {
      const block = certified.has(id) ? chain.storedBlock(at, id) : undefined;
      if (block === undefined || ledger.position(block.header.parent) === undefined) continue;
      execute(ledger, block, leaderOf(block.header));
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
