/**
 * Search: one box for everything. What a text can be is seen from its form; an id is asked for.
 * @module
 */
import { ask, ProblemError } from "./node-api.ts";

/** The address in this page of what a text names, or undefined when it names nothing. */
export async function findTarget(query: string): Promise<string | undefined> {
  const text = query.replaceAll(/[\s,.#]/g, "").toLowerCase();
  if (/^(?:0|[1-9][0-9]{0,14})$/.test(text)) return `#/block/${text}`;
  if (/^[0-9a-f]{64}$/.test(text)) {
    // Ids of blocks and transactions look alike. One that is no block's may be a transaction's yet to come.
    return (await isThere(`/v1/blocks/${text}`)) ? `#/block/${text}` : `#/tx/${text}`;
  }
  if (/^[a-z]{1,10}1[02-9ac-hj-np-z]{58}$/.test(text)) return `#/account/${text}`;
  return undefined;
}

async function isThere(path: string): Promise<boolean> {
  try {
    await ask(path);
    return true;
  } catch (error) {
    if (error instanceof ProblemError) return false;
    throw error;
  }
}
