/**
 * The forger of headers: a leader whose blocks say something untrue in one field or another of the header.
 * @module
 */
import type { Header } from "../../../src/protocol/block.ts";
import { type AccountId, type Digest, epoch, height, view } from "../../../src/protocol/ids.ts";
import type { Wrap } from "../world/node.ts";
import { tamperingLeader } from "./tampering-leader.ts";
import type { Voice } from "./voice.ts";

const hour = 3_600_000;

const lies: readonly ((header: Header, voice: Voice) => Partial<Header>)[] = [
  ({ version }) => ({ version: version + 1 }),
  (header) => ({ height: height(header.height + 1) }),
  (header) => ({ height: height(Math.max(1, header.height - 1)) }),
  (header) => ({ epoch: epoch(header.epoch + 1) }),
  (header) => ({ view: view(header.view + 1) }),
  (_, voice) => ({ parent: voice.nowhere() }),
  ({ timestampMs }) => ({ timestampMs: timestampMs + hour }),
  ({ timestampMs }) => ({ timestampMs: timestampMs - hour }),
  (_, voice) => ({ leader: voice.nowhere() as string as AccountId }),
  (_, voice) => ({ historyRoot: voice.nowhere() as string as Digest }),
  (_, voice) => ({ validatorsHash: voice.nowhere() as string as Digest }),
  (_, voice) => ({ nextValidatorsHash: voice.nowhere() as string as Digest }),
];

export const headerForger: Wrap = tamperingLeader({
  change: ({ header, hashes }, { voice }) => {
    const lie = voice.random.pick(lies);
    return { header: { ...header, ...lie(header, voice) }, hashes };
  },
  shownTo: () => true,
});
