/**
 * Mutants of the driver's order, the journal's order, and what a journal found on disk is worth.
 * @module
 */
import { inFile, type MutantGroup } from "../mutant.ts";

const driver = inFile("src/replica/consensus-driver.js");
const ordered = inFile("src/storage/ordered-journal.js");
const inspection = inFile("src/storage/journal-inspection.js");
const format = inFile("src/storage/journal-format.js");
const memory = inFile("src/storage/memory-vote-journal.js");
const rules = inFile("src/consensus/voting-rules.js");

const dies = "it dies at each step of its journal";
const cut = "it dies, and the end of its journal is gone";
const elsewhere = "it dies, and finds the journal of a copy that ran on elsewhere";

const onlyVotes = driver(
  "this.#unwritten.push(encode(journalEntryCodec, effect.entry));",
  'if (effect.entry.kind === "vote") this.#unwritten.push(encode(journalEntryCodec, effect.entry));',
);
const goesOn = driver("this.stop();\n        this.#fatal(error);", "this.#turning = false;");
const endsBeforeMark = inspection(
  'if (marked === undefined)\n        return "it ends, or is damaged, before its mark";',
  "if (marked === undefined)\n        return undefined;",
);
const anyMarkedHash = inspection(
  `return equalBytes(marked.hash, mark.hash) ? undefined : "the mark is of another journal";`,
  "return undefined;",
);
const anySequence = format("record.sequence === last.sequence + 1", "true");
const anyPrevious = format("equalBytes(record.previous, last.hash)", "true");

export const driverMutants: MutantGroup = {
  title: "The journal's order",
  mutants: [
    {
      name: "sends before the journal is durable",
      patch: driver(
        "await this.#makeDurable(effects);",
        'for (const effect of effects) if (effect.kind === "vote") this.#perform(effect); await this.#makeDurable(effects);',
      ),
      expects: "double vote",
      by: dies,
    },
    {
      name: "does not wait for the journal",
      patch: driver("await this.#makeDurable(effects);", "this.#makeDurable(effects);"),
      expects: "double vote",
      by: dies,
    },
    {
      name: "does not write the journal",
      patch: driver("await this.#journal.append(entries, this.#position());", ""),
      expects: "double vote",
      by: dies,
    },
    {
      name: "lets votes wait like other entries",
      patch: driver('isPromise ||= effect.entry.kind === "vote";', ""),
      expects: "double vote",
      by: dies,
    },
    {
      name: "continues without a journal that failed",
      patch: driver(
        "await this.#journal.append(entries, this.#position());",
        "await this.#journal.append(entries, this.#position()).catch(() => undefined);",
      ),
      expects: "double vote",
      by: "its disk refuses each step of its journal",
    },
    {
      name: "a journal takes entries after a write to it failed",
      patch: ordered("this.#isBroken = true; // Until it went well.", ""),
      behind: [goesOn],
      expects: "stall",
      by: "its disk refuses each step of its journal",
    },
    {
      name: "writes votes without the certificates that led to them, and nullifies what it finalized",
      patch: rules("!own.nullified && own.finalized === undefined;", "!own.nullified;"),
      behind: [onlyVotes],
      expects: "double vote",
      says: "nullify and finalize",
      by: dies,
    },
    {
      name: "the journal is not synced",
      patch: ordered("await this.#files.sync();", ""),
      expects: "stall",
      by: dies,
    },
    {
      name: "the mark is written before the journal is synced",
      patch: ordered(
        `await this.#files.sync();
            this.#length += records.bytes.length;
            await this.#mark(records);`,
        `await this.#mark(records);
            await this.#files.sync();
            this.#length += records.bytes.length;`,
      ),
      expects: "stall",
      by: dies,
    },
    {
      name: "the mark is not synced before the vote is sent",
      patch: ordered("await this.#files.syncMark();", ""),
      expects: "double vote",
      by: cut,
    },
    {
      name: "the mark is not written",
      patch: ordered(
        "await this.#files.writeMark(slotOffset(slot), encodeSlot(this.#hasher, head));",
        "",
      ),
      expects: "double vote",
      by: cut,
    },
    {
      name: "the mark has one slot",
      patch: ordered("const slot = this.#slot === 0 ? 1 : 0;", "const slot = 0;"),
      expects: "double vote",
      by: cut,
    },
    {
      name: "the chain of hashes stands still",
      patch: ordered("this.#slot = slot;\n        this.#head = head;", "this.#slot = slot;"),
      expects: "stall",
      by: dies,
    },
    {
      name: "a pruned journal's mark is not written",
      patch: ordered(
        "this.#length = records.bytes.length;\n            await this.#mark(records);",
        "this.#length = records.bytes.length;",
      ),
      expects: "stall",
      by: "it dies at each step, with a pruning on the way",
    },
    {
      name: "what lies beyond the mark is said again before the mark reaches it",
      patch: memory("if (!sound.isMarkBehind)\n            return sound;", "return sound;"),
      expects: "double vote",
      by: "it dies, says its votes again, dies, and the end of its journal is gone",
    },
    {
      name: "a renewal writes the mark before the journal",
      patch: ordered(
        "await this.#files.replace(journal);\n        await this.#files.replaceMark(mark);",
        "await this.#files.replaceMark(mark);\n        await this.#files.replace(journal);",
      ),
      expects: "double vote",
      by: "it dies at each step of renewing a damaged journal",
    },
  ],
};

