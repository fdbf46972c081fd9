/**
 * What `quorate join` does: checks the invitation, asks whether its inviter is the right one, makes the home.
 * @module
 */
import { join as joinPath, resolve } from "node:path";
import { visible } from "../../src/api/visible.ts";
import { formatAddress, parseAddress } from "../../src/protocol/address.ts";
import { formatCheckpoint } from "../../src/protocol/checkpoint.ts";
import { isPlainText } from "../../src/protocol/genesis.ts";
import type { AccountId } from "../../src/protocol/ids.ts";
import type { Invite } from "../../src/protocol/invite.ts";
import { validatorNameBytesMax } from "../../src/protocol/limits.ts";
import { applyOptions, isAddress, type NodeConfig, standardConfig } from "../config.ts";
import { readCarried } from "../genesis-state-file.ts";
import { operatorKeyFile } from "../home.ts";
import { loadInvite } from "../invitation.ts";
import { type Applicant, joinNetwork, requestFile } from "../join-network.ts";
import { localHost } from "../localnet/layout.ts";
import { homeOfNetwork } from "../only-home.ts";
import { Refusal } from "../refusal.ts";
import { note, requireConsent } from "./consent.ts";
import { printResult } from "./result.ts";

export interface JoinFlags {
  readonly name?: string;
  readonly endpoint?: string;
  readonly home?: string;
  readonly operator?: string;
  readonly newOperator?: boolean;
  readonly observer?: boolean;
  readonly p2pPort?: number;
  readonly httpPort?: number;
  readonly genesisState?: string;
  readonly yes?: boolean;
  readonly json?: boolean;
}

export async function join(file: string, flags: JoinFlags): Promise<void> {
  const invite = loadInvite(file);
  const applicant = flags.observer === true ? undefined : applicantOf(flags, invite);
  const folder = resolve(flags.home ?? homeOfNetwork(invite.genesis.networkName));
  const config = configOf(flags, invite, applicant);
  const stateFile = stateFileOf(flags, invite);
  for (const line of shown(invite)) note(line);
  await requireConsent("Is that the network, and the member who invited you?", flags.yes);
  const { identity, request } = await joinNetwork({
    folder,
    invite,
    config,
    applicant,
    stateFile,
  });
  const { genesis, chainId, checkpoint, from } = invite;
  const operator =
    request === undefined ? null : formatAddress(genesis.addressPrefix, request.validator.operator);
  const result = {
    home: folder,
    nodeId: identity.nodeId,
    networkName: genesis.networkName,
    chainId,
    checkpoint: formatCheckpoint(checkpoint),
    invitedBy: from,
    consensusKey: request?.validator.consensusKey ?? null,
    operator,
    operatorKey: applicant?.operator === "new" ? joinPath(folder, operatorKeyFile) : null,
    request: request === undefined ? null : joinPath(folder, requestFile),
    next: nextCommands(folder, request !== undefined),
  };
  printResult(flags.json, result, () =>
    [
      `home      ${folder}`,
      `node      ${identity.nodeId}`,
      ...(operator === null ? [] : [`operator  ${operator}`]),
      ...(result.operatorKey === null
        ? []
        : [`  its key: ${result.operatorKey}. Keep a copy in a safe place`]),
      "",
      "next",
      ...result.next.map((line) => `  ${line}`),
    ].join("\n"),
  );
}

function nextCommands(folder: string, isApplicant: boolean): readonly string[] {
  const start = `quorate start --home ${folder}`;
  if (!isApplicant) return [start];
  const request = joinPath(folder, requestFile);
  return [
    start,
    `hand ${request} to a member (it holds no secret), who votes with`,
    `  quorate membership propose --put ${requestFile}`,
    "and the others with",
    "  quorate membership approve NAME",
  ];
}

