/**
 * The ledger: the final tip, and over it the tree of blocks that are executed and not final yet.
 *
 * Every executed block holds its changes to the state (an overlay over its parent's), its version of the state tree
 * and its history. A finalization makes one branch part of the tip and drops all others. Final blocks go on living
 * here as overlays until the store has them.
 *
 * Nothing bounds the number of unfinal blocks but what consensus asks for, one a view: only new views can bring
 * finality, so refusing blocks here could halt the network for good. High above the final tip they are empty.
 * @module
 */
import { assert } from "../base/assert.ts";
import { toHex } from "../base/bytes.ts";
import { fail, ok, type Result } from "../base/result.ts";
import { type Frontier, frontierRoot } from "../crypto/merkle.ts";
import type { Hasher, Verifier } from "../crypto/ports.ts";
import type { StateTree, TreeVersion } from "../crypto/state-tree.ts";
import { type Block, blockIdOf, type Header, transactionsRootOf } from "../protocol/block.ts";
import { epochOf } from "../protocol/epochs.ts";
import type { Genesis } from "../protocol/genesis.ts";
import { type BlockId, type ChainId, type Digest, height } from "../protocol/ids.ts";
import { KnownPolicies } from "../protocol/known-policies.ts";
import { protocolVersionSupported } from "../protocol/parameters.ts";
import type { StateChanges, StateKey, StateReader } from "../protocol/state.ts";
import { validatorsHash } from "../protocol/validator-set.ts";
import {
  type BlockFlaw,
  type BlockFrame,
  type BlockPlace,
  BlockRoom,
  blockFlaw,
} from "./block-rules.ts";
import { applyAll, type Candidates, type Dropped, fillBlock } from "./block-steps.ts";
import { entriesFor, isChangePending, staysCalm } from "./epoch-turn.ts";
import { BlockExecution } from "./execute.ts";
import { ExecutedNode } from "./executed-node.ts";
import { FinalState, type ProvenEntry } from "./final-state.ts";
import { appendBlockId, treeChanges } from "./genesis-state.ts";

export interface LedgerOptions {
  readonly hasher: Hasher;
  /** For the votes in Faults. */
  readonly verifier: Verifier;
  readonly chainId: ChainId;
  readonly genesis: Genesis;
  /** The rows in the store, at the tip given here. */
  readonly base: StateReader;
  readonly tip: {
    readonly header: Header;
    readonly id: BlockId;
    /** Includes the tip's own id. */
    readonly history: Frontier;
  };
  readonly tree: StateTree;
  /** The committed version of the tree, which is the tip's. It stays that of the last durable block. */
  readonly treeVersion: TreeVersion;
}

/** The final tip, whose block is in the store, or an unfinal executed block. */
export interface Position {
  readonly id: BlockId;
  readonly header: Header;
  readonly block: Block | undefined;
}

export interface BuildOptions extends BlockPlace {
  readonly parent: BlockId;
  /** The leader's wall clock. */
  readonly wallMs: number;
  /** With checked signatures. */
  readonly candidates: Candidates;
}

export interface Built {
  readonly block: Block;
  readonly dropped: readonly Dropped[];
}

/** What a store needs of a block that became final. */
export interface ExecutedBlock {
  readonly block: Block;
  readonly changes: StateChanges;
  /** Includes the block's own id. */
  readonly history: Frontier;
}

export class Ledger {
  readonly genesis: Genesis;
  readonly chainId: ChainId;
  readonly #hasher: Hasher;
  readonly #verifier: Verifier;
  readonly #tree: StateTree;
  readonly #final: FinalState;
  readonly #policies: KnownPolicies;
  /** The tip and everything above it; a block comes after its parent. */
  readonly #nodes = new Map<BlockId, ExecutedNode>();
  #tip: ExecutedNode;

