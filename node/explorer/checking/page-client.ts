/**
 * The scene of this page: its node, the genesis that this browser saw here first, what it remembers, and its clock.
 * @module
 */
import type { Clock } from "../../../src/base/clock.ts";
import { rememberingVerifier } from "../../../src/client/remembering-verifier.ts";
import { nobleVerifier } from "../../../src/crypto/ed25519.ts";
import { nobleHasher } from "../../../src/crypto/hash.ts";
import { parseCheckpoint } from "../../../src/protocol/checkpoint.ts";
import { chainIdOf, type Genesis, parseGenesis } from "../../../src/protocol/genesis.ts";
import type { ChainId } from "../../../src/protocol/ids.ts";
import { genesisAt } from "../asking/genesis.ts";
import { ask } from "../asking/node-api.ts";
import { misnamedWords } from "./asked.ts";
import { checkRound } from "./reader-wishes.ts";
import { meet, readCheckpointText } from "./remembering.ts";
import { type KnownNetwork, Scene } from "./scene.ts";
import { localShelf } from "./shelf.ts";
import { TipShelf } from "./tip-shelf.ts";

interface ShownNetwork {
  readonly genesis: Genesis;
  readonly chainId: ChainId;
  readonly misnamed: string | undefined;
}

/** Each signature is checked once in the life of the page. */
const verifier = rememberingVerifier(nobleVerifier, nobleHasher);

const clock: Clock = {
  wallMs: () => Date.now(),
  monotonicMs: () => performance.now(),
  after(delayMs, callback) {
    const timer = setTimeout(callback, delayMs);
    return () => clearTimeout(timer);
  },
};

let shown: Promise<ShownNetwork> | undefined;
let shownRound = -1;

export async function sceneOfPage(others: readonly string[], left: AbortSignal): Promise<Scene> {
  const network = await networkOfPage();
  const page = location.origin;
  return new Scene({
    network,
    page,
    others: others.filter((node) => node !== page),
    web: {
      httpFetch: (url, request) => fetch(url, { ...request, credentials: "omit" }),
      timeoutSignal: (ms) => AbortSignal.timeout(ms),
    },
    clock,
    hasher: nobleHasher,
    verifier,
    tips: new TipShelf(localShelf, network.chainId),
    pause: () => new Promise((resolve) => setTimeout(resolve)),
    ask: (path) => ask(path, left),
    left,
  });
}

/** What the node says is looked up once; what this browser remembers may be changed by the reader. */
async function networkOfPage(): Promise<KnownNetwork> {
  // Another network may have taken this address since: the reader asks for everything anew.
  if (shownRound !== checkRound.value) shown = undefined;
  shownRound = checkRound.value;
  shown ??= askNetwork().catch((error: unknown) => {
    shown = undefined;
    throw error;
  });
  const { genesis, chainId, misnamed } = await shown;
  const text = readCheckpointText(localShelf);
  return {
    genesis,
    chainId,
    misnamed,
    acquaintance: meet(localShelf, chainId, Date.now()),
    checkpoint: text === undefined ? undefined : parseCheckpoint(text),
  };
}

async function askNetwork(): Promise<ShownNetwork> {
  const answer = await genesisAt(checkRound.value);
  const genesis = parseGenesis(JSON.stringify(answer.genesis));
  if (!genesis.ok) throw new Error(`The genesis is not readable: ${genesis.reason}`);
  const chainId = chainIdOf(nobleHasher, genesis.value);
  return {
    genesis: genesis.value,
    chainId,
    misnamed: misnamedWords(answer, genesis.value, chainId),
  };
}
