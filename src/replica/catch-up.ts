/**
 * Catching up by height: a node behind the tip asks peers for ranges of blocks that prove themselves.
 *
 * A range is consecutive blocks, then headers that lead to a finalized one, then its finalization: hash links make all
 * of it final. A peer's claimed height only makes us ask; nothing but certificates moves anything. This runs beside
 * consensus, never instead of it, and never votes.
 * @module
 */
import { assert } from "../base/assert.ts";
import type { Clock } from "../base/clock.ts";
import { fail, ok, type Result } from "../base/result.ts";
import type { Hasher } from "../crypto/ports.ts";
import type { Ledger } from "../ledger/ledger.ts";
import type { Network, Peer } from "../network/network.ts";
import { type Block, blockIdOf, bodyMatches, type Header, openBlock } from "../protocol/block.ts";
import { type BlockId, type ChainId, type Height, height, type NodeId } from "../protocol/ids.ts";
import { type Blocks, blockRangeMax } from "../protocol/message.ts";
import type { NamedTransaction } from "../protocol/transaction.ts";
import type { Verified } from "../protocol/verified.ts";
import type { Certificate } from "../protocol/vote.ts";
import type { Epochs } from "./epochs.ts";
import { operatorOf } from "./leaders.ts";
import { runInSteps } from "./ports.ts";
import { supportedHeight } from "./supported-height.ts";

const answerTimeoutMs = 3_000;
/** A peer this many heights ahead is asked at once; a smaller lag only when it lasts. */
const lagNow = 4;
const lagLastsMs = 1_000;

export interface CatchUpDependencies {
  readonly chainId: ChainId;
  readonly hasher: Hasher;
  readonly clock: Clock;
  readonly ledger: Ledger;
  readonly network: Network;
  readonly epochs: Epochs;
  /** By the validators of the current epoch. */
  readonly verifyCertificate: (certificate: Certificate) => Verified<Certificate> | undefined;
  readonly checkSignatures: (transactions: readonly NamedTransaction[]) => Promise<boolean>;
  /** A verified finalization of a block that is now executed, or soon will be. */
  readonly proven: (certificate: Verified<Certificate>) => void;
  readonly fatal: (error: unknown) => void;
}

interface Range {
  readonly blocks: readonly Block[];
  /** Undefined: of another epoch than ours; such a range helps nobody. */
  readonly finalization: Verified<Certificate> | undefined;
}

export class CatchUp {
  readonly #d: CatchUpDependencies;
  /** The last executed block of the chain that a certificate proved: where the next range starts. */
  #cursor: { readonly id: BlockId; readonly height: Height } | undefined;
  #asked: { readonly peer: NodeId; readonly from: Height; readonly untilMs: number } | undefined;
  #executing = false;
  #lagSinceMs: number | undefined;
  #turn = 0;

  constructor(dependencies: CatchUpDependencies) {
    this.#d = dependencies;
  }

  /** How many blocks the network is ahead of us, on the word of more than f validators. */
  get lag(): number {
    const { network, epochs, ledger } = this.#d;
    const ahead = supportedHeight(network.peers, epochs.validators) - ledger.tip.header.height;
    return Math.max(0, ahead);
  }

  /** Whether the network is so far ahead that ranges are the way to fetch. No f liars can make it so. */
  get isFarBehind(): boolean {
    return this.lag >= lagNow;
  }

  /** The range that is under way. */
  get asking(): { readonly from: number; readonly peer: string } | undefined {
    return this.#asked && { from: this.#asked.from, peer: this.#asked.peer };
  }

