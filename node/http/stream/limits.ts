/**
 * What readers of the stream may take, and for how long they may take nothing.
 * @module
 */
export interface StreamLimits {
  readonly readersMax: number;
  /** Of one client elsewhere. */
  readonly readersPerClientMax: number;
  /** Of this machine, which may be a proxy for many. */
  readonly readersPerLoopbackMax: number;
  /** A comment or a position is sent as often as this, so that both sides notice a dead connection. */
  readonly heartbeatMs: number;
  /** How long a reader may take nothing. */
  readonly stallMs: number;
}

export const streamLimits: StreamLimits = {
  readersMax: 1_024,
  readersPerClientMax: 32,
  readersPerLoopbackMax: 512,
  heartbeatMs: 15_000,
  stallMs: 30_000,
};

/** Accounts that one reader may follow. */
export const topicAccountsMax = 16;
/** Long enough for all topics that one reader may follow. */
export const topicsLengthMax = 4_096;

/** Where a reader's chunk ends: it has two of them at most, one in its queue and one on its way. */
export const chunkBytesMax: number = 32 * 1024;
/** Where a chunk ends that many readers may share. */
export const chunkTransactionsMax = 32;
/** Of blocks with what was encoded of them, for all readers together. */
export const eventsBytesMax: number = 32 * 1024 * 1024;
/** After so many blocks without an event a reader is told how far it has come. */
export const silentBlocksMax = 256;
/** A reader may come from a node that is so many blocks ahead. */
export const aheadBlocksMax = 1_000;
/** How long a reader that was let go may still take its last event. */
export const cutOffMs = 5_000;
