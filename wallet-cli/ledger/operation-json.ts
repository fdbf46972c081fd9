/**
 * Operations as JSON, before a node has seen them: the fields of the ledger's interface, less forms for people.
 * @module
 */
import { toHex } from "../../src/base/bytes.ts";
import { nobleHasher } from "../../src/crypto/hash.ts";
import { formatAddress } from "../../src/protocol/address.ts";
import { assetIdOf } from "../../src/protocol/assets.ts";
import type { AccountId } from "../../src/protocol/ids.ts";
import type { Operation } from "../../src/protocol/operations.ts";
import { policyHash } from "../../src/protocol/policy.ts";
import type { Json } from "../terminal/terminal.ts";

/** @param prefix of the network's addresses. */
export function operationJson(
  { from, body }: Operation,
  sender: AccountId,
  prefix: string,
): { readonly [field: string]: Json } {
  const acting = from ?? sender;
  const said = { kind: body.kind, from: formatAddress(prefix, acting) };
  switch (body.kind) {
    case "transfer":
    case "mint": {
      const { asset, to, amount } = body;
      return { ...said, to: formatAddress(prefix, to), asset, amount: amount.toString() };
    }
    case "burn":
      return { ...said, asset: body.asset, amount: body.amount.toString() };
    case "create-asset": {
      const { code, decimals, name } = body;
      const asset = assetIdOf(nobleHasher, acting, code);
      return { ...said, asset, code, decimals, name, maxSupply: body.maxSupply.toString() };
    }
    case "record": {
      const { topic, key, version, contentHash } = body;
      return { ...said, topic, key, version, contentHash, data: toHex(body.data) };
    }
    case "set-policy": {
      const { threshold, keys } = body.policy;
      const policy = { threshold, keys: keys.map((key) => ({ ...key })) };
      return { ...said, policy, authHash: policyHash(nobleHasher, body.policy) };
    }
    case "set-account":
      return { ...said, requireMemo: body.requireMemo };
    case "vote-membership": {
      const { kind } = body.change;
      return { ...said, change: kind };
    }
    case "vote-parameter":
      return { ...said, parameter: body.parameter, value: body.value.toString() };
  }
}
