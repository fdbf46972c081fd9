/**
 * The ledger now: how it does, the newest blocks and transactions as they come.
 * @module
 */
import type { VNode } from "preact";
import type { StatsJson, StatusJson, ValidatorJson } from "../../../src/api/json.ts";
import { paths } from "../../../src/api/paths.ts";
import { type Load, useAnswer } from "../asking/load.ts";
import type { Claim } from "../checking/claims.ts";
import { readPin, readTipPlace } from "../checking/remembering.ts";
import { localShelf } from "../checking/shelf.ts";
import { Page } from "../frame/page.tsx";
import { Figures } from "../parts/card.tsx";
import { Loaded } from "../parts/loaded.tsx";
import { Quorum } from "../parts/quorum.tsx";
import { Height, Said, State } from "../parts/text.tsx";
import { agoText, amountText, countText, millisecondsText } from "../words/formats.ts";
import { syncWords, votingWords } from "../words/status-words.ts";
import { Newest } from "./newest.tsx";
import { Pace } from "./pace.tsx";

const refreshMs = 2_000;

export function HomePage(): VNode {
  const status = useAnswer(paths.status(), { everyMs: refreshMs });
  const stats = useAnswer(paths.stats(), { everyMs: refreshMs });
  const validators = useAnswer(paths.validators(), { everyMs: refreshMs });
  const claim = status.kind === "ready" ? claimOf(status.value) : undefined;
  return (
    <Page title="The ledger now" raw={paths.status()} claim={claim}>
      <Loaded load={both(status, stats)}>
        {([nowStatus, nowStats]) => <Now status={nowStatus} stats={nowStats} />}
      </Loaded>
      {status.kind === "ready" && validators.kind === "ready" && (
        <Voting status={status.value} validators={validators.value.items} />
      )}
      <Pace />
      <Newest />
    </Page>
  );
}

const onlyGenesis = "there is only the genesis yet; its proof comes with the first block";

/** Who has seen a block proven here before is not told that there is none yet. */
function hasSeenMore(): boolean {
  const pin = readPin(localShelf);
  return pin !== undefined && readTipPlace(localShelf, pin.chainId) !== undefined;
}

/** Before the first block a node can prove nothing, and is not asked. */
function claimOf({ tip: { height, id, timestampMs } }: StatusJson): Claim {
  if (height === 0 && !hasSeenMore()) return { kind: "word", why: onlyGenesis };
  return { kind: "tip", height, id, timestampMs };
}

/** Ready when both are; else what the one that is not says. */
function both<One, Other>(one: Load<One>, other: Load<Other>): Load<readonly [One, Other]> {
  if (one.kind !== "ready") return one;
  if (other.kind !== "ready") return other;
  return { kind: "ready", value: [one.value, other.value], again: one.again };
}

function Now({ status, stats }: { readonly status: StatusJson; readonly stats: StatsJson }): VNode {
  return (
    <Figures
      list={[
        ["Height", <Height key="height" height={status.tip.height} />],
        ["Newest block", agoText(status.tip.timestampMs)],
        ["Finality, median", millisecondsText(stats.finalityMsMedian)],
        ["Transactions a second", stats.transactionsPerSecond.toFixed(1)],
        ["Transactions", countText(stats.totalTransactions)],
        ["Accounts", countText(stats.accounts)],
        ["Supply", amountText(stats.totalSupplyDisplay)],
        [
          "Waiting",
          <a key="waiting" href="#/mempool">
            {countText(status.mempool.transactions)}
          </a>,
        ],
      ]}
    />
  );
}

/** Who votes now, as this node sees it, and what that means. */
function Voting({
  status,
  validators,
}: {
  readonly status: StatusJson;
  readonly validators: readonly ValidatorJson[];
}): VNode {
  const votes = ({ isSelf, connected, silent }: ValidatorJson): boolean =>
    isSelf ? status.voting.kind === "voting" : connected && !silent;
  const voting = validators.filter(votes).map(({ index }) => index);
  const away = validators.filter((validator) => !votes(validator));
  return (
    <p class="standing">
      <State words={syncWords(status)} /> <State words={votingWords(status)} />
      <span>
        <a href="#/validators">
          <Quorum signers={voting} count={validators.length} did="vote" />
        </a>{" "}
        <span class="soft">
          {away.length === 0 ? "All validators vote." : "Away or silent: "}
          {away.slice(0, namedMax).map(({ index, name }, i) => (
            <span key={index}>
              {i > 0 && ", "}
              <Said text={name} />
            </span>
          ))}
          {away.length > namedMax && " …"}
        </span>
      </span>
    </p>
  );
}

/** A page is no list. */
const namedMax = 5;
