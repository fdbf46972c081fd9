/**
 * Small pieces of text: ids, times, amounts, states. What comes from the ledger is a text node, never markup.
 * @module
 */
import type { ComponentChildren, VNode } from "preact";
import { visible } from "../../../src/api/visible.ts";
import { hrefOf } from "../frame/addresses.ts";
import { agoText, amountText, countText, exactTime } from "../words/formats.ts";
import type { StateWords, Tone } from "../words/status-words.ts";

/** An id in full, to be read and copied whole. */
export const Id = ({ text }: { readonly text: string }): VNode => (
  <span class="id">{visible(text)}</span>
);

/** For lists: looks shorter, but is all there, to point at and to copy. */
export const ShortId = ({ text }: { readonly text: string }): VNode => (
  <span class="id short" title={visible(text)}>
    {visible(text)}
  </span>
);

/** Text that somebody else chose: nothing in it hides, and it cannot turn the direction of what is around it. */
export const Said = ({ text }: { readonly text: string }): VNode => (
  <bdi class={text.length <= briefLetters ? "said brief" : "said"}>{visible(text)}</bdi>
);

/** A name of so many letters stays on one line. */
const briefLetters = 20;

export function Badge({
  tone,
  children,
}: {
  readonly tone: Tone;
  readonly children: ComponentChildren;
}): VNode {
  return <span class={`badge ${tone}`}>{children}</span>;
}

/** The word in colour, and what it means. */
export const State = ({ words }: { readonly words: StateWords }): VNode => (
  <span>
    <Badge tone={words.tone}>{words.title}</Badge> <span class="soft">{words.meaning}</span>
  </span>
);

const dateFormat = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "medium" });
const clockFormat = new Intl.DateTimeFormat(undefined, { timeStyle: "medium" });
const halfDayMs = 43_200_000;

/** A moment in the reader's own time, with the exact one on hover. */
export function Time({ ms }: { readonly ms: number }): VNode {
  const exact = exactTime(ms);
  if (exact === undefined) return <span>{String(ms)}</span>;
  return (
    <time dateTime={exact} title={exact}>
      {dateFormat.format(ms)} <span class="soft">({agoText(ms)})</span>
    </time>
  );
}

/** For lists: the clock alone when it was in the last half day. */
export function ShortTime({ ms }: { readonly ms: number }): VNode {
  const exact = exactTime(ms);
  if (exact === undefined) return <span>{String(ms)}</span>;
  const isNear = Math.abs(Date.now() - ms) < halfDayMs;
  return (
    <time class="short" dateTime={exact} title={exact}>
      {(isNear ? clockFormat : dateFormat).format(ms)}
    </time>
  );
}

/** `1,250.00 QRT`: the figure in ink, the code in grey. */
export function Amount({ display }: { readonly display: string }): VNode {
  const [figure = "", ...code] = visible(amountText(display)).split(" ");
  return (
    <span class="amount">
      {figure} <span class="soft">{code.join(" ")}</span>
    </span>
  );
}

export const Height = ({ height }: { readonly height: number }): VNode => (
  <a class="height" href={hrefOf("block", height)}>
    {`#${countText(height)}`}
  </a>
);

export const TransactionLink = ({
  id,
  isShort = false,
}: {
  readonly id: string;
  readonly isShort?: boolean;
}): VNode => <a href={hrefOf("tx", id)}>{isShort ? <ShortId text={id} /> : <Id text={id} />}</a>;

export const BlockLink = ({
  id,
  isShort = false,
}: {
  readonly id: string;
  readonly isShort?: boolean;
}): VNode => <a href={hrefOf("block", id)}>{isShort ? <ShortId text={id} /> : <Id text={id} />}</a>;
