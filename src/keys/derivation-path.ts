/**
 * Derivation paths: the names of a mnemonic's keys. Apart from derivation.ts, so that naming costs no curve.
 * @module
 */
import { assert } from "../base/assert.ts";

/** The letters QUO, 0x51554f, as SLIP-0044 numbers coins. */
export const coinType = 5_330_255;
/** Of an account, and of any step: hardened indexes take the upper half of 32 bits. */
export const accountIndexMax: number = 2 ** 31 - 1;

const stepsMax = 16;
const hardenedPath = /^m(?:\/(?:0|[1-9]\d{0,9})')*$/;

/** `m/44'/5330255'/INDEX'`: where the account of this index is. */
export function accountPath(index: number): string {
  assert(
    Number.isSafeInteger(index) && index >= 0 && index <= accountIndexMax,
    "an account index is 0 to 2^31 - 1",
  );
  return `m/44'/${coinType}'/${index}'`;
}

/** Whether a text is a path of at most 16 steps, each hardened and in range, without leading zeros. */
export function isHardenedPath(text: string): boolean {
  if (!hardenedPath.test(text)) return false;
  const steps = text.split("/").slice(1);
  return (
    steps.length <= stepsMax && steps.every((step) => Number(step.slice(0, -1)) <= accountIndexMax)
  );
}
