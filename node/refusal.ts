/**
 * Refusal: the node or a command will not go on, for a reason that its operator can mend.
 *
 * It carries a stable code, a sentence and what to do; `--json` prints exactly these. Anything else that is thrown is
 * a bug and is shown as one.
 * @module
 */

/** The exit codes of interfaces.md that the `quorate` command uses, and one of its own for storage. */
export const exitCodes = {
  done: 0,
  internal: 1,
  usage: 2,
  notFound: 3,
  unreachable: 4,
  /** Invalid, superseded, or refused by every node asked before any accepted it. */
  refused: 5,
  /** Can never be applied any more. */
  expired: 6,
  /** Not a failure: it may still become final. */
  outcomeUnknown: 7,
  /** Nodes contradict each other, or a file contradicts what it proves. */
  disagreement: 8,
  /** The disk or what is on it cannot be trusted: the process ended itself, a supervisor may start it again. */
  storage: 10,
} as const;

export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

export interface RefusalOptions {
  /** Stable snake_case. */
  readonly code: string;
  readonly message: string;
  /** What the operator can do: a command where there is one. */
  readonly fix: string;
  readonly exitCode?: ExitCode;
}

export class Refusal extends Error {
  readonly code: string;
  readonly fix: string;
  readonly exitCode: ExitCode;

  constructor({ code, message, fix, exitCode = exitCodes.usage }: RefusalOptions) {
    super(message);
    this.name = "Refusal";
    this.code = code;
    this.fix = fix;
    this.exitCode = exitCode;
  }
}

const fixes: Readonly<Record<string, string>> = {
  port_in_use: "Stop the program that has it, or take another port: --p2p-port, --http-port.",
  address_unavailable: "Give an address of this machine: --p2p-host, --http-host.",
};

/** What was thrown, as a refusal where it is one that a part of the node knows by name; a bug keeps its stack. */
export function refusalOf(error: unknown): Refusal {
  if (error instanceof Refusal) return error;
  const code = error instanceof Error && "code" in error ? String(error.code) : "internal_error";
  const message = error instanceof Error ? error.message : String(error);
  const fix = fixes[code];
  if (fix !== undefined) return new Refusal({ code, message, fix });
  const refusal = new Refusal({ code, message, fix: "", exitCode: exitCodes.internal });
  if (error instanceof Error && error.stack !== undefined) refusal.stack = error.stack;
  return refusal;
}
