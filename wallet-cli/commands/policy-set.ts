/**
 * `quorate-wallet policy set`: other keys for an account that the wallet's key acts for alone. The address stays.
 * @module
 */
import { nobleHasher } from "../../src/crypto/hash.ts";
import type { Digest } from "../../src/protocol/ids.ts";
import { type Policy, policyHash } from "../../src/protocol/policy.ts";
import { forgetPolicy, keepOnlyPolicy, policiesOf, savePolicy } from "../accounts/policies.ts";
import { flag } from "../command-line.ts";
import { ownKeys } from "../cosigning/parties.ts";
import { policyGiven } from "../cosigning/policy-keys.ts";
import { publicKeyOf } from "../cosigning/signatures.ts";
import { CommandFailure, exitCodes } from "../failure.ts";
import { type KnownNetwork, knownNetwork } from "../network/known-network.ts";
import { type ActFlags, act, type Intent } from "../sending/acting.ts";
import { actWords } from "../sending/acting-flags.ts";
import type { Json, Report } from "../terminal/terminal.ts";
import type { Wallet } from "../wallet.ts";

export interface SetPolicyFlags extends ActFlags {
  readonly from?: string;
  readonly threshold?: string;
}

export async function setPolicy(
  wallet: Wallet,
  keys: readonly string[],
  flags: SetPolicyFlags,
): Promise<Report> {
  const known = await knownNetwork(wallet.settings);
  const { network } = known;
  const policy = await policyGiven(wallet, known, { keys, threshold: flags.threshold });
  const payer = await network.accounts.payer(flags.from);
  const authHash = policyHash(nobleHasher, policy);
  const warnings = await handOverWarnings(known, policy, publicKeyOf(payer));
  const intent: Intent = {
    payer,
    operations: [{ from: undefined, body: { kind: "set-policy", policy } }],
    memo: "",
    rows: [
      ["threshold", String(policy.threshold)],
      ...policy.keys.map(({ publicKey, weight }): [string, string] => [
        "key",
        `${publicKey}  weight ${weight}`,
      ]),
      ...warnings.map((warning): [string, string] => ["WARNING", warning]),
    ],
    summary: `a new policy: ${policy.threshold} of ${policy.keys.length} keys`,
    data: { authHash, threshold: policy.threshold, keys: policy.keys.map((key) => ({ ...key })) },
    replay: [
      "policy",
      "set",
      ...keys,
      ...flag("threshold", flags.threshold),
      ...flag("from", payer.name),
      ...actWords(flags),
    ],
  };
  if (flags.dryRun === true) return await act(wallet, network, intent, flags);
  return await actAndKeep(wallet, { network, intent, flags, policy, authHash });
}

interface Keeping {
  readonly network: KnownNetwork["network"];
  readonly intent: Intent;
  readonly flags: ActFlags;
  readonly policy: Policy;
  readonly authHash: Digest;
}

/** The policy is saved before anything is sent, and the old one forgotten when the new one is final. */
async function actAndKeep(
  wallet: Wallet,
  { network, intent, flags, policy, authHash }: Keeping,
): Promise<Report> {
  const { home } = wallet.settings;
  const { account, name } = intent.payer;
  const isNew = !(await policiesOf(home, account)).some(
    (each) => policyHash(nobleHasher, each) === authHash,
  );
  await savePolicy(home, { name, account, policy });
  try {
    const report = await act(wallet, network, intent, flags);
    const { settle } = report;
    return {
      ...report,
      settle: async () => {
        await settle?.();
        if (isFinal(report.data)) await keepOnlyPolicy(home, account, authHash);
      },
    };
  } catch (error) {
    if (isNew && willNeverCount(error)) await forgetPolicy(home, account, authHash);
    throw error;
  }
}

/** Nothing was signed, or the end is proven. What nodes only refuse stays saved, and may become final after all. */
function willNeverCount(error: unknown): boolean {
  if (!(error instanceof CommandFailure)) return false;
  const { exit, facts } = error;
  if (facts.id !== undefined) return facts.settle !== undefined;
  return exit === exitCodes.usage || exit === exitCodes.refused;
}

const isFinal = (data: Json): boolean =>
  typeof data === "object" &&
  data !== null &&
  (data as { readonly [field: string]: Json })["status"] === "final";

/** What a person who is about to change the keys must not overlook. */
async function handOverWarnings(
  { network }: KnownNetwork,
  policy: Policy,
  signing: string,
): Promise<readonly string[]> {
  const own = await ownKeys(network.accounts);
  const mine = policy.keys.filter(({ publicKey }) => own.has(publicKey));
  const weight = mine.reduce((sum, key) => sum + key.weight, 0);
  const warnings: string[] = [];
  if (weight < policy.threshold) {
    warnings.push(
      mine.length === 0
        ? "no key of this wallet will be able to act for the account any more"
        : "the keys of this wallet will not suffice alone: others have to sign too",
    );
  }
  if (!policy.keys.some(({ publicKey }) => publicKey === signing)) {
    warnings.push("the key that signs this now will not be one of the account's keys");
  }
  return warnings;
}
