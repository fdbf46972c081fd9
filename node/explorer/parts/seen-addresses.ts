/**
 * The addresses that a page shows now, so that two that look alike can be pointed out.
 * @module
 */

type Watcher = (count: number) => void;

const seen = new Map<string, Set<Watcher>>();
let changes = 0;
/** So many letters at each end are what people compare. */
const edgeLetters = 4;

export const seenAddresses = (): readonly string[] => [...seen.keys()];

export function seeAddress(address: string, watcher: Watcher): void {
  const isNew = !seen.has(address);
  seen.set(address, (seen.get(address) ?? new Set()).add(watcher));
  if (isNew) tellThoseLike(address);
}

export function forgetAddress(address: string, watcher: Watcher): void {
  const watchers = seen.get(address);
  watchers?.delete(watcher);
  if (watchers?.size === 0) seen.delete(address);
}

/** Whether another one begins alike or ends alike after the prefix, and is not the same. */
export function isLookAlike(address: string, others: readonly string[]): boolean {
  const own = edges(address);
  return others.some((other) => {
    if (other === address) return false;
    const { head, tail } = edges(other);
    return head === own.head && tail === own.tail;
  });
}

function edges(address: string): { readonly head: string; readonly tail: string } {
  const body = address.slice(address.indexOf("1") + 1);
  return { head: body.slice(0, edgeLetters), tail: body.slice(-edgeLetters) };
}

function tellThoseLike(address: string): void {
  changes += 1;
  for (const [other, watchers] of seen) {
    if (!isLookAlike(address, [other])) continue;
    for (const watcher of [...watchers, ...(seen.get(address) ?? [])]) watcher(changes);
  }
}
