/**
 * What the state has: an account with all that it holds, an asset, the validators of today.
 * @module
 */
import type { AssetNowJson } from "../../../src/api/asset-json.ts";
import type { AccountJson, TipJson } from "../../../src/api/json.ts";
import { paths } from "../../../src/api/paths.ts";
import { fail, ok } from "../../../src/base/result.ts";
import { proveAccount, proveState } from "../../../src/client/proven-state.ts";
import { parseAddress } from "../../../src/protocol/address.ts";
import { isLastOfEpoch } from "../../../src/protocol/epochs.ts";
import { type AssetId, isIdText } from "../../../src/protocol/ids.ts";
import { assetKey, readAsset, readValidators, validatorsKey } from "../../../src/protocol/state.ts";
import type { Validator } from "../../../src/protocol/validator-set.ts";
import { countText, manyText } from "../words/formats.ts";
import { accountFields, compareAccount } from "./account-fields.ts";
import { assetFields, compareAsset } from "./asset-fields.ts";
import type { LastingValidator } from "./claims.ts";
import { type Difference, differences } from "./differences.ts";
import { type Outcome, wordOfFinding } from "./outcome.ts";
import { type AtTip, type Question, settle } from "./prove-now.ts";
import { ProvenWriter } from "./proven-writer.ts";
import type { Scene } from "./scene.ts";
import { showTrust, trustTitles } from "./trust-steps.ts";
import type { Titles, Way } from "./way.ts";

export const stateTitles: Titles = [
  ["shown", "What is shown is what the state has"],
  ["place", "The entries are in the state of a block"],
  ["word", "What nobody can prove"],
  ...trustTitles,
];

export async function proveAccountShown(
  scene: Scene,
  shown: AccountJson,
  way: Way,
): Promise<Outcome> {
  const { genesis } = scene.network;
  const account = parseAddress(genesis.addressPrefix, shown.address);
  if (!account.ok) {
    const why = "What is shown as its address is none of this network.";
    return { kind: "false", why, step: "shown", nodes: [] };
  }
  const { address } = shown;
  return await proveNow(
    scene,
    {
      shown,
      askAgain: () => scene.options.ask(paths.account(address)),
      compare: compareAccount,
      prove: async () => {
        const found = await proveAccount(scene.client, { account: account.value, address });
        if (!found.ok) return found;
        const derived = accountFields(found.value, { genesis, account: account.value });
        return ok({ standing: found.value.standing, derived });
      },
    },
    way,
    `${besideAccount} The next nonce, ${countText(shown.pendingNonce)}, counts what waits in this node's pool.`,
  );
}

const besideAccount =
  "That it holds no other asset is the word of the nodes that were asked, and so are the lists below, until their rows are checked.";

export async function proveAssetShown(
  scene: Scene,
  shown: AssetNowJson,
  way: Way,
): Promise<Outcome> {
  if (!isIdText(shown.id)) {
    const why = "What is shown as the asset's id is none.";
    return { kind: "false", why, step: "shown", nodes: [] };
  }
  const id = shown.id as AssetId;
  return await proveNow(
    scene,
    {
      shown,
      askAgain: () => scene.options.ask(paths.asset(id)),
      compare: compareAsset,
      prove: async () => {
        const state = await proveState(scene.client, [assetKey(id)]);
        if (!state.ok) return state;
        const { standing, entries } = state.value;
        const entry = readAsset(entries, id);
        return ok({ standing, derived: assetFields(id, entry, scene.network.genesis) });
      },
    },
    way,
    undefined,
  );
}

type ValidatorsAtTip = AtTip & { readonly items: readonly LastingValidator[] };
/** The sets that may be in force around a block: at the end of an epoch it is the next one. */
type Sets = readonly (readonly unknown[])[];

export async function proveValidators(
  scene: Scene,
  {
    items,
    tip,
  }: { readonly items: readonly LastingValidator[]; readonly tip: TipJson | undefined },
  way: Way,
): Promise<Outcome> {
  const { genesis } = scene.network;
  const writer = new ProvenWriter(genesis);
  const derive = (set: readonly Validator[]) =>
    set.map(({ operator, ...rest }, index) => ({
      ...rest,
      index,
      operator: writer.address(operator),
    }));
  const question: Question<ValidatorsAtTip, Sets> = {
    shown: { items, tip: tip ?? { height: 0, id: "" } },
    askAgain: () => scene.options.ask(paths.validators()),
    compare: (shown, sets) => compareValidators(shown.items, sets),
    prove: async () => {
      const state = await proveState(scene.client, [validatorsKey]);
      if (!state.ok) return state;
      const { standing, entries } = state.value;
      const { current, next } = readValidators(entries);
      const proven = scene.client.last?.proven;
      if (proven === undefined) return fail({ kind: "unreachable", findings: [] });
      const isEnd = isLastOfEpoch(proven.header.height, Number(genesis.parameters.epochLength));
      const sets = isEnd ? [current, next] : [current];
      return ok({ standing, derived: sets.map(derive) });
    },
  };
  const word =
    "Whether one is connected, when it voted last and which views it missed is what this node has seen. Votes on members, the next set and faults are its word, too.";
  return await proveNow(scene, question, way, word);
}

/** By the set that is nearest to what is shown. */
export function compareValidators(
  shown: readonly LastingValidator[],
  sets: Sets,
): readonly Difference[] {
  const lasting = shown.map(({ index, name, consensusKey, operator, endpoint }) => ({
    index,
    name,
    consensusKey,
    operator,
    endpoint,
  }));
  const found = sets.map((set) => differences(lasting, set, "validators"));
  return found.find((list) => list.length === 0) ?? found[0] ?? [];
}

/** @param word what is shown beside it and is only the node's word. */
export async function proveNow<Shown extends AtTip, Derived>(
  scene: Scene,
  question: Question<Shown, Derived>,
  way: Way,
  word: string | undefined,
): Promise<Outcome> {
  const begun = await scene.client.footing();
  const settled = await settle(scene, question);
  if (settled.kind === "failed") return settled.outcome;
  const { proven, now } = settled;
  const { header, facts } = proven;
  const entries = facts.filter(({ kind }) => kind === "state").length;
  const block = `block #${countText(header.height)}`;
  await way.good("shown", `Every value is that of the proven state of ${block}.`);
  const many = entries === 1 ? "1 entry leads" : `${manyText(entries, "entry", "entries")} lead`;
  await way.good("place", `${many} to its state root ${header.stateRoot}.`, {
    title: `It is in the state of ${block}`,
  });
  if (word !== undefined) await way.word("word", word);
  await showTrust(way, scene, proven, begun);
  return { kind: "proven", proven, nodes: now.standing.findings.map(wordOfFinding) };
}
