/**
 * The genesis: everything that a network starts from. Its hash is the chain id.
 *
 * Genesis  networkName text ≤ 32 · addressPrefix text ≤ 10 · asset { code text ≤ 12, decimals u8 } · timestampMs u64 ·
 *          parameters · validators · accounts vector { account [32], balance u64 } strictly ascending · previous Option
 *
 * `previous` names the final block of an earlier ledger whose state this one begins with; then `accounts` is empty.
 * People read and write the JSON form, in any order; what is hashed is the BCS form, so white space and order in the
 * text do not matter.
 * @module
 */
import { toHex, utf8 } from "../base/bytes.ts";
import type { Result } from "../base/result.ts";
import {
  type Codec,
  checked,
  encode,
  index,
  option,
  struct,
  text,
  u8,
  u64,
  vector,
} from "../codec/codec.ts";
import { hashWithDomain } from "../crypto/hash.ts";
import { emptyFrontier, frontierRoot } from "../crypto/merkle.ts";
import type { Hasher } from "../crypto/ports.ts";
import { formatAddress, isAddressPrefix, parseAddress } from "./address.ts";
import { type Header, transactionsRootOf } from "./block.ts";
import {
  type AccountId,
  accountIdCodec,
  type BlockId,
  blockIdCodec,
  type ChainId,
  chainIdCodec,
  type Digest,
  digestCodec,
  epoch,
  type Height,
  height,
  heightCodec,
  isIdText,
  noAccount,
  type PublicKey,
  view,
} from "./ids.ts";
import {
  type JsonReader,
  parseJson,
  readAmount,
  readInteger,
  readList,
  readObject,
  readOptional,
  readText,
  refuse,
} from "./json-shape.ts";
import {
  addressPrefixLengthMax,
  amountMax,
  assetCodeLengthMax,
  assetDecimalsMax,
  endpointBytesMax,
  genesisAccountsMax,
  networkNameBytesMax,
  validatorNameBytesMax,
  validatorsMax,
} from "./limits.ts";
import {
  type Parameters,
  parameterList,
  parametersCodec,
  parametersFlaw,
  parametersOf,
  parameterValues,
} from "./parameters.ts";
import {
  type Validator,
  validatorsCodec,
  validatorsFlaw,
  validatorsHash,
} from "./validator-set.ts";

export interface NativeAsset {
  /** 1 to 12 of A–Z and 0–9. */
  readonly code: string;
  /** Places after the point in whole units: 0 to 18. */
  readonly decimals: number;
}

export interface GenesisAccount {
  readonly account: AccountId;
  /** Native base units. */
  readonly balance: bigint;
}

export interface Genesis {
  readonly networkName: string;
  readonly addressPrefix: string;
  readonly asset: NativeAsset;
  /** Unix milliseconds; the time of the genesis block. */
  readonly timestampMs: number;
  readonly parameters: Parameters;
  /** Strictly ascending by consensus key. */
  readonly validators: readonly Validator[];
  /** Strictly ascending by account. */
  readonly accounts: readonly GenesisAccount[];
  /** Undefined: the ledger begins with these accounts and nothing else. */
  readonly previous: Predecessor | undefined;
}

/** The block of an earlier ledger after which this one goes on. */
export interface Predecessor {
  readonly chainId: ChainId;
  readonly height: Height;
  readonly blockId: BlockId;
  /** Root of the state that is carried over; its entries of kinds 4 to 7 are not. */
  readonly stateRoot: Digest;
}

const predecessorCodec: Codec<Predecessor> = struct<Predecessor>({
  chainId: chainIdCodec,
  height: heightCodec,
  blockId: blockIdCodec,
  stateRoot: digestCodec,
});

