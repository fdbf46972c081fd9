/**
 * What `network up` tells: text with a live line for people, or one JSON object a line for programs.
 * @module
 */
import { resolve } from "node:path";
import type { LocalVerdictJson } from "../../src/api/local-json.ts";
import type { FundedAccount, NetworkFiles } from "./create-network.ts";
import { dirStandard } from "./layout.ts";
import type { MemberStatus, NetworkMember } from "./local-network.ts";
import { formatGroups } from "./partition.ts";
import { formatPulse, type Pulse, pulseState } from "./pulse-text.ts";
import { Screen } from "./screen.ts";

export interface UpReport {
  starting(files: NetworkFiles, members: readonly NetworkMember[], folder: string): void;
  /** A sentence about what is still waited for. */
  waiting(text: string): void;
  /** A node has started or ended. */
  changed(status: MemberStatus, folder: string): void;
  ready(members: readonly NetworkMember[], tookMs: number): void;
  /** What came of something that was done to the network, by whichever way it was asked for. */
  verdict(verdict: LocalVerdictJson): void;
  pulse(pulse: Pulse): void;
  stopping(): void;
  stopped(): void;
}

export function textReport(out: NodeJS.WriteStream): UpReport {
  const screen = new Screen(out);
  const say = (...lines: readonly string[]): void => {
    for (const line of lines) screen.line(line);
  };
  let isUp = false;
  let place = "";
  return {
    starting(files, members, folder) {
      place = folder;
      say(...facts(files, members, folder));
    },
    waiting: (text) => say(text),
    changed(status, folder) {
      if (status.state === "down") say(...downLines(status, folder));
      else if (isUp) say(`${status.name} ${stateWords[status.state]} (pid ${status.pid})`);
    },
    ready(members, tookMs) {
      isUp = true;
      const running = members.filter(({ pid }) => pid !== null).length;
      const seconds = (tookMs / 1000).toFixed(1);
      say(`ready: ${running} of ${members.length} nodes in ${seconds} s`, "", ...hints(place), "");
    },
    verdict: (verdict) => say(`${actionWords(verdict)}: ${verdict.words}`),
    pulse: (pulse) => screen.live(formatPulse(pulse), pulseState(pulse)),
    stopping() {
      screen.settle();
      say("stopping …");
    },
    stopped: () => say("stopped"),
  };
}

/** The same as a stream of `{ok: true, data: {event, …}}`. */
export function jsonReport(out: NodeJS.WriteStream): UpReport {
  out.on("error", () => {});
  const emit = (event: string, data: object = {}): void => {
    out.write(`${JSON.stringify({ ok: true, data: { event, ...data } })}\n`);
  };
  return {
    starting: ({ chainId, accounts }, nodes, folder) =>
      emit("starting", { chainId, folder, nodes, accounts }),
    waiting: (message) => emit("waiting", { message }),
    changed: (node) => emit("changed", { node }),
    ready: (nodes, tookMs) => emit("ready", { nodes, tookMs: Math.round(tookMs) }),
    verdict: (verdict) => emit("verdict", { verdict }),
    pulse: (pulse) => emit("pulse", pulse),
    stopping: () => emit("stopping"),
    stopped: () => emit("stopped"),
  };
}

function facts(
  { chainId, accounts }: NetworkFiles,
  members: readonly NetworkMember[],
  folder: string,
): readonly string[] {
  return [
    "Quorate: a local network",
    "",
    `  chain     ${chainId}`,
    `  folder    ${folder} (state is kept between runs; --reset begins again)`,
    "",
    ...members.map(({ name, http, p2p }) => `  ${name.padEnd(8)}  ${http}/  peers on ${p2p}`),
    "",
    "  accounts  funded with development keys, never to be used elsewhere",
    ...accounts.map(accountLine),
    "",
    `starting ${members.length} nodes …`,
  ];
}

/** `kill 2`, `partition 0,1|2,3` */
function actionWords({ action: { command, node, groups } }: LocalVerdictJson): string {
  const about = node ?? (groups === null ? undefined : formatGroups(groups));
  return about === undefined ? command : `${command} ${about}`;
}

const accountLine = ({ name, address }: FundedAccount): string => `  ${name.padEnd(8)}  ${address}`;

/** What to do next, so that it can be copied as it stands. */
function hints(folder: string): readonly string[] {
  const elsewhere = folder !== resolve(dirStandard);
  const network = elsewhere ? ` --network ${folder}/network.json` : "";
  const dir = dirFlag(folder);
  return [
    `  npx quorate-wallet send 25 bob --from alice${network}`,
    `  npx quorate network status${dir}     also: kill N, pause N, restart N, partition "0,1|2,3", heal, add-node, stop`,
    "  Ctrl-C stops all; the state is kept",
  ];
}

const stateWords = { running: "runs", paused: "is paused" } as const;

const dirFlag = (folder: string): string =>
  folder === resolve(dirStandard) ? "" : ` --dir ${folder}`;

function downLines({ name, reason }: MemberStatus, folder: string): readonly string[] {
  const index = name.replace(/\D/g, "");
  return [
    `${name} is down: ${reason ?? "it ended"}`,
    `  start it again: npx quorate network restart ${index}${dirFlag(folder)}`,
  ];
}
