/**
 * The garbler: now and then a frame of it is noise, or a message in which something was changed.
 * @module
 */
import { decode, encode } from "../../../src/codec/codec.ts";
import { messageCodec } from "../../../src/protocol/message.ts";
import type { Wrap } from "../world/node.ts";
import type { Random } from "../world/random.ts";
import { tapFrames } from "./outgoing.ts";
import { Voice } from "./voice.ts";

/** One frame in so many. */
const garbledOneIn = 12;

export const garbler: Wrap = (transport, world, number) => {
  const voice = new Voice(world, number);
  const { random } = voice;
  const garble = (frame: Uint8Array): Uint8Array => {
    switch (random.below(5)) {
      case 0:
        return voice.bytes(random.below(200));
      case 1:
        return frame.slice(0, random.below(frame.length));
      case 2:
        return new Uint8Array([...frame, ...voice.bytes(1 + random.below(8))]);
      case 3: {
        const flipped = frame.slice();
        const at = random.below(flipped.length);
        flipped[at] = (flipped[at] ?? 0) ^ (1 << random.below(8));
        return flipped;
      }
      default:
        return changedInside(frame, random) ?? voice.bytes(64);
    }
  };
  return tapFrames(transport, {
    outgoing: (frame) => [random.below(garbledOneIn) === 0 ? garble(frame) : frame],
  });
};

/** The same message with one of its values changed; undefined when that cannot be encoded. */
function changedInside(frame: Uint8Array, random: Random): Uint8Array | undefined {
  const decoded = decode(messageCodec, frame);
  if (!decoded.ok) return undefined;
  try {
    return encode(messageCodec, changeOne(decoded.value, random));
  } catch {
    return undefined; // Out of the range of its type, or of an order that the codec insists on.
  }
}

/** Walks down to one value, and changes that. */
function changeOne<Value>(value: Value, random: Random): Value {
  return changeAny(value, random) as Value;
}

function changeAny(value: unknown, random: Random): unknown {
  if (typeof value === "number") return changeNumber(value, random);
  if (typeof value === "bigint") return value + 1n;
  if (typeof value === "string") return changeText(value, random);
  if (value instanceof Uint8Array) {
    const changed = value.slice();
    const at = random.below(changed.length);
    if (changed.length > 0) changed[at] = (changed[at] ?? 0) ^ 0x55;
    return changed;
  }
  if (Array.isArray(value)) return changeList(value, random);
  if (typeof value !== "object" || value === null) return value;
  const names = Object.keys(value).filter((name) => name !== "kind");
  if (names.length === 0) return value;
  const name = random.pick(names);
  return { ...value, [name]: changeAny(value[name as keyof typeof value], random) };
}

function changeNumber(value: number, random: Random): number {
  const others = [value + 1, value - 1, 0, value + 1_000, Number.MAX_SAFE_INTEGER];
  return random.pick(others);
}

function changeText(value: string, random: Random): string {
  if (value === "") return "x";
  const at = random.below(value.length);
  return `${value.slice(0, at)}${value[at] === "a" ? "b" : "a"}${value.slice(at + 1)}`;
}

function changeList(values: readonly unknown[], random: Random): readonly unknown[] {
  if (values.length === 0) return values;
  const at = random.below(values.length);
  switch (random.below(4)) {
    case 0:
      return values.filter((_, position) => position !== at);
    case 1:
      return [...values, values[at]];
    case 2:
      return values.toReversed();
    default:
      return values.map((value, position) => (position === at ? changeAny(value, random) : value));
  }
}
