/**
 * How the explorer becomes files that a node serves: everything from here, nothing from elsewhere.
 *
 * The names of scripts and styles hold their hash, so a browser keeps them for good; index.html has none and is asked
 * for again. What checks proofs is a script of its own, loaded after the first view. verify.html is
 * one file with everything in it, for people to keep: it has the only inline script, and names its hash in its policy.
 * @module
 */
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { build, type Plugin, type Rollup, type UserConfig } from "vite";

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

const oxc = { jsx: { runtime: "automatic", importSource: "preact" } } as const;
const target = "es2022";

/** verify.html, made of node/explorer/verify. */
const verifyPage: Plugin = {
  name: "verify-page",
  async generateBundle() {
    this.emitFile({ type: "asset", fileName: "verify.html", source: await verifyHtml() });
  },
};

async function verifyHtml(): Promise<string> {
  const built = (await build({
    configFile: false,
    root: here("./verify"),
    logLevel: "warn",
    oxc,
    build: {
      write: false,
      target,
      lib: { entry: here("./verify/main.tsx"), formats: ["iife"], name: "verify" },
    },
  })) as Rollup.RollupOutput | readonly Rollup.RollupOutput[];
  const outputs = (Array.isArray(built) ? built : [built as Rollup.RollupOutput]).flatMap(
    ({ output }) => [...output],
  );
  const script = outputs.flatMap((each) => (each.type === "chunk" ? [each.code] : [])).join("");
  const style = outputs.flatMap((each) => (each.type === "asset" ? [String(each.source)] : []));
  const scriptText = script.trim().replaceAll("</script", "<\\/script");
  const styleText = style.join("").trim();
  const policy = [
    "default-src 'none'",
    `script-src '${hashOf(scriptText)}'`,
    `style-src '${hashOf(styleText)}'`,
    "base-uri 'none'",
    "form-action 'none'",
  ].join("; ");
  // Given as functions: a dollar sign in a script means nothing.
  return readFileSync(here("./verify/verify.html"), "utf8")
    .replace("POLICY", () => policy)
    .replace("<!--STYLE-->", () => `<style>${styleText}</style>`)
    .replace("<!--SCRIPT-->", () => `<script>${scriptText}</script>`);
}

const hashOf = (text: string): string =>
  `sha256-${createHash("sha256").update(text).digest("base64")}`;

const config: UserConfig = {
  root: here("."),
  base: "/",
  publicDir: false,
  logLevel: "warn",
  oxc,
  plugins: [verifyPage],
  build: {
    outDir: here("../../dist/explorer"),
    emptyOutDir: true,
    assetsDir: "explorer",
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    target,
    reportCompressedSize: false,
  },
};

export default config;
