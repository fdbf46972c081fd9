/**
 * Edge cases of Ed25519 verification, built so that the verdict follows from the construction.
 *
 * With T of order 8, secret scalars a and r, A = aB + iT, R = rB + jT, k = SHA-512(R ‖ A ‖ message) mod L and
 * S = r + ka mod L, the cofactorless equation SB = R + kA holds exactly if j + ki = 0 mod 8; the cofactored
 * one always holds. So these cases tell the strict rule from ZIP 215 and from RFC 8032 with cofactor.
 * The arithmetic is written from RFC 8032 section 5.1 and shares nothing with the code under test.
 * @module
 */
import { createHash } from "node:crypto";

export interface CaseGroup {
  readonly name: string;
  /** Each: public key, signature, message, in hex, with a space between. */
  readonly cases: readonly string[];
  /** Bit n (most significant first) is set when case n is accepted; hex, padded with zero bits. */
  readonly accepted: string;
}

interface Point {
  readonly x: bigint;
  readonly y: bigint;
  readonly z: bigint;
  readonly t: bigint;
}

interface Case {
  readonly key: Uint8Array;
  readonly signature: Uint8Array;
  readonly message: Uint8Array;
  readonly accept: boolean;
}

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");

const p = 2n ** 255n - 19n;
const order = 2n ** 252n + 27742317777372353535851937790883648493n;
const mod = (n: bigint, m = p): bigint => ((n % m) + m) % m;

function power(base: bigint, exponent: bigint): bigint {
  let result = 1n;
  for (let b = mod(base), e = exponent; e > 0n; b = mod(b * b), e >>= 1n) {
    if (e % 2n === 1n) result = mod(result * b);
  }
  return result;
}

const inverse = (n: bigint): bigint => power(n, p - 2n);
const d = mod(-121665n * inverse(121666n));
const rootOfMinusOne = power(2n, (p - 1n) / 4n);
const zero: Point = { x: 0n, y: 1n, z: 1n, t: 0n };

/** RFC 8032 section 5.1.4. */
function add(a: Point, b: Point): Point {
  const aa = mod((a.y - a.x) * (b.y - b.x));
  const bb = mod((a.y + a.x) * (b.y + b.x));
  const cc = mod(2n * a.t * b.t * d);
  const dd = mod(2n * a.z * b.z);
  const [e, f, g, h] = [bb - aa, dd - cc, dd + cc, bb + aa];
  return { x: mod(e * f), y: mod(g * h), z: mod(f * g), t: mod(e * h) };
}

function times(n: bigint, point: Point): Point {
  let result = zero;
  for (let power2 = point, rest = n; rest > 0n; power2 = add(power2, power2), rest >>= 1n) {
    if (rest % 2n === 1n) result = add(result, power2);
  }
  return result;
}

/** The point with this y and an even x, if there is one (section 5.1.3). */
function pointAt(y: bigint): Point | undefined {
  const x2 = mod((y * y - 1n) * inverse(d * y * y + 1n));
  let x = power(x2, (p + 3n) / 8n);
  if (mod(x * x) !== x2) x = mod(x * rootOfMinusOne);
  if (mod(x * x) !== x2) return undefined;
  if (x % 2n === 1n) x = p - x;
  return { x, y, z: 1n, t: mod(x * y) };
}

function mustBe<Value>(value: Value | undefined): Value {
  if (value === undefined) throw new Error("the construction has no such point");
  return value;
}

const littleEndian = (n: bigint): Uint8Array =>
  Uint8Array.from({ length: 32 }, (_, i) => Number((n >> BigInt(8 * i)) & 255n));

const fromLittleEndian = (bytes: Uint8Array): bigint =>
  bytes.reduceRight((value, byte) => value * 256n + BigInt(byte), 0n);

const encodeAs = (y: bigint, sign: bigint): Uint8Array => littleEndian(y + (sign << 255n));

function encode(point: Point): Uint8Array {
  const z = inverse(point.z);
  return encodeAs(mod(point.y * z), mod(point.x * z) % 2n);
}

const base = mustBe(pointAt(mod(4n * inverse(5n))));

function findTorsion(): Point {
  for (let y = 2n; ; y += 1n) {
    const point = pointAt(y);
    if (point === undefined) continue;
    const torsion = times(order, point);
    if (hex(encode(times(4n, torsion))) !== hex(encode(zero))) return torsion;
  }
}

const torsion = findTorsion();
const sha512 = (...parts: Uint8Array[]): Uint8Array =>
  createHash("sha512").update(Buffer.concat(parts)).digest();
const ascii = (text: string): Uint8Array => Buffer.from(text, "ascii");
const secretOf = (label: string): bigint => fromLittleEndian(sha512(ascii(label))) % order;

const canonicalSmall: Uint8Array[] = [];
for (let i = 0n; i < 8n; i += 1n) canonicalSmall.push(encode(times(i, torsion)));
/** The other encodings of y = 1, −1 and 0 that fit in 255 bits, or that say "x = 0 with sign". */
const otherSmall = [
  encodeAs(1n, 1n),
  encodeAs(p - 1n, 1n),
  encodeAs(p, 0n),
  encodeAs(p, 1n),
  encodeAs(p + 1n, 0n),
  encodeAs(p + 1n, 1n),
];

interface Recipe {
  readonly a: bigint;
  readonly r: bigint;
  readonly i: bigint;
  readonly j: bigint;
  readonly message: Uint8Array;
}

