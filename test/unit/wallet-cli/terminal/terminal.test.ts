/**
 * The terminal shows what others have chosen without obeying it; colours of our own stay.
 * @module
 */
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { CommandFailure, exitCodes } from "../../../../wallet-cli/failure.ts";
import { formatTable } from "../../../../wallet-cli/terminal/table.ts";
import { Terminal } from "../../../../wallet-cli/terminal/terminal.ts";

const terminal = new Terminal({ json: false, quiet: false, environment: {} });
let written = "";

beforeEach(() => {
  written = "";
  vi.spyOn(process.stderr, "write").mockImplementation((text) => {
    written += String(text);
    return true;
  });
});
afterEach(() => {
  vi.restoreAllMocks();
});

const drawn = "\u001b[2J\u001b]0;title\u0007\u009b3A\r1,000,000 QRT\u202e";

test("a note keeps lines and colours, and nothing else that a terminal obeys", () => {
  terminal.note(`\u001b[31mred\u001b[39m\nsecond ${drawn}`);
  expect(written).toBe(
    "\u001b[31mred\u001b[39m\nsecond \\u{1b}[2J\\u{1b}]0;title\\u{7}\\u{9b}3A\\u{d}1,000,000 QRT\\u{202e}\n",
  );
});

test("a failure is shown the same way, also what to do about it", async () => {
  const facts = { code: "c", message: `m ${drawn}`, fix: `f ${drawn}` };
  await terminal.fail(new CommandFailure(exitCodes.refused, facts));
  expect(written).toContain("1,000,000 QRT");
  expect(written).not.toMatch(/[^\P{C}\n]/u);
});

test("a line break in a cell makes no row", () => {
  const forged = "doc\nto  quo1somebody";
  expect(formatTable([["file", forged]])).toBe("file  doc\\u{a}to  quo1somebody");
});
