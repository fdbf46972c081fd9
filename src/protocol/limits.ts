/**
 * Every bound in the protocol, in one place, with the relations between them checked at load.
 *
 * Sizes are in bytes of BCS. Limits of a node's own resources are in network/limits.ts.
 * @module
 */
import { assert } from "../base/assert.ts";

const KiB = 1024;
const MiB = 1024 * KiB;

export const policyKeysMax = 16;
export const authorizationsMax = 8;
export const operationsMax = 64;
export const memoBytesMax = 256;
/** Votes fit in one message and a certificate lists every signer, so the set stays small. */
export const validatorsMax = 128;
export const validatorNameBytesMax = 32;
export const endpointBytesMax = 128;
export const networkNameBytesMax = 32;
export const addressPrefixLengthMax = 10;
export const genesisAccountsMax = 100_000;
export const assetCodeLengthMax = 12;
export const assetDecimalsMax = 18;
export const assetNameBytesMax = 64;
export const recordTopicBytesMax = 64;
export const recordKeyBytesMax = 64;
export const recordDataBytesMax = 1_024;
/** Votes of one operator that may stand at a time. */
export const standingVotesMax = 32;
/** How long after its block's time a vote counts: 30 days. */
export const voteAgeMsMax: number = 30 * 24 * 3600 * 1000;
/** The largest that the parameters maxTransactionBytes and maxBlockBytes can ever say. */
export const transactionBytesMax: number = 32 * KiB;
export const blockBytesMax: number = 2 * MiB;
/** The smallest transaction is larger than this, so a block holds no more of them than this says. */
const transactionBytesMin = 128;
export const blockTransactionsMax: number = blockBytesMax / transactionBytesMin;
/** Each costs every node two signature checks, and one a validator and epoch is all that there can be. */
export const blockFaultsMax = 4;
/** How far ahead of the block's time an expiry may lie: 30 days. */
export const expiryAheadMsMax: number = 30 * 24 * 3600 * 1000;
/** A validator does not vote for a block stamped further ahead of its own wall clock than this. */
export const clockAheadMsMax = 5_000;
/** A leader more than this many heights above the last final one proposes an empty block … */
export const unfinalHeightsFull = 16;
/** … and above this many, a block with transactions is answered `later`, an empty one never. */
export const unfinalHeightsMax = 64;

export const amountMax: bigint = 2n ** 64n - 1n;

assert(transactionBytesMax < 64 * KiB, "any valid transaction fits in the smallest maxBlockBytes");
assert(unfinalHeightsFull < unfinalHeightsMax, "an honest leader stops before verifiers do");
