/**
 * A request for membership: what an organisation hands to the members so that they can vote for its validator.
 *
 * It is the content of a Put: the validator's entry, and the signature of its consensus key that shows that somebody
 * holds the key. As a file it is JSON, the operator as an address.
 * @module
 */
import { parseHex, toHex } from "../base/bytes.ts";
import { fail, ok, type Result } from "../base/result.ts";
import type { Verifier } from "../crypto/ports.ts";
import { formatAddress, parseAddress } from "./address.ts";
import { isPlainText } from "./genesis.ts";
import { type ChainId, isIdText, type PublicKey } from "./ids.ts";
import { type JsonReader, parseJson, readObject, readText, refuse } from "./json-shape.ts";
import { endpointBytesMax, validatorNameBytesMax } from "./limits.ts";
import { type PutChange, possessionCheck } from "./membership.ts";

/** Of which network the request is. */
export interface RequestNetwork {
  readonly chainId: ChainId;
  readonly addressPrefix: string;
}

export type RequestFlaw =
  | { readonly code: "request_malformed"; readonly detail: string }
  | { readonly code: "request_wrong_chain"; readonly detail: string }
  /** Whoever wrote it did not hold the consensus key, or the entry was changed since. */
  | { readonly code: "request_bad_possession"; readonly detail: string };

const fileKind = "quorate-membership-request";

export function formatMembershipRequest(network: RequestNetwork, change: PutChange): string {
  const { consensusKey, operator, name, endpoint } = change.validator;
  const json = {
    kind: fileKind,
    chainId: network.chainId,
    validator: {
      name,
      endpoint,
      operator: formatAddress(network.addressPrefix, operator),
      consensusKey,
    },
    possession: toHex(change.possession),
  };
  return `${JSON.stringify(json, undefined, 2)}\n`;
}

const readFields = readObject({
  kind: readText,
  chainId: readText,
  validator: readObject({
    name: readText,
    endpoint: readText,
    operator: readText,
    consensusKey: readText,
  }),
  possession: readText,
});

/** The Put in a file; its possession is checked. */
export function openMembershipRequest(
  file: string,
  network: RequestNetwork,
  verifier: Verifier,
): Result<PutChange, RequestFlaw> {
  const read = parseJson(file, readRequest(network));
  if (!read.ok) return fail({ code: "request_malformed", detail: read.reason });
  if (read.value === "wrong-chain") {
    const detail = `it is for another network than ${network.chainId}`;
    return fail({ code: "request_wrong_chain", detail });
  }
  return checkPossession(read.value, network.chainId, verifier);
}

/** The change, if the key in it has signed it. */
export function checkPossession(
  change: PutChange,
  chainId: ChainId,
  verifier: Verifier,
): Result<PutChange, RequestFlaw> {
  const { signature, message, publicKey } = possessionCheck(chainId, change);
  if (verifier.verify(signature, message, publicKey)) return ok(change);
  const detail = `the consensus key ${change.validator.consensusKey} has not signed this entry`;
  return fail({ code: "request_bad_possession", detail });
}

const readRequest =
  ({ chainId, addressPrefix }: RequestNetwork): JsonReader<PutChange | "wrong-chain"> =>
  (json, place) => {
    const read = readFields(json, place);
    if (read.kind !== fileKind) refuse("kind", `must be ${fileKind}`);
    if (read.chainId !== chainId) return "wrong-chain";
    const { name, endpoint, consensusKey } = read.validator;
    if (!isPlainText(name, { min: 1, max: validatorNameBytesMax })) {
      refuse("validator.name", `must be 1 to ${validatorNameBytesMax} bytes of printable text`);
    }
    if (!isPlainText(endpoint, { min: 0, max: endpointBytesMax })) {
      refuse("validator.endpoint", `must be at most ${endpointBytesMax} bytes of printable text`);
    }
    if (!isIdText(consensusKey)) refuse("validator.consensusKey", "must be 64 hex digits");
    const operator = parseAddress(addressPrefix, read.validator.operator);
    if (!operator.ok) return refuse("validator.operator", "is no address of this network");
    const possession = parseHex(read.possession);
    if (possession?.length !== 64) return refuse("possession", "must be 128 hex digits");
    return {
      kind: "put",
      validator: {
        name,
        endpoint,
        operator: operator.value,
        consensusKey: consensusKey as PublicKey,
      },
      possession,
    };
  };
