/**
 * Messages: everything that two nodes say to each other. One frame is one message.
 *
 * Blocks and transactions travel as the bytes they are: the receiver hashes before it decodes, so what it has
 * seen costs it no more than a hash. Numbers 18 and 19 are reserved for snapshots.
 * @module
 */
import {
  bytes,
  type Codec,
  fixed,
  index,
  option,
  struct,
  text,
  u16,
  u32,
  type Variant,
  variants,
  vector,
} from "../codec/codec.ts";
import { type Header, headerCodec } from "./block.ts";
import {
  type BlockId,
  blockIdCodec,
  type ChainId,
  type ContentHash,
  chainIdCodec,
  contentHashCodec,
  type Epoch,
  epochCodec,
  type Height,
  heightCodec,
  type NodeId,
  nodeIdCodec,
  type PublicKey,
  publicKeyCodec,
  type View,
  viewCodec,
} from "./ids.ts";
import {
  blockBytesMax,
  blockTransactionsMax,
  endpointBytesMax,
  transactionBytesMax,
} from "./limits.ts";
import { type Certificate, certificateCodec, type Vote, voteCodec } from "./vote.ts";

/** Items of one list in a message. */
export const announcedHashesMax = 4_096;
export const transactionBatchMax = 512;
export const voteBatchMax = 64;
export const peerAddressesMax = 64;
export const blockRangeMax = 128;
/** 2,048 headers are 0.5 MiB; finality is never so long away unless more than f validators are faulty. */
export const coveringHeadersMax = 2_048;

/** Where a node stands: what Ping and Pong carry. */
export interface Standing {
  readonly epoch: Epoch;
  readonly view: View;
  readonly lastFinalView: View;
  readonly finalHeight: Height;
}

/** A signature over the two node ids and this TLS session: proves the key without being replayable. */
export interface ValidatorProof {
  readonly consensusKey: PublicKey;
  readonly signature: Uint8Array;
}

export interface Hello {
  readonly kind: "hello";
  readonly protocolVersions: readonly number[];
  readonly chainId: ChainId;
  readonly nodeId: NodeId;
  /** Drawn at start: tells a second link of one process from a link of another that has the same node key. */
  readonly session: number;
  /** `host:port` that others may dial. */
  readonly listenAddress: string | undefined;
  readonly finalHeight: Height;
  readonly agent: string;
  readonly wallMs: number;
  readonly validatorProof: ValidatorProof | undefined;
}
export interface Ping extends Standing {
  readonly kind: "ping";
  /** Chosen by the sender, returned in the Pong. */
  readonly token: number;
}
export interface Pong extends Standing {
  readonly kind: "pong";
  readonly token: number;
}
export interface PeersRequest {
  readonly kind: "peers-request";
}
export interface PeerAddress {
  readonly nodeId: NodeId;
  readonly address: string;
}
export interface Peers {
  readonly kind: "peers";
  readonly peers: readonly PeerAddress[];
}
export interface Transactions {
  readonly kind: "transactions";
  readonly transactions: readonly Uint8Array[];
}
export interface TransactionsAnnounce {
  readonly kind: "transactions-announce";
  readonly hashes: readonly ContentHash[];
}
export interface TransactionsRequest {
  readonly kind: "transactions-request";
  readonly hashes: readonly ContentHash[];
}
/** The leader's notarize vote and a compact block: the header and the leaves of its transactionsRoot. */
export interface ProposalMessage {
  readonly kind: "proposal";
  readonly vote: Vote;
  readonly header: Header;
  readonly hashes: readonly ContentHash[];
}
export interface BlockRequest {
  readonly kind: "block-request";
  readonly blockId: BlockId;
}
/** `block` undefined = "I do not have it": valid, unhelpful, nobody's fault. */
export interface BlockAnswer {
  readonly kind: "block";
  readonly blockId: BlockId;
  readonly block: Uint8Array | undefined;
}
export interface BlockTransactionsRequest {
  readonly kind: "block-transactions-request";
  readonly blockId: BlockId;
  readonly indexes: readonly number[];
}
export interface BlockTransactions {
  readonly kind: "block-transactions";
  readonly blockId: BlockId;
  /** In the order asked for; empty = "I do not have them". */
  readonly transactions: readonly Uint8Array[];
}
export interface Votes {
  readonly kind: "votes";
  readonly votes: readonly Vote[];
}
export interface CertificateMessage {
  readonly kind: "certificate";
  readonly certificate: Certificate;
}
/** Asks what moved others past a view: a finalization ≥ view, its notarization or its nullification. */
export interface CertificateRequest {
  readonly kind: "certificate-request";
  readonly epoch: Epoch;
  readonly view: View;
}
export interface BlocksRequest {
  readonly kind: "blocks-request";
  readonly from: Height;
  readonly count: number;
}
/**
 * Consecutive blocks from a height, then the headers that lead from the last of them to a finalized one, and
 * that one's finalization. An empty answer has no finalization: "nothing final from there".
 */