  /** What the furthest peer claims: enough to ask it, and for nothing else. */
  #claimedLag(): number {
    const best = Math.max(0, ...this.#d.network.peers.map(({ standing }) => standing.finalHeight));
    return Math.max(0, best - this.#d.ledger.tip.header.height);
  }

  /** To be called regularly, and when something suggests that we are behind. */
  poke(): void {
    const nowMs = this.#d.clock.monotonicMs();
    if (this.#executing) return;
    if (this.#asked !== undefined && nowMs < this.#asked.untilMs) return;
    this.#asked = undefined;
    const lag = this.#claimedLag();
    if (lag === 0) {
      this.#lagSinceMs = undefined;
      return;
    }
    this.#lagSinceMs ??= nowMs;
    if (lag < lagNow && nowMs - this.#lagSinceMs < lagLastsMs) return;
    this.#ask(nowMs);
  }

  /** An answer; what is provably wrong is returned as the peer's fault. */
  async received(peer: Peer, message: Blocks): Promise<string | undefined> {
    const asked = this.#asked;
    if (asked === undefined || asked.peer !== peer.nodeId || asked.from !== message.from) {
      return undefined; // Late, or never asked for: unhelpful, nobody's fault.
    }
    this.#asked = undefined;
    if (message.finalization === undefined || message.blocks.length === 0) return undefined;
    const range = this.#openRange(message);
    if (!range.ok) return range.reason;
    const { finalization } = range.value;
    if (finalization === undefined) return undefined;
    this.#executing = true;
    try {
      this.#d.proven(finalization);
      const flaw = await this.#executeRange(range.value);
      if (flaw !== undefined) return flaw;
      this.#d.proven(finalization);
    } catch (error) {
      this.#d.fatal(error);
    } finally {
      this.#executing = false;
    }
    this.poke();
    return undefined;
  }

  #ask(nowMs: number): void {
    const { ledger, network } = this.#d;
    const start = this.#start();
    const ahead = network.peers.filter(({ standing }) => standing.finalHeight > start.height);
    this.#turn += 1;
    const peer = ahead[this.#turn % Math.max(1, ahead.length)];
    if (peer === undefined) {
      // Everything claimed is executed; it becomes final with the finalization that covers it.
      if (this.#cursor !== undefined && this.#cursor.height > ledger.tip.header.height) {
        this.#cursor = undefined;
      }
      return;
    }
    const from = height(start.height + 1);
    this.#asked = { peer: peer.nodeId, from, untilMs: nowMs + answerTimeoutMs };
    peer.send({ kind: "blocks-request", from, count: blockRangeMax });
  }

  /** The block that the next range continues: the cursor while it is held and above the tip, else the tip. */
  #start(): { readonly id: BlockId; readonly height: Height } {
    const { ledger } = this.#d;
    const cursor = this.#cursor;
    const tip = { id: ledger.tip.id, height: ledger.tip.header.height };
    if (cursor === undefined || cursor.height <= tip.height) return tip;
    return ledger.position(cursor.id) === undefined ? tip : cursor;
  }

  /** Checks everything about a range that needs no execution. The reason names what no honest peer sends. */
  #openRange(message: Blocks): Result<Range, string> {
    const { hasher, chainId } = this.#d;
    const blocks: Block[] = [];
    let previous: { readonly id: BlockId; readonly height: Height } | undefined;
    for (const encoded of message.blocks) {
      const opened = openBlock(hasher, chainId, encoded);
      if (!opened.ok) return fail("a block of a range does not decode");
      const { id, header, transactions } = opened.value;
      const hashes = transactions.map(({ contentHash }) => contentHash);
      if (!bodyMatches(hasher, header, hashes)) return fail("a block of a range has another body");
      if (!follows(previous, header)) return fail("the blocks of a range are not a chain");
      previous = { id, height: header.height };
      blocks.push(opened.value);
    }
    for (const header of message.covering) {
      if (!follows(previous, header)) return fail("the headers of a range are not a chain");
      previous = { id: blockIdOf(hasher, header), height: header.height };
    }
    const subject = message.finalization?.subject;
    if (message.finalization === undefined || subject?.kind !== "finalize") {
      return fail("a range has no finalization");
    }
    if (subject.blockId !== previous?.id) return fail("a range is not covered by its finalization");
    if (subject.epoch !== this.#d.epochs.epoch) {
      // We moved on meanwhile. (Nobody is asked for a later epoch: ranges start behind our tip and end with its epoch.)
      return ok({ blocks: [], finalization: undefined });
    }
    const finalization = this.#d.verifyCertificate(message.finalization);
    if (finalization === undefined) return fail("the finalization of a range is not valid");
    const first = blocks[0];
    const start = this.#start();
    if (first === undefined || first.header.height !== start.height + 1) {
      // We moved on meanwhile; consensus got there first.
      return ok({ blocks: [], finalization });
    }
    return ok({ blocks: first.header.parent === start.id ? blocks : [], finalization });
  }

  async #executeRange(range: Range): Promise<string | undefined> {
    const { ledger, clock, epochs } = this.#d;
    for (const block of range.blocks) {
      if (block.header.epoch !== epochs.epoch) return undefined; // Consensus was faster: its epoch is over.
      if (ledger.position(block.id) === undefined) {
        if (ledger.position(block.header.parent) === undefined) return undefined;
        const good = await this.#d.checkSignatures(block.transactions);
        assert(good, "a final block has valid signatures");
        if (ledger.position(block.header.parent) === undefined) return undefined;
        const { epoch, view } = block.header;
        const leader = operatorOf(this.#d.epochs.validators, view);
        const result = await runInSteps(ledger.execute(block, { epoch, view, leader }), clock);
        assert(result.ok, `a final block is valid (height ${block.header.height})`);
      }
      this.#cursor = { id: block.id, height: block.header.height };
    }
    return undefined;
  }
}

function follows(
  previous: { readonly id: BlockId; readonly height: Height } | undefined,
  header: Header,
): boolean {
  if (previous === undefined) return true;
  return header.parent === previous.id && header.height === previous.height + 1;
}
