/**
 * Answers that prove themselves: one final header, why it is final, and facts that lead to it.
 *
 * Facts about the state are about the last final block that is durable. The block that a certificate is of is the proven
 * one where it has a finalization of its own, else a later one whose history holds it. Nothing is made to order: what
 * goes into a proof was signed or hashed when its block became final, so a proof costs some reads and a walk down the
 * tree, and as much for anyone as for its owner.
 * @module
 */
import { assert } from "../base/assert.ts";
import { fail, ok, type Result } from "../base/result.ts";
import type { Hasher } from "../crypto/ports.ts";
import type { StateProofEnd } from "../crypto/state-proof.ts";
import type { Ledger } from "../ledger/ledger.ts";
import {
  type Hop,
  type Proof,
  type ProofItem,
  proofItemsMax,
  type StateEnd,
} from "../proof/proof.ts";
import type { Receipt } from "../proof/receipt.ts";
import type { Header } from "../protocol/block.ts";
import { boundaryHeight, lastHeight } from "../protocol/epochs.ts";
import {
  type AccountId,
  type BlockId,
  type Epoch,
  type Height,
  height,
  type TransactionId,
} from "../protocol/ids.ts";
import { accountKey, type StateKey } from "../protocol/state.ts";
import type { Validator } from "../protocol/validator-set.ts";
import type { ChainStore } from "../storage/chain-store.ts";
import { balancesOf } from "./asset-queries.ts";
import { keysAtTip, type StateAtTip } from "./keys-at-tip.ts";
import { TransactionPaths } from "./transaction-paths.ts";

/** What the asker trusts and remembers already. */
export interface ProofWish {
  /** Changes of validators before the end of this epoch are left out. */
  readonly from: Epoch;
  /** Heights whose blocks are to be shown; at most knownMax. */
  readonly known: readonly Height[];
}

/** Why there is no proof. `not_ready` passes by itself, soon. */
export type ProofRefusal =
  | { readonly kind: "not_ready" }
  /** Nothing final has this id or is at this height. */
  | { readonly kind: "unknown" }
  | { readonly kind: "height_unknown"; readonly height: Height }
  | { readonly kind: "epoch_unknown"; readonly epoch: Epoch }
  /** More changes of validators since `from` than one proof leads through. */
  | { readonly kind: "too_many_changes" };

export type Proved<Value = Proof> = Result<Value, ProofRefusal>;

export interface FoundHeader {
  readonly height: Height;
  readonly id: BlockId;
  readonly header: Header;
}

export interface EpochFound {
  readonly epoch: Epoch;
  readonly first: Height;
  readonly last: Height;
  readonly boundary: { readonly height: Height; readonly id: BlockId };
  readonly validators: readonly Validator[];
  /** Where the validators are others than those of the epoch before. */
  readonly hop: Hop | undefined;
}

/** A path between two final blocks of the same history. */
export interface HistoryPath {
  readonly from: FoundHeader;
  readonly to: FoundHeader;
  readonly path: readonly Uint8Array[];
}

export interface ProofAnswers {
  receipt(id: TransactionId, wish: ProofWish): Proved<Receipt>;
  /** The account's entry and what it holds of other assets, as many as one proof takes. */
  account(account: AccountId, wish: ProofWish): Promise<Proved>;
  /** At most stateKeysMax. */
  state(keys: readonly StateKey[], wish: ProofWish): Proved;
  block(reference: Height | BlockId, wish: ProofWish): Proved;
  /** Both ends included, as far as there are final blocks: at most headersMax. */
  headers(from: Height, to: Height): readonly FoundHeader[];
  /** Undefined for an epoch without a final block, the first one apart. */
  epoch(of: Epoch): EpochFound | undefined;
  /** From the history below one block to that below another at the same height or above. Undefined above the tip. */
  consistency(from: Height, to: Height): HistoryPath | undefined;
  /** From a block into the history below one above it. Undefined above the tip. */
  inclusion(from: Height, to: Height): HistoryPath | undefined;
}

export const knownMax = 4;
export const stateKeysMax = 32;
export const headersMax = 100;
/** Balances of an account in one proof. */
const balancesMax = proofItemsMax - 1 - knownMax;

export interface ProofQueriesDependencies {
  readonly ledger: StateAtTip["ledger"] & Pick<Ledger, "chainId" | "durableTip" | "prove">;
  readonly chain: ChainStore;
  readonly hasher: Hasher;
}

export class ProofQueries implements ProofAnswers {
  readonly #ledger: ProofQueriesDependencies["ledger"];
  readonly #chain: ChainStore;
  readonly #paths: TransactionPaths;

  constructor(dependencies: ProofQueriesDependencies) {
    this.#ledger = dependencies.ledger;
    this.#chain = dependencies.chain;
    this.#paths = new TransactionPaths(dependencies);
  }

