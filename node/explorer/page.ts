/**
 * The explorer's page: which view an address shows, the search box, and the states that every view shares.
 * @module
 */
import type { GenesisJson } from "../../src/api/json.ts";
import { accountView } from "./account.ts";
import { blockView } from "./block.ts";
import { card, element, idText, link, say } from "./dom.ts";
import { homeView } from "./home.ts";
import { onConnection, startLive } from "./live.ts";
import { ask, OfflineError, ProblemError } from "./node-api.ts";
import { findTarget } from "./search.ts";
import { transactionView } from "./transaction.ts";
import type { View } from "./view.ts";

/** A faster answer than this needs no "Loading". */
const patienceMs = 150;

const content = find("content");
const offline = find("offline");
let leave = new AbortController();
/** Whether what is shown is there only because the node was away. */
let showsOffline = false;

function find(id: string): HTMLElement {
  const found = document.getElementById(id);
  if (found === null) throw new Error(`the page has no #${id}`);
  return found;
}

function viewOf(left: AbortSignal): Promise<View> {
  const [, kind = "", reference = ""] = location.hash.split("/");
  const decoded = decodeReference(reference);
  if (kind === "block") return blockView(decoded, left);
  if (kind === "tx") return transactionView(decoded, left, () => void show());
  if (kind === "account") return accountView(decoded, left);
  return homeView(left);
}

function decodeReference(reference: string): string {
  try {
    return decodeURIComponent(reference);
  } catch {
    return reference;
  }
}

/** Shows what the address says; whatever was being loaded before is dropped. */
async function show(): Promise<void> {
  leave.abort();
  leave = new AbortController();
  const { signal } = leave;
  content.setAttribute("aria-busy", "true");
  const waiting = setTimeout(() => content.replaceChildren(say("Loading …")), patienceMs);
  const view = await viewOf(signal).catch((error: unknown) => failureView(error));
  clearTimeout(waiting);
  if (signal.aborted) return;
  content.replaceChildren(element("h1", {}, view.title), ...view.body);
  content.removeAttribute("aria-busy");
  document.title = `${view.title} · Quorate explorer`;
}

function failureView(error: unknown): View {
  showsOffline = error instanceof OfflineError;
  const again = element("button", {}, "Try again");
  again.addEventListener("click", () => void show());
  if (error instanceof ProblemError) {
    const { title, detail, fix } = error.problem;
    const home = link("#/", "Back to the newest blocks");
    const text = element("p", {}, detail, " ", fix);
    return { title: title.replace(/\.$/, ""), body: [card("What the node says", text), home] };
  }
  const text = showsOffline
    ? "It may have been stopped, or the connection to it is lost."
    : "This page failed to show the answer.";
  return {
    title: showsOffline ? "The node does not answer" : "Something went wrong",
    body: [element("p", {}, text), again],
  };
}

async function search(query: string): Promise<void> {
  const says = find("search-says");
  says.textContent = "";
  try {
    const target = await findTarget(query);
    if (target === undefined) {
      says.textContent = "That is no height, id or address. Nothing was found.";
    } else if (location.hash === target) {
      await show();
    } else {
      location.hash = target;
    }
  } catch {
    says.textContent = "The node does not answer. Try again.";
  }
}

async function showNetwork(): Promise<void> {
  const { networkName, chainId } = await ask<GenesisJson>("/v1/genesis");
  find("network").replaceChildren(`Network ${networkName} · chain `, idText(chainId));
}

addEventListener("hashchange", () => {
  scrollTo(0, 0);
  content.focus({ preventScroll: true });
  void show();
});

find("search").addEventListener("submit", (event) => {
  event.preventDefault();
  const input = find("query") as HTMLInputElement;
  void search(input.value.trim());
});

onConnection((connected) => {
  offline.hidden = connected;
  if (!connected || !showsOffline) return;
  showsOffline = false;
  void show();
});

startLive();
void show();
showNetwork().catch(() => {});
