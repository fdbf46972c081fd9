/**
 * Records: a versioned fingerprint that an account keeps under a topic and a key.
 *
 *   RecordEntry  version u64 · contentHash [32] · height u64      the current version, in the state
 *
 * Versions rise by one, so nobody overwrites what he has not seen. The state holds the newest; each version's own
 * transaction stays in its block, with its data.
 * @module
 */
import { type Codec, index, struct, text } from "../codec/codec.ts";
import {
  type AccountId,
  accountIdCodec,
  type Digest,
  digestCodec,
  type Height,
  heightCodec,
} from "./ids.ts";
import { recordKeyBytesMax, recordTopicBytesMax } from "./limits.ts";

/** Which record: whose, and its two names there. */
export interface RecordPlace {
  readonly account: AccountId;
  /** 1 to 64 bytes of UTF-8 without U+0000 to U+001F. */
  readonly topic: string;
  /** Likewise. */
  readonly key: string;
}

export interface RecordEntry {
  /** 1 for the first. */
  readonly version: number;
  readonly contentHash: Digest;
  /** Of the block that holds this version. */
  readonly height: Height;
}

export const recordTopicCodec: Codec<string> = text({
  bytesMin: 1,
  bytesMax: recordTopicBytesMax,
});
export const recordNameCodec: Codec<string> = text({ bytesMin: 1, bytesMax: recordKeyBytesMax });

export const recordPlaceCodec: Codec<RecordPlace> = struct<RecordPlace>({
  account: accountIdCodec,
  topic: recordTopicCodec,
  key: recordNameCodec,
});

export const recordEntryCodec: Codec<RecordEntry> = struct<RecordEntry>({
  version: index(),
  contentHash: digestCodec,
  height: heightCodec,
});
