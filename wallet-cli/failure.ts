/**
 * Exit codes, and the one error type that ends a command with one of them.
 *
 * A person or a script meets a failure in three forms: the exit code, a stable `code`, and a sentence that
 * says what to do. All three are chosen where the failure is found, and main.ts prints them.
 * @module
 */

/** Documented and stable: scripts depend on them. */
export const exitCodes = {
  /** Final, or accepted with --no-wait. */
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
  /** A proof failed, or nodes contradict each other. */
  disagreement: 8,
  wrongPassword: 9,
} as const;

export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

export interface FailureFacts {
  /** Stable, snake_case. */
  readonly code: string;
  readonly message: string;
  /** What the person can do now. */
  readonly fix: string;
  /** The transaction that it concerns. */
  readonly id?: string;
  /** Runs after the failure was printed; must not be needed for correctness if it never runs. */
  readonly settle?: () => Promise<void>;
}

/** Thrown by commands, caught by main.ts alone. */
export class CommandFailure extends Error {
  override readonly name = "CommandFailure";
  readonly exit: ExitCode;
  readonly facts: FailureFacts;

  constructor(exit: ExitCode, facts: FailureFacts) {
    super(facts.message);
    this.exit = exit;
    this.facts = facts;
  }
}

/** The command line, or a file it names, is wrong: exit 2. */
export function usageFailure(code: string, message: string, fix: string): CommandFailure {
  return new CommandFailure(exitCodes.usage, { code, message, fix });
}

/** Something the person named does not exist: exit 3. */
export function notFoundFailure(code: string, message: string, fix: string): CommandFailure {
  return new CommandFailure(exitCodes.notFound, { code, message, fix });
}
