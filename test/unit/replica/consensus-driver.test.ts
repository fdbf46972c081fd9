/**
 * Write before you speak: nothing of a turn leaves before its votes are in the journal.
 * @module
 */
import { describe, expect, test } from "vitest";
import { toHex } from "../../../src/base/bytes.ts";
import { decode } from "../../../src/codec/codec.ts";
import { Consensus } from "../../../src/consensus/consensus.ts";
import { journalEntryCodec } from "../../../src/consensus/journal-entry.ts";
import { defaultConsensusSettings } from "../../../src/consensus/settings.ts";
import { createNobleSigner } from "../../../src/crypto/ed25519.ts";
import { nobleHasher } from "../../../src/crypto/hash.ts";
import {
  type AccountId,
  type BlockId,
  type ChainId,
  epoch,
  type PublicKey,
  validatorIndex,
  view,
} from "../../../src/protocol/ids.ts";
import { ValidatorSet } from "../../../src/protocol/validator-set.ts";
import { ConsensusDriver, type ConsensusHost } from "../../../src/replica/consensus-driver.ts";
import type { VoteJournal } from "../../../src/storage/vote-journal.ts";

const chainId = "c0".repeat(32) as ChainId;
const block = "b1".repeat(32) as BlockId;

/** A journal whose appends are done when the test says so. */
class HeldJournal implements VoteJournal {
  readonly state = { kind: "sound", entries: [] } as const;
  readonly markEpoch = 0;
  readonly written: string[][] = [];
  #waiting: { readonly done: () => void; readonly failed: (error: Error) => void }[] = [];

  append(entries: readonly Uint8Array[]): Promise<void> {
    this.written.push(entries.map(nameOf));
    return new Promise((done, failed) => this.#waiting.push({ done, failed }));
  }

  rewrite(): Promise<void> {
    return Promise.resolve();
  }

  renew(): Promise<void> {
    return Promise.reject(new Error("a sound journal is not renewed"));
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  release(): void {
    for (const { done } of this.#waiting.splice(0)) done();
  }

  break(): void {
    for (const { failed } of this.#waiting.splice(0)) failed(new Error("the disk is full"));
  }
}

function nameOf(entry: Uint8Array): string {
  const decoded = decode(journalEntryCodec, entry);
  if (!decoded.ok) return "unreadable";
  const { value } = decoded;
  if (value.kind === "vote") return `vote ${value.body.kind}`;
  return value.kind === "certificate"
    ? `certificate ${value.certificate.subject.kind}`
    : "certified";
}

/** A network of one validator: its own votes are a quorum, so one payment shows every step. */
function aloneDriver() {
  const signer = createNobleSigner(new Uint8Array(32).fill(5));
  const validators = new ValidatorSet({
    hasher: nobleHasher,
    epoch: epoch(0),
    boundary: "0".repeat(64) as BlockId,
    validators: [
      {
        consensusKey: toHex(signer.publicKey) as PublicKey,
        operator: "1".repeat(64) as AccountId,
        name: "alone",
        endpoint: "",
      },
    ],
  });
  const consensus = new Consensus({
    epoch: epoch(0),
    boundary: "0".repeat(64) as BlockId,
    validators,
    self: validatorIndex(0),
    settings: defaultConsensusSettings,
    lastFinal: { view: view(0) },
    entries: [],
  });
  const sent: string[] = [];
  const failures: unknown[] = [];
  const journal = new HeldJournal();
  const host: ConsensusHost = {
    propose: (of) => driver.give({ kind: "proposed", view: of, blockId: block }),
    verify: (proposal) => driver.give({ kind: "verified", proposal, verdict: "valid" }),
    certify: (proposal) => driver.give({ kind: "certified", proposal, result: "ok" }),
    finalized: () => sent.push("finalized"),
    fetchCertificate: () => {},
    sendVote: ({ body }) => sent.push(`vote ${body.kind}`),
    sendCertificate: () => {},
    spreadCertificate: ({ subject }) => sent.push(`certificate ${subject.kind}`),
    fault: () => {},
    entered: () => {},
    nullified: () => {},
    passedOver: () => {},
    passOnVote: () => {},
    ownVoteUnknown: () => {},
    turned: () => {},
  };
  const clock = { wallMs: () => 0, monotonicMs: () => 0, after: () => () => {} };
  const driver: ConsensusDriver = new ConsensusDriver(
    { consensus, chainId, voter: { signer, position: validatorIndex(0) }, journal },
    { host, clock, fatal: (error) => failures.push(error) },
  );
  driver.give({ kind: "start" });
  driver.give({ kind: "work", view: view(1), sinceMs: 0, pacingMs: 0 });
  return { driver, journal, sent, failures };
}

/** Lets every promise that can settle do so. */
const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe("the consensus driver", () => {
  test("sends a vote only when the journal holds it, and what follows from it after that", async () => {
    const { journal, sent } = aloneDriver();
    await settled();
    expect([journal.written, sent]).toEqual([[["vote notarize"]], []]);
    journal.release();
    await settled();
    expect(sent).toEqual(["vote notarize", "certificate notarize"]);
  });

  test("writes a certificate with the next own vote, before it, and does not wait for the disk to pass it on", async () => {
    const { journal, sent } = aloneDriver();
    await settled();
    journal.release();
    await settled();
    expect(sent).toContain("certificate notarize");
    expect(journal.written.at(-1)).toEqual(["certificate notarize", "certified", "vote finalize"]);
    expect(sent).not.toContain("vote finalize");
    journal.release();
    await settled();
    expect(sent).toEqual([
      "vote notarize",
      "certificate notarize",
      "vote finalize",
      "certificate finalize",
      "finalized",
    ]);
  });

  test("ends the replica when the journal cannot be written, and sends nothing of that turn or later", async () => {
    const { driver, journal, sent, failures } = aloneDriver();
    await settled();
    journal.break();
    await settled();
    driver.give({ kind: "retry" });
    await settled();
    expect(sent).toEqual([]);
    expect(failures).toHaveLength(1);
  });
});
