/**
 * What search may suggest, and where that leads: a node can leave things out, but what was named exactly it cannot
 * exchange for another thing.
 *
 * The page of another thing would be proven, rightly, and its reader would take it for what was searched for. A code
 * and a name do not name one thing: there the reader chooses by what is shown.
 * @module
 */
import type { SearchHitJson } from "../../../src/api/search-json.ts";
import { openAddress } from "../../../src/protocol/address.ts";
import { decoded, hrefOf } from "./addresses.ts";

/** Those that the text can stand for. */
export const fittingHits = (
  text: string,
  hits: readonly SearchHitJson[],
): readonly SearchHitJson[] => hits.filter((hit) => fits(text, hit));

function fits(text: string, { kind, reference }: SearchHitJson): boolean {
  const named = text.toLowerCase();
  switch (kind) {
    case "block":
      return reference === named.replace(/^#/, "");
    case "transaction":
      return reference === named;
    case "account":
      return reference === named || openAddress(reference)?.account === named;
    case "asset":
      return !isId(named) || reference === named;
    case "record":
      return isId(named) || isPlaceOf(text, reference);
    default:
      return true;
  }
}

/** By its content a record is only found: the list of all that hold it is asked for again, and says so of each. */
export function hitHref(text: string, { kind, reference }: SearchHitJson): string {
  switch (kind) {
    case "transaction":
      return hrefOf("tx", reference);
    case "validator":
      return hrefOf("validators");
    case "record":
      return isId(text.toLowerCase())
        ? `${hrefOf("records")}?hash=${text.toLowerCase()}`
        : `#/record/${reference}`;
    default:
      return hrefOf(kind, reference);
  }
}

const isId = (text: string): boolean => /^[0-9a-f]{64}$/.test(text);

/** `address`, `address/topic` and `address/topic/key` name all records of that name. */
function isPlaceOf(text: string, reference: string): boolean {
  const [address, topic, key] = reference.split("/").map(decoded);
  const [namedAddress = "", namedTopic = "", ...rest] = text.split("/");
  const namedKey = decoded(rest.join("/"));
  return (
    address === namedAddress.toLowerCase() &&
    (namedTopic === "" || topic === decoded(namedTopic)) &&
    (namedKey === "" || key === namedKey)
  );
}
