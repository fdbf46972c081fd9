/**
 * Lies that were caught while this page was open: kept to be downloaded as files.
 * @module
 */
import type { Evidence } from "../../../src/client/evidence.ts";

/** The newest stay. */
const keptMax = 20;
const kept = new Map<string, Evidence>();
let number = 0;

/** The name under which it is kept. */
export function keepEvidence(evidence: Evidence): string {
  number += 1;
  const name = `quorate-evidence-${number}.json`;
  kept.set(name, evidence);
  const [oldest] = kept.keys();
  if (kept.size > keptMax && oldest !== undefined) kept.delete(oldest);
  return name;
}

/** The text of the file; undefined: it is not kept any more. */
export function evidenceText(name: string): string | undefined {
  const evidence = kept.get(name);
  return evidence && `${JSON.stringify(evidence, undefined, 2)}\n`;
}
