/**
 * What the client's wallets do besides paying: each issues an asset, moves and burns it, writes records, and changes
 * the weight of its key. All by the wallet's nonce, so that a run's random numbers stay those of its payments.
 * @module
 */
import { nativeHasher } from "../../../node/adapters/native-crypto.ts";
import { assetIdOf } from "../../../src/protocol/assets.ts";
import type { AccountId, AssetId, Digest } from "../../../src/protocol/ids.ts";
import type { OperationBody } from "../../../src/protocol/operations.ts";
import { type Policy, policyHash } from "../../../src/protocol/policy.ts";
import {
  readAccount,
  readAsset,
  readBalance,
  readRecord,
  type StateReader,
} from "../../../src/protocol/state.ts";
import type { Wallet } from "./network-of-nodes.ts";

/** Every so many transactions of a wallet, one is no payment. */
const every = 3;
const kinds = ["issue", "record", "send", "policy", "burn", "record", "mint"] as const;
const code = "SIM";
const minted = 1_000n;

/** What one wallet knows of itself: its own final transactions decide it, and nobody else's. */
interface Page {
  readonly issued: boolean;
  /** Of its own asset; others may have sent some back, which it does not count on. */
  readonly held: bigint;
  readonly version: number;
  readonly weight: number;
}

export interface Deed {
  readonly bodies: readonly OperationBody[];
  /** To be called once, when it is final. */
  readonly settle: () => void;
}

export class WalletBook {
  readonly #wallets: readonly Wallet[];
  readonly #pages: Page[];

  constructor(wallets: readonly Wallet[], state: StateReader) {
    this.#wallets = wallets;
    this.#pages = wallets.map((wallet) => firstPage(wallet, state));
  }

  /** Under which the wallet signs now. */
  policy(at: number): Policy {
    return weighted(this.#wallet(at).policy, this.#page(at).weight);
  }

  /** What the wallet does with this nonce; undefined: it pays. */
  deed(at: number, nonce: number, to: AccountId): Deed | undefined {
    if (nonce % every !== every - 1) return undefined;
    const kind = kinds[Math.floor(nonce / every) % kinds.length];
    const page = this.#page(at);
    const { account, policy } = this.#wallet(at);
    const asset = ownAsset(account);
    const step = (bodies: readonly OperationBody[], change: Partial<Page>): Deed => ({
      bodies,
      settle: () => {
        this.#pages[at] = { ...this.#page(at), ...change };
      },
    });
    const mint: OperationBody = { kind: "mint", asset, to: account, amount: minted };
    if (kind === "record") {
      const version = page.version + 1;
      return step([recordOf(version)], { version });
    }
    if (kind === "policy") {
      const weight = 3 - page.weight;
      return step([{ kind: "set-policy", policy: weighted(policy, weight) }], { weight });
    }
    if (!page.issued) {
      const create = { kind: "create-asset", code, decimals: 0, name: "", maxSupply: 0n } as const;
      return step([create, mint], { issued: true, held: minted });
    }
    if (kind === "mint" || kind === "issue" || page.held < 20n) {
      return step([mint], { held: page.held + minted });
    }
    const held = page.held - 10n;
    return kind === "burn"
      ? step([{ kind: "burn", asset, amount: 10n }], { held })
      : step([{ kind: "transfer", asset, to, amount: 10n }], { held });
  }

  #wallet(at: number): Wallet {
    const wallet = this.#wallets[at];
    if (wallet === undefined) throw new RangeError("a wallet exists");
    return wallet;
  }

  #page(at: number): Page {
    const page = this.#pages[at];
    if (page === undefined) throw new RangeError("a wallet has a page");
    return page;
  }
}

const ownAsset = (account: AccountId): AssetId => assetIdOf(nativeHasher, account, code);

const topic = "simulated";
const recordOf = (version: number): OperationBody => ({
  kind: "record",
  topic,
  key: "k",
  version,
  contentHash: version.toString(16).padStart(64, "0") as Digest,
  data: new Uint8Array(0),
});

/** The same key with another weight: another policy, which the same signer meets. */
const weighted = ({ threshold, keys }: Policy, weight: number): Policy => ({
  threshold,
  keys: keys.map(({ publicKey }) => ({ publicKey, weight })),
});

function firstPage({ account, policy }: Wallet, state: StateReader): Page {
  const asset = ownAsset(account);
  const { authHash } = readAccount(state, account);
  return {
    issued: readAsset(state, asset) !== undefined,
    held: readBalance(state, account, asset),
    version: readRecord(state, account, topic, "k")?.version ?? 0,
    weight: authHash === policyHash(nativeHasher, weighted(policy, 2)) ? 2 : 1,
  };
}