  receipt(id: TransactionId, wish: ProofWish): Proved<Receipt> {
    const found = this.#chain.transactionById(id);
    const block = found && this.#chain.blockAt(found.height);
    if (found === undefined || block === undefined) return fail({ kind: "unknown" });
    const { transaction, index } = found;
    const { contentHash, bytes } = transaction;
    const path = this.#paths.path(block, index);
    const item: ProofItem = { kind: "transaction", contentHash, index, path };
    const proof = this.#prove(block.header, [item], wish);
    if (!proof.ok) return proof;
    return ok({ chainId: this.#ledger.chainId, transaction: bytes, proof: proof.value });
  }

  /**
   * Clients call a node a liar that leaves out a balance which the proven block has. So what is held is found and proven
   * in one go, at the durable tip as it is then: rows alone may be of a block before or after it.
   */
  async account(account: AccountId, wish: ProofWish): Promise<Proved> {
    const at = { ledger: this.#ledger, chain: this.#chain };
    for (let limit = balancesMax; ; limit += balancesMax) {
      const span = { beginning: balancesOf(account), from: undefined, limit };
      const proved = await keysAtTip(at, span, ({ keys, rest }) => {
        const held = this.#heldOf(keys);
        if (held === undefined) return fail<ProofRefusal>({ kind: "not_ready" });
        // Many are not there yet: others that are may come after them.
        if (held.length < balancesMax && rest !== undefined) return undefined;
        return this.state([accountKey(account), ...held], wish);
      });
      if (proved !== undefined) return proved;
    }
  }

  /** The first of these that the state at the durable tip has, as many as fit; undefined: it cannot be read now. */
  #heldOf(keys: readonly StateKey[]): readonly StateKey[] | undefined {
    const held: StateKey[] = [];
    for (const key of keys) {
      if (held.length === balancesMax) break;
      const entry = this.#ledger.prove(key);
      // It may well be held: a proof without it would hide it.
      if (entry === undefined) return undefined;
      if (entry.value !== undefined) held.push(key);
    }
    return held;
  }

  state(keys: readonly StateKey[], wish: ProofWish): Proved {
    const items: ProofItem[] = [];
    for (const key of keys) {
      const entry = this.#ledger.prove(key);
      if (entry === undefined) return fail({ kind: "not_ready" });
      const { mask, siblings, end } = entry.path;
      items.push({ kind: "state", key, end: endOf(end, entry.value), mask, siblings });
    }
    return this.#prove(this.#ledger.durableTip.header, items, wish);
  }

  block(reference: Height | BlockId, wish: ProofWish): Proved {
    const header =
      typeof reference === "number"
        ? this.#chain.headerAt(reference)
        : this.#chain.proofs.headerOf(reference);
    return header === undefined ? fail({ kind: "unknown" }) : this.#prove(header, [], wish);
  }

  headers(from: Height, to: Height): readonly FoundHeader[] {
    const found: FoundHeader[] = [];
    for (let at = from as number; at <= to && found.length < headersMax; at += 1) {
      const one = this.#headerAt(height(at));
      if (one === undefined) break;
      found.push(one);
    }
    return found;
  }

  epoch(of: Epoch): EpochFound | undefined {
    const { proofs } = this.#chain;
    const length = proofs.epochLength;
    const at = boundaryHeight(of, length);
    const first = height(at + 1);
    const id = proofs.idAt(at);
    const set = this.#chain.setAt(of === 0 ? at : first);
    if (id === undefined || set === undefined) return undefined;
    const hop = of > 0 && set.first === first ? proofs.hopTo(first) : undefined;
    const boundary = { height: at, id };
    const { validators } = set;
    return { epoch: of, first, last: lastHeight(of, length), boundary, validators, hop };
  }

  consistency(from: Height, to: Height): HistoryPath | undefined {
    const ends = this.#ends(from, to);
    if (ends === undefined) return undefined;
    return { ...ends, path: this.#chain.proofs.consistency(ends.from.header, ends.to.header) };
  }

  inclusion(from: Height, to: Height): HistoryPath | undefined {
    const ends = this.#ends(from, to);
    if (ends === undefined || from === to) return undefined;
    const below = { header: ends.to.header, above: [] };
    return { ...ends, path: this.#chain.proofs.inclusion(from, below) };
  }

  #ends(from: Height, to: Height): Pick<HistoryPath, "from" | "to"> | undefined {
    const [one, other] = [this.#headerAt(from), this.#headerAt(to)];
    return one && other && from <= to ? { from: one, to: other } : undefined;
  }

  #headerAt(at: Height): FoundHeader | undefined {
    const id = this.#chain.proofs.idAt(at);
    const header = this.#chain.headerAt(at);
    return id && header && { height: at, id, header };
  }

  /** The header is of a durable final block. */
  #prove(header: Header, facts: readonly ProofItem[], { from, known }: ProofWish): Proved {
    const { proofs, tip } = this.#chain;
    const above = known.find((at) => at > tip.height);
    if (above !== undefined) return fail({ kind: "height_unknown", height: above });
    // Trust in an epoch's validators says nothing about certificates of the epochs before.
    const begun = from === 0 ? 0 : boundaryHeight(from, proofs.epochLength) + 1;
    if (begun > tip.height) return fail({ kind: "epoch_unknown", epoch: from });
    const certified = proofs.certified(height(Math.max(header.height, begun, ...known)));
    if (certified === undefined) return fail({ kind: "not_ready" });
    const { header: top, certificate, validators } = certified;
    const hops = proofs.hops(from, top.height);
    if (hops === undefined) return fail({ kind: "too_many_changes" });
    const covering =
      top.height === header.height
        ? undefined
        : { header: top, inclusion: proofs.inclusion(header.height, certified) };
    const shown = new Set<number>([header.height, top.height]);
    const history = known.flatMap((at): ProofItem[] => {
      const blockId = proofs.idAt(at);
      if (shown.has(at) || blockId === undefined) return [];
      shown.add(at);
      return [{ kind: "history", height: at, blockId, path: proofs.inclusion(at, certified) }];
    });
    const finality = { certificate, covering };
    return ok({ header, finality, hops, set: validators, items: [...facts, ...history] });
  }
}

/** The value in place of its hash: whoever verifies hashes it. */
function endOf(end: StateProofEnd, value: Uint8Array | undefined): StateEnd {
  if (end.kind !== "leaf") return end;
  assert(value !== undefined, "an entry with a leaf has a value");
  return { kind: "leaf", value };
}