/** From whom it is and what it says, so that a person can compare it with what the member told. */
function shown({ genesis, chainId, checkpoint, from, timestampMs, peers }: Invite): string[] {
  const founder = genesis.validators.find(({ consensusKey }) => consensusKey === from.key);
  const standing =
    founder === undefined
      ? "not a validator of the genesis"
      : `${visible(founder.name)}, a validator of the genesis`;
  return [
    `network     ${visible(genesis.networkName)}  ${chainId}`,
    `founders    ${genesis.validators.map(({ name }) => visible(name)).join(", ")}`,
    `invited by  ${visible(from.name)} ${from.keyKind} key ${from.key}`,
    `            ${standing}`,
    "            compare both with what the member has told you in another way",
    `written     ${new Date(Math.min(timestampMs, 8.64e15)).toISOString()}`,
    `checkpoint  #${checkpoint.height}  ${checkpoint.blockId}`,
    `addresses   ${peers.map(visible).join(", ")}`,
  ];
}

function applicantOf(flags: JoinFlags, { genesis }: Invite): Applicant {
  const { name, endpoint } = flags;
  if (name === undefined || endpoint === undefined) {
    throw usage(
      "a validator has a name and an endpoint",
      "Give --name NAME --endpoint HOST:PORT, or --observer.",
    );
  }
  if (!isPlainText(name, { min: 1, max: validatorNameBytesMax })) {
    const fix = `Use 1 to ${validatorNameBytesMax} bytes of visible text.`;
    throw usage(`${JSON.stringify(name)} is no name for a validator`, fix);
  }
  if (!isAddress(endpoint)) {
    throw usage(`"${endpoint}" is no endpoint`, "Give it as HOST:PORT, such as example.org:27000.");
  }
  return { name, endpoint, operator: operatorOf(flags, genesis.addressPrefix) };
}

/** Read here already, so that a wrong file is not found out at the first start. */
function stateFileOf({ genesisState }: JoinFlags, { genesis }: Invite): string | undefined {
  if (genesis.previous === undefined) return undefined;
  if (genesisState === undefined) {
    throw usage(
      "this network goes on from the state of an earlier one",
      "Ask the member for its genesis.state too, and give it with --genesis-state FILE.",
    );
  }
  const carried = readCarried(genesisState, genesis);
  if (!carried.ok) throw usage(carried.reason, "Ask the member for genesis.state again.");
  return genesisState;
}

function operatorOf(flags: JoinFlags, addressPrefix: string): AccountId | "new" {
  const { operator, newOperator } = flags;
  if ((operator === undefined) === (newOperator !== true)) {
    throw usage(
      "a validator has an operator: the account that earns its fees and votes on membership",
      "Give either --operator ADDRESS or --new-operator.",
    );
  }
  if (operator === undefined) return "new";
  const parsed = parseAddress(addressPrefix, operator);
  if (parsed.ok) return parsed.value;
  throw usage(`"${operator}" is no address of this network`, "Check it for a typing error.");
}

const usage = (message: string, fix: string): Refusal =>
  new Refusal({ code: "usage", message, fix });

function configOf(
  flags: JoinFlags,
  { peers }: Invite,
  applicant: Applicant | undefined,
): NodeConfig {
  const endpoint = applicant?.endpoint ?? flags.endpoint;
  const endpoints = endpoint === undefined ? peers : [...peers, endpoint];
  const port = flags.p2pPort ?? portOf(endpoint);
  // A network that knows itself by this machine's own addresses is one for trying things, all on it.
  const isLocal = endpoints.length > 0 && endpoints.every(isLoopback);
  const applied = applyOptions(standardConfig, {
    network: { local: isLocal },
    p2p: {
      ...(isLocal ? { host: localHost } : {}),
      ...(port === undefined ? {} : { port }),
      ...(endpoint === undefined ? {} : { advertise: endpoint }),
    },
    http: flags.httpPort === undefined ? {} : { port: flags.httpPort },
  });
  if (applied.ok) return applied.value;
  throw usage(applied.reason, "Correct the flag of that name.");
}

const isLoopback = (address: string): boolean => /^(127\.|localhost:|\[::1\]:)/.test(address);

const portOf = (address: string | undefined): number | undefined =>
  address === undefined ? undefined : Number(address.slice(address.lastIndexOf(":") + 1));