export const genesisCodec: Codec<Genesis> = checked(
  struct<Genesis>({
    networkName: text({ bytesMin: 1, bytesMax: networkNameBytesMax }),
    addressPrefix: text({ bytesMin: 1, bytesMax: addressPrefixLengthMax }),
    asset: struct<NativeAsset>({
      code: text({ bytesMin: 1, bytesMax: assetCodeLengthMax }),
      decimals: u8,
    }),
    timestampMs: index(),
    parameters: parametersCodec,
    validators: validatorsCodec,
    accounts: vector(struct<GenesisAccount>({ account: accountIdCodec, balance: u64 }), {
      lengthMax: genesisAccountsMax,
    }),
    previous: option(predecessorCodec),
  }),
  genesisFlaw,
);

/** SHA-256(`quorate/genesis/1\0` ‖ BCS(genesis)). */
export function chainIdOf(hasher: Hasher, genesis: Genesis): ChainId {
  const encoded = encode(genesisCodec, genesis);
  return toHex(hashWithDomain(hasher, "quorate/genesis/1", encoded)) as ChainId;
}

const assetCodeText = new RegExp(`^[A-Z0-9]{1,${assetCodeLengthMax}}$`);

/** Whether a text has an encoding: well formed, without U+0000 to U+001F, of this many bytes. */
export function isPlainText(
  value: string,
  limits: { readonly min: number; readonly max: number },
): boolean {
  const length = utf8(value).length;
  if (length < limits.min || length > limits.max || /\p{Surrogate}/u.test(value)) return false;
  return ![...value].some((character) => character < " ");
}

/** What is wrong with a genesis, beginning with the field's name, or undefined. */
export function genesisFlaw(genesis: Genesis): string | undefined {
  const { networkName, addressPrefix, asset, parameters, validators } = genesis;
  if (!isPlainText(networkName, { min: 1, max: networkNameBytesMax })) {
    return `networkName: must be 1 to ${networkNameBytesMax} bytes of printable text`;
  }
  if (!isAddressPrefix(addressPrefix)) {
    return `addressPrefix: must be 1 to ${addressPrefixLengthMax} of a to z`;
  }
  if (!assetCodeText.test(asset.code)) {
    return `asset.code: must be 1 to ${assetCodeLengthMax} of A to Z and 0 to 9`;
  }
  if (asset.decimals > assetDecimalsMax) {
    return `asset.decimals: must be at most ${assetDecimalsMax}`;
  }
  const wrongParameter = parametersFlaw(parameters);
  if (wrongParameter !== undefined) return `parameters: ${wrongParameter}`;
  if (validators.length < 1 || validators.length > validatorsMax) {
    return `validators: must be 1 to ${validatorsMax}`;
  }
  const wrongSet = validatorTextFlaw(validators) ?? validatorsFlaw(validators);
  return wrongSet === undefined ? accountsFlaw(genesis) : `validators: ${wrongSet}`;
}

function validatorTextFlaw(validators: readonly Validator[]): string | undefined {
  for (const [position, { name, endpoint }] of validators.entries()) {
    if (!isPlainText(name, { min: 0, max: validatorNameBytesMax })) {
      return `[${position}].name must be at most ${validatorNameBytesMax} bytes of printable text`;
    }
    if (!isPlainText(endpoint, { min: 0, max: endpointBytesMax })) {
      return `[${position}].endpoint must be at most ${endpointBytesMax} bytes of printable text`;
    }
  }
  return undefined;
}

function accountsFlaw({ accounts, previous: predecessor }: Genesis): string | undefined {
  if (predecessor !== undefined && accounts.length > 0) {
    return "accounts: must be empty where the state of a previous ledger goes on";
  }
  if (accounts.length > genesisAccountsMax) return `accounts: more than ${genesisAccountsMax}`;
  let supply = 0n;
  let previous = "";
  for (const { account, balance } of accounts) {
    if (account <= previous) return "accounts: not strictly ascending by account id";
    previous = account;
    supply += balance;
  }
  return supply > amountMax ? "accounts: the total supply exceeds 2^64 - 1" : undefined;
}

