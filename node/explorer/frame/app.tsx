/**
 * The whole page: what stays (name, places, search, foot) and the one thing that changes.
 * @module
 */
import type { VNode } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { paths } from "../../../src/api/paths.ts";
import { genesisAt } from "../asking/genesis.ts";
import { connection } from "../asking/live.ts";
import { useLoad } from "../asking/load.ts";
import { checkRound } from "../checking/reader-wishes.ts";
import { Id, Said } from "../parts/text.tsx";
import { hrefOf } from "./addresses.ts";
import { pageOf } from "./pages.tsx";
import { route } from "./router.ts";
import { SearchBox } from "./search-box.tsx";
import { type Theme, theme, themes } from "./theme.ts";

const places: readonly (readonly [page: string, title: string])[] = [
  ["", "Ledger"],
  ["mempool", "Waiting"],
  ["assets", "Assets"],
  ["records", "Records"],
  ["validators", "Validators"],
  ["network", "Network"],
];

export function App(): VNode {
  const { key } = route.value;
  const content = useRef<HTMLElement>(null);
  const before = useRef(key);
  useEffect(() => {
    if (before.current === key) return;
    before.current = key;
    scrollTo(0, 0);
    content.current?.focus({ preventScroll: true });
  }, [key]);
  return (
    <>
      <button type="button" class="skip" onClick={() => content.current?.focus()}>
        Skip to content
      </button>
      <Top />
      {connection.value === "lost" && (
        <p class="notice" role="alert">
          This node does not answer. What you see may be old; it is asked again by itself.
        </p>
      )}
      <main id="content" tabIndex={-1} ref={content}>
        {pageOf(route.value)}
      </main>
      <Foot />
    </>
  );
}

function Top(): VNode {
  const { page } = route.value;
  return (
    <header class="top">
      <div class="bar">
        <a class="brand" href="#/">
          <Brand />
          <span>Quorate</span>
        </a>
        <SearchBox />
      </div>
      <nav class="places" aria-label="Pages">
        {places.map(([name, title]) => (
          <a key={name} href={hrefOf(name)} aria-current={page === name ? "page" : undefined}>
            {title}
          </a>
        ))}
      </nav>
    </header>
  );
}

/** The Q whose ring is three quarters full: enough of them agree. */
const Brand = (): VNode => (
  <svg class="logo" viewBox="0 0 32 32" width="30" height="30" aria-hidden="true">
    <circle class="ring" cx="16" cy="16" r="11" />
    <circle class="quorum" cx="16" cy="16" r="11" />
    <path class="tail" d="m19.5 19.5 6.5 6.5" />
  </svg>
);

function Foot(): VNode {
  const round = checkRound.value;
  const load = useLoad(() => genesisAt(round), `genesis ${round}`);
  return (
    <footer>
      {load.kind === "ready" && (
        <p>
          Network <Said text={load.value.networkName} /> · chain <Id text={load.value.chainId} />
        </p>
      )}
      <p>
        <a href="/docs">API</a> · <a href={paths.status()}>Status as JSON</a> ·{" "}
        <a href="/verify.html" download>
          Receipt checker to keep
        </a>{" "}
        · <a href="#/trust">What is checked here</a>
      </p>
      <ThemeChoice />
    </footer>
  );
}

const themeNames: Readonly<Record<Theme, string>> = {
  system: "As the system",
  light: "Light",
  dark: "Dark",
};

const ThemeChoice = (): VNode => (
  <p>
    <label for="theme">Colours</label>{" "}
    <select
      id="theme"
      value={theme.value}
      onChange={({ currentTarget }) => {
        theme.value = themes.find((each) => each === currentTarget.value) ?? "system";
      }}
    >
      {themes.map((each) => (
        <option key={each} value={each}>
          {themeNames[each]}
        </option>
      ))}
    </select>
  </p>
);
