/**
 * Candidate blocks: from an id that consensus named to a block that is held, checked, executed and durably stored.
 *
 * The way of one candidate, each step once: get the bytes (announced hashes + pool, the store, peers) → its parent is
 * executed → signatures that were never checked are checked → it is executed → it is stored. Whoever asked is told
 * "changed" and asks again. The verdict is the ledger's and is the same on every honest node: no clock is read here.
 * @module
 */
import type { Clock } from "../base/clock.ts";
import type { Log } from "../base/log.ts";
import { StateCorruption } from "../ledger/final-state.ts";
import type { Ledger } from "../ledger/ledger.ts";
import { type Block, bodyMatches, type Header, openBlock } from "../protocol/block.ts";
import type { BlockId, ContentHash, Height, NodeId } from "../protocol/ids.ts";
import type { NamedTransaction } from "../protocol/transaction.ts";
import type { ChainStore } from "../storage/chain-store.ts";
import type { BlockRequests } from "./block-requests.ts";
import { CompactBlock, type CompactBlockDependencies } from "./compact-block.ts";
import type { Epochs } from "./epochs.ts";
import { operatorOf } from "./leaders.ts";
import { runInSteps } from "./ports.ts";

export const candidatesMax = 192;

export type CandidateState =
  /** Its bytes, or an ancestor's, are not here yet. */
  | { readonly kind: "missing" }
  | { readonly kind: "checking" }
  | { readonly kind: "executed"; readonly stored: boolean }
  | { readonly kind: "invalid"; readonly flaw: string };

interface Candidate {
  readonly id: BlockId;
  header: Header | undefined;
  /** As it was announced, and by whom. */
  compact: CompactBlock | undefined;
  from: NodeId | undefined;
  block: Block | undefined;
  state: CandidateState;
  readonly children: Set<BlockId>;
}

export interface CandidatesDependencies extends CompactBlockDependencies {
  readonly clock: Clock;
  readonly log: Log;
  readonly ledger: Ledger;
  readonly chain: ChainStore;
  readonly requests: BlockRequests;
  /** Whether all signatures of these transactions are valid; remembers those that are. */
  readonly checkSignatures: (transactions: readonly NamedTransaction[]) => Promise<boolean>;
  readonly epochs: Epochs;
  readonly changed: (id: BlockId) => void;
  readonly fatal: (error: unknown) => void;
}

export class Candidates {
  readonly #d: CandidatesDependencies;
  readonly #candidates = new Map<BlockId, Candidate>();
  /** Unfinal blocks that the last run stored: after a crash of all, nobody else may have them. */
  readonly #storedAt = new Map<BlockId, Height>();
  /** Executions run one after the other: each is a slice of the one loop. */
  #execution: Promise<void> = Promise.resolve();

  constructor(dependencies: CandidatesDependencies) {
    this.#d = dependencies;
    const { chain } = dependencies;
    for (const height of chain.storedHeights()) {
      for (const id of chain.storedBlocksAt(height)) this.#storedAt.set(id, height);
    }
  }

  get size(): number {
    return this.#candidates.size;
  }

  /** Where a block is on its way; starts or continues whatever it still needs. */
  ask(id: BlockId): CandidateState {
    const candidate = this.#candidateOf(id);
    if (candidate === undefined) return { kind: "missing" };
    if (candidate.state.kind === "missing") this.#advance(candidate);
    return candidate.state;
  }

  /** The header of a block that is announced or held. */
  headerOf(id: BlockId): Header | undefined {
    return this.#candidates.get(id)?.header;
  }

  /** A block that is held, wherever it is on its way. */
  blockOf(id: BlockId): Block | undefined {
    const held = this.#candidates.get(id)?.block ?? this.#d.ledger.position(id)?.block;
    return held ?? this.#stored(id);
  }

