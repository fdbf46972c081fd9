/**
 * One box for everything: what the node finds is suggested while one types, with what kind of thing it is.
 *
 * The pattern is the combobox of WAI-ARIA: the focus stays in the box, arrows choose, Enter goes, Escape closes.
 * @module
 */
import type { VNode } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { paths } from "../../../src/api/paths.ts";
import type { SearchHitJson } from "../../../src/api/search-json.ts";
import { ask } from "../asking/node-api.ts";
import { Said } from "../parts/text.tsx";
import { fittingHits, hitHref } from "./hits.ts";

const pauseMs = 120;
const lettersMin = 1;

type Answer =
  | { readonly kind: "idle" }
  | { readonly kind: "hits"; readonly query: string; readonly hits: readonly SearchHitJson[] }
  | { readonly kind: "offline" };

export function SearchBox(): VNode {
  const [text, setText] = useState("");
  const [answer, setAnswer] = useState<Answer>({ kind: "idle" });
  const [chosen, setChosen] = useState(-1);
  const box = useRef<HTMLFormElement>(null);
  const query = text.trim();
  const hits = answer.kind === "hits" && answer.query === query ? answer.hits : [];
  const isOpen = query.length >= lettersMin && answer.kind !== "idle";

  const find = async (left?: AbortSignal): Promise<readonly SearchHitJson[]> => {
    try {
      const found = await ask(paths.search(query), left);
      const fitting = fittingHits(query, found.hits);
      setAnswer({ kind: "hits", query, hits: fitting });
      return fitting;
    } catch {
      if (!left?.aborted) setAnswer({ kind: "offline" });
      return [];
    }
  };

  useEffect(() => {
    setChosen(-1);
    if (query.length < lettersMin) return setAnswer({ kind: "idle" });
    const leave = new AbortController();
    const timer = setTimeout(() => void find(leave.signal), pauseMs);
    return () => {
      clearTimeout(timer);
      leave.abort();
    };
  }, [query]);

  const go = (hit: SearchHitJson): void => {
    setText("");
    setAnswer({ kind: "idle" });
    location.hash = hitHref(query, hit);
  };

  const submit = async (): Promise<void> => {
    const known = hits[Math.max(0, chosen)];
    const hit = known ?? (query === "" ? undefined : (await find())[0]);
    if (hit !== undefined) go(hit);
  };

  const onKeyDown = (event: KeyboardEvent): void => {
    const steps: Readonly<Record<string, number>> = { ArrowDown: 1, ArrowUp: -1 };
    const step = steps[event.key];
    if (event.key === "Escape") setAnswer({ kind: "idle" });
    if (step === undefined || hits.length === 0) return;
    event.preventDefault();
    setChosen((at) => (at + step + hits.length) % hits.length);
  };

  return (
    <search>
      <form
        id="search"
        ref={box}
        onSubmit={(event) => {
          event.preventDefault();
          void submit();
        }}
        onFocusOut={({ relatedTarget }) => {
          if (!box.current?.contains(relatedTarget as Node | null)) setAnswer({ kind: "idle" });
        }}
      >
        <label class="hidden" for="query">
          Block height or id, transaction id, address, asset, record or validator
        </label>
        <input
          id="query"
          type="text"
          enterkeyhint="search"
          role="combobox"
          autocomplete="off"
          autocapitalize="none"
          spellcheck={false}
          maxLength={256}
          placeholder="Height, id, address, asset, record …"
          value={text}
          aria-expanded={isOpen}
          aria-controls="search-hits"
          aria-autocomplete="list"
          aria-activedescendant={chosen >= 0 ? `search-hit-${chosen}` : undefined}
          onInput={({ currentTarget }) => setText(currentTarget.value)}
          onKeyDown={onKeyDown}
        />
        <button type="submit">Search</button>
        <SearchHits isOpen={isOpen} answer={answer} hits={hits} chosen={chosen} onChoose={go} />
      </form>
    </search>
  );
}

interface SearchHitsProps {
  readonly isOpen: boolean;
  readonly answer: Answer;
  readonly hits: readonly SearchHitJson[];
  readonly chosen: number;
  readonly onChoose: (hit: SearchHitJson) => void;
}

function SearchHits({ isOpen, answer, hits, chosen, onChoose }: SearchHitsProps): VNode {
  return (
    <div class="hits" hidden={!isOpen}>
      <p class="soft" role="status">
        {answer.kind === "offline" && "The node does not answer. Try again."}
        {answer.kind === "hits" && hits.length === 0 && "Nothing of that name is final here."}
      </p>
      <div id="search-hits" role="listbox" aria-label="What was found">
        {hits.map((hit, i) => (
          // biome-ignore lint/a11y/useFocusableInteractive: see above
          <div
            key={`${hit.kind} ${hit.reference}`}
            id={`search-hit-${i}`}
            role="option"
            aria-selected={i === chosen}
            onMouseDown={(event) => {
              event.preventDefault();
              onChoose(hit);
            }}
          >
            <span class="kind">{hit.kind}</span> <Said text={hit.title} />{" "}
            <span class="soft">
              <Said text={hit.note} />
            </span>
          </div>
        ))}
      </div>
    </div>
  );
}
