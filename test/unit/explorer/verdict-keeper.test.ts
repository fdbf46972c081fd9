/**
 * A verdict counts for what was checked and for nothing else, in whatever order answers come.
 * @module
 */
import { expect, test } from "vitest";
import type { Claim, Verdict } from "../../../node/explorer/checking/claims.ts";
import { keyOf, VerdictKeeper } from "../../../node/explorer/checking/verdict-keeper.ts";
import { standingWords } from "../../../node/explorer/checking/verdict-words.ts";

const tip = (height: number, id = "ab".repeat(32)): Claim => ({ kind: "tip", height, id });
const proven = (height: number, asOfMs?: number): Verdict => ({
  kind: "proven",
  ...{ height, signers: 3, validatorCount: 4, tookMs: 1, steps: [], nodes: [], asOfMs },
});
const open: Verdict = { kind: "open", why: "late", isOld: false, steps: [], nodes: [] };

/** Checks that end when the test says so. */
function held() {
  const checks: {
    readonly claim: Claim;
    readonly left: AbortSignal;
    end(verdict: Verdict): Promise<void>;
  }[] = [];
  const keeper = new VerdictKeeper(
    (claim, _others, show, left) =>
      new Promise((resolve) => {
        const end = async (verdict: Verdict): Promise<void> => {
          show(verdict);
          resolve();
          await new Promise((turn) => setImmediate(turn));
        };
        checks.push({ claim, left, end });
      }),
    () => {},
  );
  const others: readonly string[] = [];
  const want = (claim: Claim, round = 0): void => keeper.want({ claim, others, round });
  return { checks, keeper, want };
}

test("what is shown anew is not green before it is proven itself, however long that takes", async () => {
  const { checks, keeper, want } = held();
  want(tip(5));
  await checks[0]?.end(proven(5));
  expect(keeper.standing(tip(5))).toMatchObject({ verdict: { kind: "proven" } });
  // Drawn before anything was begun, and while the next check hangs.
  for (const isWanted of [false, true]) {
    if (isWanted) want(tip(6));
    const { verdict, before } = keeper.standing(tip(6));
    expect(verdict.kind).toBe("checking");
    expect(before).toBe(5);
    const words = standingWords({ verdict, before, isLong: false }, 0);
    expect(words).toEqual({ title: "Checking", meaning: "anew; proven before at #5" });
  }
});

test("the same height with another id is another claim", async () => {
  const { checks, keeper, want } = held();
  want(tip(5));
  await checks[0]?.end(proven(5));
  expect(keeper.standing(tip(5, "cd".repeat(32))).verdict.kind).toBe("checking");
});

test("a late answer about an older claim is none about the newer one", async () => {
  const { checks, keeper, want } = held();
  want(tip(5));
  want(tip(6));
  await checks[0]?.end(proven(5));
  expect(keeper.standing(tip(6)).verdict.kind).toBe("checking");
  expect(keeper.standing(tip(5)).verdict.kind).toBe("checking");
  expect(checks[1]?.claim).toEqual(tip(6));
  await checks[1]?.end(open);
  expect(keeper.standing(tip(6)).verdict.kind).toBe("open");
});

test("a page that changes faster than it is proven is checked, and not begun anew for ever", async () => {
  const { checks, keeper, want } = held();
  for (let height = 1; height <= 9; height += 1) want(tip(height));
  expect(checks).toHaveLength(1);
  expect(checks[0]?.left.aborted).toBe(false);
  await checks[0]?.end(proven(1));
  expect(checks.map(({ claim }) => claim)).toEqual([tip(1), tip(9)]);
  await checks[1]?.end(proven(9));
  expect(keeper.standing(tip(9))).toMatchObject({ verdict: { kind: "proven", height: 9 } });
});

test("another subject, another wish or a page that is left ends what is under way", async () => {
  const { checks, keeper, want } = held();
  want(tip(5));
  want(tip(5), 1);
  expect(checks[0]?.left.aborted).toBe(true);
  await checks[0]?.end(proven(5));
  expect(keeper.standing(tip(5)).verdict.kind).toBe("checking");
  const asset = { kind: "asset", asset: { id: "ab" } } as unknown as Claim;
  want(asset, 1);
  expect(checks[1]?.left.aborted).toBe(true);
  keeper.leave();
  expect(checks[2]?.left.aborted).toBe(true);
  await checks[2]?.end(proven(7));
  expect(keeper.standing(asset).verdict.kind).toBe("checking");
});

test("what could not be decided is checked again without a word, until something is known", async () => {
  const { checks, keeper, want } = held();
  want(tip(5));
  await checks[0]?.end(open);
  keeper.again();
  expect(checks).toHaveLength(2);
  keeper.again();
  expect(checks).toHaveLength(2);
  expect(keeper.standing(tip(5)).verdict).toEqual(open);
  await checks[1]?.end(proven(5));
  expect(keeper.standing(tip(5)).verdict.kind).toBe("proven");
});

test("listed rows are no part of the claim; whatever else an answer holds is", () => {
  const account = { address: "quo1a", listed: 1 };
  const claim = { kind: "account", account } as unknown as Claim;
  const rows = { rows: [], isEnd: true };
  expect(keyOf({ ...claim, listed: rows } as Claim)).toBe(keyOf(claim));
  const other = { kind: "account", account: { ...account, listed: 2 } } as unknown as Claim;
  expect(keyOf(other)).not.toBe(keyOf(claim));
  let deep: unknown = 1;
  for (let i = 0; i < 100_000; i += 1) deep = [deep];
  expect(() => keyOf({ ...claim, account: deep } as unknown as Claim)).not.toThrow();
});

test("what is proven of another time than now is said to be old", () => {
  const words = (asOfMs: number | undefined) =>
    standingWords(
      { verdict: proven(5, asOfMs), before: undefined, isLong: false },
      1_700_000_000_000,
    );
  expect(words(undefined).title).toBe("Proven");
  expect(words(1_700_000_000_000 - 50_000).title).toBe("Proven");
  expect(words(1_700_000_000_000 - 7_200_000)).toMatchObject({ title: "Proven, but old" });
  expect(words(1_700_000_000_000 - 7_200_000).meaning).toContain("2 h ago");
  expect(words(1_700_000_000_000 + 7_200_000)).toMatchObject({ title: "Proven, of a later time" });
});

test("what stays unproven for long is said in stronger words, and a lie stays one", () => {
  const long = (verdict: Verdict) =>
    standingWords({ verdict, before: undefined, isLong: true }, 0).title;
  expect(long(open)).toBe("Still not proven");
  expect(long({ kind: "checking", steps: [] })).toBe("Still not proven");
  expect(long({ kind: "false", why: "lie", steps: [], nodes: [] })).toBe("Not true");
});
