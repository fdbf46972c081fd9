/**
 * The Transport port: authenticated, ordered, message-sized links. Real ones are wss with mutual TLS.
 * @module
 */
import type { NodeId } from "../protocol/ids.ts";

/** One connection to a peer whose key the transport has proven. */
export interface Link {
  readonly nodeId: NodeId;
  /** 32 bytes, equal on both ends and different for each connection: binds signatures to it. */
  readonly exporter: Uint8Array;
  /** True if we dialled. */
  readonly outbound: boolean;
  /** `host:port` of the other end, for logs and limits; on an outbound link the address as it was dialled. */
  readonly remoteAddress: string;
  /** Bytes accepted by send and not yet given to the operating system. */
  bufferedBytes(): number;
  /** Queues one frame. Never blocks; a closed link drops it. */
  send(frame: Uint8Array): void;
  close(code: number, reason: string): void;
}

/** Implemented by the network; called by the transport. */
export interface LinkEvents {
  opened(link: Link): void;
  /** A frame within the transport's size limit. */
  received(link: Link, frame: Uint8Array): void;
  /** Everything queued has left; a paused queue may go on. */
  drained(link: Link): void;
  closed(link: Link, reason: string): void;
}

export interface Transport {
  /** Starts accepting and delivering events. */
  start(events: LinkEvents): Promise<void>;
  /** One attempt; resolves with the reason when it fails, with undefined when `opened` was called. */
  dial(address: string): Promise<string | undefined>;
  stop(): Promise<void>;
}
