/**
 * Safety, watched from outside: nothing here asks the code under test whether it is right.
 *
 * Votes are seen where they are signed, so also those that no message ever carried; certificates where an honest node
 * sends them; blocks where a node reports them durable and final. Each check is a sentence of the safety argument
 * (docs/protocol.md, "Why it is safe"). Who may vote in an epoch follows from what is final (epoch-sets.ts); what
 * cannot be judged before it is known waits until it is.
 * @module
 */
import { nativeHasher } from "../../../node/adapters/native-crypto.ts";
import { toHex } from "../../../src/base/bytes.ts";
import type { Signer, Verifier } from "../../../src/crypto/ports.ts";
import type { Block, Header } from "../../../src/protocol/block.ts";
import type { Fault } from "../../../src/protocol/fault.ts";
import type { BlockId, ChainId } from "../../../src/protocol/ids.ts";
import type { Validator, ValidatorSet } from "../../../src/protocol/validator-set.ts";
import { type Certificate, verifyCertificate, voteSubject } from "../../../src/protocol/vote.ts";
import type { FoundBlock } from "../../../src/replica/node-queries.ts";
import { EpochSets, type KnownSet } from "./epoch-sets.ts";
import { demand, SafetyViolation } from "./safety-violation.ts";
import { readSignedVote, type SignedVote, VoteRecord } from "./vote-record.ts";

export { SafetyViolation };

export interface CheckerOptions {
  readonly verifier: Verifier;
  readonly chainId: ChainId;
  /** Of epoch 0. */
  readonly validators: ValidatorSet;
  /** Validators that may do anything, by the number that their signers are watched under. */
  readonly faulty: ReadonlySet<number>;
  /** Heights in an epoch; absent: there is one epoch only. */
  readonly epochLength?: number;
  /** Where a list with a hash that is final may be found; without it only epoch 0 is known. */
  readonly nextValidators?: (block: Block) => readonly Validator[];
  /** Told of each vote when it is first signed. */
  readonly voted?: (validator: number, vote: SignedVote) => void;
}

interface FinalBlock {
  readonly id: BlockId;
  readonly header: Header;
}

export class SafetyCheckers {
  readonly #o: CheckerOptions;
  readonly #sets: EpochSets;
  readonly #votes = new VoteRecord();
  /** The number that each consensus key is watched under. */
  readonly #owners = new Map<string, number>();
  readonly #blocks = new Map<number, FinalBlock>();
  readonly #transactions = new Map<string, number>();
  /** What each view made final: proposal by `epoch/view`. */
  readonly #finalSubjects = new Map<string, string>();
  readonly #checkedCertificates = new Set<string>();
  /** What waits until the validators of an epoch are known. */
  readonly #waiting = new Map<number, ((known: KnownSet) => void)[]>();
  #lastHeight = 0;

