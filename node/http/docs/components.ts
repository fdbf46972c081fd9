/**
 * The schemas that have a name in the description of the interface.
 *
 * A schema that is used in several places, or that a reader would look for, is described once, under its name; the
 * rest stands where it is used.
 * @module
 */
import { z } from "zod";
import {
  assetEntrySchema,
  assetSchema,
  assetsSchema,
  balancesSchema,
} from "../../../src/api/asset-schemas.ts";
import { faucetSchema } from "../../../src/api/faucet-schemas.ts";
import { feesSchema, moneySchema } from "../../../src/api/fee-schemas.ts";
import {
  localAcceptedSchema,
  localActionSchema,
  localNodeSchema,
  localNodesSchema,
  localPartitionRequestSchema,
  localVerdictSchema,
} from "../../../src/api/local-schemas.ts";
import {
  changeSchema,
  faultSchema,
  faultsSchema,
  memberSchema,
  membershipSchema,
  parametersNowSchema,
} from "../../../src/api/membership-schemas.ts";
import { mempoolSchema, waitingSchema } from "../../../src/api/mempool-schemas.ts";
import { operationSchema } from "../../../src/api/operation-schemas.ts";
import { problemCatalogue } from "../../../src/api/problem-catalogue.ts";
import {
  recordEntrySchema,
  recordSchema,
  recordsSchema,
  recordVersionSchema,
  recordVersionsSchema,
} from "../../../src/api/record-schemas.ts";
import * as parts from "../../../src/api/schema-parts.ts";
import * as schemas from "../../../src/api/schemas.ts";
import {
  consistencySchema,
  epochSchema,
  headersSchema,
  historyPointSchema,
  inclusionSchema,
  proofSchema,
  receiptSchema,
} from "../../../src/api/schemas-proof.ts";
import { searchHitSchema, searchSchema } from "../../../src/api/search-schemas.ts";
import { seriesPointSchema, seriesSchema } from "../../../src/api/series-schemas.ts";
import {
  positionEventSchema,
  streamEndSchema,
  transactionEventSchema,
} from "../../../src/api/stream-schemas.ts";
import { written } from "../parameters.ts";

/** What this node sends; a client takes any code, for a newer node may know more. */
written(parts.code, { type: "string", enum: [...problemCatalogue.keys()] });

const named: Readonly<Record<string, z.ZodType>> = {
  Id: parts.id,
  Hex: parts.hex,
  Signature: parts.signature,
  Amount: parts.amount,
  Address: parts.address,
  Cursor: parts.cursor,
  Code: parts.code,
  BytesAndText: parts.bytesAndText,
  Money: moneySchema,
  Tip: schemas.tipSchema,
  AssetInfo: schemas.assetInfoSchema,
  Problem: schemas.problemSchema,
  Status: schemas.statusSchema,
  Voting: schemas.votingSchema,
  Sync: schemas.syncSchema,
  Readiness: schemas.readinessSchema,
  Genesis: schemas.genesisSchema,
  Parameters: schemas.parametersSchema,
  ParametersNow: parametersNowSchema,
  Validator: schemas.validatorSchema,
  ValidatorList: schemas.listOf.validators,
  Peer: schemas.peerSchema,
  PeerList: schemas.listOf.peers,
  Membership: membershipSchema,
  Member: memberSchema,
  MembershipChange: changeSchema,
  Fault: faultSchema,
  FaultList: faultsSchema,
  Block: schemas.blockSchema,
  BlockList: schemas.listOf.blocks,
  Transaction: schemas.transactionSchema,
  FinalTransaction: schemas.finalTransactionSchema,
  TransactionStatus: schemas.statusWord,
  TransactionList: schemas.listOf.transactions,
  Operation: operationSchema,
  Outcome: schemas.outcomeSchema,
  Batch: schemas.batchSchema,
  Account: schemas.accountSchema,
  Balance: schemas.balanceSchema,
  BalanceList: balancesSchema,
  Asset: assetEntrySchema,
  AssetNow: assetSchema,
  AssetList: assetsSchema,
  RecordEntry: recordEntrySchema,
  RecordList: recordsSchema,
  RecordVersion: recordVersionSchema,
  RecordVersionList: recordVersionsSchema,
  RecordNow: recordSchema,
  Proof: proofSchema,
  Receipt: receiptSchema,
  Headers: headersSchema,
  Epoch: epochSchema,
  HistoryPoint: historyPointSchema,
  Consistency: consistencySchema,
  Inclusion: inclusionSchema,
  Fees: feesSchema,
  WaitingTransaction: waitingSchema,
  Mempool: mempoolSchema,
  SearchHit: searchHitSchema,
  Search: searchSchema,
  Stats: schemas.statsSchema,
  SeriesPoint: seriesPointSchema,
  Series: seriesSchema,
  BlockEvent: schemas.blockEventSchema,
  TransactionEvent: transactionEventSchema,
  PositionEvent: positionEventSchema,
  StreamEnd: streamEndSchema,
  Faucet: faucetSchema,
  LocalNode: localNodeSchema,
  LocalNodes: localNodesSchema,
  LocalAction: localActionSchema,
  LocalVerdict: localVerdictSchema,
  LocalAccepted: localAcceptedSchema,
  LocalPartitionRequest: localPartitionRequestSchema,
};

export const components: z.core.$ZodRegistry<{ id?: string | undefined }> = z.registry<{
  id?: string | undefined;
}>();
for (const [id, schema] of Object.entries(named)) components.add(schema, { id });