export interface Blocks {
  readonly kind: "blocks";
  readonly from: Height;
  readonly blocks: readonly Uint8Array[];
  readonly covering: readonly Header[];
  readonly finalization: Certificate | undefined;
}
/** Asks a validator for the highest block that it has certified: of whoever lost its vote journal. */
export interface CertifiedRequest {
  readonly kind: "certified-request";
}
/** A header, and the notarization or finalization of its block; the genesis has none. */
export interface Certified {
  readonly kind: "certified";
  readonly header: Header;
  readonly certificate: Certificate | undefined;
}
export interface Goodbye {
  readonly kind: "goodbye";
  readonly code: number;
}

export type Message =
  | Hello
  | Ping
  | Pong
  | PeersRequest
  | Peers
  | Transactions
  | TransactionsAnnounce
  | TransactionsRequest
  | ProposalMessage
  | BlockRequest
  | BlockAnswer
  | BlockTransactionsRequest
  | BlockTransactions
  | Votes
  | CertificateMessage
  | CertificateRequest
  | BlocksRequest
  | Blocks
  | Goodbye
  | CertifiedRequest
  | Certified;

export type MessageKind = Message["kind"];

const transactionBytes = bytes({ lengthMax: transactionBytesMax });
const blockBytes = bytes({ lengthMax: blockBytesMax });

const standing = {
  epoch: epochCodec,
  view: viewCodec,
  lastFinalView: viewCodec,
  finalHeight: heightCodec,
  token: u32,
};

/** One row per kind; checks that a row's fields are those of its message. */
function row<Kind extends MessageKind>(
  kind: Kind,
  fields: {
    readonly [Name in keyof Omit<Extract<Message, { kind: Kind }>, "kind">]-?: Codec<
      Extract<Message, { kind: Kind }>[Name]
    >;
  },
): Variant<Message> {
  return { kind, fields: struct(fields as Record<string, Codec<unknown>>) };
}

export const messageCodec: Codec<Message> = variants<Message>([
  row("hello", {
    protocolVersions: vector(u16, { lengthMin: 1, lengthMax: 16 }),
    chainId: chainIdCodec,
    nodeId: nodeIdCodec,
    session: u32,
    listenAddress: option(text({ bytesMax: endpointBytesMax })),
    finalHeight: heightCodec,
    agent: text({ bytesMax: 64 }),
    wallMs: index(),
    validatorProof: option(
      struct<ValidatorProof>({ consensusKey: publicKeyCodec, signature: fixed(64) }),
    ),
  }),
  row("ping", standing),
  row("pong", standing),
  row("peers-request", {}),
  row("peers", {
    peers: vector(
      struct<PeerAddress>({ nodeId: nodeIdCodec, address: text({ bytesMax: endpointBytesMax }) }),
      { lengthMax: peerAddressesMax },
    ),
  }),
  row("transactions", {
    transactions: vector(transactionBytes, { lengthMin: 1, lengthMax: transactionBatchMax }),
  }),
  row("transactions-announce", {
    hashes: vector(contentHashCodec, { lengthMin: 1, lengthMax: announcedHashesMax }),
  }),
  row("transactions-request", {
    hashes: vector(contentHashCodec, { lengthMin: 1, lengthMax: transactionBatchMax }),
  }),
  row("proposal", {
    vote: voteCodec,
    header: headerCodec,
    hashes: vector(contentHashCodec, { lengthMax: blockTransactionsMax }),
  }),
  row("block-request", { blockId: blockIdCodec }),
  row("block", { blockId: blockIdCodec, block: option(blockBytes) }),
  row("block-transactions-request", {
    blockId: blockIdCodec,
    indexes: vector(u32, { lengthMin: 1, lengthMax: blockTransactionsMax }),
  }),
  row("block-transactions", {
    blockId: blockIdCodec,
    transactions: vector(transactionBytes, { lengthMax: blockTransactionsMax }),
  }),
  row("votes", { votes: vector(voteCodec, { lengthMin: 1, lengthMax: voteBatchMax }) }),
  row("certificate", { certificate: certificateCodec }),
  row("certificate-request", { epoch: epochCodec, view: viewCodec }),
  row("blocks-request", { from: heightCodec, count: u32 }),
  row("blocks", {
    from: heightCodec,
    blocks: vector(blockBytes, { lengthMax: blockRangeMax }),
    covering: vector(headerCodec, { lengthMax: coveringHeadersMax }),
    finalization: option(certificateCodec),
  }),
  undefined,
  undefined,
  row("goodbye", { code: u16 }),
  row("certified-request", {}),
  row("certified", { header: headerCodec, certificate: option(certificateCodec) }),
]);
