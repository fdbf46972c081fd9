/**
 * Amounts as a receipt and its genesis can prove them: the native asset by the genesis, one that the transaction itself
 * creates by its own words, and any other in base units.
 * @module
 */
import { nobleHasher } from "../../../src/crypto/hash.ts";
import { assetIdOf } from "../../../src/protocol/assets.ts";
import type { Genesis } from "../../../src/protocol/genesis.ts";
import { type AssetId, nativeAsset } from "../../../src/protocol/ids.ts";
import { isSigned, type NamedTransaction } from "../../../src/protocol/transaction.ts";
import { type AssetTermsKnown, ProvenWriter } from "../checking/proven-writer.ts";

export class ReceiptWriter extends ProvenWriter {
  readonly #known: ReadonlySet<AssetId>;

  constructor(genesis: Genesis, named: NamedTransaction) {
    const terms = termsIn(named);
    super(genesis, terms);
    this.#known = new Set([nativeAsset, ...terms.keys()]);
  }

  override display(amount: bigint, asset: AssetId = nativeAsset): string {
    return this.#known.has(asset) ? super.display(amount, asset) : `${amount} base units`;
  }
}

function termsIn(named: NamedTransaction): ReadonlyMap<AssetId, AssetTermsKnown> {
  if (!isSigned(named)) return new Map();
  const { sender, operations } = named.signed.transaction;
  return new Map(
    operations.flatMap(({ from, body }): readonly [AssetId, AssetTermsKnown][] =>
      body.kind === "create-asset"
        ? [[assetIdOf(nobleHasher, from ?? sender, body.code), body]]
        : [],
    ),
  );
}
