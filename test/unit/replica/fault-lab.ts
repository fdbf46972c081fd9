/**
 * Nodes of one network that have an intake, two pools and gossip, and no consensus: blocks are made and made final by
 * the test.
 * @module
 */
import { nativeHasher, nativeVerifier } from "../../../node/adapters/native-crypto.ts";
import { openGenesisLedger } from "../../../src/ledger/genesis-state.ts";
import { Ledger } from "../../../src/ledger/ledger.ts";
import { EvidencePool } from "../../../src/mempool/evidence-pool.ts";
import { Mempool } from "../../../src/mempool/mempool.ts";
import { PooledTransactions } from "../../../src/mempool/pooled-transactions.ts";
import { TransactionGossip } from "../../../src/network/transaction-gossip.ts";
import type { Block } from "../../../src/protocol/block.ts";
import type { Genesis } from "../../../src/protocol/genesis.ts";
import { type TransactionId, validatorIndex, view } from "../../../src/protocol/ids.ts";
import type { Message } from "../../../src/protocol/message.ts";
import type { NamedTransaction } from "../../../src/protocol/transaction.ts";
import { Intake, type Received } from "../../../src/replica/intake.ts";
import type { ChainStore } from "../../../src/storage/chain-store.ts";
import { MemoryStore } from "../../../src/storage/memory-store.ts";
import { createChain, openChain } from "../../../src/storage/open-chain.ts";
import { GrowingChain, operatorNamed } from "../../fixtures/operators.ts";
import { ScriptedPeer } from "../../fixtures/scripted-peer.ts";
import type { ManualClock } from "../network/manual-clock.ts";
import { nodeIdOf } from "../network/network-lab.ts";

/** Nobody checks it: whoever commits a block has. */
const noSignature = { signer: validatorIndex(0), signature: new Uint8Array(64) };

/** One end of a link: what is sent here arrives at the other node. */
class WireEnd extends ScriptedPeer {
  readonly sent: Message["kind"][] = [];
  #arrive: (message: Message) => void = () => {};

  leadsTo(arrive: (message: Message) => void): void {
    this.#arrive = arrive;
  }

  protected override heard(message: Message): void {
    this.sent.push(message.kind);
    // Not at once: both nodes know of the link before the first message arrives.
    queueMicrotask(() => this.#arrive(message));
  }
}

export class LabNode {
  readonly ledger: Ledger;
  readonly chain: ChainStore;
  readonly blocks: GrowingChain;
  readonly evidence: EvidencePool = new EvidencePool();
  readonly mempool: Mempool;
  readonly pooled: PooledTransactions;
  readonly intake: Intake;
  readonly gossip: TransactionGossip;
  /** What became of everything that peers sent, in order. */
  readonly received: Received[] = [];
  readonly admitted: TransactionId[] = [];
  readonly #peers: WireEnd[] = [];
  /** Signatures checked for the intake. */
  checks = 0;

  private constructor(parts: { ledger: Ledger; chain: ChainStore; clock: ManualClock }) {
    const { ledger, chain, clock } = parts;
    const { chainId } = ledger;
    const hasher = nativeHasher;
    this.ledger = ledger;
    this.chain = chain;
    this.blocks = new GrowingChain(ledger, chainId, operatorNamed("v1"));
    this.mempool = new Mempool({ chainId, nativeCode: "QRT", hasher });
    this.pooled = new PooledTransactions({ mempool: this.mempool, evidence: this.evidence });
    const fatal = (error: unknown) => {
      throw error;
    };
    this.intake = new Intake({
      chainId,
      hasher,
      clock,
      ledger,
      chain,
      mempool: this.mempool,
      evidence: this.evidence,
      signatures: {
        verify: (checks) => {
          this.checks += checks.length;
          const isGood = ({ signature, message, publicKey }: (typeof checks)[number]) =>
            nativeVerifier.verify(signature, message, publicKey);
          return Promise.resolve(checks.map(isGood));
        },
      },
      admitted: ({ id, contentHash }) => {
        this.admitted.push(id);
        this.gossip.admitted(contentHash);
      },
      fatal,
    });
    this.gossip = new TransactionGossip(
      {
        pool: this.pooled,
        receive: (_, encoded, hashes) => {
          this.intake
            .receive(encoded, hashes)
            .then((results) => this.received.push(...results), fatal);
        },
      },
      { network: { peers: this.#peers }, clock, hasher },
    );
  }

  static async open(genesis: Genesis, clock: ManualClock): Promise<LabNode> {
    const hasher = nativeHasher;
    const { chainId, header, id, changes } = openGenesisLedger(hasher, genesis);
    const store = new MemoryStore();
    await createChain(store, { hasher, chainId, header, id, state: changes });
    const verifier = nativeVerifier;
    const opened = await openChain(store, {
      hasher,
      verifier,
      chainId,
      genesisIdOf: () => id,
    });
    if (!opened.ok) throw new Error(opened.reason.message);
    const { chain, tree, version: treeVersion } = opened.value;
    const tip = { header: chain.tip.header, id: chain.tip.id, history: chain.tip.frontier };
    const base = { read: (key: string) => chain.state(key) };
    const ledger = new Ledger({ hasher, verifier, chainId, genesis, base, tip, tree, treeVersion });
    return new LabNode({ ledger, chain, clock });
  }

  link(number: number): WireEnd {
    const end = new WireEnd(nodeIdOf(number));
    this.#peers.push(end);
    return end;
  }

  joined(end: WireEnd): void {
    this.gossip.joined(end);
  }

  /** A block of these becomes final in memory. Returns what ended with it, and what makes it durable. */
  finalize(candidates: readonly NamedTransaction[]): {
    readonly block: Block;
    readonly ended: readonly TransactionId[];
    readonly commit: () => Promise<void>;
  } {
    const { block, dropped } = this.blocks.build(candidates);
    if (dropped.length > 0) throw new Error(`not applied: ${dropped.join(", ")}`);
    const [executed] = this.ledger.finalize(block.id);
    if (executed === undefined) throw new Error("one block became final");
    const ended = this.intake.becameFinal([block]);
    const { changes, history: frontier } = executed;
    const { epoch: of, view: at } = block.header;
    const proposal = { epoch: of, view: at, parentView: view(at - 1), blockId: block.id };
    const certificate = {
      subject: { kind: "finalize" as const, ...proposal },
      signatures: [noSignature],
    };
    const commit = async () => {
      const finality = { certificate, covering: [] };
      await this.chain.commit({ block, changes, frontier, finality });
      this.ledger.durable(block.header.height);
      this.intake.committed(block);
    };
    return { block, ended, commit };
  }

  /** Final and durable empty blocks up to this height. */
  async growTo(upTo: number): Promise<void> {
    while (this.blocks.height < upTo) await this.finalize([]).commit();
  }
}

/** Links two nodes; each then tells the other what it holds. Returns the ends, each where its node sends into. */
export function linked(one: LabNode, other: LabNode): readonly [WireEnd, WireEnd] {
  const [toOther, toOne] = [one.link(2), other.link(1)];
  toOther.leadsTo((message) => arrive(other, toOne, message));
  toOne.leadsTo((message) => arrive(one, toOther, message));
  one.joined(toOther);
  other.joined(toOne);
  return [toOther, toOne];
}

function arrive(node: LabNode, from: WireEnd, message: Message): void {
  if (
    message.kind === "transactions" ||
    message.kind === "transactions-announce" ||
    message.kind === "transactions-request"
  ) {
    node.gossip.received(from, message);
  }
}
