/**
 * Every worked example of docs/protocol.md, made a second time: by `@mysten/bcs` and protocol-reference.ts from what
 * the document says, with nothing of `src/`.
 * @module
 */
import { bcs } from "@mysten/bcs";
import { faultExamples } from "./protocol-fault-examples.ts";
import { membershipExamples } from "./protocol-membership-examples.ts";
import { operationExamples } from "./protocol-operation-examples.ts";
import { changeProof, paymentProof } from "./protocol-proof-examples.ts";
import {
  bech32m,
  domainHash,
  hex,
  join,
  keyOf,
  merkleLeaf,
  merkleRoot,
  type StateEntry,
  sha256,
  stateLeaf,
  statePath,
  stateRoot,
  stateSiblings,
} from "./protocol-reference.ts";
import {
  accountOf,
  byBytes,
  policyOf,
  singleKeyAccount,
  type TransactionExamples,
  transactionExamples,
} from "./protocol-transaction-examples.ts";
import { messageExamples, voteExamples } from "./protocol-vote-examples.ts";

const id = bcs.bytes(32);

const Header = bcs.struct("Header", {
  version: bcs.u16(),
  height: bcs.u64(),
  epoch: bcs.u64(),
  view: bcs.u64(),
  parent: id,
  timestampMs: bcs.u64(),
  leader: id,
  transactionCount: bcs.u32(),
  transactionsRoot: id,
  stateRoot: id,
  historyRoot: id,
  validatorsHash: id,
  nextValidatorsHash: id,
});

const Validator = bcs.struct("Validator", {
  consensusKey: id,
  operator: id,
  name: bcs.string(),
  endpoint: bcs.string(),
});
const Validators = bcs.vector(Validator);
const ValidatorsEntry = bcs.struct("ValidatorsEntry", {
  previous: Validators,
  current: Validators,
  next: Validators,
});

/** Seventeen u64, in the order of the table in docs/protocol.md. */
const Parameters = bcs.fixedArray(17, bcs.u64());
const ParametersEntry = bcs.struct("ParametersEntry", {
  current: Parameters,
  next: Parameters,
});

const Genesis = bcs.struct("Genesis", {
  networkName: bcs.string(),
  addressPrefix: bcs.string(),
  asset: bcs.struct("Asset", { code: bcs.string(), decimals: bcs.u8() }),
  timestampMs: bcs.u64(),
  parameters: Parameters,
  validators: Validators,
  accounts: bcs.vector(bcs.struct("GenesisAccount", { account: id, balance: bcs.u64() })),
  previous: bcs.option(
    bcs.struct("Predecessor", { chainId: id, height: bcs.u64(), blockId: id, stateRoot: id }),
  ),
});

const AccountEntry = bcs.struct("AccountEntry", {
  nonce: bcs.u64(),
  balance: bcs.u64(),
  authHash: id,
  flags: bcs.u8(),
});

const alice = keyOf(0x01);
const bob = keyOf(0x02);
const carol = keyOf(0x03);
const aliceId = singleKeyAccount(alice);
const bobId = singleKeyAccount(bob);

const genesisTimeMs = 1_767_225_600_000;
const blockTimeMs = genesisTimeMs + 1_000;
const expiryMs = genesisTimeMs + 900_000;
const aliceBalance = 1_000_000_000n;
const bobBalance = 5_000_000n;
const amount = 25_000_000n;
const baseFee = 100n;

/** Seeds 0x11 to 0x14, operated by 0x21 to 0x24, in the order of their public keys. */
const validators = ["one", "two", "three", "four"]
  .map((name, i) => ({ name, key: keyOf(0x11 + i), operator: singleKeyAccount(keyOf(0x21 + i)) }))
  .sort((a, b) => byBytes(a.key.publicKey, b.key.publicKey));
