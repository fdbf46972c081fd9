/**
 * What the commands of `quorate genesis` do.
 * @module
 */
import { join, resolve } from "node:path";
import { visible } from "../../src/api/visible.ts";
import { formatAmount } from "../../src/protocol/amount.ts";
import { chainIdOf, formatGenesis, type Genesis } from "../../src/protocol/genesis.ts";
import { nativeHasher } from "../adapters/native-crypto.ts";
import { genesisFileName, loadGenesis, loadHome, stateFileName } from "../home.ts";
import { adoptSuccession, makeSuccession, type Standing } from "../succession.ts";
import { note, requireConsent } from "./consent.ts";
import { printResult } from "./result.ts";

interface JsonFlag {
  readonly json?: boolean;
}

export interface CreateFlags extends JsonFlag {
  readonly from: string;
  readonly out: string;
  readonly without?: readonly string[];
}

export interface AdoptFlags extends JsonFlag {
  readonly from: string;
  readonly home: string;
  readonly yes?: boolean;
}

export function hashGenesis(file: string, { json }: JsonFlag): void {
  const chainId = chainIdOf(nativeHasher, loadGenesis(file));
  printResult(json, { chainId }, () => chainId);
}

export function inspectGenesis(file: string, { json }: JsonFlag): void {
  const genesis = loadGenesis(file);
  const chainId = chainIdOf(nativeHasher, genesis);
  const supply = genesis.accounts.reduce((sum, { balance }) => sum + balance, 0n);
  const content: unknown = JSON.parse(formatGenesis(genesis));
  printResult(json, { chainId, supply: supply.toString(), genesis: content }, () =>
    [
      ...facts(genesis),
      genesis.previous === undefined
        ? `accounts    ${genesis.accounts.length}, ${amount(genesis, supply)} in all`
        : "accounts    those of the earlier ledger",
    ].join("\n"),
  );
}

export async function createGenesis({ from, out, without, json }: CreateFlags): Promise<void> {
  const home = await loadHome(resolve(from));
  const folder = resolve(out);
  const made = await makeSuccession(home, { folder, without: without ?? [], wallMs: Date.now() });
  const { genesis, chainId, supply, accounts } = made;
  const next = [
    `hand ${folder} to every member, and tell them the chain id in another way`,
    `quorate genesis adopt ${folder} --from ${home.folder} --home ${home.folder}-2`,
  ];
  const result = {
    folder,
    files: [join(folder, genesisFileName), join(folder, stateFileName)],
    chainId,
    previous: genesis.previous ?? null,
    validators: genesis.validators.map(({ name }) => name),
    accounts,
    supply: supply.toString(),
    next,
  };
  printResult(json, result, () =>
    [
      ...facts(genesis),
      `accounts    ${accounts}, ${amount(genesis, supply)} in all`,
      `files       ${folder}`,
      "",
      "next",
      ...next.map((line) => `  ${line}`),
    ].join("\n"),
  );
}

export async function adoptGenesis(
  folder: string,
  { from, home, yes, json }: AdoptFlags,
): Promise<void> {
  const old = await loadHome(resolve(from));
  const confirm = async (genesis: Genesis, standing: Standing): Promise<void> => {
    for (const line of [...facts(genesis), `your ledger ${standingText(standing)}`]) note(line);
    await requireConsent("Is that the chain id that the members have agreed on?", yes);
  };
  const target = resolve(home);
  const adopted = await adoptSuccession(old, { folder: resolve(folder), home: target, confirm });
  const { chainId, standing } = adopted;
  const next = [`quorate start --home ${target}`];
  printResult(json, { home: target, chainId, standing: standing.kind, next }, () =>
    [`home      ${target}`, `chain id  ${chainId}`, "", "next", `  ${next[0]}`].join("\n"),
  );
}

const standingText = (standing: Standing): string =>
  standing.kind === "same"
    ? "ends with that very block"
    : `ends at #${standing.height}, below it, so it cannot confirm that block: ask another member`;

function facts(genesis: Genesis): readonly string[] {
  const { networkName, validators, previous } = genesis;
  return [
    `network     ${visible(networkName)}`,
    `chain id    ${chainIdOf(nativeHasher, genesis)}`,
    `validators  ${validators.map(({ name }) => visible(name)).join(", ")}`,
    ...(previous === undefined
      ? []
      : [
          `goes on     from block #${previous.height}  ${previous.blockId}`,
          `            of ${previous.chainId}`,
          `state       ${previous.stateRoot}`,
        ]),
  ];
}

const amount = ({ asset }: Genesis, units: bigint): string =>
  `${formatAmount(units, asset.decimals)} ${asset.code}`;
