/**
 * The nodes of a network that is all on this machine, and steering them: through this page's node, or, when that one is
 * gone, through another of them.
 * @module
 */
import { type ReadonlySignal, signal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import type { LocalNodeCommand, LocalNodesJson } from "../../../src/api/local-json.ts";
import { paths } from "../../../src/api/paths.ts";
import type { Problem } from "../../../src/api/problem.ts";

export type LocalState =
  | { readonly kind: "asking" }
  /** The nodes are on machines of their own: nothing can be done to them from here. */
  | { readonly kind: "elsewhere" }
  | { readonly kind: "local"; readonly network: LocalNodesJson }
  | { readonly kind: "lost"; readonly network: LocalNodesJson };

const current = signal<LocalState>({ kind: "asking" });
export const localState: ReadonlySignal<LocalState> = current;

const refreshMs = 1_000;
const timeoutMs = 3_000;

/** Keeps `localState` fresh while the component is there. */
export function useLocalNodes(): void {
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    let isLeft = false;
    const turn = async (): Promise<void> => {
      await refresh();
      if (!isLeft && current.value.kind !== "elsewhere") timer = setTimeout(turn, refreshMs);
    };
    void turn();
    return () => {
      isLeft = true;
      clearTimeout(timer);
    };
  }, []);
}

async function refresh(): Promise<void> {
  const known = networkOf(current.value);
  for (const base of basesOf(known)) {
    const answer = await tryAsk(`${base}${paths.localNodes()}`);
    if (answer === undefined) continue;
    const network = answer.ok ? await jsonOf<LocalNodesJson>(answer) : undefined;
    if (network !== undefined) current.value = { kind: "local", network };
    else if (known === undefined && isRefusal(answer)) current.value = { kind: "elsewhere" };
    else continue;
    return;
  }
  if (known !== undefined) current.value = { kind: "lost", network: known };
}

/** There is nothing like this, or not for this page; rather than that it cannot be told just now. */
const isRefusal = ({ status }: Response): boolean => status === 403 || status === 404;

const onThisMachine = /^http:\/\/(?:127\.0\.0\.1|localhost|\[::1\]):\d{1,5}$/;

/** An answer that breaks off is none. */
const jsonOf = async <Json>(answer: Response): Promise<Json | undefined> =>
  await answer.json().then(
    (json) => json as Json,
    () => undefined,
  );

const networkOf = (state: LocalState): LocalNodesJson | undefined =>
  "network" in state ? state.network : undefined;

/** This page's own node first, then the others that may live: on this machine, whatever the node says of them. */
function basesOf(network: LocalNodesJson | undefined): readonly string[] {
  const others = network?.nodes.filter(({ state }) => state === "running") ?? [];
  const bases = others.map(({ http }) => http).filter((base) => onThisMachine.test(base));
  return ["", ...bases.filter((base) => base !== location.origin)];
}

/** Resolves to what is to be said when it could not be begun. */
export const steerNode = (index: number, command: LocalNodeCommand): Promise<string | undefined> =>
  post(paths.steer(index, command), {});

export const partition = (
  groups: readonly (readonly number[])[],
  forMs: number | null,
): Promise<string | undefined> => post(paths.partition(), { groups, forMs });

export const heal = (): Promise<string | undefined> => post(paths.heal(), {});

async function post(path: string, body: unknown): Promise<string | undefined> {
  for (const base of basesOf(networkOf(current.value))) {
    const answer = await tryAsk(`${base}${path}`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
    });
    if (answer === undefined) continue;
    const problem = answer.ok ? undefined : await jsonOf<Problem>(answer);
    const said = answer.ok ? undefined : (problem?.detail ?? "It could not be begun.");
    void refresh();
    return said;
  }
  return "No node answers: start the network again with npm start.";
}

async function tryAsk(url: string, request: RequestInit = {}): Promise<Response | undefined> {
  try {
    return await fetch(url, { ...request, signal: AbortSignal.timeout(timeoutMs) });
  } catch {
    return undefined;
  }
}
