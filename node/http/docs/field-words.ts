/**
 * The fields of answers in words: what each is and in which unit.
 *
 * Most names mean the same everywhere. Where one means something else, it is named with the schema it is in.
 * @module
 */
import { schemaWords } from "./schema-words.ts";

export interface FieldSchema {
  readonly [keyword: string]: unknown;
}

const words: Readonly<Record<string, string>> = {
  accountMinimum: "The least that a first payment to an account must bring.",
  accounts: "How many accounts there are.",
  action: "What is or was done.",
  address: "The account that it belongs to.",
  addressPrefix: "What the addresses of this network begin with.",
  ageMs: "How long it has waited here.",
  agrees:
    "Whether its tip is the block that other nodes have at that height; null when it was compared with none.",
  agent: "The software that the other node says it is.",
  agoMs: "How long ago.",
  amount: "Base units in decimal text.",
  asset: "Which asset: its id, or for the native one its code and decimals.",
  at: "The block whose history is meant.",
  authHash: "Hash of the policy that acts for the account.",
  balances: "The native asset first, then up to 100 others by ascending id.",
  baseFee: "What every transaction pays.",
  blockId: "Id of the block that holds it.",
  blocks: "How many blocks.",
  boundary: "The last block of the epoch before, or the genesis.",
  byQuorum: "False: only this node gave it up, as far as it knows.",
  bytes: "Size in bytes.",
  bytesIn: "Bytes received over the connection.",
  bytesMax: "The most bytes that this pool holds.",
  bytesOut: "Bytes sent over the connection.",
  candidate:
    "The node that would become a validator, as this node sees it; null for other changes.",
  certificates: "Views whose certificate is asked for.",
  chainId: "Id of the genesis block: it names the network.",
  change: "What is voted for.",
  changes: "What is voted for, the most votes first.",
  clockSkewMs: "How far its clock is ahead of this node's, in milliseconds.",
  code: "A code for people: of an asset, or of what went wrong.",
  command: "What is done.",
  connected: "Whether this node is connected to it.",
  consensusKey: "Ed25519 public key that it votes with.",
  contentHash: "SHA-256 of what was recorded; of a transaction, its hash with the signatures.",
  counted: "How many of the votes count.",
  countingHeight:
    "After the block at this height the votes are counted; later ones are for the next epoch.",
  counts: "Whether it counts at the tip.",
  current: "What holds now.",
  data: "What was written beside the hash.",
  decimals: "Digits behind the point in the form for people.",
  detail: "What is wrong this time, in words.",
  display: "The same amount for people, with the asset's code.",
  endedMs: "When, in Unix milliseconds.",
  endpoint: "Where other nodes reach it: host and port.",
  endsAboutMs:
    "A guess of when the epoch ends, in Unix milliseconds; null when no block has come yet.",
  epoch: "Number of the epoch, from 0.",
  epochEnds: "Height of the epoch's last block.",
  examples: "The least fee of usual transactions with one signature.",
  exists: "False: never written, and everything reads as zero.",
  expiresMs: "After this block time it counts no more, in Unix milliseconds.",
  expiryMs: "After this block time it can never be applied, in Unix milliseconds.",
  failure: "Why the action could not be done; null when it was.",
  fault: "Two votes of one validator of which no honest one signs both.",
  faults: "How many proven faults.",
  fee: "What it pays, in base units of the native asset.",
  feeDisplay: "The fee for people.",
  feePerByte: "Base units of the native asset for each byte of the signed transaction.",
  fetching: "What the node is waiting for from others.",
  field: "Path of the field that is wrong, such as `query.limit`; null when it is not about one.",
  fill: "How full the last blocks were that this node has seen; 1 is a block that holds all it may.",
  fillMean: "Bytes of a block by the most it may have, from 0 to 1; null when there was no block.",
  finalHeight: "Height of the newest block that is final for it.",
  finalityMsMedian:
    "From first sight of a proposal to its finality, in milliseconds; null when none was measured.",
  finalityMsP99: "The same, of the slowest in a hundred.",
  finalization:
    "Who signed that exactly this block is final; null where a later block's signatures cover it.",
  first: "The first of the two.",
  fix: "What to do about it.",
  forMs: "For how long, in milliseconds.",
  from: "The account that it acts for.",
  fromMs: "Where the point begins, in Unix milliseconds: a multiple of `pointMs`.",
  genesis: "The genesis file itself.",
  group: "Which group of the partition it is in, from 0; null without a partition.",
  groups: "Numbers of the nodes that reach each other.",
  header: "Hex of BCS(Header).",
  healsAtMs: "When it heals by itself, in Unix milliseconds; null: when it is told to.",
  height: "Height of the block.",
  hex: "The bytes.",
  historyRoot: "Root over the ids of all blocks below it.",
  hits: "Exact ones first; none: nothing is known by that.",
  hop: "Hex of BCS(Hop): that this set took over; null where it did not change.",
  http: "Base URL of its HTTP interface.",
  id: "What names it: 32 bytes.",
  index: "Its place, from 0.",
  isSelf: "Whether it is the node that answers.",
  issuer: "Address of who may mint it; null for the native asset.",
  items: "In the order of the list.",
  key: "Of the record in its topic.",
  keys: "Public keys and how much each weighs.",
  kind: "Of which kind: it says which other fields there are.",
  kinds: "The kinds of its operations, each once.",
  last: "Height of its last block, which may be above the tip.",
  lastFinalView: "The newest view that this node has seen become final.",
  lastHeight: "Height of its last block.",
  lastVoteView: "The newest view in which this node has seen it vote; null: in none.",
  latencyMs: "Time there and back, in milliseconds; null when none was measured.",
  leader: "Name of the validator that proposes.",
  leaderName: "Name of the leader; null for the genesis block.",
  length: "How many heights it has.",
  linked: "Whether it is connected to this node with the key in question.",
  live: "Whether a quorum was seen to act since the action.",
  maxBlockBytes: "The most bytes of a block.",
  maxSupply: "The most base units there may ever be; null or 0 where no bound was set.",
  maxSupplyDisplay: "The same for people.",
  maxTransactionBytes: "The most bytes of a signed transaction.",
  mean: "The mean; null when this node has seen no block yet.",
  memo: "What the sender wrote beside it.",
  mempool: "What waits in this node for a block.",
  message: "In words.",
  missedViews: "Views of this epoch that it led and that came to nothing.",
  missingNonce: "The nonce that has to come first and is not here; null: a block may hold it now.",
  moreBalances:
    "Cursor of /v1/accounts/{address}/balances for those that did not fit; null: these are all.",
  most: "The fullest; null when this node has seen no block yet.",
  name: "A name for people, as its owner wrote it.",
  needed: "How many it takes.",
  networkName: "The name of the network.",
  newest: "The newest version at the tip.",
  next: "Cursor of the page after this one; null when there is none.",
  nextHeight: "The first height of the next epoch.",
  nextValidatorsHash: "Hash of the validators of the next height.",
  node: "Number of the node; null when it is about all.",
  nodeId: "Hash of the node's key: it names the node.",
  nodes: "In the order of their numbers.",
  nonce: "The sender's count of transactions before it.",
  note: "What it is, in words.",
  nullified: "The last views that came to nothing, newest last.",
  number: "Counted from 1; epochs from 0.",
  operationFees: "What an operation of each kind costs besides.",
  operations: "What it does, in order.",
  operator: "Address of the account that earns its fees and votes on membership.",
  outbound: "Whether this node opened the connection.",
  parameter: "Number of the parameter.",
  parent: "Id of the block before it.",
  parentView: "View of the block that the voted one follows; null in a vote to nullify.",
  partition: "Null while every node may reach every other.",
  path: "Hashes from the leaf up.",
  peer: "The node that is asked.",
  peers: "How many nodes.",
  pendingNonce: "The next nonce, counting what waits in this node.",
  pointMs: "How long a point is, in milliseconds.",
  points: "Oldest first; the last one is not over yet.",
  policy: "Who may act for the account.",
  position: "The cursor to go on with.",
  possession:
    "What its consensus key has signed, to be repeated in a vote; null where the block is not here any more.",
  prev: "Cursor of the page before this one; null when there is none.",
  proof: "Hex of BCS(Proof).",
  publicKey: "An Ed25519 public key.",
  query: "As it was looked for, without spaces around it.",
  quorumAgeMs: "How long ago a quorum was last seen to act, in milliseconds.",
  range: "Blocks that are fetched one after another; null when none are.",
  reachable: "Validators that vote and reach each other.",
  ready: "Whether the node is in step.",
  reason: "Why, in words.",
  receivedMs: "When it came here, in Unix milliseconds.",
  recoveredAfterMs:
    "From the action until each node that it is about was at the tip and voting; null: not in the time that was waited, or nothing had to recover.",
  reference: "What its page is asked by.",
  replaces: "The entry that this one would replace; null when there is none.",
  requireMemo: "Whether payments to it must have a memo.",
  safe: "Whether every node that answers has the same blocks and the same state at the heights that they share; null when there was nothing to compare, or something could not be compared.",
  second: "The second of the two.",
  sender: "Address of the account that pays the fee.",
  set: "Hex of BCS(vector<Validator>).",
  signature: "An Ed25519 signature.",
  signer: "The validator's place in the set of that epoch.",
  signers: "Places of the signers in the validator set.",
  sinceMs: "Since when, in Unix milliseconds.",
  startedMs: "When it was started, in Unix milliseconds.",
  state: "Whether it runs.",
  stateRoot: "Root of the ledger's state after the block.",
  status: "What became of it.",
  supersededBy: "Id of the transaction that took its place.",
  supply: "How much there is, in base units.",
  supplyDisplay: "The same for people.",
  sync: "Whether it is in step with the others.",
  synced: "Whether it is connected and within 2 blocks of the tip.",
  text: "The bytes as text, where they are printable UTF-8.",
  threshold: "The weight that signatures must reach together.",
  timestampMs: "The block's time, in Unix milliseconds.",
  tip: "The newest final block when it was answered.",
  title: "For people.",
  to: "The account that receives it.",
  topic: "Of the record.",
  topics: "Those of the reader's topics that it belongs to.",
  totalSupply: "Base units of the native asset in all accounts.",
  totalSupplyDisplay: "The same for people.",
  totalTransactions: "How many have become final since the genesis.",
  transaction: "The transaction that wrote it.",
  transactionCount: "How many transactions it has.",
  transactionStatus: "What is known of the transaction; null when it is not about one.",
  transactions: "How many transactions.",
  transactionsMax: "The most that this pool holds.",
  transactionsPerSecond: "Final transactions a second over the window.",
  transactionsRoot: "Root over the block's transactions.",
  type: "Where the code is explained, on the node that answers.",
  validator: "Its entry in the validator set.",
  validatorCount: "How many validators there are.",
  validatorIndex: "The node's place in the validator set; null for an observer.",
  validators: "How many validators there are.",
  validatorsHash: "Hash of the validator set.",
  value: "The value that is voted for.",
  verdicts: "What the last actions came to, newest first.",
  version: "Counted from 1.",
  view: "Number of the view in its epoch.",
  votes: "Oldest first.",
  voting: "Whether it votes.",
  waiting: "What waits in this node for a block.",
  weight: "How much its signature counts.",
  windowMs: "Over how long, in milliseconds.",
  words: "All of it in a sentence for people.",
};

