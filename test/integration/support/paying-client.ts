/**
 * A client that pays without pause: one signed payment after the other, each sent again, to one node after the other,
 * until it is final. What it was told is final it remembers.
 * @module
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { NodeClient } from "../../../src/api/client.ts";
import { createNobleSigner } from "../../../src/crypto/ed25519.ts";
import { nobleHasher } from "../../../src/crypto/hash.ts";
import type { Signer } from "../../../src/crypto/ports.ts";
import { parseKeyFile } from "../../../src/keys/key-file.ts";
import { addressPrefixStandard, formatAddress } from "../../../src/protocol/address.ts";
import { type AccountId, type ChainId, nativeAsset } from "../../../src/protocol/ids.ts";
import { accountIdOf, type Policy, singleKeyPolicy } from "../../../src/protocol/policy.ts";
import {
  chainTag,
  type NamedSigned,
  nameTransaction,
  signWithSingleKey,
} from "../../../src/protocol/transaction.ts";

export interface Payer {
  readonly account: AccountId;
  readonly address: string;
  readonly policy: Policy;
  readonly signer: Signer;
}

/** A funded account of a local network. */
export function devPayer(dir: string, name: string): Payer {
  const text = readFileSync(join(dir, "dev-keys", `${name}.json`), "utf8");
  const parsed = parseKeyFile(text, createNobleSigner);
  if (!parsed.ok) throw new Error(`no key of ${name}`);
  const { signer } = parsed.value;
  const policy = singleKeyPolicy(signer.publicKey);
  const account = accountIdOf(nobleHasher, policy);
  return { account, address: formatAddress(addressPrefixStandard, account), policy, signer };
}

export const clientOf = (baseUrl: string): NodeClient =>
  new NodeClient({
    baseUrl,
    httpFetch: fetch,
    timeoutMs: 3_000,
    timeoutSignal: (ms) => AbortSignal.timeout(ms),
  });

/** More than any payment costs here. */
export const feeOfPayment = 10_000n;
export const amountOfPayment = 7n;
const batch = 8;
const heldMs = 2_000;

export class PayingClient {
  /** Ids in the order of their nonces, all of them final. */
  readonly paid: string[] = [];
  readonly #payer: Payer;
  readonly #payee: AccountId;
  readonly #chainId: ChainId;
  readonly #nodes: () => readonly string[];
  #turn = 0;
  #isStopping = false;
  #ended: Promise<void> | undefined;

  /** `nodes` are asked for before each attempt: they come and go. */
  constructor(options: {
    readonly payer: Payer;
    readonly payee: AccountId;
    readonly chainId: ChainId;
    readonly nodes: () => readonly string[];
  }) {
    this.#payer = options.payer;
    this.#payee = options.payee;
    this.#chainId = options.chainId;
    this.#nodes = options.nodes;
  }

  start(): void {
    this.#ended = this.#pay();
  }

  /** Resolves when everything that was sent is final. */
  async stop(): Promise<void> {
    this.#isStopping = true;
    await this.#ended;
  }

  async #pay(): Promise<void> {
    while (!this.#isStopping) {
      const payments = Array.from({ length: batch }, (_, i) => this.#sign(this.paid.length + i));
      for (const { id } of await this.#untilFinal(payments)) this.paid.push(id);
    }
  }

  async #untilFinal(payments: readonly NamedSigned[]): Promise<readonly NamedSigned[]> {
    const last = payments.at(-1);
    for (;;) {
      const nodes = this.#nodes();
      const node = nodes[this.#turn % nodes.length];
      if (node === undefined || last === undefined) throw new Error("nobody to pay by");
      const client = clientOf(node);
      await client.submitBatch(payments.map(({ bytes }) => bytes));
      const status = await client.submit(last.bytes, { wait: "final", timeoutMs: heldMs });
      if (status.ok && status.value.status === "final") return payments;
      this.#turn += 1;
    }
  }

  #sign(nonce: number): NamedSigned {
    const { account, policy, signer } = this.#payer;
    const transaction = {
      chain: chainTag(this.#chainId),
      sender: account,
      nonce,
      expiryMs: Date.now() + 15 * 60_000,
      fee: feeOfPayment,
      memo: new Uint8Array(0),
      operations: [
        {
          from: undefined,
          body: {
            kind: "transfer" as const,
            to: this.#payee,
            asset: nativeAsset,
            amount: amountOfPayment,
          },
        },
      ],
    };
    const signed = signWithSingleKey(this.#chainId, transaction, policy, signer);
    return nameTransaction(nobleHasher, this.#chainId, signed);
  }
}
