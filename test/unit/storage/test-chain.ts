/**
 * A small chain made by hand: blocks, state and certificates as the protocol's functions make them, without a
 * ledger. Transactions carry no real signatures: storage does not look at them.
 * @module
 */
import {
  createNativeSigner,
  nativeHasher,
  nativeVerifier,
} from "../../../node/adapters/native-crypto.ts";
import { assert } from "../../../src/base/assert.ts";
import { toHex } from "../../../src/base/bytes.ts";
import { encode } from "../../../src/codec/codec.ts";
import {
  appendLeaf,
  emptyFrontier,
  type Frontier,
  frontierRoot,
  leafHash,
} from "../../../src/crypto/merkle.ts";
import type { Signer } from "../../../src/crypto/ports.ts";
import { StateTree } from "../../../src/crypto/state-tree.ts";
import {
  type Block,
  blockIdOf,
  type Header,
  transactionsRootOf,
} from "../../../src/protocol/block.ts";
import { boundaryHeight, epochOf, isHandOver } from "../../../src/protocol/epochs.ts";
import {
  type AccountId,
  type AssetId,
  type BlockId,
  blockIdCodec,
  type ChainId,
  type Digest,
  epoch,
  height,
  nativeAsset,
  noAccount,
  type PublicKey,
  validatorIndex,
  view,
} from "../../../src/protocol/ids.ts";
import { standardParameters } from "../../../src/protocol/parameters.ts";
import { singleKeyPolicy } from "../../../src/protocol/policy.ts";
import {
  accountKey,
  encodeAccount,
  parametersEntryCodec,
  parametersKey,
  type StateChanges,
  type StateKey,
  statePath,
  validatorsEntryCodec,
  validatorsKey,
} from "../../../src/protocol/state.ts";
import { type NamedTransaction, nameTransaction } from "../../../src/protocol/transaction.ts";
import { quorumOf, type Validator, validatorsHash } from "../../../src/protocol/validator-set.ts";
import { type Certificate, type VoteBody, voteSigningBytes } from "../../../src/protocol/vote.ts";
import type { ChainStore } from "../../../src/storage/chain-store.ts";
import type { FinalBlock } from "../../../src/storage/chain-writes.ts";
import { createChain, openChain } from "../../../src/storage/open-chain.ts";
import type { OpenOptions } from "../../../src/storage/open-checks.ts";
import type { Store } from "../../../src/storage/store.ts";

export const chainId = "c4".repeat(32) as ChainId;
const hasher = nativeHasher;

export const accountOf = (number: number): AccountId =>
  number.toString(16).padStart(64, "0") as AccountId;

const firstSet: readonly number[] = [1, 2, 3, 4];
const signerOf = (number: number): Signer => createNativeSigner(new Uint8Array(32).fill(number));
const keyOf = (number: number): PublicKey => toHex(signerOf(number).publicKey) as PublicKey;
const ascending = (numbers: readonly number[]): number[] =>
  numbers.toSorted((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));

/** The validators with these numbers. */
export const validatorsOf = (numbers: readonly number[]): readonly Validator[] =>
  ascending(numbers).map((n) => ({
    consensusKey: keyOf(n),
    operator: accountOf(900 + n),
    name: `v${n}`,
    endpoint: "",
  }));

export interface Payment {
  readonly from: number;
  readonly to: number;
  /** An account whose money it is, when it is not the sender's. */
  readonly payer?: number;
  /** Another asset than the native one: the entry of whoever gets it stays as it is. */
  readonly asset?: AssetId;
}

const policy = singleKeyPolicy(new Uint8Array(32).fill(9));

export class TestChain {
  readonly genesis: { readonly header: Header; readonly id: BlockId; readonly state: StateChanges };
  readonly epochLength: number;
  /** Numbers of the validators by epoch; the last set stays. */
  readonly #sets: readonly (readonly number[])[];
  readonly tree: StateTree = new StateTree({ hasher });
  #tip: { readonly header: Header; readonly id: BlockId };
  #frontier: Frontier;
  readonly #nonces = new Map<number, number>();

