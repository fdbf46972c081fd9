/**
 * Several nodes about one balance.
 * @module
 */
import { expect, test } from "vitest";
import { agreeOnBalance } from "../../../wallet-cli/balance-agreement.ts";

const says = (node: string, height: number, amount: bigint) => ({ node, height, amount });

test("nobody answering agrees on nothing", () => {
  expect(agreeOnBalance([])).toBeUndefined();
});

test("the newest height counts, and who is behind is named", () => {
  expect(agreeOnBalance([says("a", 9, 5n), says("b", 10, 6n), says("c", 10, 6n)])).toEqual({
    kind: "agreed",
    height: 10,
    amount: 6n,
    agreeing: ["b", "c"],
    behind: [{ node: "a", blocks: 1 }],
  });
});

test("two amounts at one height are a disagreement, even below the newest height", () => {
  const answers = [says("a", 9, 5n), says("b", 9, 6n), says("c", 10, 6n)];
  expect(agreeOnBalance(answers)).toEqual({
    kind: "disagreement",
    height: 9,
    answers: [says("a", 9, 5n), says("b", 9, 6n)],
  });
});
