/**
 * The stylesheet and the sign of the page for people: paper, ink and one green, as the explorer has them.
 * @module
 */
export const docsIcon = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" rx="8" fill="#1f6f5c"/><g fill="none" stroke="#fff" stroke-width="2.4" stroke-linecap="round"><circle cx="16" cy="16" r="8.2" stroke-dasharray="38.6 12.9" transform="rotate(22 16 16)"/><path d="m18.6 18.6 4.6 4.6"/></g></svg>`;

export const docsStyle = `
:root {
  color-scheme: light dark;
  --paper: #f6f4ee; --card: #fffefa; --ink: #1d2320; --soft: #5a625d; --line: #ddd9cc; --accent: #11604b; --tint: #e7efe6;
  --serif: "Iowan Old Style", Charter, "Bitstream Charter", "Palatino Linotype", "Noto Serif", Georgia, serif;
  --mono: ui-monospace, "SF Mono", "Cascadia Mono", "DejaVu Sans Mono", Menlo, monospace;
}
@media (prefers-color-scheme: dark) {
  :root {
    --paper: #121513; --card: #1a1e1b; --ink: #e9e7dd; --soft: #a5aba3; --line: #2f3530; --accent: #79cbae; --tint: #20302a;
  }
}
* { box-sizing: border-box; }
html { scroll-padding-top: 1rem; }
body {
  margin: 0 auto; padding: 1.1rem; max-width: 72rem;
  background: var(--paper); color: var(--ink); line-height: 1.55;
  font-family: system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif;
}
h1, h2 { font-family: var(--serif); font-weight: 600; line-height: 1.2; }
h1 { font-size: 2.2rem; margin: 0.2rem 0; }
h2 { font-size: 1.6rem; margin: 2.75rem 0 0.5rem; border-bottom: 1px solid var(--line); padding-bottom: 0.3rem; }
h3 { font-size: 1.05rem; margin: 0 0 0.4rem; overflow-wrap: anywhere; }
h4 { font-size: 0.85rem; margin: 1rem 0 0.3rem; color: var(--soft); }
p { margin: 0.4rem 0; max-width: 46rem; }
a { color: var(--accent); }
:target { outline: 2px solid var(--accent); outline-offset: 0.3rem; border-radius: 4px; }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; border-radius: 4px; }
code, pre { font-family: var(--mono); font-size: 0.88em; }
code { overflow-wrap: anywhere; }
pre { background: var(--tint); padding: 0.7rem 0.9rem; border-radius: 10px; overflow-x: auto; margin: 0; }
pre code { overflow-wrap: normal; }
small { color: var(--soft); font-weight: 400; }
.home { font-family: var(--serif); margin: 0; }
.skip { position: absolute; left: -999rem; }
.skip:focus { left: 1rem; top: 1rem; background: var(--card); padding: 0.5rem 0.8rem; }
nav ul { list-style: none; margin: 0; padding: 0; }
nav > ul { columns: 20rem; background: var(--card); border: 1px solid var(--line); border-radius: 10px; padding: 1rem 1.2rem; }
nav > ul > li { margin: 0 0 0.5rem; }
nav li li { padding-left: 0.9rem; }
nav a { text-decoration: none; display: inline-block; padding: 0.12rem 0; }
nav a:hover { text-decoration: underline; }
.operation, .problem, section section:not(.operation) {
  background: var(--card); border: 1px solid var(--line); border-radius: 10px; padding: 1rem 1.1rem; margin: 0.9rem 0;
}
.method { color: var(--accent); border: 1px solid currentColor; border-radius: 5px; padding: 0.05rem 0.4rem; font-size: 0.78rem; letter-spacing: 0.04em; }
.summary { font-size: 1.02rem; }
.status { color: var(--soft); font-weight: 400; }
.table { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-size: 0.92rem; }
th, td { text-align: left; vertical-align: top; padding: 0.35rem 0.8rem 0.35rem 0; border-top: 1px solid var(--line); font-weight: 400; }
thead th { color: var(--soft); border-top: 0; }
dl { display: grid; grid-template-columns: 7rem 1fr; gap: 0.15rem 0.8rem; margin: 0; }
dt { color: var(--soft); }
dd { margin: 0; }
@media (max-width: 34rem) { dl { grid-template-columns: 1fr; } dd { margin-bottom: 0.4rem; } }
@media (max-width: 44rem) {
  thead { position: absolute; left: -999rem; }
  tr { display: block; border-top: 1px solid var(--line); padding: 0.35rem 0; }
  th, td { display: block; border-top: 0; padding: 0.1rem 0; }
  td + td { color: var(--soft); }
}
@media print { nav, .skip { display: none; } }
`;
