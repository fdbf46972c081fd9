/**
 * The example of docs/protocol.md about votes of operators: a joiner's possession, the transaction of a vote for it,
 * and what stands in the state then.
 * @module
 */
import { bcs } from "@mysten/bcs";
import { join, type KeyPair, signedBytes } from "./protocol-reference.ts";
import { singleKeyAccount } from "./protocol-transaction-examples.ts";

const id = bcs.bytes(32);
const signature = bcs.bytes(64);
const Validator = bcs.struct("Validator", {
  consensusKey: id,
  operator: id,
  name: bcs.string(),
  endpoint: bcs.string(),
});
const none = (name: string) => bcs.struct(name, {});
const OperationBody = bcs.enum("OperationBody", {
  Transfer: none("Transfer"),
  CreateAsset: none("CreateAsset"),
  Mint: none("Mint"),
  Burn: none("Burn"),
  Record: none("Record"),
  SetPolicy: none("SetPolicy"),
  SetAccount: none("SetAccount"),
  VoteMembership: bcs.enum("MembershipChange", {
    Put: bcs.struct("Put", { validator: Validator, possession: signature }),
    Remove: id,
  }),
  VoteParameter: bcs.struct("VoteParameter", { parameter: bcs.u8(), value: bcs.u64() }),
});
const Operation = bcs.struct("Operation", { from: bcs.option(id), body: OperationBody });
const Transaction = bcs.struct("Transaction", {
  chain: bcs.bytes(4),
  sender: id,
  nonce: bcs.u64(),
  expiryMs: bcs.u64(),
  fee: bcs.u64(),
  memo: bcs.byteVector(),
  operations: bcs.vector(Operation),
});
const Authorization = bcs.struct("Authorization", {
  account: id,
  policy: bcs.struct("Policy", {
    threshold: bcs.u16(),
    keys: bcs.vector(bcs.struct("WeightedKey", { publicKey: id, weight: bcs.u8() })),
  }),
  signatures: bcs.vector(bcs.struct("PolicySignature", { keyIndex: bcs.u8(), signature })),
});
const SignedTransaction = bcs.enum("SignedTransaction", {
  Signed: bcs.struct("Signed", {
    transaction: Transaction,
    authorizations: bcs.vector(Authorization),
  }),
});
const StandingVotes = bcs.vector(
  bcs.struct("StandingVote", {
    subject: bcs.enum("Subject", { Member: id, Parameter: bcs.u8() }),
    change: bcs.enum("StandingChange", { Put: Validator, Remove: id, Parameter: bcs.u64() }),
    height: bcs.u64(),
    timestampMs: bcs.u64(),
  }),
);

export interface MembershipExamples {
  readonly possessionSigning: Uint8Array;
  readonly possession: Uint8Array;
  readonly transaction: Uint8Array;
  readonly stateKey: Uint8Array;
  readonly stateValue: Uint8Array;
}

/** `voter`, an operator, votes for a validator and for a baseFee of 50 in one transaction. */
export function membershipExamples(options: {
  readonly chainId: Uint8Array;
  readonly voter: KeyPair;
  readonly joiner: KeyPair;
  readonly joinersOperator: KeyPair;
  readonly expiryMs: number;
  readonly height: number;
  readonly timestampMs: number;
}): MembershipExamples {
  const { chainId, voter, joiner, joinersOperator, expiryMs, height, timestampMs } = options;
  const validator = {
    consensusKey: joiner.publicKey,
    operator: singleKeyAccount(joinersOperator),
    name: "five",
    endpoint: "five.example:27000",
  };
  const possessionSigning = signedBytes(
    "quorate/validator/1",
    chainId,
    Validator.serialize(validator).toBytes(),
  );
  const possession = joiner.sign(possessionSigning);
  const sender = singleKeyAccount(voter);
  const transaction = {
    chain: chainId.slice(0, 4),
    sender,
    nonce: 0,
    expiryMs,
    fee: 0,
    memo: new Uint8Array(0),
    operations: [
      { from: null, body: { VoteMembership: { Put: { validator, possession } } } },
      { from: null, body: { VoteParameter: { parameter: 1, value: 50 } } },
    ],
  };
  const bytes = Transaction.serialize(transaction).toBytes();
  const authorization = {
    account: sender,
    policy: { threshold: 1, keys: [{ publicKey: voter.publicKey, weight: 1 }] },
    signatures: [
      {
        keyIndex: 0,
        signature: voter.sign(signedBytes("quorate/transaction/1", chainId, bytes)),
      },
    ],
  };
  const place = { height, timestampMs };
  return {
    possessionSigning,
    possession,
    transaction: SignedTransaction.serialize({
      Signed: { transaction, authorizations: [authorization] },
    }).toBytes(),
    stateKey: join(Uint8Array.of(5), sender),
    stateValue: StandingVotes.serialize([
      { subject: { Member: validator.operator }, change: { Put: validator }, ...place },
      { subject: { Parameter: 1 }, change: { Parameter: 50 }, ...place },
    ]).toBytes(),
  };
}
