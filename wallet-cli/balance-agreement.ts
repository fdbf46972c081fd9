/**
 * What several nodes' answers about one balance amount to.
 *
 * Two nodes at the same height must say the same; at different heights one is merely behind. The newest counts.
 * @module
 */

export interface BalanceAnswer {
  readonly node: string;
  /** Of the newest final block when it answered. */
  readonly height: number;
  /** Base units. */
  readonly amount: bigint;
}

export type Agreement =
  | {
      readonly kind: "agreed";
      readonly height: number;
      readonly amount: bigint;
      /** Nodes that say exactly this, at this height. */
      readonly agreeing: readonly string[];
      readonly behind: readonly { readonly node: string; readonly blocks: number }[];
    }
  | {
      readonly kind: "disagreement";
      readonly height: number;
      readonly answers: readonly BalanceAnswer[];
    };

/** Undefined when nobody answered. */
export function agreeOnBalance(answers: readonly BalanceAnswer[]): Agreement | undefined {
  const newest = answers.reduce<BalanceAnswer | undefined>(
    (best, answer) => (best === undefined || answer.height > best.height ? answer : best),
    undefined,
  );
  if (newest === undefined) return undefined;
  for (const { height, amount } of answers) {
    const sameHeight = answers.filter((other) => other.height === height);
    if (sameHeight.some((other) => other.amount !== amount)) {
      return { kind: "disagreement", height, answers: sameHeight };
    }
  }
  return {
    kind: "agreed",
    height: newest.height,
    amount: newest.amount,
    agreeing: answers.filter(({ height }) => height === newest.height).map(({ node }) => node),
    behind: answers
      .filter(({ height }) => height < newest.height)
      .map(({ node, height }) => ({ node, blocks: newest.height - height })),
  };
}
