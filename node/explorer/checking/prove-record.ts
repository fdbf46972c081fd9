/**
 * A version of a record: the transaction that wrote it, and which version the state has as the newest.
 * @module
 */
import { memoJson } from "../../../src/api/content-json.ts";
import { paths } from "../../../src/api/paths.ts";
import type { RecordNowJson, RecordVersionJson } from "../../../src/api/record-json.ts";
import { ok } from "../../../src/base/result.ts";
import { type Included, proveInclusion } from "../../../src/client/inclusion.ts";
import { proveState } from "../../../src/client/proven-state.ts";
import { formatAddress, parseAddress } from "../../../src/protocol/address.ts";
import type { AccountId } from "../../../src/protocol/ids.ts";
import type { RecordEntry } from "../../../src/protocol/records.ts";
import { readRecord, recordKey } from "../../../src/protocol/state.ts";
import { isSigned } from "../../../src/protocol/transaction.ts";
import { countText } from "../words/formats.ts";
import { type Difference, differences, differenceWords } from "./differences.ts";
import { failureOf, type Outcome } from "./outcome.ts";
import { proveNow } from "./prove-state.ts";
import { signatureFlaw } from "./prove-transaction.ts";
import type { Scene } from "./scene.ts";
import { keepShown } from "./shown-lie.ts";
import { trustTitles } from "./trust-steps.ts";
import type { Titles, Way } from "./way.ts";

export const recordTitles: Titles = [
  ["signature", "Its account wrote this version"],
  ["shown", "The newest version is that of the state"],
  ["place", "The entry is in the state of a block"],
  ...trustTitles,
];

export async function proveRecord(scene: Scene, shown: RecordNowJson, way: Way): Promise<Outcome> {
  const { genesis } = scene.network;
  const account = parseAddress(genesis.addressPrefix, shown.address);
  if (!account.ok || !isName(shown.topic) || !isName(shown.key)) {
    const why = "What is shown names no record of this network.";
    return { kind: "false", why, step: "shown", nodes: [] };
  }
  const written = await proveWritten(scene, shown, way);
  if (written !== undefined) return written;
  const { topic, key, version } = shown;
  return await proveNow(
    scene,
    {
      shown,
      askAgain: () => scene.options.ask(paths.record(shown, version)),
      compare: compareNewest,
      prove: async () => {
        const state = await proveState(scene.client, [recordKey(account.value, topic, key)]);
        if (!state.ok) return state;
        const { standing, entries } = state.value;
        const entry = readRecord(entries, account.value, topic, key);
        return ok({ standing, derived: entry ?? none });
      },
    },
    way,
    undefined,
  );
}

/** What the state has of a record that nobody has written. */
const none = { version: 0, contentHash: "", height: 0 } as const;

/** That its transaction is final and wrote just this. Undefined: it did. */
async function proveWritten(
  scene: Scene,
  shown: RecordNowJson,
  way: Way,
): Promise<Outcome | undefined> {
  const { client, page, timeoutMs, options } = scene;
  const { transaction } = shown;
  if (transaction === null) {
    if (scene.network.genesis.previous === undefined || shown.data !== null) {
      const why = "The node shows a version of a record, and no transaction that wrote it.";
      return { kind: "false", why, step: "signature", nodes: [] };
    }
    if (shown.version === shown.newest) {
      await way.word("signature", "The ledger that this one continues holds the transaction.");
      return undefined;
    }
    const why = "This version was written in the ledger that this one continues: ask there.";
    return { kind: "open", why, isOld: false, nodes: [] };
  }
  const ask = { timeoutMs, signal: options.left };
  const reply = await proveInclusion(client, page, transaction.id, ask);
  if (reply.kind !== "included") return { ...failureOf(reply), nodes: [] };
  const flaw = signatureFlaw(scene, reply.named);
  if (flaw !== undefined) return { kind: "false", why: flaw, step: "signature", nodes: [] };
  const found = recordDifferences(shown, reply, scene.network.genesis.addressPrefix);
  if (found.length === 0) {
    const { height, index } = transaction;
    const where = `${countText(index + 1)} in block #${countText(height)}`;
    await way.good("signature", `Transaction ${transaction.id}, number ${where}, wrote it.`);
    return undefined;
  }
  const why = `The node shows what was not written. ${differenceWords(found)}.`;
  const words = [{ node: page, tone: "bad" as const, words: "", evidence: undefined }];
  const nodes = await keepShown(scene, why, shown, { words, raw: reply.raw });
  return { kind: "false", why, step: "signature", nodes };
}

/** In what the version differs from the operation that wrote it. */
export function recordDifferences(
  { newest: _, tip: __, ...shown }: RecordNowJson,
  { named, proven, index }: Pick<Included, "named" | "proven" | "index">,
  prefix: string,
): readonly Difference[] {
  const { header, blockId } = proven;
  const { height, timestampMs } = header;
  const transaction = { id: named.id, height, index, blockId, timestampMs };
  const written = isSigned(named)
    ? named.signed.transaction.operations.flatMap(({ from, body }): RecordVersionJson[] => {
        if (body.kind !== "record") return [];
        const { topic, key, version, contentHash, data } = body;
        const account: AccountId = from ?? named.signed.transaction.sender;
        const address = formatAddress(prefix, account);
        const entry = { address, topic, key, version, contentHash, height };
        return [{ ...entry, data: memoJson(data), transaction }];
      })
    : [];
  const own = written.find(
    ({ address, topic, key, version }) =>
      address === shown.address &&
      topic === shown.topic &&
      key === shown.key &&
      version === shown.version,
  );
  return differences(shown, own ?? written[0], "");
}

/** What the answer says of the newest version, against the state's entry. */
export function compareNewest(
  { newest, version, contentHash, height }: RecordNowJson,
  entry: RecordEntry | typeof none,
): readonly Difference[] {
  if (version !== entry.version) return differences({ newest }, { newest: entry.version });
  return differences(
    { newest, contentHash, height },
    { ...entry, newest: entry.version, version: undefined },
  );
}

/** 1 to 64 bytes; what the state's keys can hold. */
function isName(text: string): boolean {
  const bytes = new TextEncoder().encode(text).length;
  return bytes >= 1 && bytes <= 64 && ![...text].some((character) => character < " ");
}
