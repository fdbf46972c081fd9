/**
 * A whole state as a file: what a member hands to the others when a new genesis goes on from it.
 *
 *   file  "quorate-state/1\n" · rows
 *   row   key vector<u8> 1..256 · value vector<u8> ≤ 2^20   (BCS; kind ‖ BCS key as in the state; strictly ascending)
 *
 * Nothing in it is signed: its root is what the genesis says, or it is not the state that is meant.
 * @module
 */
import { compareBytes, equalBytes, utf8 } from "../base/bytes.ts";
import { fail, ok, type Result } from "../base/result.ts";
import { bytes, type Codec, encode, struct } from "../codec/codec.ts";
import { DecodeError, Reader } from "../codec/reader.ts";
import type { StateRow } from "./carried-state.ts";

export const stateFileHead: Uint8Array = utf8("quorate-state/1\n");

const keyBytesMax = 256;
const valueBytesMax = 2 ** 20;

const rowCodec: Codec<StateRow> = struct<StateRow>({
  key: bytes({ lengthMax: keyBytesMax }),
  value: bytes({ lengthMax: valueBytesMax }),
});

/** The rows as they follow one another in a file, after its head. */
export const encodeStateRow = (row: StateRow): Uint8Array => encode(rowCodec, row);

/** All rows of a file. The reason of a failure is a sentence. */
export function readStateFile(file: Uint8Array): Result<readonly StateRow[], string> {
  const head = file.subarray(0, stateFileHead.length);
  if (!equalBytes(head, stateFileHead)) return fail("it is not a file of a state");
  const reader = new Reader(file.subarray(stateFileHead.length));
  const rows: StateRow[] = [];
  try {
    while (reader.left > 0) {
      const row = rowCodec.read(reader);
      const before = rows.at(-1);
      if (row.key.length === 0 || (before && compareBytes(before.key, row.key) >= 0)) {
        return fail(`row ${rows.length} is not in order`);
      }
      rows.push(row);
    }
  } catch (error) {
    if (error instanceof DecodeError) return fail(`row ${rows.length} is damaged or cut off`);
    throw error;
  }
  return ok(rows);
}