  /** A compact block whose header and hashes were found to match. */
  announced(header: Header, id: BlockId, hashes: readonly ContentHash[], from: NodeId): void {
    const candidate = this.#candidateOf(id);
    if (candidate === undefined || candidate.block !== undefined) return;
    candidate.header = header;
    candidate.compact ??= new CompactBlock(this.#d, { id, header, hashes });
    candidate.from ??= from;
  }

  /** Whole blocks, from a peer or from this node's own builder. False: not the bytes of this block. */
  delivered(id: BlockId, encoded: Uint8Array): boolean {
    const opened = openBlock(this.#d.hasher, this.#d.chainId, encoded);
    if (!opened.ok || opened.value.id !== id) return false;
    const block = opened.value;
    const hashes = block.transactions.map(({ contentHash }) => contentHash);
    if (!bodyMatches(this.#d.hasher, block.header, hashes)) return false;
    this.add(block);
    return true;
  }

  add(block: Block): void {
    const candidate = this.#candidateOf(block.id);
    if (candidate === undefined || candidate.block !== undefined) return;
    candidate.header = block.header;
    candidate.block = block;
    this.#d.requests.done(block.id);
    this.#advance(candidate);
  }

  /** Transactions asked for by place. False: one is not what its place says. */
  deliveredBodies(id: BlockId, bodies: readonly Uint8Array[]): boolean {
    const candidate = this.#candidates.get(id);
    if (candidate?.compact === undefined || candidate.block !== undefined) return true;
    if (!candidate.compact.deliver(bodies)) return false;
    this.#advance(candidate);
    return true;
  }

  /** A block that this node built itself: executed already, to be stored. */
  built(block: Block): void {
    const candidate = this.#candidateOf(block.id);
    if (candidate === undefined) return;
    candidate.header = block.header;
    candidate.block = block;
    this.#executed(candidate);
  }

  /** Forgets everything that can no longer become final. */
  pruneTo(finalHeight: number): void {
    for (const [id, height] of this.#storedAt) if (height <= finalHeight) this.#storedAt.delete(id);
    for (const candidate of [...this.#candidates.values()]) {
      if (candidate.header === undefined || candidate.header.height <= finalHeight) {
        if (candidate.state.kind === "checking") continue;
        if (candidate.header === undefined && this.#d.requests.wants(candidate.id)) continue;
        this.#forget(candidate);
      }
    }
  }

  #forget(candidate: Candidate): void {
    this.#d.requests.done(candidate.id);
    this.#candidates.delete(candidate.id);
  }

  #candidateOf(id: BlockId): Candidate | undefined {
    const known = this.#candidates.get(id);
    if (known !== undefined) return known;
    if (this.#candidates.size >= candidatesMax && !this.#evictOne()) return undefined;
    const position = this.#d.ledger.position(id);
    const candidate: Candidate = {
      id,
      header: position?.header,
      compact: undefined,
      from: undefined,
      block: position?.block,
      state: { kind: "missing" },
      children: new Set(),
    };
    this.#candidates.set(id, candidate);
    if (position !== undefined) {
      // The final tip is durable or about to be; an unfinal block of the ledger still has to be stored.
      if (position.block === undefined) candidate.state = { kind: "executed", stored: true };
      else this.#executed(candidate);
    }
    return candidate;
  }

  /** Room for one more: the oldest whose bytes never came, or that turned out invalid. */
  #evictOne(): boolean {
    for (const candidate of this.#candidates.values()) {
      if (candidate.state.kind === "missing" || candidate.state.kind === "invalid") {
        this.#forget(candidate);
        return true;
      }
    }
    return false;
  }

  #advance(candidate: Candidate): void {
    if (candidate.state.kind !== "missing") return;
    const { id, compact } = candidate;
    const block = candidate.block ?? this.#stored(id) ?? compact?.whole();
    if (block === undefined) {
      this.#d.requests.want(id, { first: candidate.from, indexes: compact?.missing() });
      return;
    }
    candidate.block = block;
    candidate.header = block.header;
    this.#d.requests.done(candidate.id);
    const { ledger } = this.#d;
    // It is final, or can never be: whoever waits for it is past it as soon as consensus hears so.
    if (block.header.height <= ledger.tip.header.height) return;
    // Of an epoch that has not begun here: its leaders are not known before its boundary is final.
    if (block.header.epoch > this.#d.epochs.epoch) return;
    if (ledger.position(block.header.parent) !== undefined) {
      this.#check(candidate, block);
      return;
    }
    const parent = this.ask(block.header.parent);
    if (parent.kind === "invalid") this.#invalid(candidate, "parent_invalid");
    else this.#candidates.get(block.header.parent)?.children.add(candidate.id);
  }

  #stored(id: BlockId): Block | undefined {
    const height = this.#storedAt.get(id);
    return height === undefined ? undefined : this.#d.chain.storedBlock(height, id);
  }

  #check(candidate: Candidate, block: Block): void {
    candidate.state = { kind: "checking" };
    this.#execution = this.#execution
      .then(() => this.#execute(candidate, block))
      .catch((error: unknown) => this.#d.fatal(error));
  }

  async #execute(candidate: Candidate, block: Block): Promise<void> {
    const { ledger, clock, log } = this.#d;
    if (ledger.position(block.id) !== undefined) {
      this.#executed(candidate);
      return;
    }
    if (!(await this.#d.checkSignatures(block.transactions))) {
      this.#invalid(candidate, "bad_signature");
      return;
    }
    // While signatures were checked, something else may have become final, the epoch's last block included.
    if (block.header.epoch !== this.#d.epochs.epoch) {
      this.#invalid(candidate, "epoch_over");
      return;
    }
    if (ledger.position(block.header.parent) === undefined) {
      this.#invalid(candidate, "parent_dropped");
      return;
    }
    const { epoch, view } = block.header;
    try {
      const leader = operatorOf(this.#d.epochs.validators, view);
      const steps = ledger.execute(block, { epoch, view, leader });
      const result = await runInSteps(steps, clock);
      if (result.ok) this.#executed(candidate);
      else if (result.reason === "parent_unknown") candidate.state = { kind: "missing" };
      else this.#invalid(candidate, result.reason);
    } catch (error) {
      if (error instanceof StateCorruption) throw error;
      log.error("a block could not be executed", { block: block.id, error: String(error) });
      this.#invalid(candidate, "execution_threw");
    }
  }

  #executed(candidate: Candidate): void {
    candidate.state = { kind: "executed", stored: false };
    const { block } = candidate;
    if (block !== undefined) {
      this.#d.chain.storeBlock(block).then(
        () => {
          candidate.state = { kind: "executed", stored: true };
          this.#d.changed(candidate.id);
        },
        (error: unknown) => this.#d.fatal(error),
      );
    }
    this.#settleChildren(candidate);
    this.#d.changed(candidate.id);
  }

  #invalid(candidate: Candidate, flaw: string): void {
    candidate.state = { kind: "invalid", flaw };
    this.#d.log.warn("a block is invalid", { block: candidate.id, flaw });
    this.#settleChildren(candidate);
    this.#d.changed(candidate.id);
  }

  #settleChildren(candidate: Candidate): void {
    const children = [...candidate.children];
    candidate.children.clear();
    for (const id of children) {
      const child = this.#candidates.get(id);
      if (child !== undefined) this.#advance(child);
    }
  }
}
