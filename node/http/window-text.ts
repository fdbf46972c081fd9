/**
 * Stretches of time in a query: `500ms`, `60s`, `10m`, `24h`.
 * @module
 */
import { z } from "zod";
import { written } from "./parameters.ts";

const unitMs: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 };
const windowMsMax = 24 * 3_600_000;

/** As milliseconds, from 1 to a day. */
export const windowText = (standard: string): z.ZodType<number, string | undefined> =>
  written(
    z
      .string()
      .max(16)
      .default(standard)
      .transform((text, issues) => {
        const [, digits = "", unit = ""] = /^([0-9]{1,8})(ms|s|m|h)$/.exec(text) ?? [];
        const windowMs = Number(digits) * (unitMs[unit] ?? 0);
        if (windowMs >= 1 && windowMs <= windowMsMax) return windowMs;
        issues.addIssue({ code: "custom", message: "not a window such as 60s or 10m, up to 24h" });
        return z.NEVER;
      }),
    { type: "string", pattern: "^[0-9]{1,8}(?:ms|s|m|h)$", default: standard },
  );