const validatorList = validators.map(({ name, key, operator }) => ({
  consensusKey: key.publicKey,
  operator,
  name,
  endpoint: `${name}.example:27000`,
}));
const parameters = [
  ...[1n, baseFee, 1n, 1_000n, 524_288n, 16_384n, 4_096n],
  ...[0n, 0n, 0n, 0n, 0n, 0n, 0n, 0n, 0n],
  1_000n,
];

const hashOf = (set: typeof validatorList): Uint8Array =>
  domainHash("quorate/validators/1", Validators.serialize(set).toBytes());
const validatorsHash = hashOf(validatorList);

function accountEntry(account: Uint8Array, nonce: number, balance: bigint): StateEntry {
  const entry = { nonce, balance, authHash: account, flags: 0 };
  return {
    key: join(Uint8Array.of(0), account),
    value: AccountEntry.serialize(entry).toBytes(),
  };
}

const entriesOf = (set: typeof validatorList): readonly StateEntry[] => [
  {
    key: Uint8Array.of(4),
    value: ValidatorsEntry.serialize({ previous: [], current: set, next: set }).toBytes(),
  },
  {
    key: Uint8Array.of(6),
    value: ParametersEntry.serialize({ current: parameters, next: parameters }).toBytes(),
  },
];
const fixedEntries = entriesOf(validatorList);

/** The block at height 1 of the network before. */
interface Predecessor {
  readonly chainId: Uint8Array;
  readonly blockId: Uint8Array;
  readonly entries: readonly StateEntry[];
}

type HeaderInput = typeof Header.$inferInput;
const headerBytes = (header: HeaderInput): Uint8Array => Header.serialize(header).toBytes();

/** The genesis; with a predecessor, the one that goes on from it an hour later, without validator "four". */
function genesisExamples(predecessor?: Predecessor) {
  const timestampMs = genesisTimeMs + (predecessor === undefined ? 0 : 3_600_000);
  const set = predecessor ? validatorList.filter(({ name }) => name !== "four") : validatorList;
  const bytes = Genesis.serialize({
    networkName: "riverside",
    addressPrefix: "quo",
    asset: { code: "QRT", decimals: 6 },
    timestampMs,
    parameters,
    validators: set,
    accounts:
      predecessor === undefined
        ? [
            { account: aliceId, balance: aliceBalance },
            { account: bobId, balance: bobBalance },
          ].sort((a, b) => byBytes(a.account, b.account))
        : [],
    previous: predecessor
      ? {
          chainId: predecessor.chainId,
          height: 1,
          blockId: predecessor.blockId,
          stateRoot: stateRoot(predecessor.entries),
        }
      : null,
  }).toBytes();
  const chainId = domainHash("quorate/genesis/1", bytes);
  const accounts =
    predecessor === undefined
      ? [accountEntry(aliceId, 0, aliceBalance), accountEntry(bobId, 0, bobBalance)]
      : predecessor.entries.filter(({ key }) => (key[0] ?? 0) < 4);
  const root = stateRoot([...accounts, ...entriesOf(set)]);
  const header = headerBytes({
    version: 1,
    height: 0,
    epoch: 0,
    view: 0,
    parent: chainId,
    timestampMs,
    leader: new Uint8Array(32),
    transactionCount: 0,
    transactionsRoot: sha256(),
    stateRoot: root,
    historyRoot: sha256(),
    validatorsHash: hashOf(set),
    nextValidatorsHash: hashOf(set),
  });
  const id = domainHash("quorate/block/1", header);
  return { bytes, chainId, accounts, root, header, id };
}

function leaderOrder(boundary: Uint8Array): readonly number[] {
  const rank = (key: Uint8Array) =>
    domainHash("quorate/leader/1", boundary, bcs.u64().serialize(0).toBytes(), key);
  return validators
    .map(({ key }, position) => ({ position, hash: rank(key.publicKey) }))
    .sort((a, b) => byBytes(a.hash, b.hash))
    .map(({ position }) => position);
}

