/**
 * The newest proven block, remembered: no node can roll it back, and the next proof is short because it begins here.
 *
 * As a file: JSON of exactly `chainId, height, blockId, epoch, timestampMs` and `validators`, each with
 * `consensusKey, operator` (hex), `name, endpoint`. Epoch and validators are those that certify the block.
 * @module
 */
import { fail, type Result } from "../base/result.ts";
import type { TrustedTip } from "../proof/trust.ts";
import type { Proven } from "../proof/verify.ts";
import { type ChainId, epoch, height, isIdText } from "../protocol/ids.ts";
import {
  type JsonReader,
  parseJson,
  readInteger,
  readList,
  readObject,
  readText,
  refuse,
} from "../protocol/json-shape.ts";
import { type Validator, validatorsFlaw } from "../protocol/validator-set.ts";

export interface RememberedTip extends TrustedTip {
  /** Its block time, Unix milliseconds. */
  readonly timestampMs: number;
}

/** What is worth remembering of a proof: the block that its last certificate is of. */
export function tipOf({ certified, validators }: Proven): RememberedTip {
  const { header, blockId } = certified;
  const { height: at, epoch: of, timestampMs } = header;
  return { height: at, blockId, epoch: of, validators, timestampMs };
}

const readId: JsonReader<string> = (json, place) => {
  const id = readText(json, place);
  return isIdText(id) ? id : refuse(place, "must be 64 lowercase hex digits");
};

const readTip = readObject({
  chainId: readId,
  height: readInteger,
  blockId: readId,
  epoch: readInteger,
  timestampMs: readInteger,
  validators: readList(
    readObject({ consensusKey: readId, operator: readId, name: readText, endpoint: readText }),
  ),
});

/** The reason of a failure names the field. */
export function parseTip(text: string, chainId: ChainId): Result<RememberedTip, string> {
  const parsed = parseJson(text, readTip);
  if (!parsed.ok) return parsed;
  const { value } = parsed;
  if (value.chainId !== chainId) return fail("chainId: is of another network");
  const validators = value.validators as readonly Validator[];
  const flaw = validators.length === 0 ? "none" : validatorsFlaw(validators);
  if (flaw !== undefined) return fail(`validators: ${flaw}`);
  const { timestampMs } = value;
  const blockId = value.blockId as RememberedTip["blockId"];
  const at = { height: height(value.height), blockId, epoch: epoch(value.epoch) };
  return { ok: true, value: { ...at, validators, timestampMs } };
}

export function formatTip(tip: RememberedTip, chainId: ChainId): string {
  const { height: at, blockId, epoch: of, timestampMs } = tip;
  const validators = tip.validators.map(({ consensusKey, operator, name, endpoint }) => ({
    consensusKey,
    operator,
    name,
    endpoint,
  }));
  const json = { chainId, height: at, blockId, epoch: of, timestampMs, validators };
  return `${JSON.stringify(json, undefined, 2)}\n`;
}
