/**
 * What `quorate keys rotate` does.
 * @module
 */
import { join } from "node:path";
import type { MemberJson } from "../../src/api/membership-json.ts";
import { parseAddress } from "../../src/protocol/address.ts";
import { addValidatorKey, loadHome, type NodeHome } from "../home.ts";
import { requestFile, saveRequest } from "../join-network.ts";
import { onlyHome } from "../only-home.ts";
import { exitCodes, Refusal } from "../refusal.ts";
import { seeMembership } from "./membership-view.ts";
import { printResult } from "./result.ts";
import { type TargetFlags, votingNetwork } from "./voting-target.ts";

export async function rotateKey(flags: TargetFlags & { readonly json?: boolean }): Promise<void> {
  const home = await loadHome(flags.home ?? onlyHome());
  const network = await votingNetwork({ ...flags, home: home.folder });
  const { current } = await seeMembership(network);
  const entry = ownEntry(home, current);
  const operator = parseAddress(network.addressPrefix, entry.operator);
  if (!operator.ok) throw notAValidator(home);
  const key = await addValidatorKey(home);
  const { name, endpoint } = entry;
  saveRequest(
    home.folder,
    network,
    { name, endpoint, operator: operator.value, consensusKey: key.publicKey },
    key,
  );
  const request = join(home.folder, requestFile);
  const next = [
    `restart the node, so that it holds both keys: quorate start --home ${home.folder}`,
    `quorate membership propose --put ${request} --home ${home.folder}`,
    `quorate membership approve ${name}   by the other members`,
  ];
  const result = { oldKey: entry.consensusKey, newKey: key.publicKey, request, next };
  printResult(flags.json, result, () =>
    [
      `old key  ${entry.consensusKey}  votes until the change takes effect`,
      `new key  ${key.publicKey}`,
      `request  ${request}`,
      "",
      "next",
      ...next.map((line) => `  ${line}`),
    ].join("\n"),
  );
}

function ownEntry(home: NodeHome, current: readonly MemberJson[]): MemberJson {
  const own = new Set<string>(home.validatorKeys.map(({ publicKey }) => publicKey));
  const entry = current.find(({ consensusKey }) => own.has(consensusKey));
  if (entry === undefined) throw notAValidator(home);
  return entry;
}

const notAValidator = ({ folder }: NodeHome): Refusal =>
  new Refusal({
    code: "not_a_validator",
    message: `no key in ${folder} is that of a validator of this epoch`,
    fix: "Only a validator's key is replaced; see quorate membership list.",
    exitCode: exitCodes.refused,
  });
