/**
 * Completion scripts for bash, zsh and fish, made from the description of a command line: for both commands, since
 * neither may import the other.
 *
 * A script holds the whole tree, so pressing Tab starts no process of ours. It walks the words typed so far to the
 * command that they name, then offers that command's subcommands, options and choices; where a value is wanted that
 * nobody can list, the shell offers files.
 * @module
 */
import { assert } from "../base/assert.ts";

export type Shell = "bash" | "zsh" | "fish";
export const shells: readonly Shell[] = ["bash", "zsh", "fish"];

interface OptionShape {
  readonly short?: string | undefined;
  readonly long?: string | undefined;
  readonly description: string;
  /** It takes a value. */
  readonly required: boolean;
  /** It may take a value. */
  readonly optional: boolean;
  readonly hidden: boolean;
  readonly argChoices?: readonly string[] | undefined;
}

/** A command with its subcommands, in the form that commander's Command has. */
export interface CommandShape {
  readonly name: () => string;
  readonly description: () => string;
  readonly commands: readonly CommandShape[];
  readonly options: readonly OptionShape[];
  readonly registeredArguments: readonly { readonly argChoices?: readonly string[] | undefined }[];
}

interface Offer {
  readonly word: string;
  readonly description: string;
}

/** A place in the tree: what can follow, and which words lead on. */
interface Place {
  /** Names of the commands on the way, `asset/mint`; empty at the top. */
  readonly path: string;
  readonly commands: readonly Offer[];
  readonly options: readonly Offer[];
  /** Values of the positional arguments. */
  readonly choices: readonly string[];
  /** Options after which the next word is a value, and its choices where they are known. */
  readonly valued: readonly { readonly word: string; readonly choices: readonly string[] }[];
}

/** The script to be read by the shell. All words of the tree must be of `a–z 0–9 . _ -`. */
export function completionScript(shell: Shell, program: CommandShape): string {
  const name = plain(program.name());
  const places = placesOf(program, "", []);
  switch (shell) {
    case "bash":
      return bashScript(name, places);
    case "zsh":
      return zshScript(name, places);
    case "fish":
      return fishScript(name, places);
  }
}

function placesOf(
  command: CommandShape,
  path: string,
  inherited: readonly OptionShape[],
): readonly Place[] {
  const options = [...command.options.filter(({ hidden }) => !hidden), ...inherited];
  const isValued = ({ required, optional }: OptionShape): boolean => required || optional;
  const place: Place = {
    path,
    commands: command.commands.map((each) => ({
      word: plain(each.name()),
      description: each.description(),
    })),
    options: [
      ...options.flatMap((option) =>
        option.long === undefined
          ? []
          : [{ word: plain(option.long), description: option.description }],
      ),
      { word: "--help", description: "show what can be given" },
    ],
    choices: command.registeredArguments.flatMap(({ argChoices }) => argChoices ?? []).map(plain),
    valued: options
      .filter(isValued)
      .flatMap(({ short, long, argChoices }) =>
        [long, short]
          .filter((word) => word !== undefined)
          .map((word) => ({ word: plain(word), choices: (argChoices ?? []).map(plain) })),
      ),
  };
  const below = command.commands.flatMap((each) => {
    const name = each.name();
    return placesOf(each, path === "" ? name : `${path}/${name}`, options);
  });
  return [place, ...below];
}

/** A word that no shell reads as anything but itself. */
function plain(word: string): string {
  assert(/^[A-Za-z0-9._-]+$/.test(word), "a word of the command line is plain");
  return word;
}

const words = (offers: readonly Offer[]): string => offers.map(({ word }) => word).join(" ");
const functionName = (name: string): string => `_${name.replaceAll(/[^A-Za-z0-9]/g, "_")}`;
const leadsTo = (path: string, word: string): string => (path === "" ? word : `${path}/${word}`);

/** Lines of `case "$path $word"` that walk down the tree or jump over an option's value. */
function steps(
  places: readonly Place[],
  line: (pattern: string, step: { readonly path: string } | "skip") => string,
): string {
  return places
    .flatMap(({ path, commands, valued }) => [
      ...commands.map(({ word }) => line(`${path} ${word}`, { path: leadsTo(path, word) })),
      ...valued.map(({ word }) => line(`${path} ${word}`, "skip")),
    ])
    .join("\n");
}

