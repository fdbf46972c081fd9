/**
 * Parameters: the numbers that a network agrees on. Part of the genesis and of the state.
 *
 * On the wire: 17 u64 in the order of this list; an entry's position is its number in a VoteParameter.
 * @module
 */
import { type Codec, mapped, struct, u64 } from "../codec/codec.ts";

export interface Parameters {
  readonly protocolVersion: bigint;
  readonly baseFee: bigint;
  readonly feePerByte: bigint;
  readonly accountMinimum: bigint;
  readonly maxBlockBytes: bigint;
  readonly maxTransactionBytes: bigint;
  readonly maxBlockSignatures: bigint;
  /** By operation number 0 to 8; number 0 is charged only for a transfer of another asset than the native one. */
  readonly operationFees: readonly bigint[];
  readonly epochLength: bigint;
}

interface Bounds {
  readonly standard: bigint;
  readonly min: bigint;
  readonly max: bigint;
}

const operationFee: Bounds = { standard: 0n, min: 0n, max: 10n ** 9n };

/** Name, default and hard bounds of each, in wire order. */
export const parameterList: readonly (Bounds & { readonly name: string })[] = [
  { name: "protocolVersion", standard: 1n, min: 1n, max: 1n },
  { name: "baseFee", standard: 0n, min: 0n, max: 10n ** 9n },
  { name: "feePerByte", standard: 0n, min: 0n, max: 10n ** 6n },
  { name: "accountMinimum", standard: 0n, min: 0n, max: 10n ** 12n },
  { name: "maxBlockBytes", standard: 512n * 1024n, min: 64n * 1024n, max: 2048n * 1024n },
  { name: "maxTransactionBytes", standard: 16n * 1024n, min: 16n * 1024n, max: 32n * 1024n },
  { name: "maxBlockSignatures", standard: 4_096n, min: 512n, max: 16_384n },
  ...[
    "transferFee",
    "createAssetFee",
    "mintFee",
    "burnFee",
    "recordFee",
    "setPolicyFee",
    "setAccountFee",
    "voteMembershipFee",
    "voteParameterFee",
  ].map((name) => ({ name, ...operationFee })),
  { name: "epochLength", standard: 1_000n, min: 10n, max: 1_000_000n },
];

/** The newest version of the protocol that this program knows. */
export const protocolVersionSupported = 1;

/** The number of protocolVersion, whose bounds move with it. */
const versionNumber = 0;

const operationCount = 9;
const firstOperationFee = 7;

/** The values in wire order. */
export function parameterValues(p: Parameters): readonly bigint[] {
  return [
    p.protocolVersion,
    p.baseFee,
    p.feePerByte,
    p.accountMinimum,
    p.maxBlockBytes,
    p.maxTransactionBytes,
    p.maxBlockSignatures,
    ...p.operationFees,
    p.epochLength,
  ];
}

/** The inverse of parameterValues; missing values are 0. */
export function parametersOf(values: readonly bigint[]): Parameters {
  const at = (position: number): bigint => values[position] ?? 0n;
  return {
    protocolVersion: at(0),
    baseFee: at(1),
    feePerByte: at(2),
    accountMinimum: at(3),
    maxBlockBytes: at(4),
    maxTransactionBytes: at(5),
    maxBlockSignatures: at(6),
    operationFees: Array.from({ length: operationCount }, (_, i) => at(firstOperationFee + i)),
    epochLength: at(firstOperationFee + operationCount),
  };
}

export const standardParameters: Parameters = parametersOf(
  parameterList.map(({ standard }) => standard),
);

/** Which value is outside its hard bounds, or undefined. */
export function parametersFlaw(parameters: Parameters): string | undefined {
  for (const [position, value] of parameterValues(parameters).entries()) {
    const bounds = parameterList[position];
    if (bounds === undefined) return "too many parameters";
    if (value < bounds.min || value > bounds.max) {
      return `${bounds.name} is ${value}, outside ${bounds.min} to ${bounds.max}`;
    }
  }
  return undefined;
}

/** Why a vote for this value is not taken while these parameters hold, or undefined. */
export function parameterVoteFlaw(
  current: Parameters,
  parameter: number,
  value: bigint,
): "parameter_out_of_bounds" | "parameter_fixed" | "version_not_next" | undefined {
  const bounds = parameterList[parameter];
  if (bounds === undefined) return "parameter_out_of_bounds";
  if (bounds.name === "epochLength") return "parameter_fixed";
  if (parameter === versionNumber) {
    const isNear = value === current.protocolVersion || value === current.protocolVersion + 1n;
    return isNear ? undefined : "version_not_next";
  }
  return value < bounds.min || value > bounds.max ? "parameter_out_of_bounds" : undefined;
}

/** Whether all values are the same. */
export function sameParameters(a: Parameters, b: Parameters): boolean {
  if (a === b) return true;
  const values = parameterValues(b);
  return parameterValues(a).every((value, position) => value === values[position]);
}

/** The same parameters with another value of one; the very same if that is its value. */
export function withParameter(
  parameters: Parameters,
  parameter: number,
  value: bigint,
): Parameters {
  if (parameterValues(parameters)[parameter] === value) return parameters;
  return parametersOf(parameterValues(parameters).with(parameter, value));
}

const names = parameterList.map(({ name }) => name);

export const parametersCodec: Codec<Parameters> = mapped(
  struct<Record<string, bigint>>(Object.fromEntries(names.map((name) => [name, u64]))),
  {
    from: (fields) => parametersOf(names.map((name) => fields[name] ?? 0n)),
    to: (parameters) =>
      Object.fromEntries(parameterValues(parameters).map((value, i) => [names[i] ?? "", value])),
  },
);
