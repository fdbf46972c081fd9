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
import { toHex } from "../../../src/base/bytes.ts";
import { encode } from "../../../src/codec/codec.ts";
import {
  appendLeaf,
  emptyFrontier,
  type Frontier,
  frontierRoot,
  leafHash,
} from "../../../src/crypto/merkle.ts";
import { StateTree } from "../../../src/crypto/state-tree.ts";
import {
  type Block,
  blockIdOf,
  type Header,
  transactionsRootOf,
} from "../../../src/protocol/block.ts";
import {
  type AccountId,
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
import { singleKeyPolicy } from "../../../src/protocol/policy.ts";
import {
  accountKey,
  encodeAccount,
  type StateChanges,
  type StateKey,
  statePath,
} from "../../../src/protocol/state.ts";
import { type NamedTransaction, nameTransaction } from "../../../src/protocol/transaction.ts";
import { ValidatorSet, validatorsHash } from "../../../src/protocol/validator-set.ts";
import { type Certificate, type VoteBody, voteSigningBytes } from "../../../src/protocol/vote.ts";
import { ChainStore } from "../../../src/storage/chain-store.ts";
import type { FinalBlock } from "../../../src/storage/chain-writes.ts";
import type { OpenOptions } from "../../../src/storage/open-checks.ts";
import type { Store } from "../../../src/storage/store.ts";

export const chainId = "c4".repeat(32) as ChainId;
const hasher = nativeHasher;

export const accountOf = (number: number): AccountId =>
  number.toString(16).padStart(64, "0") as AccountId;

const signers = [1, 2, 3, 4]
  .map((n) => createNativeSigner(new Uint8Array(32).fill(n)))
  .sort((a, b) => (toHex(a.publicKey) < toHex(b.publicKey) ? -1 : 1));
const validatorList = signers.map(({ publicKey }, n) => ({
  consensusKey: toHex(publicKey) as PublicKey,
  operator: accountOf(900 + n),
  name: `v${n}`,
  endpoint: "",
}));
const validatorsDigest = validatorsHash(hasher, validatorList);

export interface Payment {
  readonly from: number;
  readonly to: number;
  /** An account whose money it is, when it is not the sender's. */
  readonly payer?: number;
}

const policy = singleKeyPolicy(new Uint8Array(32).fill(9));

export class TestChain {
  readonly genesis: { readonly header: Header; readonly id: BlockId; readonly state: StateChanges };
  readonly validators: ValidatorSet;
  readonly tree: StateTree = new StateTree({ hasher });
  #tip: { readonly header: Header; readonly id: BlockId };
  #frontier: Frontier;
  readonly #nonces = new Map<number, number>();

  constructor() {
    const state: StateChanges = new Map<StateKey, Uint8Array>([
      [accountKey(accountOf(1)), this.#account(1)],
      [accountKey(accountOf(2)), this.#account(2)],
      ["06" as StateKey, Uint8Array.of(7, 7)],
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
      validatorsHash: validatorsDigest,
      nextValidatorsHash: validatorsDigest,
    };
    const id = blockIdOf(hasher, header);
    this.genesis = { header, id, state };
    this.#tip = { header, id };
    this.#frontier = this.#appended(id);
    this.validators = new ValidatorSet({
      hasher,
      validators: validatorList,
      epoch: epoch(0),
      boundary: id,
    });
  }

  /** Another genesis gives another chain: what `open` is told. */
  get openOptions(): OpenOptions {
    return {
      hasher,
      verifier: nativeVerifier,
      chainId,
      genesisId: this.genesis.id,
      validatorsOf: (of) => (of === 0 ? this.validators : undefined),
    };
  }

  create(store: Store): Promise<ChainStore> {
    return ChainStore.create(store, { hasher, chainId, ...this.genesis });
  }

  /** The next block with these payments, its state, and its own finalization. */
  next(payments: readonly Payment[]): FinalBlock {
    const transactions = payments.map((payment) => this.#transaction(payment));
    const changes = new Map<StateKey, Uint8Array>();
    for (const { from, to, payer } of payments) {
      for (const touched of payer === undefined ? [from, to] : [from, to, payer]) {
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

  /** Signed by three of the four validators. */
  finalization(block: { readonly header: Header; readonly id: BlockId }): Certificate {
    const subject: VoteBody = {
      kind: "finalize",
      epoch: epoch(0),
      view: block.header.view,
      parentView: view(block.header.view - 1),
      blockId: block.id,
    };
    const signed = voteSigningBytes(chainId, subject);
    const signatures = signers
      .slice(0, 3)
      .map((signer, n) => ({ signer: validatorIndex(n), signature: signer.sign(signed) }));
    return { subject, signatures };
  }

  #transaction({ from, to, payer }: Payment): NamedTransaction {
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
            body: { kind: "transfer", to: accountOf(to), asset: nativeAsset, amount: 1n },
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
    const header: Header = {
      ...parent.header,
      height: height(parent.header.height + 1),
      view: view(parent.header.height + 1),
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
  const opened = await ChainStore.open(store, chain.openOptions);
  if (!opened.ok) throw new Error(`${opened.reason.code}: ${opened.reason.message}`);
  return opened.value.chain;
}
