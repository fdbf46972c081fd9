/**
 * The flooder: asks and announces without end, on every link. The greedy one goes far over every allowance; the patient
 * one stays below them, so that nobody closes the link.
 * @module
 */
import { createNativeSigner, nativeHasher } from "../../../node/adapters/native-crypto.ts";
import type { Link } from "../../../src/network/transport.ts";
import { type ContentHash, epoch, height, type NodeId, view } from "../../../src/protocol/ids.ts";
import type { Message } from "../../../src/protocol/message.ts";
import { accountIdOf, singleKeyPolicy } from "../../../src/protocol/policy.ts";
import { nameTransaction, signWithSingleKey } from "../../../src/protocol/transaction.ts";
import { transfer } from "../world/client.ts";
import { startWallMs } from "../world/network-of-nodes.ts";
import type { Wrap } from "../world/node.ts";
import type { World } from "../world/world.ts";
import { say, tapMessages } from "./outgoing.ts";
import { Voice } from "./voice.ts";

interface Rate {
  readonly everyMs: number;
  readonly roundsAtOnce: number;
}

export const greedyFlooder: Wrap = floodAt({ everyMs: 50, roundsAtOnce: 20 });
export const patientFlooder: Wrap = floodAt({ everyMs: 100, roundsAtOnce: 1 });

function floodAt(rate: Rate): Wrap {
  return (transport, world, number) => {
    const voice = new Voice(world, number);
    const ready = new Set<Link>();
    const pour = (link: Link): void => {
      if (!ready.has(link)) return;
      for (let i = 0; i < rate.roundsAtOnce; i += 1) {
        for (const message of torrent(voice, world)) say(link, message);
      }
      world.timeline.after(rate.everyMs, () => pour(link));
    };
    return tapMessages(transport, {
      outgoing: (message, link) => {
        // Not before the own hello is out: that would be no flood but a fault.
        if (message.kind !== "hello" && !ready.has(link)) {
          ready.add(link);
          world.timeline.after(rate.everyMs, () => pour(link));
        }
        return [message];
      },
      closed: (link) => ready.delete(link),
    });
  };
}

/** One of each kind that a peer may send unasked. */
function torrent(voice: Voice, world: World): readonly Message[] {
  const { random } = voice;
  const lately = Math.max(1, world.checkers.lastHeight - random.below(50));
  return [
    { kind: "transactions-announce", hashes: manyHashes(voice) },
    { kind: "transactions", transactions: [unfunded(voice, world)] },
    { kind: "transactions-request", hashes: manyHashes(voice) },
    { kind: "block-request", blockId: voice.nowhere() },
    { kind: "block-transactions-request", blockId: voice.nowhere(), indexes: [0, 1, 2] },
    { kind: "block", blockId: voice.nowhere(), block: undefined },
    { kind: "blocks-request", from: height(lately), count: 128 },
    { kind: "certificate-request", epoch: epoch(0), view: view(1 + random.below(1_000)) },
    farVote(voice),
    ...(random.below(50) === 0 ? [strangers(voice)] : []),
  ];
}

const manyHashes = (voice: Voice): readonly ContentHash[] =>
  Array.from({ length: 16 }, () => voice.nowhere() as string as ContentHash);

/** Addresses at which nobody is. */
function strangers(voice: Voice): Message {
  const peers = Array.from({ length: 16 }, () => {
    const nodeId = voice.nowhere() as string as NodeId;
    return { nodeId, address: `nobody-${voice.random.below(100_000)}:27000` };
  });
  return { kind: "peers", peers };
}

/** Well signed, in a view that is far away: nobody may keep it. */
function farVote(voice: Voice): Message {
  const of = view(1_000_000 + voice.random.below(1_000_000));
  return { kind: "votes", votes: [voice.sign({ kind: "nullify", epoch: epoch(0), view: of })] };
}

/** Well signed by an account that has never had anything. */
function unfunded(voice: Voice, world: World): Uint8Array {
  const { chainId, wallets } = world.network;
  const signer = createNativeSigner(voice.bytes(32));
  const policy = singleKeyPolicy(signer.publicKey);
  const sender = accountIdOf(nativeHasher, policy);
  const expiryMs = Math.floor(startWallMs + world.timeline.nowMs) + 3_600_000;
  const to = wallets[0]?.account ?? sender;
  const payment = transfer({ chainId, sender, to, nonce: 0, amount: 1n, expiryMs });
  const signed = signWithSingleKey(chainId, payment, policy, signer);
  return nameTransaction(nativeHasher, chainId, signed).bytes;
}