  constructor(options: CheckerOptions) {
    this.#o = options;
    this.#sets = new EpochSets({
      hasher: nativeHasher,
      epochLength: options.epochLength ?? Number.MAX_SAFE_INTEGER,
      first: options.validators,
    });
  }

  get lastHeight(): number {
    return this.#lastHeight;
  }

  /** The id of the final block at a height, as far as any node has reported it. */
  idAt(height: number): string | undefined {
    return this.#blocks.get(height)?.id;
  }

  headerAt(height: number): Header | undefined {
    return this.#blocks.get(height)?.header;
  }

  heightOf(transaction: string): number | undefined {
    return this.#transactions.get(transaction);
  }

  /** The validators of an epoch, once its boundary is final. */
  setOf(epoch: number): ValidatorSet | undefined {
    return this.#sets.get(epoch)?.set;
  }

  /** The number that a consensus key is watched under. */
  ownerOf(key: string): number | undefined {
    return this.#owners.get(key);
  }

  /** A signer whose every vote is seen. One validator may have several keys. */
  watch(signer: Signer, validator: number): Signer {
    const key = toHex(signer.publicKey);
    this.#owners.set(key, validator);
    return {
      publicKey: signer.publicKey,
      sign: (message) => {
        const vote = readSignedVote(message);
        if (vote !== undefined) this.#signed(key, validator, vote);
        return signer.sign(message);
      },
    };
  }

  /** A node reports a block durable and final. */
  committed(node: number, { block, finalization }: FoundBlock): void {
    const { header, id } = block;
    const { height } = header;
    const known = this.#blocks.get(height);
    if (known === undefined) {
      this.#newBlock(block);
    } else {
      demand(known.id === id, `two final blocks at height ${height} (node ${node})`);
    }
    if (finalization !== undefined) this.#finalized(finalization, { id, header });
  }

  /** An honest node sends a certificate: at least a quorum of valid signatures. */
  certificateSent(node: number, certificate: Certificate): void {
    this.#checkCertificate(certificate, `node ${node}`);
  }

  /** An honest node says that this validator has signed what no honest one signs. */
  faultReported(node: number, validator: number): void {
    const isFaulty = this.#o.faulty.has(validator);
    demand(isFaulty, `node ${node} blames validator ${validator}, which did nothing wrong`);
  }

  /** Nothing was left unjudged. */
  checkEnd(): void {
    const { unknown } = this.#sets;
    const judged = unknown.filter((of) => (this.#waiting.get(of) ?? []).length > 0);
    demand(judged.length === 0, `the validators of epochs ${judged.join()} never became known`);
  }

  #newBlock(block: Block): void {
    const { header, id, transactions } = block;
    const { height } = header;
    this.#blocks.set(height, { id, header });
    for (const transaction of transactions) {
      demand(
        !this.#transactions.has(transaction.id),
        `transaction ${transaction.id} is final twice`,
      );
      this.#transactions.set(transaction.id, height);
      if (transaction.signed.kind === "fault") this.#checkFault(transaction.signed, height);
    }
    this.#lastHeight = Math.max(this.#lastHeight, height);
    const next = this.#o.nextValidators?.(block);
    if (next !== undefined) this.#sets.offer(next);
    for (const epoch of this.#sets.final(header, id)) this.#learned(epoch);
    // A node that crashed between writing and telling leaves a gap; another one fills it.
    this.#checkLink(height);
    this.#checkLink(height + 1);
  }

  /** The ledger holds proof against a validator: it must be one that may do anything. */
  #checkFault({ first }: Fault, height: number): void {
    this.#judge(first.body.epoch, ({ set }) => {
      const accused = this.#owners.get(set.at(first.signer)?.consensusKey ?? "");
      const isFaulty = accused !== undefined && this.#o.faulty.has(accused);
      demand(isFaulty, `block ${height} accuses validator ${accused}, which did nothing wrong`);
    });
  }

  /** The block at a height extends the one below, which was certified, and all views between were nullified. */
  #checkLink(height: number): void {
    const block = this.#blocks.get(height);
    const below = this.#blocks.get(height - 1);
    if (block === undefined || (below === undefined && height > 1)) return;
    const { parent, epoch, view } = block.header;
    if (below !== undefined) {
      demand(parent === below.id, `block ${height} does not extend ${height - 1}`);
    }
    // The first block of an epoch stands on its boundary, which is at view 0.
    const parentView = below?.header.epoch === epoch ? below.header.view : 0;
    demand(parentView < view, `block ${height} is of view ${view}, its parent of ${parentView}`);
    this.#judge(epoch, (known) => {
      const { notarized } = this.#votes.certified(epoch, view, known);
      const where = `final block ${height} of view ${view} of epoch ${epoch}`;
      demand(notarized[0]?.blockId === block.id, `${where} was never notarized there`);
      this.#checkSkipped(epoch, parentView, view, known);
    });
  }

  #checkSkipped(epoch: number, from: number, to: number, known: KnownSet): void {
    for (let view = from + 1; view < to; view += 1) {
      const { isNullified } = this.#votes.certified(epoch, view, known);
      demand(isNullified, `view ${view} of epoch ${epoch} was skipped and never nullified`);
    }
  }

  #finalized(certificate: Certificate, block: FinalBlock): void {
    const { subject } = certificate;
    demand(subject.kind === "finalize", "a finalization is of finalize votes");
    if (subject.kind !== "finalize") return;
    const { epoch, view, parentView, blockId } = subject;
    demand(blockId === block.id, "a finalization names its block");
    demand(epoch === block.header.epoch, "a finalization is of its block's epoch");
    const name = `${epoch}/${view}`;
    const text = `${parentView}/${blockId}`;
    const known = this.#finalSubjects.get(name);
    demand(
      known === undefined || known === text,
      `view ${name} is final with two blocks or parents`,
    );
    this.#checkCertificate(certificate, "a stored finalization");
    if (known !== undefined) return;
    this.#finalSubjects.set(name, text);
    demand(parentView < view, `view ${name} is final on a parent of view ${parentView}`);
    this.#judge(epoch, (set) => {
      this.#checkSkipped(epoch, parentView, view, set);
      if (parentView === 0) return;
      // The parent, or at the end of an epoch the same block, proposed again.
      const [parent] = this.#votes.certified(epoch, parentView, set).notarized;
      const fits = parent?.blockId === block.header.parent || parent?.blockId === blockId;
      demand(fits, `view ${name} is final on view ${parentView}, which certified something else`);
    });
  }

  #checkCertificate(certificate: Certificate, whose: string): void {
    const { subject, signatures } = certificate;
    const name = voteSubject(subject);
    const key = `${name}/${signatures.map(({ signer }) => signer).join()}`;
    if (this.#checkedCertificates.has(key)) return;
    this.#judge(subject.epoch, ({ set: validators }) => {
      const { verifier, chainId } = this.#o;
      const verified = verifyCertificate(certificate, { verifier, chainId, validators });
      demand(verified !== undefined, `${whose}: the certificate ${name} is not valid`);
      this.#checkedCertificates.add(key);
    });
  }

  #signed(key: string, validator: number, vote: SignedVote): void {
    if (!this.#votes.add(key, vote)) return;
    const { epoch, view } = vote;
    this.#o.voted?.(validator, vote);
    const isHonest = !this.#o.faulty.has(validator);
    if (isHonest) this.#votes.checkOwn(key, `validator ${validator}`, vote);
    const known = this.#sets.get(epoch);
    if (known === undefined) return; // Judged when the set is known.
    if (isHonest) this.#checkMember(key, epoch, known);
    this.#votes.checkQuorums(epoch, view, known);
  }

  #checkMember(key: string, epoch: number, known: KnownSet): void {
    const owner = this.#owners.get(key);
    demand(
      known.keys.has(key),
      `validator ${owner} votes in epoch ${epoch} and is no member of it`,
    );
  }

  #learned(epoch: number): void {
    const known = this.#sets.get(epoch);
    if (known === undefined) return;
    for (const key of this.#votes.signersOf(epoch)) {
      const owner = this.#owners.get(key);
      if (owner !== undefined && !this.#o.faulty.has(owner)) this.#checkMember(key, epoch, known);
    }
    for (const view of this.#votes.viewsOf(epoch)) this.#votes.checkQuorums(epoch, view, known);
    const waiting = this.#waiting.get(epoch) ?? [];
    this.#waiting.delete(epoch);
    for (const check of waiting) check(known);
  }

  #judge(epoch: number, check: (known: KnownSet) => void): void {
    const known = this.#sets.get(epoch);
    if (known !== undefined) {
      check(known);
      return;
    }
    const waiting = this.#waiting.get(epoch) ?? [];
    waiting.push(check);
    this.#waiting.set(epoch, waiting);
  }
}
