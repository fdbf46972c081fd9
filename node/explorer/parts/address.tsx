/**
 * Addresses: always in full, in groups that can be compared, with a mark that differs where addresses look alike.
 *
 * An attacker can make an address whose first and last letters equal another's. The mark is drawn from a hash of the
 * whole, so it cannot be brought to look the same along with them by chance; and two on one page that begin and end
 * alike are pointed out.
 * @module
 */
import type { VNode } from "preact";
import { useEffect, useState } from "preact/hooks";
import { nodeWords, visible } from "../../../src/api/visible.ts";
import { utf8 } from "../../../src/base/bytes.ts";
import { nobleHasher } from "../../../src/crypto/hash.ts";
import { hrefOf } from "../frame/addresses.ts";
import { forgetAddress, isLookAlike, seeAddress, seenAddresses } from "./seen-addresses.ts";
import { Said } from "./text.tsx";

const groupLetters = 4;
const marks = new Map<string, VNode>();
const marksMax = 1_000;
const lettersMax = 120;

export interface AddressProps {
  readonly address: string;
  /** Left out: a link to the account. */
  readonly isLink?: boolean;
}

export function Address({ address, isLink = true }: AddressProps): VNode {
  // None is so long: whatever a node calls one is shown, and not taken to pieces.
  if (address.length > lettersMax) return <Said text={nodeWords(address)} />;
  return <RealAddress address={address} isLink={isLink} />;
}

function RealAddress({ address, isLink }: Required<AddressProps>): VNode {
  const isAlike = useLookAlike(address);
  const text = (
    <span class="address">
      {mark(address)}
      <span class="id">
        {groupsOf(address).map(({ text: letters, isEdge }, i) => (
          <span key={i} class={isEdge ? "group edge" : "group"}>
            {visible(letters)}
          </span>
        ))}
      </span>
      {isAlike && <span class="badge warn">looks like another on this page</span>}
    </span>
  );
  return isLink ? <a href={hrefOf("account", address)}>{text}</a> : text;
}

function useLookAlike(address: string): boolean {
  const [, setSeen] = useState(0);
  useEffect(() => {
    seeAddress(address, setSeen);
    return () => forgetAddress(address, setSeen);
  }, [address]);
  return isLookAlike(address, seenAddresses());
}

/**
 * The prefix, which says nothing, then groups of four. Those that people compare, the first and the last letters, are
 * emphasized.
 */
function groupsOf(address: string): readonly { readonly text: string; readonly isEdge: boolean }[] {
  const start = address.indexOf("1") + 1;
  const rest = address.slice(start).match(/.{1,4}/g) ?? [];
  const groups = rest.map((text, i) => {
    const isLast = i >= rest.length - ((rest.at(-1)?.length ?? 0) < groupLetters ? 2 : 1);
    return { text, isEdge: i === 0 || isLast };
  });
  return [{ text: address.slice(0, start), isEdge: false }, ...groups];
}

/** Five by five cells, left and right alike, and one of many colours: all of it from the hash. */
function mark(address: string): VNode {
  const known = marks.get(address);
  if (known !== undefined) return known;
  const hash = nobleHasher.sha256(utf8(address));
  const [hue = 0, tint = 0] = hash;
  const cells = Array.from({ length: 15 }, (_, i) => i).filter(
    (i) => ((hash[i + 2] ?? 0) & 1) === 1,
  );
  const squares = cells.flatMap((i) => {
    const x = Math.floor(i / 5);
    const y = i % 5;
    return x === 2
      ? [[x, y]]
      : [
          [x, y],
          [4 - x, y],
        ];
  });
  const colour = `hsl(${Math.round((hue * 360) / 256)} ${45 + (tint % 3) * 15}% 48%)`;
  const drawn = (
    <svg class="mark" viewBox="0 0 5 5" width="16" height="16" aria-hidden="true" fill={colour}>
      {squares.map(([x, y]) => (
        <rect key={`${x}.${y}`} x={x} y={y} width="1.02" height="1.02" />
      ))}
    </svg>
  );
  if (marks.size >= marksMax) marks.clear();
  marks.set(address, drawn);
  return drawn;
}
