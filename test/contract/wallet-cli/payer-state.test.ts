/**
 * What a payment is made with: nonce, time and policy are proven, and words of nodes move only what they may.
 * @module
 */
import { afterEach, beforeEach, expect, test } from "vitest";
import { type PayerState, payerState } from "../../../wallet-cli/sending/sending.ts";
import { alice } from "../../integration/wallet/twin-network.ts";
import { WalletAtProxies } from "./wallet-at-proxies.ts";

let at: WalletAtProxies;
beforeEach(async () => {
  at = await WalletAtProxies.start(2);
});
afterEach(async () => await at.stop());

const asked = async (): Promise<PayerState> =>
  await payerState(at.wallet(), await at.network(), alice);

/** The first node says this of every account. */
function say(fields: object): void {
  at.proxy(0).alter = ({ path }, { status, json }) =>
    /^\/v1\/accounts\/[a-z0-9]+$/.test(path)
      ? { status, json: { ...json, ...fields } }
      : { status, json };
}

test("what waits in a pool raises the nonce", async () => {
  at.node.hasQuorum = false;
  await at.node.submit([]);
  say({ pendingNonce: 50 });
  expect((await asked()).pendingNonce).toBe(50);
});

test("no node raises the nonce by more than a pool lets wait", async () => {
  say({ pendingNonce: 1_000_000 });
  expect((await asked()).pendingNonce).toBe(64);
});

test("no node keeps the nonce below the proven one, and none chooses the policy", async () => {
  await at.node.makeBlock([at.node.transfer(0, "one")]);
  for (const proxy of at.proxies) {
    proxy.alter = ({ path }, { status, json }) =>
      /^\/v1\/accounts\/[a-z0-9]+$/.test(path)
        ? { status, json: { ...json, nonce: 0, pendingNonce: 0, authHash: "ab".repeat(32) } }
        : { status, json };
  }
  const state = await asked();
  expect(state.pendingNonce).toBe(1);
  expect(state.authHash).toBe(alice); // An account of one key: its id is the hash of that policy.
});

test("the time is that of the proven block, whatever a node says of its own", async () => {
  const { timestampMs } = at.node.tip().header;
  at.proxy(0).alter = ({ path }, { status, json }) =>
    path === "/v1/status"
      ? {
          status,
          json: { ...json, tip: { ...json.tip, timestampMs: timestampMs + 2_592_000_000 } },
        }
      : { status, json };
  expect((await asked()).tipMs).toBe(timestampMs);
});
