/**
 * What makes a block invalid, whatever its transactions do: its header against its parent and its place.
 *
 * No clock is read here: how far a block may be ahead of it is a rule for one's own vote, not for validity.
 * @module
 */
import { encode } from "../codec/codec.ts";
import type { Hasher } from "../crypto/ports.ts";
import { signatureCount } from "../protocol/authorization.ts";
import { type Block, bodyMatches, type Header, headerCodec } from "../protocol/block.ts";
import type { AccountId, Digest, Epoch, View } from "../protocol/ids.ts";
import { blockFaultsMax } from "../protocol/limits.ts";
import { type Parameters, protocolVersionSupported } from "../protocol/parameters.ts";
import type { NamedTransaction } from "../protocol/transaction.ts";
import type { TransactionErrorCode } from "../protocol/transaction-errors.ts";

/** The closed list of reasons for which a block is not taken. */
export type BlockFlaw =
  /** The parent is neither the final tip nor an executed block above it (any more). Says nothing about the block. */
  | "parent_unknown"
  | "wrong_version"
  /** The network has agreed on a protocol that this program does not know. Says nothing about the block. */
  | "version_unsupported"
  | "wrong_height"
  | "wrong_epoch"
  | "wrong_view"
  | "wrong_leader"
  | "wrong_history_root"
  | "wrong_validators"
  | "wrong_next_validators"
  | "wrong_transactions_root"
  | "wrong_state_root"
  | "time_not_later"
  | "too_many_bytes"
  | "too_many_signatures"
  | "too_many_faults"
  | `transaction_${TransactionErrorCode}`;

/** Where a block stands: what consensus knows, and the header does not decide. */
export interface BlockPlace {
  readonly epoch: Epoch;
  readonly view: View;
  /** Operator account of the leader of (epoch, view). */
  readonly leader: AccountId;
}

/** What the parent fixes of a block. */
export interface BlockFrame {
  readonly parent: Header;
  readonly epoch: Epoch;
  /** Those of the block's own epoch. */
  readonly parameters: Parameters;
  readonly historyRoot: Digest;
  /** After the hand-over, if the block begins an epoch. */
  readonly validatorsHash: Digest;
}

/**
 * Everything but what execution shows: the effect on the state, and the next validators. Cheapest first.
 * `header.parent` has been looked up already.
 */
export function blockFlaw(
  hasher: Hasher,
  block: Block,
  frame: BlockFrame,
  place: BlockPlace,
): BlockFlaw | undefined {
  const { header, transactions } = block;
  const { parameters } = frame;
  if (parameters.protocolVersion > protocolVersionSupported) return "version_unsupported";
  if (header.version !== Number(parameters.protocolVersion)) return "wrong_version";
  if (header.height !== frame.parent.height + 1) return "wrong_height";
  if (header.epoch !== frame.epoch || header.epoch !== place.epoch) return "wrong_epoch";
  if (header.view !== place.view) return "wrong_view";
  if (header.leader !== place.leader) return "wrong_leader";
  if (header.timestampMs <= frame.parent.timestampMs) return "time_not_later";
  if (header.historyRoot !== frame.historyRoot) return "wrong_history_root";
  if (header.validatorsHash !== frame.validatorsHash) return "wrong_validators";
  const room = new BlockRoom(header, parameters);
  for (const transaction of transactions) {
    const lack = room.lack(transaction);
    if (lack !== undefined) return lack;
    room.take(transaction);
  }
  const hashes = transactions.map(({ contentHash }) => contentHash);
  return bodyMatches(hasher, header, hashes) ? undefined : "wrong_transactions_root";
}

export type RoomLack = "too_many_bytes" | "too_many_signatures" | "too_many_faults";

/** What is left of a block's bounds while transactions are put into it. */
export class BlockRoom {
  #bytes: number;
  #count = 0;
  #signatures = 0;
  #faults = 0;
  readonly #bytesMax: number;
  readonly #signaturesMax: number;

  constructor(header: Header, parameters: Parameters) {
    this.#bytes = encode(headerCodec, header).length;
    this.#bytesMax = Number(parameters.maxBlockBytes);
    this.#signaturesMax = Number(parameters.maxBlockSignatures);
  }

  /** Which bound has no room for one more, this one. */
  lack({ bytes, signed }: NamedTransaction): RoomLack | undefined {
    if (signed.kind === "fault" && this.#faults >= blockFaultsMax) return "too_many_faults";
    const signatures = this.#signatures + signatureCount(signed);
    if (signatures > this.#signaturesMax) return "too_many_signatures";
    const total = this.#bytes + bytes.length + lengthBytes(this.#count + 1);
    return total > this.#bytesMax ? "too_many_bytes" : undefined;
  }

  /** Counts the transaction in. */
  take({ bytes, signed }: NamedTransaction): void {
    this.#bytes += bytes.length;
    this.#count += 1;
    if (signed.kind === "fault") this.#faults += 1;
    this.#signatures += signatureCount(signed);
  }
}

/** Bytes of a ULEB128 length. */
function lengthBytes(length: number): number {
  let bytes = 1;
  for (let rest = length; rest >= 0x80; rest = Math.floor(rest / 0x80)) bytes += 1;
  return bytes;
}
