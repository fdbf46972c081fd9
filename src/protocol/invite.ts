/**
 * An invitation: one file that brings a new node to the right network, signed by the node that wrote it.
 *
 * It holds the whole genesis, the newest final block that the inviter knew (the checkpoint), and addresses to dial. Its
 * signature says which key vouches for the checkpoint; whether that key deserves it, its reader decides.
 *
 *   InviteBody  checkpoint { height u64, block id [32] } · peers vector ≤ 64 of text ≤ 128 ·
 *               from { name text ≤ 32, keyKind enum { 0 validator, 1 node }, key [32] } · timestampMs u64
 *
 * Signed: domain `quorate/invite/1` ‖ 0 ‖ chain id ‖ BCS(InviteBody). The chain id stands for the genesis.
 * @module
 */
import { fromHex, parseHex, toHex } from "../base/bytes.ts";
import { fail, ok, type Result } from "../base/result.ts";
import {
  type Codec,
  checked,
  encode,
  index,
  mapped,
  struct,
  text,
  u8,
  vector,
} from "../codec/codec.ts";
import { signingBytes } from "../crypto/domains.ts";
import type { Hasher, Signer, Verifier } from "../crypto/ports.ts";
import type { Checkpoint } from "./checkpoint.ts";
import { chainIdOf, formatGenesis, type Genesis, isPlainText, parseGenesis } from "./genesis.ts";
import {
  type BlockId,
  blockIdCodec,
  type ChainId,
  height,
  heightCodec,
  isIdText,
  type PublicKey,
  publicKeyCodec,
} from "./ids.ts";
import {
  type JsonReader,
  parseJson,
  readInteger,
  readList,
  readObject,
  readText,
  refuse,
} from "./json-shape.ts";
import { endpointBytesMax, validatorNameBytesMax } from "./limits.ts";

/** Whose key signs: a validator's consensus key, or the TLS key of a node. */
export type InviterKeyKind = "validator" | "node";

export interface Inviter {
  /** What it calls itself: a validator's name, or empty. */
  readonly name: string;
  readonly keyKind: InviterKeyKind;
  readonly key: PublicKey;
}

export interface InviteBody {
  readonly checkpoint: Checkpoint;
  /** `host:port` of nodes to dial, at most 64. */
  readonly peers: readonly string[];
  readonly from: Inviter;
  /** Unix milliseconds. */
  readonly timestampMs: number;
}

export interface Invite extends InviteBody {
  readonly genesis: Genesis;
  readonly chainId: ChainId;
  /** 64 bytes. */
  readonly signature: Uint8Array;
}

export const invitePeersMax = 64;
/** The largest genesis has 100,000 accounts of about 120 bytes. */
export const inviteBytesMax: number = 32 * 1024 * 1024;

const fileKind = "quorate-invite";
const keyKinds: readonly InviterKeyKind[] = ["validator", "node"];

const keyKindCodec: Codec<InviterKeyKind> = mapped(
  checked(u8, (number) => (number < keyKinds.length ? undefined : "an unknown kind of key")),
  { from: (number) => keyKinds[number] ?? "node", to: (kind) => keyKinds.indexOf(kind) },
);

const inviteBodyCodec: Codec<InviteBody> = struct<InviteBody>({
  checkpoint: struct<Checkpoint>({ height: heightCodec, blockId: blockIdCodec }),
  peers: vector(text({ bytesMax: endpointBytesMax }), { lengthMax: invitePeersMax }),
  from: struct<Inviter>({
    name: text({ bytesMax: validatorNameBytesMax }),
    keyKind: keyKindCodec,
    key: publicKeyCodec,
  }),
  timestampMs: index(),
});

const inviteSigningBytes = (chainId: ChainId, body: InviteBody): Uint8Array =>
  signingBytes("quorate/invite/1", chainId, encode(inviteBodyCodec, pickBody(body)));

const pickBody = ({ checkpoint, peers, from, timestampMs }: InviteBody): InviteBody => ({
  checkpoint,
  peers,
  from,
  timestampMs,
});

/** Signs an invitation with the key that `from` is to name. */
export function signInvite(
  network: { readonly genesis: Genesis; readonly chainId: ChainId },
  body: Omit<InviteBody, "from"> & { readonly from: Omit<Inviter, "key"> },
  signer: Signer,
): Invite {
  const from: Inviter = { ...body.from, key: toHex(signer.publicKey) as PublicKey };
  const full: InviteBody = { ...body, from };
  const signature = signer.sign(inviteSigningBytes(network.chainId, full));
  return { ...full, genesis: network.genesis, chainId: network.chainId, signature };
}

