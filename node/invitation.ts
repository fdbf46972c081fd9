/**
 * Making an invitation from a node's home and what its node tells, and reading one from a file.
 * @module
 */
import { readFileSync, statSync } from "node:fs";
import { describeFailure } from "../src/api/asking.ts";
import type { ClientFailure, NodeClient } from "../src/api/client.ts";
import type { Result } from "../src/base/result.ts";
import { type BlockId, height } from "../src/protocol/ids.ts";
import {
  type Invite,
  type InviteFlaw,
  inviteBytesMax,
  invitePeersMax,
  openInvite,
  signInvite,
} from "../src/protocol/invite.ts";
import { createNativeSigner, nativeHasher, nativeVerifier } from "./adapters/native-crypto.ts";
import { identitySigner } from "./adapters/tls-identity.ts";
import { isAddress } from "./config.ts";
import type { NodeHome } from "./home.ts";
import { exitCodes, Refusal } from "./refusal.ts";

/**
 * An invitation with the newest final block that the asked node knows. It is signed by the home's validator key where
 * the set has it, else by the node's key.
 */
export async function createInvite(home: NodeHome, node: NodeClient): Promise<Invite> {
  const status = requireAnswer(node, await node.status());
  if (status.chainId !== home.chainId) {
    throw new Refusal({
      code: "wrong_chain",
      message: `${node.baseUrl} serves another network than this home`,
      fix: "Name a node of the home's own network with --node.",
      exitCode: exitCodes.disagreement,
    });
  }
  const { items } = requireAnswer(node, await node.validators());
  const { validatorKeys, identity, genesis, chainId, config } = home;
  const voting = items.flatMap(({ name, consensusKey }) => {
    const key = validatorKeys.find(({ publicKey }) => publicKey === consensusKey);
    return key === undefined ? [] : [{ name, key }];
  })[0];
  const peers = [config.p2p.advertise, ...config.p2p.peers, ...items.map((item) => item.endpoint)];
  const { tip } = status;
  return signInvite(
    { genesis, chainId },
    {
      checkpoint: { height: height(tip.height), blockId: tip.id as BlockId },
      peers: [...new Set(peers.filter(isAddress))].slice(0, invitePeersMax),
      from:
        voting === undefined
          ? { name: "", keyKind: "node" }
          : { name: voting.name, keyKind: "validator" },
      timestampMs: Date.now(),
    },
    voting === undefined ? identitySigner(identity) : createNativeSigner(voting.key.seed),
  );
}

function requireAnswer<Value>(node: NodeClient, answer: Result<Value, ClientFailure>): Value {
  if (answer.ok) return answer.value;
  throw new Refusal({
    code: "no_node_reachable",
    message: `${node.baseUrl} does not answer: ${describeFailure(answer.reason)}`,
    fix: "Start the node, or name one that runs with --node URL.",
    exitCode: exitCodes.unreachable,
  });
}

const fixes: Readonly<Record<InviteFlaw["code"], string>> = {
  invite_malformed: "Ask the member for the file that `quorate invite create` wrote.",
  invite_wrong_genesis: "Do not use it: ask the member for a new invitation.",
  invite_bad_signature:
    "Do not use it: it was changed after it was signed. Ask the member for a new one.",
};

/** Reads an invitation and checks everything that it proves by itself. */
export const loadInvite = (path: string): Invite => checkInvite(readInviteText(path), path);

/** The invitation in a file's text; a Refusal names the source. */
export function checkInvite(text: string, source: string): Invite {
  const opened = openInvite(text, { hasher: nativeHasher, verifier: nativeVerifier });
  if (opened.ok) return opened.value;
  const { code, detail } = opened.reason;
  const exitCode = code === "invite_malformed" ? exitCodes.usage : exitCodes.disagreement;
  throw new Refusal({ code, message: `${source}: ${detail}`, fix: fixes[code], exitCode });
}

function readInviteText(path: string): string {
  try {
    if (statSync(path).size > inviteBytesMax) throw new RangeError("it is too large");
    return readFileSync(path, "utf8");
  } catch (error) {
    throw new Refusal({
      code: "invite_unreadable",
      message: `cannot read ${path}: ${(error as Error).message}`,
      fix: "Name the invitation's file.",
      exitCode: exitCodes.notFound,
    });
  }
}