function bashScript(name: string, places: readonly Place[]): string {
  const walk = steps(places, (pattern, step) =>
    step === "skip"
      ? `      "${pattern}") i=$((i + 1)) ;;`
      : `      "${pattern}") path="${step.path}" ;;`,
  );
  const values = places
    .flatMap(({ path, valued }) =>
      valued.map(({ word, choices }) => `    "${path} ${word}") offered="${choices.join(" ")}" ;;`),
    )
    .join("\n");
  const offers = places
    .map(({ path, commands, options, choices }) => {
      const first = [words(commands), ...choices].filter((text) => text !== "").join(" ");
      return `    "${path}") commands="${first}"; options="${words(options)}" ;;`;
    })
    .join("\n");
  return `# bash completion for ${name}:  source <(${name} completion bash)
${functionName(name)}() {
  local cur="\${COMP_WORDS[COMP_CWORD]}" previous="\${COMP_WORDS[COMP_CWORD-1]}"
  local path="" commands="" options="" offered="" i
  for ((i = 1; i < COMP_CWORD; i++)); do
    case "$path \${COMP_WORDS[i]}" in
${walk}
    esac
  done
  COMPREPLY=()
  if ((i > COMP_CWORD)); then
    case "$path $previous" in
${values}
    esac
    COMPREPLY=($(compgen -W "$offered" -- "$cur"))
    return
  fi
  case "$path" in
${offers}
  esac
  if [[ "$cur" == -* ]]; then
    COMPREPLY=($(compgen -W "$options" -- "$cur"))
  else
    COMPREPLY=($(compgen -W "$commands" -- "$cur"))
  fi
}
complete -o default -F ${functionName(name)} ${name}
`;
}

/** In single quotes, which zsh and fish end only at a single quote; the tree's texts are ours. */
const inQuotes = (text: string): string =>
  text.replaceAll("\\", "").replaceAll("'", "’").replaceAll("\n", " ");

function zshScript(name: string, places: readonly Place[]): string {
  const walk = steps(places, (pattern, step) =>
    step === "skip"
      ? `      "${pattern}") ((i++)) ;;`
      : `      "${pattern}") place="${step.path}" ;;`,
  );
  const values = places
    .flatMap(({ path, valued }) =>
      valued
        .filter(({ choices }) => choices.length > 0)
        .map(
          ({ word, choices }) =>
            `      "${path} ${word}") compadd -- ${choices.join(" ")}; return ;;`,
        ),
    )
    .join("\n");
  const described = (offers: readonly Offer[]): string =>
    offers
      .map(({ word, description }) => `'${word}:${inQuotes(description).replaceAll(":", "\\:")}'`)
      .join(" ");
  const offers = places
    .map(({ path, commands, options, choices }) => {
      const first = choices.map((word) => ({ word, description: word }));
      return `    "${path}") commands=(${described([...commands, ...first])}); options=(${described(options)}) ;;`;
    })
    .join("\n");
  return `#compdef ${name}
# zsh completion for ${name}:  source <(${name} completion zsh)
${functionName(name)}() {
  local place="" i
  local -a commands options
  for ((i = 2; i < CURRENT; i++)); do
    case "$place \${words[i]}" in
${walk}
    esac
  done
  if ((i > CURRENT)); then
    case "$place \${words[CURRENT-1]}" in
${values}
      *) _files; return ;;
    esac
  fi
  case "$place" in
${offers}
  esac
  if [[ "\${words[CURRENT]}" == -* ]]; then
    _describe option options
  elif ((\${#commands})); then
    _describe command commands
  else
    _files
  fi
}
compdef ${functionName(name)} ${name}
`;
}

function fishScript(name: string, places: readonly Place[]): string {
  const at = `_${functionName(name)}_at`;
  const walk = steps(places, (pattern, step) =>
    step === "skip"
      ? `            case '${pattern}'\n                set skip 1`
      : `            case '${pattern}'\n                set place '${step.path}'`,
  );
  const lines = places.flatMap(({ path, commands, options, choices, valued }) => {
    const on = `complete -c ${name} -n '${at} "${path}"'`;
    const valuesOf = new Map(valued.map((each) => [each.word, each.choices]));
    return [
      ...commands.map(
        ({ word, description }) => `${on} -f -a ${word} -d '${inQuotes(description)}'`,
      ),
      ...choices.map((word) => `${on} -f -a ${word}`),
      ...options.map(({ word, description }) => {
        const given = valuesOf.get(word);
        const value =
          given === undefined ? "" : given.length === 0 ? " -r" : ` -x -a '${given.join(" ")}'`;
        return `${on} -l ${word.replace(/^--/, "")}${value} -d '${inQuotes(description)}'`;
      }),
    ];
  });
  return `# fish completion for ${name}:  ${name} completion fish | source
function ${at}
    set -l place ''
    set -l skip 0
    set -l words (commandline -opc)
    set -e words[1]
    for word in $words
        if test $skip -eq 1
            set skip 0
            continue
        end
        switch "$place $word"
${walk}
        end
    end
    test "$place" = "$argv[1]"
end
${lines.join("\n")}
`;
}
