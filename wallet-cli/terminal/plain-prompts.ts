/**
 * The same questions in plain lines, for terminals that cannot move their cursor.
 * @module
 */
import { createInterface } from "node:readline/promises";
import { type Choice, cancelled, type TextOptions } from "./questions.ts";

const secretLengthMax = 4096;

/** Reads keys one by one in raw mode, so the terminal itself shows none of them. */
export async function plainSecret(message: string): Promise<string> {
  const { stdin, stderr } = process;
  stdin.setRawMode(true); // Before the question appears: a fast person's first keys are not shown either.
  stderr.write(`${message}: `);
  try {
    return (await typedLine(stdin)) ?? cancelled();
  } finally {
    stdin.setRawMode(false);
    stderr.write("\n");
  }
}

/** Undefined when the person or the terminal has ended it. Iterating over stdin would close it for later questions. */
async function typedLine(stdin: NodeJS.ReadStream): Promise<string | undefined> {
  let typed = "";
  return await new Promise((resolve) => {
    const settle = (line: string | undefined): void => {
      stdin.off("data", take).off("end", end).pause();
      resolve(line);
    };
    const end = (): void => settle(undefined);
    const take = (chunk: unknown): void => {
      for (const key of String(chunk)) {
        const isOver = key === "\u0003" || key === "\u0004" || typed.length > secretLengthMax;
        if (isOver || key === "\r" || key === "\n") {
          settle(isOver ? undefined : typed);
          break;
        }
        typed = key === "\u007f" || key === "\b" ? typed.slice(0, -1) : typed + key;
      }
    };
    stdin.setEncoding("utf8").on("data", take).once("end", end).resume();
  });
}

export async function plainText(message: string, options: TextOptions): Promise<string> {
  const { standard, flaw } = options;
  for (;;) {
    const typed = await line(standard === undefined ? message : `${message} [${standard}]`);
    const answer = typed === "" ? (standard ?? "") : typed;
    const wrong = flaw?.(answer);
    if (wrong === undefined) return answer;
    process.stderr.write(`  ${wrong}\n`);
  }
}

export async function plainChoice(message: string, choices: readonly Choice[]): Promise<string> {
  const rows = choices.map(
    ({ label, hint }, i) => `  ${i + 1}  ${label}${hint ? `  ${hint}` : ""}`,
  );
  process.stderr.write(`${message}\n${rows.join("\n")}\n`);
  for (;;) {
    const chosen = choices[Number(await line(`1 to ${choices.length}`)) - 1];
    if (chosen !== undefined) return chosen.value;
  }
}

export async function plainYes(message: string): Promise<boolean> {
  return /^(y|yes)$/i.test(await line(`${message} [y/N]`));
}

async function line(message: string): Promise<string> {
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return await new Promise<string>((resolve, reject) => {
      lines.once("close", () => reject(new Error("closed")));
      lines.question(`${message}: `).then((text) => resolve(text.trim()), reject);
    }).catch(() => cancelled());
  } finally {
    lines.close();
  }
}