/** The block at height 1, in view 1, with the one transaction. */
function blockExamples(
  genesis: ReturnType<typeof genesisExamples>,
  transaction: TransactionExamples,
) {
  const order = leaderOrder(genesis.id);
  const leader = order[1] ?? 0;
  const operator = validatorList[leader]?.operator ?? new Uint8Array(32);
  const entries = [
    accountEntry(aliceId, 1, aliceBalance - amount - transaction.fee),
    accountEntry(bobId, 0, bobBalance + amount),
    accountEntry(operator, 0, transaction.fee),
    ...fixedEntries,
  ];
  const header = headerBytes({
    version: 1,
    height: 1,
    epoch: 0,
    view: 1,
    parent: genesis.id,
    timestampMs: blockTimeMs,
    leader: operator,
    transactionCount: 1,
    transactionsRoot: merkleRoot([merkleLeaf(transaction.signed)]),
    stateRoot: stateRoot(entries),
    historyRoot: merkleRoot([merkleLeaf(genesis.id)]),
    validatorsHash,
    nextValidatorsHash: validatorsHash,
  });
  const id = domainHash("quorate/block/1", header);
  return { order, leader, entries, header, id };
}

/** Block 1 proven on its own; and the genesis block proven by a later one, after seed 0x15 has joined. */
function proofExamples(
  genesis: ReturnType<typeof genesisExamples>,
  block: ReturnType<typeof blockExamples> & {
    readonly certificate: Uint8Array;
    readonly transaction: TransactionExamples;
  },
): Readonly<Record<string, Uint8Array>> {
  const joiner = { name: "five", key: keyOf(0x15), operator: singleKeyAccount(keyOf(0x25)) };
  const joined = [...validators, joiner].sort((a, b) => byBytes(a.key.publicKey, b.key.publicKey));
  const setOf = (members: readonly (typeof joiner)[]) => {
    const list = members.map(({ name, key, operator }) => ({
      consensusKey: key.publicKey,
      operator,
      name,
      endpoint: `${name}.example:27000`,
    }));
    const keys = members.map(({ key }) => key);
    return { bytes: Validators.serialize(list).toBytes(), hash: hashOf(list), keys };
  };
  const [before, after] = [setOf(validators), setOf(joined)];
  const payment = paymentProof({
    header: block.header,
    certificate: block.certificate,
    set: before.bytes,
    contentHash: merkleLeaf(block.transaction.signed),
    entries: block.entries,
    keys: [aliceId, singleKeyAccount(carol)].map((account) => join(Uint8Array.of(0), account)),
  });
  const { chainId, header: genesisHeader, id: genesisId } = genesis;
  const change = changeProof({
    ...{ chainId, genesisHeader, genesisId, genesisTimeMs, before, after },
    headerBytes,
  });
  return {
    "proof-payment": payment,
    "proof-change": change.proof,
    "proof-change-hop-id": change.hopId,
    "proof-change-covering-id": change.coveringId,
  };
}

