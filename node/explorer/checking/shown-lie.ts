/**
 * A node that proves one thing and shows another: both its own words, kept as evidence.
 * @module
 */
import type { RawAnswer } from "../../../src/client/evidence.ts";
import type { NodeWord } from "./claims.ts";
import type { Scene } from "./scene.ts";

/** The words on all nodes, with the lie in that on the page's own. */
export async function keepShown(
  { client, page }: Scene,
  message: string,
  shown: unknown,
  { words, raw }: { readonly words: readonly NodeWord[]; readonly raw: readonly RawAnswer[] },
): Promise<readonly NodeWord[]> {
  const answer = { url: page, status: 200, body: JSON.stringify(shown), isCut: false };
  const evidence = await client.caught.save("shown_not_proven", message, [page], [answer, ...raw]);
  return words.map((word) =>
    word.node === page
      ? { ...word, tone: "bad" as const, words: "shows something else than it proves", evidence }
      : word,
  );
}