/** The file: indented JSON, ending with a newline. */
export function formatInvite(invite: Invite): string {
  const { genesis, chainId, checkpoint, peers, from, timestampMs, signature } = invite;
  const json = {
    kind: fileKind,
    version: 1,
    networkName: genesis.networkName,
    chainId,
    checkpoint: { height: checkpoint.height, blockId: checkpoint.blockId },
    peers,
    from: { name: from.name, keyKind: from.keyKind, key: from.key },
    timestampMs,
    signature: toHex(signature),
    genesis: JSON.parse(formatGenesis(genesis)) as unknown,
  };
  return `${JSON.stringify(json, undefined, 2)}\n`;
}

export type InviteFlaw =
  | { readonly code: "invite_malformed"; readonly detail: string }
  /** The genesis in it is not that of the chain that it names. */
  | { readonly code: "invite_wrong_genesis"; readonly detail: string }
  /** Somebody changed it, or it was never signed by that key. */
  | { readonly code: "invite_bad_signature"; readonly detail: string };

const readId: JsonReader<string> = (json, place) => {
  const id = readText(json, place);
  return isIdText(id) ? id : refuse(place, "must be 64 lowercase hex digits");
};

const readShortText =
  (bytesMax: number): JsonReader<string> =>
  (json, place) => {
    const value = readText(json, place);
    if (isPlainText(value, { min: 0, max: bytesMax })) return value;
    return refuse(place, `must be at most ${bytesMax} bytes of printable text`);
  };

const readKeyKind: JsonReader<InviterKeyKind> = (json, place) =>
  keyKinds.find((kind) => kind === json) ?? refuse(place, "must be validator or node");

const readExactly =
  <Value>(expected: Value): JsonReader<Value> =>
  (json, place) =>
    json === expected ? expected : refuse(place, `must be ${JSON.stringify(expected)}`);

const readPeers: JsonReader<readonly string[]> = (json, place) => {
  const peers = readList(readShortText(endpointBytesMax))(json, place);
  return peers.length <= invitePeersMax ? peers : refuse(place, `more than ${invitePeersMax}`);
};

const readSignature: JsonReader<Uint8Array> = (json, place) => {
  const bytes = parseHex(readText(json, place));
  return bytes?.length === 64 ? bytes : refuse(place, "must be 128 lowercase hex digits");
};

const readInvite = readObject({
  kind: readExactly(fileKind),
  version: readExactly(1),
  networkName: readText,
  chainId: readId,
  checkpoint: readObject({ height: readInteger, blockId: readId }),
  peers: readPeers,
  from: readObject({
    name: readShortText(validatorNameBytesMax),
    keyKind: readKeyKind,
    key: readId,
  }),
  timestampMs: readInteger,
  signature: readSignature,
  genesis: (json: unknown) => json,
});

/** Reads a file and checks everything that it proves by itself. */
export function openInvite(
  file: string,
  { hasher, verifier }: { readonly hasher: Hasher; readonly verifier: Verifier },
): Result<Invite, InviteFlaw> {
  const read = parseJson(file, readInvite);
  if (!read.ok) return fail({ code: "invite_malformed", detail: read.reason });
  const parsed = parseGenesis(JSON.stringify(read.value.genesis));
  if (!parsed.ok) return fail({ code: "invite_malformed", detail: `genesis: ${parsed.reason}` });
  const genesis = parsed.value;
  const chainId = chainIdOf(hasher, genesis);
  if (chainId !== read.value.chainId || genesis.networkName !== read.value.networkName) {
    const detail = `it names chain ${read.value.chainId}, its genesis is that of ${chainId}`;
    return fail({ code: "invite_wrong_genesis", detail });
  }
  const { checkpoint, peers, from, timestampMs, signature } = read.value;
  const body: InviteBody = {
    checkpoint: { height: height(checkpoint.height), blockId: checkpoint.blockId as BlockId },
    peers,
    from: { ...from, key: from.key as PublicKey },
    timestampMs,
  };
  const message = inviteSigningBytes(chainId, body);
  if (!verifier.verify(signature, message, fromHex(from.key))) {
    const detail = `it does not carry the signature of ${from.key}`;
    return fail({ code: "invite_bad_signature", detail });
  }
  return ok({ ...body, genesis, chainId, signature });
}
