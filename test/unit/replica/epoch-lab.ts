/**
 * The epochs of one validator among others, with a ledger that grows as the test says and links on which nothing is
 * said but what the test sends.
 * @module
 */
import { defaultConsensusSettings } from "../../../src/consensus/settings.ts";
import type { Peer } from "../../../src/network/network.ts";
import { type ChainId, type PublicKey, view } from "../../../src/protocol/ids.ts";
import type { Message } from "../../../src/protocol/message.ts";
import type { ConsensusHost } from "../../../src/replica/consensus-driver.ts";
import { Epochs } from "../../../src/replica/epochs.ts";
import { nextEpoch } from "../../../src/replica/open-ledger.ts";
import type { ValidatorIdentity } from "../../../src/replica/ports.ts";
import { type Signatory, signatories } from "../../fixtures/faults.ts";
import { genesisOf, hasher } from "../../fixtures/small-ledger.ts";
import { addressOf, type LabNode as Linked, NetworkLab } from "../network/network-lab.ts";
import { LabNode } from "./fault-lab.ts";

export const epochLength = 10;
/** Our place in the set, and our number in the network. */
export const own = 0;
export const observer = 4;
export const twin = 5;

/** Consensus asks nothing that these tests answer. */
const idle: ConsensusHost = {
  propose: () => {},
  verify: () => {},
  certify: () => {},
  finalized: () => {},
  fetchCertificate: () => {},
  sendVote: () => {},
  spreadCertificate: () => {},
  sendCertificate: () => {},
  passOnVote: () => {},
  fault: () => {},
  entered: () => {},
  nullified: () => {},
  passedOver: () => {},
  ownVoteUnknown: () => {},
  turned: () => {},
};

export class EpochLab {
  readonly lab: NetworkLab;
  readonly node: LabNode;
  readonly members: readonly Signatory[];
  readonly chainId: ChainId;
  readonly linked: Linked;
  /** The other ends, by number: validators have the numbers of their places in the set. */
  readonly others: ReadonlyMap<number, Linked>;

  private constructor(parts: {
    lab: NetworkLab;
    node: LabNode;
    members: readonly Signatory[];
    linked: Linked;
    others: ReadonlyMap<number, Linked>;
  }) {
    const { lab, node, members, linked, others } = parts;
    this.lab = lab;
    this.node = node;
    this.members = members;
    this.chainId = node.ledger.chainId;
    this.linked = linked;
    this.others = others;
  }

  /**
   * Four validators, at the genesis, all linked to us; and besides them an observer, and a node that has our own
   * validator key.
   */
  static async open(options: { readonly latencyMs?: number } = {}): Promise<EpochLab> {
    const { latencyMs = 1 } = options;
    const members = signatories([1, 2, 3, 4]);
    const lab = new NetworkLab();
    lab.latencyMs = latencyMs;
    const genesis = genesisOf({
      balances: [],
      parameters: { epochLength: BigInt(epochLength) },
      validators: members.map(({ validator }, place) => ({
        ...validator,
        endpoint: addressOf(place),
      })),
    });
    const node = await LabNode.open(genesis, lab.clock);
    const numbers = [1, 2, 3, observer, twin];
    const linked = await lab.node({ number: own, keeps: numbers });
    const others = new Map<number, Linked>();
    for (const number of numbers) {
      const signer = members[number === twin ? own : number]?.signer;
      const keys = signer === undefined ? {} : { consensusSigner: signer };
      others.set(number, await lab.node({ number, ...keys }));
    }
    await lab.clock.advance(500 + 8 * latencyMs); // Dialled again, Hello, and the first ping.
    return new EpochLab({ lab, node, members, linked, others });
  }

  get clock(): NetworkLab["clock"] {
    return this.lab.clock;
  }

  keyOf(place: number): PublicKey {
    const validator = this.members[place]?.validator;
    if (validator === undefined) throw new Error("nobody stands there");
    return validator.consensusKey;
  }

  /** The link to this other node, as we have it. */
  peer(number: number): Peer {
    const nodeId = this.others.get(number)?.nodeId;
    const found = this.linked.network.peers.find((peer) => peer.nodeId === nodeId);
    if (found === undefined) throw new Error(`no link to ${number}`);
    return found;
  }

  /** Messages of this kind that have arrived at this other node, oldest first. */
  arrived<Kind extends Message["kind"]>(
    number: number,
    kind: Kind,
  ): readonly Extract<Message, { kind: Kind }>[] {
    const received = this.others.get(number)?.received ?? [];
    return received
      .map(({ message }) => message)
      .filter((message): message is Extract<Message, { kind: Kind }> => message.kind === kind);
  }

  /** Epochs that run with these keys from where the ledger is, at a boundary. */
  epochs(identities: readonly ValidatorIdentity[], host: Partial<ConsensusHost> = {}): Epochs {
    const epochs = new Epochs(
      {
        chainId: this.chainId,
        settings: defaultConsensusSettings,
        identities,
        entriesOf: new Map(),
        first: nextEpoch(hasher, this.node.ledger, this.node.chain),
        lastFinal: { view: view(0) },
      },
      { clock: this.clock },
    );
    const fatal = (error: unknown): void => {
      throw error;
    };
    epochs.connect({ ...idle, ...host }, fatal);
    epochs.give({ kind: "start" });
    return epochs;
  }

  /** The epoch ends, durably, and the next one begins. */
  async turn(epochs: Epochs): Promise<void> {
    await this.node.growTo(epochs.lastHeight);
    this.begin(epochs);
  }

  /** The next epoch begins; the ledger is at its boundary. */
  begin(epochs: Epochs): void {
    epochs.begin(nextEpoch(hasher, this.node.ledger, this.node.chain));
  }
}
