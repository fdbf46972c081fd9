/**
 * What a replica needs from its host, and the few shapes that its parts share.
 * @module
 */
import type { Clock } from "../base/clock.ts";
import type { Log } from "../base/log.ts";
import type { Result } from "../base/result.ts";
import type { Hasher, Signer, Verifier } from "../crypto/ports.ts";
import type { CarriedState } from "../ledger/carried-state.ts";
import type { Transport } from "../network/transport.ts";
import type { SignatureCheck } from "../protocol/authorization.ts";
import type { Genesis } from "../protocol/genesis.ts";
import type { BlockId, ChainId, Height, NodeId } from "../protocol/ids.ts";
import type { Store } from "../storage/store.ts";
import type { VoteJournal } from "../storage/vote-journal.ts";

/** Checks many signatures away from the loop; answers in order. Rejects when its queue is full. */
export interface SignaturePool {
  verify(checks: readonly SignatureCheck[]): Promise<readonly boolean[]>;
}

/** A validator's key with the journal that was made for it. */
export interface ValidatorIdentity {
  readonly signer: Signer;
  readonly journal: VoteJournal;
}

export interface ReplicaPorts {
  readonly store: Store;
  readonly transport: Transport;
  readonly clock: Clock;
  readonly log: Log;
  readonly hasher: Hasher;
  /** For the few checks that the loop makes itself: votes and certificates. */
  readonly verifier: Verifier;
  readonly signatures: SignaturePool;
  /** 0 ≤ x < 1, for jitter only. */
  readonly random: () => number;
  /** Called once when the replica must not go on: a failed write, damaged storage. The host ends the process. */
  readonly fatal: (error: unknown) => void;
}

export interface ReplicaOptions {
  readonly genesis: Genesis;
  readonly chainId: ChainId;
  /** For a genesis with a predecessor: its state, which is asked for only when the store is empty. */
  readonly carried?: (() => Promise<Result<CarriedState, string>>) | undefined;
  readonly nodeId: NodeId;
  /** The keys that this node may vote with, each in the epochs whose set names it; none for an observer. */
  readonly validators: readonly ValidatorIdentity[];
  /** A block that the ledger must contain: a history without it is refused. */
  readonly checkpoint?: { readonly height: Height; readonly blockId: BlockId } | undefined;
  /** `host:port` addresses to dial, besides the validators' endpoints. */
  readonly addresses: readonly string[];
  /** `host:port` that others may dial. */
  readonly listenAddress: string | undefined;
  readonly agent: string;
  /** Local networks: peers may tell of addresses of this machine. */
  readonly loopbackExempt?: boolean | undefined;
}

/** Runs a generator to its end, giving way to other work at each yield. */
export async function runInSteps<Value>(
  steps: Generator<void, Value>,
  clock: Clock,
): Promise<Value> {
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
    await new Promise<void>((resolve) => clock.after(0, resolve));
  }
}
