/**
 * The public door of the library: build, sign, submit, wait, verify, stream. Runs in Node and in browsers.
 * @module
 */

export type { BlockEventJson } from "./api/json.ts";
export type { Outcome } from "./api/outcome.ts";
export type { TransactionEventJson } from "./api/stream-json.ts";
export { fromHex, toHex } from "./base/bytes.ts";
export type { TipStore } from "./client/ports.ts";
export type { ProvenAccount, ProvenState } from "./client/proven-state.ts";
export type { Standing } from "./client/standing.ts";
export { nobleVerifier } from "./crypto/ed25519.ts";
export { nobleHasher } from "./crypto/hash.ts";
export { decodeProof } from "./proof/proof.ts";
export { receiptFlawSentence, type VerifiedReceipt, verifyReceipt } from "./proof/receipt.ts";
export { trustStatement } from "./proof/statement.ts";
export { trustGenesis, trustTip } from "./proof/trust.ts";
export { type Proven, verifyProof } from "./proof/verify.ts";
export { assetIdOf } from "./protocol/assets.ts";
export { chainIdOf, type Genesis, parseGenesis } from "./protocol/genesis.ts";
export type { AccountId, AssetId, ChainId, TransactionId } from "./protocol/ids.ts";
export { nativeAsset } from "./protocol/ids.ts";
export type { Operation } from "./protocol/operations.ts";
export { accountIdOf, type Policy } from "./protocol/policy.ts";
export {
  accountKey,
  assetKey,
  balanceKey,
  readAccount,
  readAsset,
  readBalance,
  readRecord,
  recordKey,
} from "./protocol/state.ts";
export { openTransaction, type Transaction } from "./protocol/transaction.ts";
export { type ConnectOptions, connect } from "./sdk/connect.ts";
export type { Draft } from "./sdk/drafting.ts";
export { QuorateError } from "./sdk/failure.ts";
export { type Host, systemHost } from "./sdk/host.ts";
export { type Key, keyFromMnemonic, keyFromSeed, newMnemonic } from "./sdk/keys.ts";
export type { QuorateNetwork } from "./sdk/network.ts";
export {
  burn,
  createAsset,
  mint,
  putRecord,
  setAccount,
  setPolicy,
  transfer,
} from "./sdk/operations.ts";
export { type Signatory, type SignedTransactionBytes, signTransaction } from "./sdk/signing.ts";
