/**
 * Signals that end a process, as a promise.
 *
 * npm passes Ctrl-C on to a child that the terminal has interrupted already, so the same wish arrives twice; only a
 * signal that comes clearly later is impatience.
 * @module
 */

export interface StopSignal {
  /** Resolves at the first signal or request. */
  readonly requested: Promise<void>;
  /** Asks for the stop as a signal does. */
  readonly request: () => void;
  /** What to do first when a second signal ends the process at once. */
  onImpatience(callback: () => void): void;
  /** Gives the signals back to Node. */
  release(): void;
}

const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
const sameWishMs = 400;
const impatientExitCode = 130;

export function listenForStop(): StopSignal {
  let requestedAt: number | undefined;
  let impatience = (): void => {};
  let resolveRequested = (): void => {};
  const requested = new Promise<void>((resolve) => {
    resolveRequested = resolve;
  });
  const request = (): void => {
    requestedAt ??= performance.now();
    resolveRequested();
  };
  const onSignal = (): void => {
    if (requestedAt === undefined) request();
    if (performance.now() - (requestedAt ?? 0) < sameWishMs) return;
    impatience();
    process.exit(impatientExitCode);
  };
  for (const signal of signals) process.on(signal, onSignal);
  return {
    requested,
    request,
    onImpatience(callback) {
      impatience = callback;
    },
    release() {
      for (const signal of signals) process.off(signal, onSignal);
    },
  };
}
