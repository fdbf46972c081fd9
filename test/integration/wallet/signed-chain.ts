/**
 * A chain that proves itself, in one process: a real ledger over a real store, and blocks that four validators sign.
 *
 * Two of them with the same funds and genesis time are two histories of one network: what only a dishonest majority
 * could make.
 * @module
 */
import {
  createNativeSigner,
  nativeHasher,
  nativeVerifier,
} from "../../../node/adapters/native-crypto.ts";
import { toHex } from "../../../src/base/bytes.ts";
import { openGenesisLedger } from "../../../src/ledger/genesis-state.ts";
import { Ledger } from "../../../src/ledger/ledger.ts";
import type { Block } from "../../../src/protocol/block.ts";
import { epochOf } from "../../../src/protocol/epochs.ts";
import type { Genesis } from "../../../src/protocol/genesis.ts";
import {
  type AccountId,
  type ChainId,
  type PublicKey,
  validatorIndex,
  view,
} from "../../../src/protocol/ids.ts";
import type { NamedTransaction } from "../../../src/protocol/transaction.ts";
import { type Certificate, type VoteBody, voteSigningBytes } from "../../../src/protocol/vote.ts";
import type { ChainStore } from "../../../src/storage/chain-store.ts";
import { MemoryStore } from "../../../src/storage/memory-store.ts";
import { createChain } from "../../../src/storage/open-chain.ts";
import { genesis as sampleGenesis } from "../../contract/http/sample.ts";
import { run } from "../../fixtures/small-ledger.ts";

const hasher = nativeHasher;
const signers = [1, 2, 3, 4]
  .map((n) => createNativeSigner(new Uint8Array(32).fill(n)))
  .toSorted((a, b) => (toHex(a.publicKey) < toHex(b.publicKey) ? -1 : 1));

/** The sample network with validators that can sign, and these funds. */
export function signedGenesis(balances: ReadonlyMap<AccountId, bigint>): Genesis {
  return {
    ...sampleGenesis,
    validators: sampleGenesis.validators.map((validator, i) => ({
      ...validator,
      consensusKey: toHex(signers[i]?.publicKey ?? new Uint8Array(32)) as PublicKey,
    })),
    accounts: [...balances]
      .map(([account, balance]) => ({ account, balance }))
      .toSorted((a, b) => (a.account < b.account ? -1 : 1)),
  };
}

export class SignedChain {
  readonly genesis: Genesis;
  readonly chainId: ChainId;
  readonly ledger: Ledger;
  readonly chain: ChainStore;
  #committed: Promise<void> = Promise.resolve();

  private constructor(parts: {
    readonly genesis: Genesis;
    readonly ledger: Ledger;
    readonly chain: ChainStore;
  }) {
    this.genesis = parts.genesis;
    this.chainId = parts.ledger.chainId;
    this.ledger = parts.ledger;
    this.chain = parts.chain;
  }

  static async open(genesis: Genesis): Promise<SignedChain> {
    const start = openGenesisLedger(hasher, genesis);
    const { chainId, id, header, changes, history, tree, treeVersion } = start;
    const store = new MemoryStore();
    const chain = await createChain(store, { hasher, chainId, id, header, state: changes });
    const ledger = new Ledger({
      hasher,
      verifier: nativeVerifier,
      chainId,
      genesis,
      base: { read: (key) => chain.state(key) },
      tip: { header, id, history },
      tree,
      treeVersion,
    });
    return new SignedChain({ genesis, ledger, chain });
  }

  /** The next block: built, signed by three of four, final, and durable when it resolves. */
  async add(
    candidates: readonly NamedTransaction[],
    wallMs: number,
  ): Promise<{ readonly block: Block; readonly dropped: readonly string[] }> {
    const { ledger } = this;
    const { id: parent, header } = ledger.tip;
    const built = run(
      ledger.build({
        parent,
        epoch: epochOf(header.height + 1, Number(this.genesis.parameters.epochLength)),
        view: view(header.view + 1),
        leader: this.genesis.validators[0]?.operator ?? ("" as AccountId),
        wallMs,
        candidates,
      }),
    );
    if (built === undefined) throw new Error("no block can be built");
    const { block } = built;
    const certificate = this.#finalization(block);
    const executed = ledger.finalize(block.id);
    this.#committed = this.#committed.then(async () => {
      for (const each of executed) {
        const { changes, history: frontier } = each;
        const finality = { certificate, covering: [] };
        await this.chain.commit({ block: each.block, changes, frontier, finality });
        ledger.durable(each.block.header.height);
      }
    });
    await this.#committed;
    return { block, dropped: built.dropped.map(({ code }) => code) };
  }

  #finalization({ id: blockId, header }: Block): Certificate {
    const { epoch, view: at } = header;
    const parentView = view(at - 1);
    const subject: VoteBody = { kind: "finalize", epoch, view: at, parentView, blockId };
    const message = voteSigningBytes(this.chainId, subject);
    const positions = [0, 1, 3];
    return {
      subject,
      signatures: positions.map((position) => ({
        signer: validatorIndex(position),
        signature: signers[position]?.sign(message) ?? new Uint8Array(64),
      })),
    };
  }
}
