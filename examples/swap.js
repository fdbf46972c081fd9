/**
 * Two organisations swap two assets in one transaction: both signatures, or nothing happens.
 *
 *     node examples/swap.js
 * @module
 */
import { assetIdOf, connect, createAsset, mint, nobleHasher, transfer } from "quorate";
import { devKey, localNetwork } from "./local-network.js";

const network = await connect(localNetwork());
const [alice, bob] = [devKey("alice"), devKey("bob")];

const run = async (sender, operations, others = []) => {
  const transaction = await network.build({ sender, operations, others });
  const outcome = await network.submit(network.sign(transaction, sender, ...others));
  if (outcome.kind !== "final") throw new Error(`not final: ${JSON.stringify(outcome)}`);
  return outcome;
};

const code = `CORN${String(Date.now() % 1e8).padStart(8, "0")}`;
const corn = assetIdOf(nobleHasher, alice.account, code);
await run(alice, [
  createAsset({ code, decimals: 0, name: "sacks of corn", maxSupply: 0n }),
  mint({ asset: corn, to: alice.account, amount: 100n }),
]);

const outcome = await run(
  alice,
  [
    transfer({ to: bob.account, asset: corn, amount: 40n }),
    transfer({ from: bob.account, to: alice.account, amount: network.amount("30") }),
  ],
  [bob],
);
const { holdings } = await network.account(bob.account);
const held = holdings.find(({ asset }) => asset === corn);
console.log(`final   #${outcome.height}: bob holds ${held?.amount} ${code}`);
if (held?.amount !== 40n) throw new Error("bob did not get the corn");