const exceptions: Readonly<Record<string, string>> = {
  "Problem.title": "What the code means, in a sentence.",
  "Problem.status": "The HTTP status of the answer.",
  "Problem.code": "What programs decide by; stable for ever.",
  "Problem.id": "The transaction that it is about; null when it is not about one.",
  "Peer.address": "Where the connection leads to.",
  "Balance.asset": "Id of the asset.",
  "AssetInfo.code": "A code for people, such as QRT.",
  "Asset.code": "A code for people, which the issuer chose; others may have chosen the same.",
  "AssetNow.code": "A code for people, which the issuer chose; others may have chosen the same.",
  "Balance.code": "The asset's code for people.",
  "Transaction.index": "Its place in the block, from 0.",
  "Block.version": "Of the protocol.",
  "Receipt.version": "Of the file's form.",
  "Receipt.transaction": "Hex of BCS(Signed) or BCS(Fault): what the block holds.",
  "Epoch.first": "Height of its first block.",
  "Consistency.from": "The earlier block.",
  "Consistency.to": "The later block.",
  "Status.fetching.range.from": "Height of the first that is missing.",
  "Status.silent": "Names of validators of whom no vote was seen in the last views.",
  "Validator.silent": "Whether no vote of it was seen in the last views.",
  "BlockEvent.transactions": "Ids in the order of the block.",
  "PositionEvent.tip": "Height of the node's newest final block.",
  "PositionEvent.position": "The same as the event's id.",
  "Membership.quorum": "Equal votes that a change needs.",
  "ParametersNow.next": "What holds from `nextHeight` on.",
  "Membership.next": "Equal to `current` until the votes of the epoch are counted.",
  "Block.leader": "Address of the operator of whoever proposed it; null for the genesis block.",
  "Operation.code": "The code that the new asset gets.",
  "Fees.asset": "The native asset, in which fees are paid.",
  "LocalVerdict.quorum": "Of the part of the network that has the most votes.",
  "WaitingTransaction.feePerByte":
    "Base units of the native asset, rounded to 1/1000; null for one that only votes: it is free and goes first.",
  "WaitingTransaction.operations": "How many operations it has.",
};