/** The header of the block at height 0, given the root of the state that the genesis describes. */
export function genesisHeader(
  hasher: Hasher,
  genesis: Genesis,
  stateRoot: Digest,
  chainId: ChainId,
): Header {
  const validators = validatorsHash(hasher, genesis.validators);
  return {
    version: Number(genesis.parameters.protocolVersion),
    height: height(0),
    epoch: epoch(0),
    view: view(0),
    parent: chainId as string as BlockId,
    timestampMs: genesis.timestampMs,
    leader: noAccount,
    transactionCount: 0,
    transactionsRoot: transactionsRootOf(hasher, []),
    stateRoot,
    historyRoot: toHex(frontierRoot(hasher, emptyFrontier)) as Digest,
    validatorsHash: validators,
    nextValidatorsHash: validators,
  };
}

const readId: JsonReader<string> = (json, place) => {
  const id = readText(json, place);
  return isIdText(id) ? id : refuse(place, "must be 64 lowercase hex digits");
};

const readParameters: JsonReader<Parameters> = (json, place) => {
  const fields = Object.fromEntries(parameterList.map(({ name }) => [name, readInteger]));
  const given = readObject<Record<string, number>>(fields)(json, place);
  return parametersOf(parameterList.map(({ name }) => BigInt(given[name] ?? 0)));
};

/** A genesis read with addresses still as text: their prefix is only known once all is read. */
const readGenesis = readObject({
  networkName: readText,
  addressPrefix: readText,
  asset: readObject<NativeAsset>({ code: readText, decimals: readInteger }),
  timestampMs: readInteger,
  parameters: readParameters,
  validators: readList(
    readObject({ consensusKey: readId, operator: readText, name: readText, endpoint: readText }),
  ),
  accounts: readList(readObject({ address: readText, balance: readAmount })),
  previous: readOptional(
    readObject({ chainId: readId, height: readInteger, blockId: readId, stateRoot: readId }),
  ),
});

/** Reads the JSON form. The reason of a failure begins with the name of the field. */
export function parseGenesis(json: string): Result<Genesis, string> {
  return parseJson(json, (value, place) => {
    const read = readGenesis(value, place);
    const accountAt = (address: string, at: string): AccountId => {
      const parsed = parseAddress(read.addressPrefix, address);
      return parsed.ok ? parsed.value : refuse(at, `is not an address of ${read.addressPrefix}`);
    };
    const genesis: Genesis = {
      ...read,
      validators: read.validators
        .map((validator, i) => ({
          ...validator,
          consensusKey: validator.consensusKey as PublicKey,
          operator: accountAt(validator.operator, `validators[${i}].operator`),
        }))
        .toSorted((a, b) => (a.consensusKey < b.consensusKey ? -1 : 1)),
      accounts: read.accounts
        .map(({ address, balance }, i) => ({
          account: accountAt(address, `accounts[${i}].address`),
          balance,
        }))
        .toSorted((a, b) => (a.account < b.account ? -1 : 1)),
      previous: read.previous && {
        chainId: read.previous.chainId as ChainId,
        height: height(read.previous.height),
        blockId: read.previous.blockId as BlockId,
        stateRoot: read.previous.stateRoot as Digest,
      },
    };
    const flaw = genesisFlaw(genesis);
    return flaw === undefined ? genesis : refuse("", flaw);
  });
}

/** The JSON form, for people: indented, ending with a newline. */
export function formatGenesis(genesis: Genesis): string {
  const { networkName, addressPrefix, asset, timestampMs, previous } = genesis;
  const values = parameterValues(genesis.parameters);
  const json = {
    networkName,
    addressPrefix,
    asset: { code: asset.code, decimals: asset.decimals },
    timestampMs,
    parameters: Object.fromEntries(parameterList.map(({ name }, i) => [name, Number(values[i])])),
    validators: genesis.validators.map(({ consensusKey, operator, name, endpoint }) => ({
      consensusKey,
      operator: formatAddress(addressPrefix, operator),
      name,
      endpoint,
    })),
    accounts: genesis.accounts.map(({ account, balance }) => ({
      address: formatAddress(addressPrefix, account),
      balance: balance.toString(),
    })),
    previous: previous ?? null,
  };
  return `${JSON.stringify(json, undefined, 2)}\n`;
}
