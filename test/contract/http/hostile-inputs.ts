/**
 * Input for a parameter, made from its schema: what fits it, what does not, and what lies at its bounds.
 * @module
 */
import { Ajv2020 } from "ajv/dist/2020.js";
import type { ParameterObject } from "../../../node/http/docs/document.ts";

export interface Input {
  readonly text: string;
  /** Whether the schema takes it. */
  readonly fits: boolean;
}

const ajv = new Ajv2020({ strict: false });

const nasty: readonly string[] = [
  "",
  " ",
  "..",
  "../../etc/passwd",
  "\u0000",
  "a\u0000b",
  "\u202eevil",
  "💥💥",
  "__proto__",
  "constructor",
  "null",
  "NaN",
  "<script>alert(1)</script>",
  "' OR 1=1 --",
  "%00",
  "%zz",
  "-1",
  "+1",
  "1.5",
  "01",
  "1e3",
  "0x10",
  "１２",
  "9".repeat(30),
  "a".repeat(5_000),
  "é".repeat(300),
];

export function inputsOf({ schema }: ParameterObject): readonly Input[] {
  const of = schema["type"] === "array" ? (schema["items"] as typeof schema) : schema;
  const bounds: string[] = [];
  for (const keyword of ["minimum", "maximum"]) {
    const bound = of[keyword];
    if (typeof bound !== "number") continue;
    for (const value of [bound - 1, bound, bound + 1]) bounds.push(String(value));
  }
  const longest = of["maxLength"];
  if (typeof longest === "number") bounds.push("a".repeat(longest), "a".repeat(longest + 1));
  const values = (of["enum"] ?? []) as readonly string[];
  const validate = ajv.compile(of);
  const texts = [...nasty, ...bounds, ...values, ...values.map((each) => each.toUpperCase())];
  return texts.map((text) => ({ text, fits: validate(meaningOf(of, text)) }));
}

/** What the text says: digits are a number where one is asked for. */
const meaningOf = (schema: ParameterObject["schema"], text: string): unknown =>
  schema["type"] === "integer" && /^(?:0|[1-9][0-9]{0,14})$/.test(text) ? Number(text) : text;