/** By the label of its block in the document: lowercase hex, or text for an address. */
export function protocolExamples(): ReadonlyMap<string, string> {
  const genesis = genesisExamples();
  const transaction = transactionExamples({
    chainId: genesis.chainId,
    payer: alice,
    to: bobId,
    amount,
    expiryMs,
    baseFee,
  });
  const block = blockExamples(genesis, transaction);
  const successor = genesisExamples({
    chainId: genesis.chainId,
    blockId: block.id,
    entries: block.entries,
  });
  const votes = voteExamples({
    chainId: genesis.chainId,
    keys: validators.map(({ key }) => key),
    blockId: block.id,
    leader: block.leader,
  });
  const accused = 2;
  const fault = faultExamples({
    chainId: genesis.chainId,
    key: validators[accused]?.key ?? alice,
    signer: accused,
    height: 2,
  });
  const membership = membershipExamples({
    chainId: genesis.chainId,
    voter: keyOf(0x21),
    joiner: keyOf(0x15),
    joinersOperator: keyOf(0x25),
    expiryMs,
    height: 2,
    timestampMs: blockTimeMs + 1_000,
  });
  const operations = operationExamples({
    chainId: genesis.chainId,
    issuer: alice,
    buyer: bob,
    third: carol,
    balance: aliceBalance - amount - transaction.fee,
    expiryMs,
    baseFee,
    height: 2,
  });
  const messages = messageExamples({
    chainId: genesis.chainId,
    prover: validators[0]?.key ?? alice,
    wallMs: blockTimeMs,
  });
  const proofs = proofExamples(genesis, { ...block, certificate: votes.certificate, transaction });
  const twoOfThree = policyOf(2, [alice, bob, carol]);
  const [aliceEntry, bobEntry] = genesis.accounts;
  if (aliceEntry === undefined || bobEntry === undefined) throw new Error("two accounts");
  const alicePath = statePath(aliceEntry.key);
  const { mask, siblings } = stateSiblings(genesis.accounts, alicePath);
  const bytes: Readonly<Record<string, Uint8Array>> = {
    "alice-key": alice.publicKey,
    "alice-policy": policyOf(1, [alice]),
    "alice-account": aliceId,
    "bob-account": bobId,
    "two-of-three-policy": twoOfThree,
    "two-of-three-account": accountOf(twoOfThree),
    "merkle-three": merkleRoot([0, 1, 2].map((byte) => merkleLeaf(Uint8Array.of(byte)))),
    genesis: genesis.bytes,
    "chain-id": genesis.chainId,
    "validators-hash": validatorsHash,
    "genesis-state-root": genesis.root,
    "genesis-header": genesis.header,
    "genesis-id": genesis.id,
    "successor-genesis": successor.bytes,
    "successor-chain-id": successor.chainId,
    "successor-state-root": successor.root,
    "successor-genesis-id": successor.id,
    "leader-order": Uint8Array.from(block.order),
    ...operations,
    ...proofs,
    transaction: transaction.bytes,
    "transaction-signing-bytes": transaction.signing,
    "transaction-id": sha256(transaction.signing),
    "transaction-signature": transaction.signature,
    "signed-transaction": transaction.signed,
    "content-hash": merkleLeaf(transaction.signed),
    "alice-state-key": aliceEntry.key,
    "alice-state-path": alicePath,
    "alice-state-value": aliceEntry.value,
    "alice-state-leaf": stateLeaf(aliceEntry),
    "bob-state-path": statePath(bobEntry.key),
    "bob-state-leaf": stateLeaf(bobEntry),
    "two-leaf-root": stateRoot(genesis.accounts),
    "two-leaf-proof-mask": mask,
    "two-leaf-proof-siblings": join(...siblings),
    header: block.header,
    "block-id": block.id,
    block: join(block.header, Uint8Array.of(1), transaction.signed),
    "history-root-2": merkleRoot([genesis.id, block.id].map(merkleLeaf)),
    "notarize-signing-bytes": votes.notarizeSigning,
    "notarize-vote": votes.vote,
    "nullify-signing-bytes": votes.nullifySigning,
    "finalize-signing-bytes": votes.finalizeSigning,
    finalization: votes.certificate,
    "fault-finalize-signing-bytes": fault.finalizeSigning,
    fault: fault.fault,
    "fault-id": fault.id,
    "fault-state-key": fault.stateKey,
    "fault-state-value": fault.stateValue,
    "possession-signing-bytes": membership.possessionSigning,
    possession: membership.possession,
    "vote-transaction": membership.transaction,
    "vote-state-key": membership.stateKey,
    "vote-state-value": membership.stateValue,
    "proof-signing-bytes": messages.proofSigning,
    hello: messages.hello,
    ping: messages.ping,
  };
  return new Map([
    ...Object.entries(bytes).map(([label, value]): [string, string] => [label, hex(value)]),
    ["alice-address", bech32m("quo", aliceId)],
    ["two-of-three-address", bech32m("quo", accountOf(twoOfThree))],
  ]);
}
