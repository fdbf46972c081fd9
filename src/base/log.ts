/**
 * The Log port: structured lines, written by whoever owns the process.
 * @module
 */

export type LogFields = Readonly<Record<string, string | number | boolean | undefined>>;

export interface Log {
  debug(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
}

/** For tests and tools that do not want lines. */
export const silentLog: Log = {
  debug() {},
  info() {},
  warn() {},
  error() {},
};
