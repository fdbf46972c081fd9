/**
 * What the explorer proves, against real servers: every kind of claim as it is, and with anything in it altered.
 * @module
 */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { ProvableClaim } from "../../../node/explorer/checking/claims.ts";
import { differences } from "../../../node/explorer/checking/differences.ts";
import { proveClaim } from "../../../node/explorer/checking/prove-claim.ts";
import { mutantsOf } from "../../fixtures/mutations.ts";
import { alice, bob } from "../../integration/wallet/twin-network.ts";
import { ExplorerWorld, statesOf } from "./scenes.ts";

/** Of each claim; what compares them is tried with all of them elsewhere. */
const mutantsMax = 25;

let world: ExplorerWorld;
/** By what a test calls them. */
let claims: Readonly<Record<string, ProvableClaim>>;

beforeAll(async () => {
  world = await ExplorerWorld.start();
  const [first, second, third] = await world.transactions();
  if (first === undefined || second === undefined || third === undefined) throw new Error("three");
  const { height, id } = world.node.tip();
  const nobody = "12".repeat(32) as typeof alice;
  claims = {
    tip: { kind: "tip", height, id },
    "the genesis block": { kind: "block", block: await world.block(0) },
    "a block": { kind: "block", block: await world.block(3) },
    "a payment": { kind: "transaction", transaction: first },
    "an asset's beginning": { kind: "transaction", transaction: second },
    "a payment of an asset beside a record": { kind: "transaction", transaction: third },
    "an account with an asset": { kind: "account", account: await world.account(bob) },
    "an account that nobody has used": { kind: "account", account: await world.account(nobody) },
    "an asset": { kind: "asset", asset: await world.asset() },
    "the newest version of a record": { kind: "record", record: await world.record(2) },
    "an earlier version of a record": { kind: "record", record: await world.record(1) },
    validators: world.validators(),
  };
});
afterAll(async () => await world.stop());

const names = [
  "tip",
  "the genesis block",
  "a block",
  "a payment",
  "an asset's beginning",
  "a payment of an asset beside a record",
  "an account with an asset",
  "an account that nobody has used",
  "an asset",
  "the newest version of a record",
  "an earlier version of a record",
  "validators",
];

function claimOf(name: string): ProvableClaim {
  const claim = claims[name];
  if (claim === undefined) throw new Error(name);
  return claim;
}

describe.each(names)("%s", (name) => {
  test("is proven as it is shown, every step", async () => {
    const verdict = await world.check(claimOf(name));
    expect(verdict).toMatchObject({ kind: "proven", signers: 3, validatorCount: 4 });
    expect(statesOf(verdict)).toMatch(/^(good|word)( (good|word))*$/);
    const signed = "steps" in verdict && verdict.steps.flatMap((step) => step.signed ?? []);
    expect(signed).toEqual([
      { signers: [0, 1, 3], names: world.node.genesis.validators.map((each) => each.name) },
    ]);
  });

  test("tells of its steps one by one, in their order", async () => {
    const told: string[] = [];
    await proveClaim(world.scene(), claimOf(name), (verdict) => told.push(statesOf(verdict)));
    const counts = told.map((states) => states.split(" ").filter((s) => s !== "waiting").length);
    expect(counts).toEqual(counts.map((_, i) => i));
    expect(told.at(-1)).not.toContain("waiting");
  });

  test("is not true with anything altered in it", async () => {
    const claim = claimOf(name);
    const { lasting, rest } = partsOf(claim);
    const mutants = [...mutantsOf(lasting)].filter(
      ({ value }) => differences(value, lasting).length > 0,
    );
    const step = Math.ceil(mutants.length / mutantsMax);
    for (const { name: what, value } of mutants.filter((_, i) => i % step === 0)) {
      const { kind } = await world.check(rest(value) as ProvableClaim);
      expect(kind, what).toBe("false");
    }
  });
});

test("what a node alone can know is said to be its word, and changes nothing", async () => {
  const account = await world.account(alice);
  const later = await world.check({ kind: "account", account: { ...account, pendingNonce: 77 } });
  expect(later).toMatchObject({ kind: "proven" });
  const block = await world.block(2);
  const larger = await world.check({ kind: "block", block: { ...block, bytes: 1 } });
  expect(larger).toMatchObject({ kind: "proven" });
  for (const verdict of [later, larger]) expect(statesOf(verdict)).toContain("word");
});

/** What the ledger says in a claim, and the claim with that in place. */
function partsOf(claim: ProvableClaim): {
  readonly lasting: object;
  readonly rest: (lasting: object) => object;
} {
  switch (claim.kind) {
    case "tip": {
      const { kind, ...lasting } = claim;
      return { lasting, rest: (value) => ({ kind, ...value }) };
    }
    case "block": {
      const { bytes, ...lasting } = claim.block;
      return { lasting, rest: (value) => ({ kind: "block", block: { ...value, bytes } }) };
    }
    case "transaction":
      return {
        lasting: claim.transaction,
        rest: (value) => ({ kind: "transaction", transaction: value }),
      };
    case "account": {
      const { pendingNonce, tip, moreBalances, ...lasting } = claim.account;
      const rest = (value: object) => ({ ...value, pendingNonce, tip, moreBalances });
      return { lasting, rest: (value) => ({ kind: "account", account: rest(value) }) };
    }
    case "asset": {
      const { tip, ...lasting } = claim.asset;
      return { lasting, rest: (value) => ({ kind: "asset", asset: { ...value, tip } }) };
    }
    case "record": {
      const { tip, ...lasting } = claim.record;
      return { lasting, rest: (value) => ({ kind: "record", record: { ...value, tip } }) };
    }
    case "validators": {
      const { validators, tip } = claim;
      return {
        lasting: { validators },
        rest: (value) => ({ kind: "validators", ...value, tip }),
      };
    }
  }
}