type Mutable = Record<string, unknown>;

/** The named schemas with words at each schema and each field. */
export function described(
  schemas: Readonly<Record<string, FieldSchema>>,
): Readonly<Record<string, FieldSchema>> {
  return Object.fromEntries(
    Object.entries(schemas).map(([name, schema]) => {
      const whole = describe(schema, name) as FieldSchema;
      const description = schemaWords[name];
      return [name, description === undefined ? whole : { description, ...whole }];
    }),
  );
}

function describe(schema: unknown, at: string): unknown {
  if (Array.isArray(schema)) return schema.map((each) => describe(each, at));
  if (typeof schema !== "object" || schema === null) return schema;
  const copy: Mutable = {};
  for (const [keyword, value] of Object.entries(schema)) {
    copy[keyword] = keyword === "properties" ? describeFields(value, at) : describe(value, at);
  }
  return copy;
}

function describeFields(fields: Readonly<Record<string, object>>, at: string): Mutable {
  return Object.fromEntries(
    Object.entries(fields).map(([name, field]) => {
      const place = `${at}.${name}`;
      const description = exceptions[place] ?? words[name];
      const inner = describe(field, place) as Mutable;
      return [name, description === undefined ? inner : { description, ...inner }];
    }),
  );
}

/** For the test that none of these words is about nothing. */
export const fieldWords: {
  readonly words: Readonly<Record<string, string>>;
  readonly exceptions: Readonly<Record<string, string>>;
} = { words, exceptions };
