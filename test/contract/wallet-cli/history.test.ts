/**
 * `quorate-wallet history` at nodes of which one lies: the pages hold every payment once, and the liar is named.
 * @module
 */
import { afterEach, beforeEach, expect, test } from "vitest";
import { history } from "../../../wallet-cli/commands/history.ts";
import { addressOf, bob } from "../../integration/wallet/twin-network.ts";
import { WalletAtProxies } from "./wallet-at-proxies.ts";

let at: WalletAtProxies;
beforeEach(async () => {
  at = await WalletAtProxies.start(2);
  for (let nonce = 0; nonce < 5; nonce += 1) {
    await at.node.makeBlock([at.node.transfer(nonce, `payment ${nonce}`)]);
  }
});
afterEach(async () => {
  await at.stop();
});

interface Shown {
  readonly items: readonly { readonly memo: string; readonly display: string }[];
  readonly next: string | null;
  readonly missingNonces: readonly number[];
  readonly nodes: readonly { readonly kind: string; readonly code?: string }[];
}

async function shown(cursor?: string): Promise<Shown> {
  const flags = { limit: "2", ...(cursor === undefined ? {} : { cursor }) };
  return (await history(at.wallet(), addressOf(bob), flags)).data as unknown as Shown;
}

test("inventions above everything else, and a cursor that skips: nothing is pushed out or skipped", async () => {
  at.proxy(0).alter = ({ path }, answer) => {
    if (!path.includes("/transactions?")) return answer;
    const invented = answer.json.items.map((item, i) => ({
      ...item,
      id: String(i).repeat(64),
      height: 1_000_000 - i,
    }));
    return { ...answer, json: { ...answer.json, items: invented, next: "0.0" } };
  };
  const memos: string[] = [];
  let page = await shown();
  for (let pages = 1; pages <= 3; pages += 1) {
    memos.push(...page.items.map(({ memo }) => memo));
    expect(page.missingNonces).toEqual([]);
    expect(page.nodes[0]).toMatchObject({ kind: "lying", code: "outcome_contradicted" });
    expect(page.nodes[1]).toMatchObject({ kind: "proven" });
    if (page.next === null) break;
    expect(at.terminal.notes.join("\n")).toContain(`--cursor ${page.next}`);
    page = await shown(page.next);
  }
  expect(memos).toEqual([4, 3, 2, 1, 0].map((nonce) => `payment ${nonce}`));
});

test.each(["last", "7", "1.2; ls", "$(ls)"])("%j is no cursor", async (cursor) => {
  await expect(shown(cursor)).rejects.toMatchObject({ exit: 2, facts: { code: "bad_cursor" } });
});