/** The case of the header; `holds` says whether the cofactorless equation does. */
function sign(recipe: Recipe): Case & { readonly holds: boolean; readonly s: bigint } {
  const { a, r, i, j, message } = recipe;
  const key = encode(add(times(a, base), times(i, torsion)));
  const encodedR = encode(add(times(r, base), times(j, torsion)));
  const k = fromLittleEndian(sha512(encodedR, key, message)) % order;
  const s = (r + k * a) % order;
  const holds = (j + k * i) % 8n === 0n;
  const signature = Buffer.concat([encodedR, littleEndian(s)]);
  return { key, signature, message, holds, s, accept: holds && a !== 0n && r !== 0n };
}

/** Both points of small order, in all encodings, S = 0: ZIP 215 accepts each, the strict rule none. */
function smallOrder(): Case[] {
  const encodings = [...canonicalSmall, ...otherSmall];
  return encodings.flatMap((key) =>
    encodings.map((encodedR) => ({
      key,
      signature: Buffer.concat([encodedR, littleEndian(0n)]),
      message: ascii("Zcash"),
      accept: false,
    })),
  );
}

/** A and R with a part of large order and each of the 8 torsion parts. */
function mixedOrder(): Case[] {
  return torsionPairs(3, (i, j, n) => ({
    a: secretOf(`a${n}`),
    r: secretOf(`r${n}`),
    i,
    j,
    message: ascii(`mixed ${n}`),
  }));
}

/** Only R, or only A, is of small order; whether or not the equation holds. */
function oneSmallOrder(): Case[] {
  return [
    ...torsionPairs(1, (i, j) => ({ a: secretOf("a"), r: 0n, i, j, message: ascii("small R") })),
    ...torsionPairs(1, (i, j) => ({ a: 0n, r: secretOf("r"), i, j, message: ascii("small A") })),
  ];
}

function torsionPairs(
  rounds: number,
  recipe: (i: bigint, j: bigint, round: number) => Recipe,
): Case[] {
  const cases: Case[] = [];
  for (let round = 0; round < rounds; round += 1) {
    for (let i = 0n; i < 8n; i += 1n) {
      for (let j = 0n; j < 8n; j += 1n) cases.push(sign(recipe(i, j, round)));
    }
  }
  return cases;
}

/** A valid signature with S + nL in place of S: as long as it fits, n = 0 alone is accepted. */
function unreducedS(): Case[] {
  const cases: Case[] = [];
  for (let round = 0; round < 4; round += 1) {
    const valid = sign({
      a: secretOf(`a${round}`),
      r: secretOf(`r${round}`),
      i: 0n,
      j: 0n,
      message: ascii(`malleable ${round}`),
    });
    for (let n = 0n; valid.s + n * order < 2n ** 256n; n += 1n) {
      const encodedS = littleEndian(valid.s + n * order);
      const signature = Buffer.concat([valid.signature.subarray(0, 32), encodedS]);
      cases.push({ ...valid, signature, accept: n === 0n });
    }
  }
  return cases;
}

/** A valid signature, then the same with bytes missing or in excess, in the signature or in the key. */
function lengths(): Case[] {
  const recipe = { a: secretOf("a"), r: secretOf("r"), i: 0n, j: 0n, message: ascii("lengths") };
  const valid = sign(recipe);
  const resize = (bytes: Uint8Array, length: number): Uint8Array =>
    Uint8Array.from({ length }, (_, i) => bytes[i] ?? 0);
  const signatures = [0, 1, 32, 63, 64, 65, 96, 128].map((length) => ({
    ...valid,
    signature: resize(valid.signature, length),
    accept: length === 64,
  }));
  const keys = [0, 1, 31, 32, 33, 40, 64].map((length) => ({
    ...valid,
    key: resize(valid.key, length),
    accept: length === 32,
  }));
  return [...signatures, ...keys];
}

/** A valid signature with one bit flipped, everywhere that is told apart: signature, key, message. */
function flippedBits(): Case[] {
  const recipe = { a: secretOf("a"), r: secretOf("r"), i: 0n, j: 0n, message: ascii("flipped") };
  const valid = sign(recipe);
  const flip = (bytes: Uint8Array, bit: number): Uint8Array =>
    bytes.map((byte, i) => (i === bit >> 3 ? byte ^ (1 << (bit & 7)) : byte));
  const every = (bits: number, step: number): number[] =>
    Array.from({ length: Math.ceil(bits / step) }, (_, n) => n * step);
  return [
    ...every(512, 7).map((bit) => ({ ...valid, signature: flip(valid.signature, bit) })),
    ...every(256, 7).map((bit) => ({ ...valid, key: flip(valid.key, bit) })),
    ...every(56, 9).map((bit) => ({ ...valid, message: flip(valid.message, bit) })),
  ].map((flipped) => ({ ...flipped, accept: false }));
}

function groupOf(name: string, cases: readonly Case[]): CaseGroup {
  const accepted = new Uint8Array(Math.ceil(cases.length / 8));
  for (const [n, { accept }] of cases.entries()) {
    if (accept) accepted[n >> 3] = (accepted[n >> 3] ?? 0) | (0x80 >> (n & 7));
  }
  return {
    name,
    cases: cases.map(({ key, signature, message }) => [key, signature, message].map(hex).join(" ")),
    accepted: hex(accepted),
  };
}

export const constructCases = (): CaseGroup[] => [
  groupOf("small order A and R, all encodings", smallOrder()),
  groupOf("mixed order A and R", mixedOrder()),
  groupOf("small order A or R", oneSmallOrder()),
  groupOf("S not reduced", unreducedS()),
  groupOf("wrong lengths", lengths()),
  groupOf("flipped bits", flippedBits()),
];
