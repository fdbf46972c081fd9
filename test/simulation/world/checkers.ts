/**
 * Safety, watched from outside: nothing here asks the code under test whether it is right.
 *
 * Votes are seen where they are signed, so also those that no message ever carried; blocks where a node reports them
 * durable and final. Each check is a sentence of the safety argument (docs/protocol.md, "Why it is safe").
 * @module
 */
import { decode } from "../../../src/codec/codec.ts";
import type { Signer, Verifier } from "../../../src/crypto/ports.ts";
import type { ChainId } from "../../../src/protocol/ids.ts";
import type { ValidatorSet } from "../../../src/protocol/validator-set.ts";
import { type Certificate, proposalCodec, verifyCertificate } from "../../../src/protocol/vote.ts";
import type { FoundBlock } from "../../../src/replica/node-queries.ts";

/** Something that must never happen has happened. */
export class SafetyViolation extends Error {
  override readonly name = "SafetyViolation";
}

interface ViewVotes {
  /** Signers by subject: `notarize <proposal>`, `nullify`, `finalize <proposal>`. */
  readonly signers: Map<string, Set<number>>;
}

const voteDomain = /^quorate\/(notarize|nullify|finalize)\/1$/;

export class SafetyCheckers {
  readonly #quorum: number;
  readonly #verification: {
    readonly verifier: Verifier;
    readonly chainId: ChainId;
    readonly validators: ValidatorSet;
  };
  readonly #faulty: ReadonlySet<number>;
  readonly #views = new Map<number, ViewVotes>();
  readonly #blockAt = new Map<number, { readonly id: string; readonly parent: string }>();
  readonly #transactions = new Map<string, number>();
  readonly #finalSubjects = new Map<number, string>();
  readonly #checkedCertificates = new Set<string>();
  #lastHeight = 0;

  constructor(options: {
    readonly verifier: Verifier;
    readonly chainId: ChainId;
    readonly validators: ValidatorSet;
    /** Validators that may do anything. */
    readonly faulty: ReadonlySet<number>;
  }) {
    this.#quorum = options.validators.quorum;
    this.#verification = options;
    this.#faulty = options.faulty;
  }

  get lastHeight(): number {
    return this.#lastHeight;
  }

  /** The id of the final block at a height, as far as any node has reported it. */
  idAt(height: number): string | undefined {
    return this.#blockAt.get(height)?.id;
  }

  heightOf(transaction: string): number | undefined {
    return this.#transactions.get(transaction);
  }

  /** A signer whose every vote is seen. */
  watch(signer: Signer, validator: number): Signer {
    return {
      publicKey: signer.publicKey,
      sign: (message) => {
        this.#signed(validator, message);
        return signer.sign(message);
      },
    };
  }

  /** A node reports a block durable and final. */
  committed(node: number, { block, finalization }: FoundBlock): void {
    const { height, parent } = block.header;
    const known = this.#blockAt.get(height);
    if (known === undefined) {
      this.#blockAt.set(height, { id: block.id, parent });
      for (const { id } of block.transactions) {
        require(!this.#transactions.has(id), `transaction ${id} is final twice`);
        this.#transactions.set(id, height);
      }
    } else {
      require(known.id === block.id, `two final blocks at height ${height} (node ${node})`);
    }
    const below = this.#blockAt.get(height - 1);
    require(below === undefined ||
      below.id === parent, `block ${height} does not extend ${height - 1}`);
    this.#lastHeight = Math.max(this.#lastHeight, height);
    if (finalization !== undefined) this.#finalized(finalization, block.id);
  }

  #finalized(certificate: Certificate, blockId: string): void {
    const { subject } = certificate;
    require(subject.kind === "finalize", "a finalization is of finalize votes");
    if (subject.kind !== "finalize") return;
    require(subject.blockId === blockId, "a finalization names its block");
    const text = `${subject.parentView}/${subject.blockId}`;
    const known = this.#finalSubjects.get(subject.view) ?? text;
    require(known === text, `view ${subject.view} is final with two blocks or two parents`);
    this.#finalSubjects.set(subject.view, text);
    const key = `${text}/${certificate.signatures.map(({ signer }) => signer).join()}`;
    if (this.#checkedCertificates.has(key)) return;
    this.#checkedCertificates.add(key);
    const verified = verifyCertificate(certificate, this.#verification);
    require(verified !== undefined, `the finalization of view ${subject.view} is not valid`);
  }

  #signed(validator: number, message: Uint8Array): void {
    const end = message.indexOf(0);
    const domain = new TextDecoder().decode(message.subarray(0, end));
    const kind = voteDomain.exec(domain)?.[1];
    if (kind === undefined) return;
    const payload = message.subarray(end + 1 + 32);
    const { view, subject } = readPayload(kind, payload);
    const votes = this.#votesIn(view);
    const signers = votes.signers.get(subject) ?? new Set();
    signers.add(validator);
    votes.signers.set(subject, signers);
    if (!this.#faulty.has(validator)) this.#checkOwn(validator, view, votes);
    this.#checkQuorums(view, votes);
  }

  /** An honest validator notarizes one proposal a view, finalizes one, and never both nullifies and finalizes. */
  #checkOwn(validator: number, view: number, votes: ViewVotes): void {
    const own = [...votes.signers].filter(([, signers]) => signers.has(validator));
    const count = (kind: string): number => own.filter(([key]) => key.startsWith(kind)).length;
    const who = `validator ${validator} in view ${view}`;
    require(count("notarize") <= 1, `${who} notarized two proposals`);
    require(count("finalize") <= 1, `${who} finalized two proposals`);
    require(count("nullify") + count("finalize") <= 1, `${who} nullified and finalized`);
  }

  /** S1: one notarization a view. S2: no view is both finalized and nullified. Finalization implies notarization. */
  #checkQuorums(view: number, votes: ViewVotes): void {
    const quorums = [...votes.signers]
      .filter(([, signers]) => signers.size >= this.#quorum)
      .map(([subject]) => subject);
    const notarized = quorums.filter((subject) => subject.startsWith("notarize"));
    const finalized = quorums.filter((subject) => subject.startsWith("finalize"));
    require(notarized.length <= 1, `view ${view} has two notarizations`);
    require(finalized.length <= 1, `view ${view} has two finalizations`);
    if (finalized.length === 0) return;
    require(!quorums.includes("nullify"), `view ${view} is finalized and nullified`);
    const same = finalized[0]?.slice("finalize".length) === notarized[0]?.slice("notarize".length);
    require(same, `view ${view} is finalized but not notarized`);
  }

  #votesIn(view: number): ViewVotes {
    const known = this.#views.get(view);
    if (known !== undefined) return known;
    const votes: ViewVotes = { signers: new Map() };
    this.#views.set(view, votes);
    return votes;
  }
}

function readPayload(kind: string, payload: Uint8Array): { view: number; subject: string } {
  if (kind === "nullify") {
    const view = new DataView(payload.buffer, payload.byteOffset).getBigUint64(8, true);
    return { view: Number(view), subject: "nullify" };
  }
  const decoded = decode(proposalCodec, payload);
  if (!decoded.ok) throw new SafetyViolation(`a signed ${kind} does not decode`);
  const { view, parentView, blockId } = decoded.value;
  return { view, subject: `${kind} ${parentView} ${blockId}` };
}

function require(condition: boolean, violated: string): void {
  if (!condition) throw new SafetyViolation(violated);
}
