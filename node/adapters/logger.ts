/**
 * The Log port on pino: for people (`pretty`) or for machines (`json`, one object a line), always on stderr.
 * @module
 */
import { type Level, pino } from "pino";
import pretty from "pino-pretty";
import type { Log, LogFields } from "../../src/base/log.ts";

export const logLevels = ["debug", "info", "warn", "error"] as const;
export const logFormats = ["pretty", "json"] as const;
export type LogLevel = (typeof logLevels)[number];
export type LogFormat = (typeof logFormats)[number];

export interface LogOptions {
  readonly level: LogLevel;
  readonly format: LogFormat;
  /** Where lines go; stderr unless a test says otherwise. */
  readonly stream?: NodeJS.WritableStream;
  readonly colour?: boolean;
}

/** Lines are written at once, so that the last words of a process that ends are not lost. */
export function createLog({ level, format, stream, colour = false }: LogOptions): Log {
  const destination =
    format === "json"
      ? (stream ?? pino.destination({ dest: 2, sync: true }))
      : pretty({
          colorize: colour,
          ignore: "pid,hostname",
          translateTime: "SYS:HH:MM:ss.l",
          singleLine: true,
          destination: stream ?? 2,
          sync: true,
        });
  const logger = pino({ level, base: null }, destination);
  const at =
    (name: Level) =>
    (message: string, fields?: LogFields): void =>
      fields === undefined ? logger[name](message) : logger[name](fields, message);
  return { debug: at("debug"), info: at("info"), warn: at("warn"), error: at("error") };
}
