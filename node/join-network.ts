/**
 * From an invitation to a home: genesis, config with the checkpoint and peers, keys, and the request for membership.
 *
 * The home appears whole or not at all; a request is never there without the key that it names.
 * @module
 */
import { randomBytes } from "node:crypto";
import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { formatCheckpoint } from "../src/protocol/checkpoint.ts";
import type { AccountId } from "../src/protocol/ids.ts";
import type { Invite } from "../src/protocol/invite.ts";
import { type PutChange, signPossession } from "../src/protocol/membership.ts";
import { formatMembershipRequest } from "../src/protocol/membership-request.ts";
import type { Validator } from "../src/protocol/validator-set.ts";
import { createNativeSigner } from "./adapters/native-crypto.ts";
import { createNodeIdentity, type NodeIdentity } from "./adapters/tls-identity.ts";
import { applyOptions, isAddress, type NodeConfig } from "./config.ts";
import { createHome, homeExists, operatorKeyFile } from "./home.ts";
import { createOperatorKey } from "./operator-key.ts";
import { type SecretKey, secretKeyOf } from "./validator-key.ts";

/** What the organisation's validator is to be called and where it is reached; `new` makes the operator's key too. */
export interface Applicant {
  readonly name: string;
  readonly endpoint: string;
  readonly operator: AccountId | "new";
}

export interface JoinOptions {
  readonly folder: string;
  readonly invite: Invite;
  /** Everything but what the invitation says. */
  readonly config: NodeConfig;
  /** Undefined: an observer. */
  readonly applicant: Applicant | undefined;
  /** The state that the network's genesis goes on from, where it does. */
  readonly stateFile?: string | undefined;
}

export interface JoinedHome {
  readonly folder: string;
  readonly identity: NodeIdentity;
  /** What the members are asked to vote for; undefined for an observer. */
  readonly request: PutChange | undefined;
}

export const requestFile = "membership-request.json";

/** Throws a Refusal when the folder is there already. */
export async function joinNetwork(options: JoinOptions): Promise<JoinedHome> {
  const { folder, invite, applicant } = options;
  if (existsSync(folder)) throw homeExists(folder);
  mkdirSync(dirname(folder), { recursive: true });
  const draft = join(dirname(folder), `.${process.pid}-joining`);
  rmSync(draft, { recursive: true, force: true });
  const identity = await createNodeIdentity();
  const validatorKey =
    applicant === undefined ? undefined : secretKeyOf(new Uint8Array(randomBytes(32)));
  await createHome(draft, {
    genesis: invite.genesis,
    config: joiningConfig(options),
    identity,
    validatorKeys: validatorKey === undefined ? [] : [validatorKey],
    stateFile: options.stateFile,
  });
  const request =
    applicant === undefined || validatorKey === undefined
      ? undefined
      : makeRequest(draft, invite, applicant, validatorKey);
  renameSync(draft, folder);
  return { folder, identity, request };
}

function joiningConfig({ invite, config }: JoinOptions): NodeConfig {
  const { advertise, peers } = config.p2p;
  const isOther = (peer: string): boolean => isAddress(peer) && peer !== advertise;
  const known = new Set([...peers, ...invite.peers].filter(isOther));
  const applied = applyOptions(config, {
    network: { checkpoint: formatCheckpoint(invite.checkpoint) },
    p2p: { peers: [...known].slice(0, peersMax) },
  });
  if (!applied.ok) throw new RangeError(applied.reason);
  return applied.value;
}

/** As many as a config takes. */
const peersMax = 64;

function makeRequest(
  folder: string,
  { chainId, genesis }: Invite,
  { name, endpoint, operator }: Applicant,
  key: SecretKey,
): PutChange {
  const account =
    operator === "new" ? createOperatorKey(join(folder, operatorKeyFile)).account : operator;
  const validator: Validator = { consensusKey: key.publicKey, operator: account, name, endpoint };
  const network = { chainId, addressPrefix: genesis.addressPrefix };
  return saveRequest(folder, network, validator, key);
}

/** Signs the entry with its own key and writes `<home>/membership-request.json`, whole. */
export function saveRequest(
  folder: string,
  network: Parameters<typeof formatMembershipRequest>[0],
  validator: Validator,
  key: SecretKey,
): PutChange {
  const possession = signPossession(network.chainId, validator, createNativeSigner(key.seed));
  const change: PutChange = { kind: "put", validator, possession };
  const path = join(folder, requestFile);
  writeFileSync(`${path}.new`, formatMembershipRequest(network, change));
  renameSync(`${path}.new`, path);
  return change;
}
