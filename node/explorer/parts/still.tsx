/**
 * Lists that hold still for their reader: whether one is being read, and the buttons that say what waits meanwhile.
 * @module
 */
import type { VNode } from "preact";
import { manyText } from "../words/formats.ts";

/** Pointed at, or focused. */
export const isTouched = (box: HTMLElement | null): boolean =>
  box !== null && (box.matches(":hover") || box.contains(document.activeElement));

/** What is new, to let in; and holding the list, or letting it go on. */
export function StillButtons({
  title,
  news,
  noun,
  isPaused,
  onRelease,
  onPause,
}: StillProps): VNode {
  return (
    <>
      <NewsButton {...news} noun={noun} onRelease={onRelease} />
      <PauseButton
        title={title}
        isPaused={isPaused}
        onTurn={() => {
          if (isPaused) onRelease();
          onPause(!isPaused);
        }}
      />
    </>
  );
}

interface StillProps {
  /** Of the list. */
  readonly title: string;
  readonly news: { readonly count: number; readonly isMore?: boolean };
  /** `block`, for "3 new blocks". */
  readonly noun: string;
  readonly isPaused: boolean;
  readonly onRelease: () => void;
  readonly onPause: (isPaused: boolean) => void;
}

/** `3 new blocks`; `more than 999 new blocks` where no more are kept. */
const NewsButton = ({
  count,
  isMore = false,
  noun,
  onRelease,
}: {
  readonly count: number;
  readonly isMore?: boolean;
  readonly noun: string;
  readonly onRelease: () => void;
}): VNode => (
  <span role="status">
    {count > 0 && (
      <button type="button" class="quiet news" onClick={onRelease}>
        {isMore && "more than "}
        {manyText(count, `new ${noun}`)}
      </button>
    )}
  </span>
);

const PauseButton = ({
  title,
  isPaused,
  onTurn,
}: {
  /** Of the list. */
  readonly title: string;
  readonly isPaused: boolean;
  readonly onTurn: () => void;
}): VNode => (
  <button type="button" class="quiet" aria-pressed={isPaused} onClick={onTurn}>
    {isPaused ? "Go on" : "Pause"}
    <span class="hidden"> {title}</span>
  </button>
);
