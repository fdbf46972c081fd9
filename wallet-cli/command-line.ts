/**
 * The command line that does the same again, as text that can be pasted into a shell.
 * @module
 */
import { homedir } from "node:os";
import { join, resolve } from "node:path";
import type { Settings } from "./settings.ts";

const plain = /^[A-Za-z0-9_@%+=:,./-]+$/;

/** POSIX quoting: single quotes around whatever a shell could read as anything but itself. */
export function shellQuoted(word: string): string {
  return plain.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}

/** `quorate-wallet send 25 bob …` with the global flags that this run was given. */
export function commandLine(settings: Settings, replay: readonly string[]): string {
  return ["quorate-wallet", ...replay, ...globalFlags(settings)].map(shellQuoted).join(" ");
}

function globalFlags(settings: Settings): readonly string[] {
  const { nodes, networkFile, networkFileNamed, profile, genesisFile, checkpoint, home } = settings;
  const block = checkpoint === undefined ? undefined : `${checkpoint.height}:${checkpoint.blockId}`;
  return [
    ...nodes.flatMap((node) => ["--node", node]),
    ...(networkFileNamed ? ["--network", networkFile] : []),
    ...flag("profile", profile),
    ...flag("genesis", genesisFile),
    ...flag("checkpoint", block),
    ...(home === resolve(join(homedir(), ".quorate-wallet")) ? [] : ["--home", home]),
  ];
}

/** `--name value`, or nothing where there is no value. */
export function flag(name: string, value: string | undefined): readonly string[] {
  return value === undefined ? [] : [`--${name}`, value];
}