  constructor(options: LedgerOptions) {
    const { hasher, base, tree, treeVersion, tip } = options;
    assert(toHex(tree.root(treeVersion)) === tip.header.stateRoot, "the state tree is the tip's");
    this.genesis = options.genesis;
    this.chainId = options.chainId;
    this.#hasher = hasher;
    this.#verifier = options.verifier;
    this.#policies = new KnownPolicies(hasher);
    this.#tree = tree;
    this.#final = new FinalState({ hasher, base, tree, tip: { ...tip, version: treeVersion } });
    this.#tip = new ExecutedNode({
      id: tip.id,
      header: tip.header,
      block: undefined,
      parent: undefined,
      changes: new Map(),
      version: treeVersion,
      history: tip.history,
    });
    this.#nodes.set(tip.id, this.#tip);
  }

  /** The latest final block; it may be ahead of what is durable. */
  get tip(): { readonly id: BlockId; readonly header: Header } {
    return this.#tip;
  }

  /** The latest final block that the store has, as far as `durable` was told. */
  get durableTip(): { readonly id: BlockId; readonly header: Header } {
    return this.#final.durableTip;
  }

  /** Executed blocks that are not final. */
  get unfinal(): number {
    return this.#nodes.size - 1;
  }

  /** The tip or an unfinal executed block; undefined for everything else. */
  position(id: BlockId): Position | undefined {
    const node = this.#nodes.get(id);
    return node && { id, header: node.header, block: node.block };
  }

  /**
   * The state after the tip or an unfinal block, which must be known. To be used at once: reading it when the tip
   * has moved beyond the block, or the block is dropped, is a bug and asserts.
   */
  state(id: BlockId): StateReader {
    const node = this.#nodes.get(id);
    assert(node !== undefined, "a state is read of the tip or of an executed block above it");
    return node.stateOver(this.#final);
  }

  /**
   * The entry of a key, or its absence, in the state of `durableTip`. Undefined while the store is writing another value
   * over it and the old one is not in memory: to be asked again.
   *
   * @throws StateCorruption
   */
  prove(key: StateKey): ProvenEntry | undefined {
    return this.#final.prove(key);
  }

  /**
   * Whether the block leaves a change of the validators or the parameters under way: decided for the next epoch, or
   * wanted by a quorum. It is said of the tip or an executed block above it (asserted), and found out once for each.
   */
  changePending(id: BlockId): boolean {
    const node = this.#nodes.get(id);
    assert(node !== undefined, "changes are asked of the tip or of an executed block above it");
    node.isChangePending ??= isChangePending(node.stateOver(this.#final), node.header);
    return node.isChangePending;
  }

  /**
   * Builds a block and takes it in as executed. Its time is max(the parent's + 1, wallMs). Gives way every 500
   * candidates. Undefined: the parent is not known, or stopped being so meanwhile.
   * @throws StateCorruption
   */
  *build(options: BuildOptions): Generator<void, Built | undefined, void> {
    const parent = this.#nodes.get(options.parent);
    if (parent === undefined) return undefined;
    const { leader, epoch, view, wallMs } = options;
    assert(Number.isSafeInteger(wallMs), "a wall clock shows whole milliseconds");
    const frame = this.#frame(parent);
    if (frame.parameters.protocolVersion > protocolVersionSupported) return undefined;
    assert(epoch === frame.epoch, "a block is built in the epoch of its height");
    const timestampMs = Math.max(parent.header.timestampMs + 1, wallMs);
    const execution = this.#execution(parent, frame, { epoch, timestampMs, leader });
    const emptyHeader: Header = {
      version: Number(frame.parameters.protocolVersion),
      height: height(parent.header.height + 1),
      epoch,
      view,
      parent: parent.id,
      timestampMs,
      leader,
      transactionCount: 0,
      transactionsRoot: transactionsRootOf(this.#hasher, []),
      stateRoot: parent.header.stateRoot,
      historyRoot: frame.historyRoot,
      validatorsHash: frame.validatorsHash,
      nextValidatorsHash: frame.validatorsHash,
    };
    const room = new BlockRoom(emptyHeader, frame.parameters);
    const isLive = () => this.#nodes.has(parent.id);
    const filling = yield* fillBlock(execution, room, options.candidates, isLive);
    if (filling === undefined) return undefined;
    const { transactions, dropped } = filling;
    const hashes = transactions.map(({ contentHash }) => contentHash);
    const changes = execution.finish();
    const version = this.#tree.apply(parent.version, treeChanges(this.#hasher, changes));
    const header: Header = {
      ...emptyHeader,
      transactionCount: transactions.length,
      transactionsRoot: transactionsRootOf(this.#hasher, hashes),
      stateRoot: toHex(this.#tree.root(version)) as Digest,
      nextValidatorsHash: validatorsHash(this.#hasher, execution.nextValidators),
    };
    const block = { id: blockIdOf(this.#hasher, header), header, transactions };
    if (this.#nodes.has(block.id)) this.#tree.drop(version);
    else this.#insert(parent, block, changes, version);
    return { block, dropped };
  }

  /**
   * Checks a block against all rules, its transactions' signatures and the wall clock apart, and takes it in. A
   * known block is ok at once. Gives way every 500 transactions. What it throws is a bug, and leaves no trace.
   * @throws StateCorruption
   */
  *execute(block: Block, place: BlockPlace): Generator<void, Result<void, BlockFlaw>, void> {
    if (this.#nodes.has(block.id)) return ok(undefined);
    const parent = this.#nodes.get(block.header.parent);
    if (parent === undefined) return fail("parent_unknown");
    const frame = this.#frame(parent);
    const flaw = blockFlaw(this.#hasher, block, frame, place);
    if (flaw !== undefined) return fail(flaw);
    const execution = this.#execution(parent, frame, block.header);
    const isLive = () => this.#nodes.has(parent.id);
    const refused = yield* applyAll(execution, block.transactions, isLive);
    if (refused !== undefined) return fail(refused);
    if (this.#nodes.has(block.id)) return ok(undefined); // Executed by another call meanwhile.
    const changes = execution.finish();
    const next = validatorsHash(this.#hasher, execution.nextValidators);
    if (next !== block.header.nextValidatorsHash) return fail("wrong_next_validators");
    const version = this.#tree.apply(parent.version, treeChanges(this.#hasher, changes));
    if (toHex(this.#tree.root(version)) !== block.header.stateRoot) {
      this.#tree.drop(version);
      return fail("wrong_state_root");
    }
    this.#insert(parent, block, changes, version);
    return ok(undefined);
  }

  /**
   * Makes an executed block and its ancestors final: the blocks from the old tip, exclusive, to it, oldest first.
   * Every branch that does not go through it is dropped. That it is executed is the caller's to know (asserted).
   */
  finalize(id: BlockId): readonly ExecutedBlock[] {
    const path: ExecutedBlock[] = [];
    const target = this.#nodes.get(id);
    assert(target !== undefined, "a block is executed before it is made final");
    for (const node of target.pathFrom(this.#tip)) {
      const { block, changes, history } = node;
      assert(block !== undefined, "an unfinal block is held in memory");
      this.#final.append(node);
      path.push({ block, changes, history });
    }
    if (path.length > 0) this.#moveTip(target);
    return path;
  }

  /** The store has everything up to this height: overlays of final blocks up to it are forgotten. */
  durable(upTo: number): void {
    this.#final.durable(upTo);
  }

  /** Whether a final block wrote the entry that the store may not have yet. */
  isWaiting(key: StateKey): boolean {
    return this.#final.isWaiting(key);
  }

  /** The entries with this beginning of their key that final blocks wrote and the store may not have yet. */
  waitingKeys(beginning: string): readonly StateKey[] {
    return this.#final.waitingKeys(beginning);
  }

  #moveTip(target: ExecutedNode): void {
    const kept = new Set<ExecutedNode>([target]);
    for (const node of this.#nodes.values()) {
      if (node === target) continue;
      if (node.parent !== undefined && kept.has(node.parent)) kept.add(node);
      else {
        this.#nodes.delete(node.id);
        node.leave();
      }
    }
    target.becomeTip();
    this.#tip = target;
  }

  #insert(parent: ExecutedNode, block: Block, changes: StateChanges, version: TreeVersion): void {
    const { id, header } = block;
    const history = appendBlockId(this.#hasher, parent.history, id);
    const node = new ExecutedNode({ id, header, block, parent, changes, version, history });
    const epochLength = Number(this.genesis.parameters.epochLength);
    if (parent.isChangePending === false && staysCalm(header.height, epochLength, changes)) {
      node.isChangePending = false;
    }
    this.#nodes.set(id, node);
  }

  #frame(parent: ExecutedNode): BlockFrame {
    const at = parent.header.height + 1;
    const { validators, parameters } = entriesFor(parent.stateOver(this.#final), at);
    const { current } = parameters;
    return {
      parent: parent.header,
      epoch: epochOf(at, Number(current.epochLength)),
      parameters: current,
      historyRoot: toHex(frontierRoot(this.#hasher, parent.history)) as Digest,
      validatorsHash: validatorsHash(this.#hasher, validators.current),
    };
  }

  #execution(
    parent: ExecutedNode,
    { parameters }: BlockFrame,
    { epoch, timestampMs, leader }: Pick<Header, "epoch" | "timestampMs" | "leader">,
  ): BlockExecution {
    return new BlockExecution({
      hasher: this.#hasher,
      policies: this.#policies,
      verifier: this.#verifier,
      chainId: this.chainId,
      nativeCode: this.genesis.asset.code,
      height: height(parent.header.height + 1),
      epoch,
      state: parent.stateOver(this.#final),
      parameters,
      timestampMs,
      leader,
    });
  }
}
