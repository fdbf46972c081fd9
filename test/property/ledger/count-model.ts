/**
 * Counting as the protocol's text says it, as plainly as possible: lists, searched from the front each time.
 * @module
 */
import { bcs } from "@mysten/bcs";

export interface Member {
  /** Hex of 32 bytes each. */
  readonly key: string;
  readonly operator: string;
  readonly name: string;
}

export type Wish =
  | { readonly about: "member"; readonly operator: string; readonly put: Member | undefined }
  | { readonly about: "parameter"; readonly number: number; readonly value: bigint };

export interface Voted {
  readonly voter: string;
  readonly wish: Wish;
  readonly height: number;
  readonly timeMs: number;
}

export interface Outcome {
  readonly set: readonly Member[];
  readonly values: readonly bigint[];
  readonly left: readonly Voted[];
}

const raw = bcs.bytes(32);
const Entry = bcs.struct("Entry", {
  key: raw,
  operator: raw,
  name: bcs.string(),
  endpoint: bcs.string(),
});
const Subject = bcs.enum("Subject", { Member: raw, Parameter: bcs.u8() });
const Change = bcs.enum("Change", { Put: Entry, Remove: raw, Parameter: bcs.u64() });

const unhex = (text: string) => Uint8Array.from(Buffer.from(text, "hex"));

/** BCS(subject ‖ change), in hex. */
function bytesOf(wish: Wish): string {
  if (wish.about === "parameter") {
    return (
      Subject.serialize({ Parameter: wish.number }).toHex() +
      Change.serialize({ Parameter: wish.value }).toHex()
    );
  }
  const subject = Subject.serialize({ Member: unhex(wish.operator) }).toHex();
  if (wish.put === undefined) {
    return subject + Change.serialize({ Remove: unhex(wish.operator) }).toHex();
  }
  const { key, operator, name } = wish.put;
  const entry = { key: unhex(key), operator: unhex(operator), name, endpoint: "" };
  return subject + Change.serialize({ Put: entry }).toHex();
}

const isMember = (set: readonly Member[], operator: string) =>
  set.some((member) => member.operator === operator);

function hasNoEffect(wish: Wish, set: readonly Member[], values: readonly bigint[]): boolean {
  if (wish.about === "parameter") return values[wish.number] === wish.value;
  if (wish.put === undefined) return !isMember(set, wish.operator);
  const { key, name, operator } = wish.put;
  return set.some((one) => one.operator === operator && one.key === key && one.name === name);
}

export function modelCount(options: {
  readonly set: readonly Member[];
  readonly values: readonly bigint[];
  readonly votes: readonly Voted[];
  readonly faultyKeys: readonly string[];
  readonly nowMs: number;
}): Outcome {
  const { votes, faultyKeys, nowMs } = options;
  const n = options.set.length;
  const f = Math.floor((n - 1) / 3);
  const isYoung = ({ timeMs }: Voted) => nowMs <= timeMs + 30 * 24 * 60 * 60 * 1000;
  const counting = votes.filter((vote) => isMember(options.set, vote.voter) && isYoung(vote));
  const distinct = [...new Map(counting.map(({ wish }) => [bytesOf(wish), wish])).entries()];
  const decided = distinct
    .map(([bytes, wish]) => {
      const heights = counting.filter((vote) => bytesOf(vote.wish) === bytes).map((v) => v.height);
      heights.sort((a, b) => a - b);
      return { bytes, wish, place: heights[n - f - 1] };
    })
    .filter(({ place }) => place !== undefined)
    .sort(
      (a, b) => Number(a.place) - Number(b.place) || Buffer.compare(unhex(a.bytes), unhex(b.bytes)),
    );
  let set = [...options.set];
  const values = [...options.values];
  let moves = 0;
  for (const { wish } of decided) {
    if (hasNoEffect(wish, set, values)) continue;
    if (wish.about === "parameter") {
      values[wish.number] = wish.value;
      continue;
    }
    const without = set.filter(({ operator }) => operator !== wish.operator);
    const wanted = wish.put === undefined ? without : [...without, wish.put];
    const isMove = wanted.length !== set.length;
    const areDistinct = new Set(wanted.map(({ key }) => key)).size === wanted.length;
    const isTooMuch = isMove && moves + 1 > Math.max(1, f);
    if (!areDistinct || wanted.length === 0 || wanted.length > 128 || isTooMuch) continue;
    set = wanted;
    if (isMove) moves += 1;
  }
  const honest = set.filter(({ key }) => !faultyKeys.includes(key));
  const final = honest.length === 0 ? set : honest;
  const left = votes.filter(
    (vote) => isYoung(vote) && isMember(final, vote.voter) && !hasNoEffect(vote.wish, set, values),
  );
  final.sort((a, b) => (a.key < b.key ? -1 : 1));
  return { set: final, values, left };
}
