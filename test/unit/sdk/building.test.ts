/**
 * What the library makes a transaction of: nonce, expiry and keys as one proof of the ledger's state says.
 * @module
 */
import { expect, test } from "vitest";
import { encode } from "../../../src/codec/codec.ts";
import type { AccountId } from "../../../src/protocol/ids.ts";
import { standardParameters } from "../../../src/protocol/parameters.ts";
import {
  accountKey,
  encodeAccount,
  parametersEntryCodec,
  parametersKey,
} from "../../../src/protocol/state.ts";
import type { QuorateError } from "../../../src/sdk/failure.ts";
import { type Key, keyFromSeed } from "../../../src/sdk/keys.ts";
import { QuorateNetwork } from "../../../src/sdk/network.ts";
import { transfer } from "../../../src/sdk/operations.ts";
import { withEntries } from "../../fixtures/proof-state.ts";
import { domainHash, hex, unhex } from "../../vectors/protocol-reference.ts";
import { type Asked, labOf, worldOf } from "../client/told-nodes.ts";

const [alice, bob] = [1, 2].map((byte) => keyFromSeed(new Uint8Array(32).fill(byte))) as [Key, Key];
/** The hash of a policy with one key, threshold 1 and weight 1, by its definition. */
const authHashOf = ({ signer }: Key): string =>
  hex(domainHash("quorate/account/1", Uint8Array.of(1, 0, 1), signer.publicKey, Uint8Array.of(1)));
const tip = 9;
const tipMs = 1_700_000_000_000 + 1_000 * tip;

/** Alice has used seven nonces, and the keys of her account are those of `authorized`. */
function networkOf({ authorized = alice, wallMs = 0 }: { authorized?: Key; wallMs?: number }): {
  readonly network: QuorateNetwork;
  readonly asked: Asked;
} {
  const authHash = authHashOf(authorized) as Parameters<typeof encodeAccount>[0]["authHash"];
  const current = { ...standardParameters, baseFee: 17n };
  const world = withEntries(worldOf({ height: tip }), tip, [
    {
      key: unhex(accountKey(alice.account)),
      value: encodeAccount({ nonce: 7, balance: 100n, authHash, flags: 0 }),
    },
    { key: unhex(parametersKey), value: encode(parametersEntryCodec, { current, next: current }) },
  ]);
  const { client, asked } = labOf({ a: { world, tip } });
  const { web, clock, genesis, chainId } = client.options;
  const host = {
    web,
    clock: { ...clock, wallMs: () => wallMs, after: clock.after, monotonicMs: () => 0 },
    entropy: (count: number) => new Uint8Array(count),
  };
  return { network: new QuorateNetwork({ client, host, genesis, chainId }), asked };
}

const payment = { operations: [transfer({ to: bob.account, amount: 1n })], nonce: 7 };
const codeOf = async (tried: Promise<unknown>): Promise<unknown> =>
  await tried.then(
    () => "built",
    (error: QuorateError) => error.code,
  );

test("the expiry counts from the later of the host's clock and the proven block's time", async () => {
  const expiresInMs = 60_000;
  const slow = networkOf({ wallMs: tipMs - 3_600_000 });
  const built = await slow.network.build({ ...payment, sender: alice, expiresInMs });
  expect(built.expiryMs).toBe(tipMs + expiresInMs);
  const ahead = networkOf({ wallMs: tipMs + 5_000 });
  const later = await ahead.network.build({ ...payment, sender: alice, expiresInMs });
  expect(later.expiryMs).toBe(tipMs + 5_000 + expiresInMs);
});

test("parameters and account are of one proof", async () => {
  const { network, asked } = networkOf({});
  const { fee } = await network.build({ ...payment, sender: alice });
  expect(fee).toBe(17n);
  const [only, ...others] = asked.get("a") ?? [];
  expect(only).toContain(encodeURIComponent(`${parametersKey},${accountKey(alice.account)}`));
  expect(others).toEqual([]);
});

test("keys that do not act for the account now build nothing, the sender's or another's", async () => {
  const { network } = networkOf({ authorized: bob });
  expect(await codeOf(network.build({ ...payment, sender: alice }))).toBe("policy_mismatch");
  expect(await codeOf(network.build({ ...payment, sender: alice, fee: 5n }))).toBe(
    "policy_mismatch",
  );
  // The new key acts for the old account.
  const renewed = { account: alice.account, policy: bob.policy, keys: [bob] };
  expect(await codeOf(network.build({ ...payment, sender: renewed }))).toBe("built");
  // An account that the ledger has not seen is its first policy's.
  expect(await codeOf(network.build({ ...payment, sender: bob, others: [alice] }))).toBe(
    "policy_mismatch",
  );
  const stranger = { ...bob, account: "cd".repeat(32) as AccountId };
  expect(await codeOf(network.build({ ...payment, sender: stranger }))).toBe("policy_mismatch");
  expect(await codeOf(network.build({ ...payment, sender: bob }))).toBe("built");
});
