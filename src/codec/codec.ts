/**
 * A codec says what the bytes of a type are; decode is the one door from bytes to values.
 *
 * Codecs are built from the few shapes below, so a type's bytes are read off its declaration, and one
 * value has exactly one encoding.
 * @module
 */
import { assert } from "../base/assert.ts";
import { fail, ok, type Result } from "../base/result.ts";
import { DecodeError, Reader } from "./reader.ts";
import { Writer } from "./writer.ts";

export interface Codec<Value> {
  read(reader: Reader): Value;
  write(writer: Writer, value: Value): void;
}

export function encode<Value>(codec: Codec<Value>, value: Value): Uint8Array {
  const writer = new Writer();
  codec.write(writer, value);
  return writer.finish();
}

export function decode<Value>(codec: Codec<Value>, bytes: Uint8Array): Result<Value, DecodeError> {
  const reader = new Reader(bytes);
  try {
    const value = codec.read(reader);
    reader.end();
    return ok(value);
  } catch (error) {
    if (error instanceof DecodeError) return fail(error);
    throw error; // A bug in the codec is not the peer's fault.
  }
}

export const u8: Codec<number> = { read: (r) => r.u8(), write: (w, value) => w.u8(value) };
export const u16: Codec<number> = { read: (r) => r.u16(), write: (w, value) => w.u16(value) };
export const u32: Codec<number> = { read: (r) => r.u32(), write: (w, value) => w.u32(value) };
export const u64: Codec<bigint> = { read: (r) => r.u64(), write: (w, value) => w.u64(value) };
export const bool: Codec<boolean> = { read: (r) => r.bool(), write: (w, value) => w.bool(value) };

/** A u64 on the wire, a safe integer in code. The brand is the caller's. */
export function index<Brand extends number = number>(): Codec<Brand> {
  return { read: (r) => r.index() as Brand, write: (w, value) => w.index(value) };
}

/** A fixed number of bytes, held as lowercase hex. The brand is the caller's. */
export function hex<Brand extends string>(length: number): Codec<Brand> {
  return { read: (r) => r.hex(length) as Brand, write: (w, value) => w.hex(value, length) };
}

export function fixed(length: number): Codec<Uint8Array> {
  return {
    read: (r) => r.fixed(length),
    write(w, value) {
      assert(value.length === length, "fixed bytes have their stated length");
      w.fixed(value);
    },
  };
}

export function bytes(limits: { readonly lengthMax: number }): Codec<Uint8Array> {
  return {
    read: (r) => r.fixed(r.length(limits.lengthMax)),
    write(w, value) {
      assert(value.length <= limits.lengthMax, "bytes are within their limit");
      w.length(value.length);
      w.fixed(value);
    },
  };
}

export function text(limits: {
  readonly bytesMin?: number;
  readonly bytesMax: number;
}): Codec<string> {
  return {
    read(r) {
      const value = r.text(limits.bytesMax);
      if (limits.bytesMin !== undefined && value.length < limits.bytesMin) {
        throw new DecodeError("text is too short");
      }
      return value;
    },
    write: (w, value) => w.text(value, limits.bytesMax),
  };
}

export function vector<Item>(
  item: Codec<Item>,
  limits: { readonly lengthMin?: number; readonly lengthMax: number },
): Codec<readonly Item[]> {
  const lengthMin = limits.lengthMin ?? 0;
  return {
    read(r) {
      const length = r.length(limits.lengthMax);
      if (length < lengthMin) throw new DecodeError(`length ${length} below ${lengthMin}`);
      // Every item is at least a byte, so a length beyond what is left is refused unallocated.
      if (length > r.left) throw new DecodeError("unexpected end of bytes");
      const items: Item[] = [];
      for (let i = 0; i < length; i += 1) items.push(item.read(r));
      return items;
    },
    write(w, items) {
      assert(
        items.length >= lengthMin && items.length <= limits.lengthMax,
        "a vector is in bounds",
      );
      w.length(items.length);
      for (const value of items) item.write(w, value);
    },
  };
}

export function option<Value>(codec: Codec<Value>): Codec<Value | undefined> {
  return {
    read: (r) => (r.bool() ? codec.read(r) : undefined),
    write(w, value) {
      w.bool(value !== undefined);
      if (value !== undefined) codec.write(w, value);
    },
  };
}

/** Fields in the order in which they are declared. */
export function struct<Fields extends object>(
  fields: {
    readonly [Name in keyof Fields]-?: Codec<Fields[Name]>;
  },
): Codec<Fields> {
  const entries = Object.entries(fields) as [keyof Fields & string, Codec<unknown>][];
  return {
    read(r) {
      const value: Record<string, unknown> = {};
      for (const [name, codec] of entries) value[name] = codec.read(r);
      return value as Fields;
    },
    write(w, value) {
      for (const [name, codec] of entries) codec.write(w, value[name]);
    },
  };
}

/**
 * An enum: its number, then the fields of that variant. In code a variant is an object whose `kind` is
 * the variant's name. `undefined` reserves a number: it does not decode.
 */
export function variants<Union extends { readonly kind: string }>(
  list: readonly (Variant<Union> | undefined)[],
): Codec<Union> {
  const indexOfKind = new Map<string, number>();
  for (const [position, variant] of list.entries()) {
    if (variant !== undefined) indexOfKind.set(variant.kind, position);
  }
  return {
    read(r) {
      const position = r.length(0xffff_ffff);
      const variant = list[position];
      if (variant === undefined) throw new DecodeError(`unknown variant ${position}`);
      return { kind: variant.kind, ...variant.fields.read(r) } as unknown as Union;
    },
    write(w, value) {
      const position = indexOfKind.get(value.kind) ?? -1;
      const variant = list[position];
      assert(variant !== undefined, "a variant is declared");
      w.length(position);
      variant.fields.write(w, value);
    },
  };
}

export interface Variant<Union extends { readonly kind: string }> {
  readonly kind: Union["kind"];
  readonly fields: Codec<object>;
}

/** A declared variant; checks that the fields are those of the union's member with this kind. */
export function variant<Union extends { readonly kind: string }, Kind extends Union["kind"]>(
  kind: Kind,
  fields: Codec<Omit<Extract<Union, { readonly kind: Kind }>, "kind">>,
): Variant<Union> {
  return { kind, fields: fields as Codec<object> };
}

/** A value whose bytes are an inner type's, seen as another type: a newtype, a checked struct. */
export function mapped<Inner, Outer>(
  inner: Codec<Inner>,
  forms: { readonly from: (value: Inner) => Outer; readonly to: (value: Outer) => Inner },
): Codec<Outer> {
  return {
    read: (r) => forms.from(inner.read(r)),
    write: (w, value) => inner.write(w, forms.to(value)),
  };
}

/** Adds a rule that the shape alone cannot say; a value that breaks it does not decode. */
export function checked<Value>(
  inner: Codec<Value>,
  rule: (value: Value) => string | undefined,
): Codec<Value> {
  return {
    read(r) {
      const value = inner.read(r);
      const broken = rule(value);
      if (broken !== undefined) throw new DecodeError(broken);
      return value;
    },
    write: inner.write,
  };
}