export const inspectionMutants: MutantGroup = {
  title: "What a journal is worth",
  mutants: [
    {
      name: "one that ends before its mark is sound",
      patch: endsBeforeMark,
      expects: "double vote",
      by: cut,
    },
    {
      name: "one that begins after its mark is sound",
      patch: inspection(
        'if (mark.sequence < first.sequence)\n        return "entries after the mark are missing";',
        "",
      ),
      behind: [endsBeforeMark],
      expects: "double vote",
      by: "it dies, and finds the pruned journal of a copy that ran on elsewhere",
    },
    {
      name: "one whose mark names another record is sound",
      patch: anyMarkedHash,
      expects: "double vote",
      by: elsewhere,
    },
    {
      name: "a rewritten one that continues another record than the mark's is sound",
      patch: inspection(
        'return equalBytes(first.previous, mark.hash) ? undefined : "the mark is of another journal";',
        "return undefined;",
      ),
      expects: "double vote",
      by: elsewhere,
    },
    {
      name: "one without a journal file is a new one",
      patch: inspection(
        'return fail("the journal is gone, its mark is there");',
        "return ok({ entries: [], head: readMark(hasher, content.mark).mark, length: 0, isTorn: false, isMarkBehind: false, slot: 0, markEpoch: 0 });",
      ),
      expects: "double vote",
      by: "it dies, and its journal is gone",
    },
    {
      name: "one without a mark file is as long as it is",
      patch: inspection(
        'return fail("the mark is gone");',
        "return ok({ entries: readRecords(hasher, content.journal).slice(1).map(({ payload }) => payload), head: readRecords(hasher, content.journal).at(-1), length: content.journal.length, isTorn: false, isMarkBehind: false, slot: 0, markEpoch: 0 });",
      ),
      expects: "double vote",
      by: "it dies, and its mark and the end of its journal are gone",
    },
    {
      name: "one without a valid slot of its mark is as long as it is",
      patch: inspection(
        "const marked = readMark(hasher, content.mark);",
        "const marked = readMark(hasher, content.mark) ?? { mark: { ...readRecords(hasher, content.journal)[0] }, slot: 0 };",
      ),
      expects: "double vote",
      by: "it dies, its mark is torn, and the end of its journal is gone",
    },
    {
      name: "the older slot of the mark counts",
      patch: format("second.sequence > first.sequence", "second.sequence < first.sequence"),
      expects: "double vote",
      by: cut,
    },
    {
      name: "a torn slot of the mark is valid",
      patch: format(
        "if (!equalBytes(checksum, slotChecksum(hasher, body)))\n        return undefined;",
        "",
      ),
      expects: "stall",
      by: dies,
    },
    {
      name: "one of another key is sound",
      patch: inspection("named.consensusKey !== identity.consensusKey", "false"),
      expects: "double vote",
      by: "it dies, and finds the journal of another key",
    },
    {
      name: "one of another chain is sound",
      patch: inspection("named.chainId !== identity.chainId", "false"),
      expects: "double vote",
      by: "it dies, and finds its journal of another chain",
    },
    {
      name: "one that was rewritten, and has lost some of it, is sound",
      patch: inspection("entries < named.entries ?", "false ?"),
      expects: "double vote",
      by: "it dies, and the end of its pruned journal is gone",
    },
    {
      name: "one with a gap in its sequence is sound",
      patch: anySequence,
      behind: [anyPrevious, anyMarkedHash],
      expects: "double vote",
      by: "it dies, and a record of its journal is gone",
    },
    {
      name: "one with a gap in its chain of hashes is sound",
      patch: anyPrevious,
      behind: [anySequence, anyMarkedHash],
      expects: "double vote",
      by: "it dies, and a record of its journal is gone",
    },
    {
      name: "a record with a wrong checksum is sound",
      patch: format(
        "if (!equalBytes(checksum, hash.subarray(0, checksumBytes)))\n        return undefined;",
        "",
      ),
      behind: [anyMarkedHash],
      expects: "double vote",
      by: "it dies, and a byte of its journal has flipped",
    },
  ],
};
