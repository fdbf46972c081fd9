/**
 * Pays, waits until that is proven to be final, and keeps a receipt that verifies offline.
 *
 *     npm start                       in another terminal
 *     node examples/pay.js
 * @module
 */
import { connect, nobleHasher, nobleVerifier, transfer, verifyReceipt } from "quorate";
import { devKey, localNetwork } from "./local-network.js";

const network = await connect(localNetwork());
const [alice, bob] = [devKey("alice"), devKey("bob")];
const before = await network.account(bob.account);

const amount = network.amount("12.5");
const transaction = await network.build({
  sender: alice,
  operations: [transfer({ to: bob.account, amount })],
  memo: "invoice 42",
});
const signed = network.sign(transaction, alice);
console.log("id     ", signed.id); // Known before anything is sent.

const outcome = await network.submit(signed);
if (outcome.kind !== "final") throw new Error(`not final: ${JSON.stringify(outcome)}`);
console.log("final  ", `#${outcome.height} ${outcome.blockId}`);

const after = await network.account(bob.account);
console.log(
  "bob    ",
  network.amountText(before.account.balance),
  "→",
  network.amountText(after.account.balance),
);
if (after.account.balance - before.account.balance !== amount) throw new Error("bob was not paid");

const receipt = await network.receipt(signed.id);
const verified = verifyReceipt(receipt, network.genesis, {
  hasher: nobleHasher,
  verifier: nobleVerifier,
});
if (!verified.ok) throw new Error(verified.reason);
console.log("receipt", `${receipt.length} bytes, verified with the genesis alone`);