  constructor(
    options: { readonly epochLength?: number; readonly sets?: readonly (readonly number[])[] } = {},
  ) {
    this.epochLength = options.epochLength ?? 1_000;
    this.#sets = options.sets ?? [firstSet];
    const parameters = { ...standardParameters, epochLength: BigInt(this.epochLength) };
    const numbers = { current: parameters, next: parameters };
    const state: StateChanges = new Map<StateKey, Uint8Array>([
      [accountKey(accountOf(1)), this.#account(1)],
      [accountKey(accountOf(2)), this.#account(2)],
      [validatorsKey, this.#validatorsEntry(0)],
      [parametersKey, encode(parametersEntryCodec, numbers)],
    ]);
    this.#apply(state);
    const header: Header = {
      version: 1,
      height: height(0),
      epoch: epoch(0),
      view: view(0),
      parent: chainId as string as BlockId,
      timestampMs: 1_000,
      leader: noAccount,
      transactionCount: 0,
      transactionsRoot: transactionsRootOf(hasher, []),
      stateRoot: this.#stateRoot,
      historyRoot: toHex(frontierRoot(hasher, emptyFrontier)) as Digest,
      ...this.#validatorHashes(0),
    };
    const id = blockIdOf(hasher, header);
    this.genesis = { header, id, state };
    this.#tip = { header, id };
    this.#frontier = this.#appended(id);
  }

  /** Another genesis gives another chain: what `open` is told. */
  get openOptions(): OpenOptions {
    const genesisIdOf = () => this.genesis.id;
    return { hasher, verifier: nativeVerifier, chainId, genesisIdOf };
  }

  create(store: Store): Promise<ChainStore> {
    return createChain(store, { hasher, chainId, ...this.genesis });
  }

  /** The next block with these payments, its state, and its own finalization. */
  next(payments: readonly Payment[]): FinalBlock {
    const transactions = payments.map((payment) => this.#transaction(payment));
    const changes = new Map<StateKey, Uint8Array>();
    const at = this.#tip.header.height + 1;
    if (isHandOver(at, this.epochLength)) {
      changes.set(validatorsKey, this.#validatorsEntry(epochOf(at, this.epochLength)));
    }
    for (const { from, to, payer, asset } of payments) {
      const paid = asset === undefined ? [to] : [];
      for (const touched of payer === undefined ? [from, ...paid] : [from, ...paid, payer]) {
        changes.set(accountKey(accountOf(touched)), this.#account(touched));
      }
    }
    this.#apply(changes);
    const block = this.#block(transactions);
    this.#tip = block;
    this.#frontier = this.#appended(block.id);
    const finality = { certificate: this.finalization(block), covering: [] };
    return { block, changes, frontier: this.#frontier, finality };
  }

  /** Another block at the height of the next one, which will not be final. */
  sibling(timestampMs: number): Block {
    return this.#block([], timestampMs);
  }

  /**
   * Signed by a quorum of the validators of the block's epoch.
   *
   * @param view where it was finalized, if it was proposed again.
   */
  finalization(
    block: { readonly header: Header; readonly id: BlockId },
    atView: number = block.header.view,
  ): Certificate {
    const subject: VoteBody = {
      kind: "finalize",
      epoch: block.header.epoch,
      view: view(atView),
      parentView: view(atView - 1),
      blockId: block.id,
    };
    const signed = voteSigningBytes(chainId, subject);
    const numbers = ascending(this.#set(block.header.epoch));
    const signatures = numbers.slice(0, quorumOf(numbers.length)).map((number, n) => ({
      signer: validatorIndex(n),
      signature: signerOf(number).sign(signed),
    }));
    return { subject, signatures };
  }

  #set(of: number): readonly number[] {
    const set = this.#sets[of] ?? this.#sets.at(-1);
    assert(set !== undefined, "a chain has validators");
    return set;
  }

  /** From the first block of an epoch on. What comes next is known from its start here. */
  #validatorsEntry(of: number): Uint8Array {
    return encode(validatorsEntryCodec, {
      previous: of === 0 ? [] : validatorsOf(this.#set(of - 1)),
      current: validatorsOf(this.#set(of)),
      next: validatorsOf(this.#set(of + 1)),
    });
  }

  #validatorHashes(of: number): Pick<Header, "validatorsHash" | "nextValidatorsHash"> {
    return {
      validatorsHash: validatorsHash(hasher, validatorsOf(this.#set(of))),
      nextValidatorsHash: validatorsHash(hasher, validatorsOf(this.#set(of + 1))),
    };
  }

  #transaction({ from, to, payer, asset = nativeAsset }: Payment): NamedTransaction {
    const nonce = this.#nonces.get(from) ?? 0;
    this.#nonces.set(from, nonce + 1);
    return nameTransaction(hasher, chainId, {
      kind: "signed",
      transaction: {
        chain: chainId.slice(0, 8),
        sender: accountOf(from),
        nonce,
        expiryMs: 1_000_000,
        fee: 0n,
        memo: new Uint8Array(0),
        operations: [
          {
            from: payer === undefined ? undefined : accountOf(payer),
            body: { kind: "transfer", to: accountOf(to), asset, amount: 1n },
          },
        ],
      },
      authorizations: [
        {
          account: accountOf(from),
          policy,
          signatures: [{ keyIndex: 0, signature: new Uint8Array(64).fill(nonce + 1) }],
        },
      ],
    });
  }

  #block(transactions: readonly NamedTransaction[], timestampMs?: number): Block {
    const parent = this.#tip;
    const hashes = transactions.map(({ contentHash }) => contentHash);
    const at = parent.header.height + 1;
    const of = epochOf(at, this.epochLength);
    const header: Header = {
      ...parent.header,
      ...this.#validatorHashes(of),
      height: height(at),
      epoch: of,
      view: view(at - boundaryHeight(of, this.epochLength)),
      parent: parent.id,
      timestampMs: timestampMs ?? parent.header.timestampMs + 50,
      leader: accountOf(900),
      transactionCount: transactions.length,
      transactionsRoot: transactionsRootOf(hasher, hashes),
      stateRoot: this.#stateRoot,
      historyRoot: toHex(frontierRoot(hasher, this.#frontier)) as Digest,
    };
    return { id: blockIdOf(hasher, header), header, transactions };
  }

  get #stateRoot(): Digest {
    return toHex(this.tree.committed.rootHash) as Digest;
  }

  #account(number: number): Uint8Array {
    const nonce = this.#nonces.get(number) ?? 0;
    const authHash = accountOf(number) as string as Digest;
    return encodeAccount({ nonce, balance: BigInt(1_000 + number), authHash, flags: 0 });
  }

  #apply(changes: StateChanges): void {
    const batch = [...changes].map(([key, value]) => ({
      path: statePath(hasher, key),
      valueHash: value && hasher.sha256(value),
    }));
    this.tree.commit(this.tree.apply(this.tree.committed, batch));
  }

  #appended(id: BlockId): Frontier {
    const before = this.#frontier ?? emptyFrontier;
    return appendLeaf(hasher, before, leafHash(hasher, encode(blockIdCodec, id)));
  }
}

/** Opens what must be sound. */
export async function reopen(store: Store, chain: TestChain): Promise<ChainStore> {
  const opened = await openChain(store, chain.openOptions);
  if (!opened.ok) throw new Error(`${opened.reason.code}: ${opened.reason.message}`);
  return opened.value.chain;
}
