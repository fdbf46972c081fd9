/**
 * The log of a simulated node: nobody reads the lines, but some of them are part of the run's story, and what a node
 * says about others is checked.
 * @module
 */
import type { Log, LogFields } from "../../../src/base/log.ts";

export interface LogWatcher {
  /** A warning or an error. */
  complained(text: string): void;
  /** The epoch is undefined where the line does not name it. */
  gaveUp(at: { readonly epoch: number | undefined; readonly view: number }, reason: string): void;
  /** By name: what the set calls the validator. */
  blamed(validator: string): void;
}

/** What the replica says when it nullifies a view, and when it holds proof of a fault. */
const nullified = "nullified a view";
const conflicting = "a validator signed conflicting votes";

export function watchedLog(watcher: LogWatcher): Log {
  const complain = (message: string, fields: LogFields | undefined): void => {
    watcher.complained(fields === undefined ? message : `${message} ${textOf(fields)}`);
  };
  return {
    debug: (message, fields) => {
      const { epoch, view, reason } = fields ?? {};
      if (message !== nullified || typeof view !== "number") return;
      watcher.gaveUp(
        { epoch: typeof epoch === "number" ? epoch : undefined, view },
        String(reason),
      );
    },
    info: () => {},
    warn: (message, fields) => {
      complain(message, fields);
      const { validator } = fields ?? {};
      if (message === conflicting && typeof validator === "string") watcher.blamed(validator);
    },
    error: complain,
  };
}

const textOf = (fields: LogFields): string =>
  Object.entries(fields)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `${name}=${shortened(String(value))}`)
    .join(" ");

/** An id in full says no more than its start. */
const shortened = (value: string): string =>
  /^[0-9a-f]{64}$/.test(value) ? value.slice(0, 12) : value;
