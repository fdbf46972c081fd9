/**
 * Who votes: each validator's votes and missed views and why, what members vote on, and proven faults.
 * @module
 */
import type { VNode } from "preact";
import type { ListJson, NullifiedViewJson, ValidatorJson } from "../../../src/api/json.ts";
import type {
  ChangeJson,
  FaultJson,
  MembershipJson,
  StandingChangeJson,
} from "../../../src/api/membership-json.ts";
import { paths } from "../../../src/api/paths.ts";
import { type Load, useAnswer } from "../asking/load.ts";
import { Page } from "../frame/page.tsx";
import { Address } from "../parts/address.tsx";
import { Card, Facts, Nothing } from "../parts/card.tsx";
import { Loaded } from "../parts/loaded.tsx";
import { type Column, Table } from "../parts/table.tsx";
import { Badge, Height, Id, Said, ShortId, Time } from "../parts/text.tsx";
import { countText, durationText, manyText } from "../words/formats.ts";

const refreshMs = 2_000;
const path = paths.validators();

export function ValidatorsPage(): VNode {
  const validators = useAnswer(path, { everyMs: refreshMs });
  const membership = useAnswer(paths.membership(), { everyMs: refreshMs });
  const status = useAnswer(paths.status(), { everyMs: refreshMs });
  const faults = useAnswer(paths.faults());
  return (
    <Page title="Validators" raw={path} claim={claimOf(validators)}>
      <Loaded load={validators}>
        {({ items }) => (
          <Card
            title={`${manyText(items.length, "validator")}, ${quorumOf(items.length)} make a quorum`}
          >
            <Table
              caption="Validators"
              columns={columns}
              items={items}
              keyOf={({ index }) => index}
            />
          </Card>
        )}
      </Loaded>
      {status.kind === "ready" && <Views views={status.value.nullified} />}
      {membership.kind === "ready" && <Votes membership={membership.value} />}
      {faults.kind === "ready" && <Faults faults={faults.value.items} />}
    </Page>
  );
}

/** Only what the ledger says of them can be proven, so that alone makes another claim. */
function claimOf(load: Load<ListJson<ValidatorJson>>) {
  if (load.kind !== "ready") return undefined;
  const validators = load.value.items.map(({ index, name, consensusKey, operator, endpoint }) => ({
    ...{ index, name, consensusKey, operator, endpoint },
  }));
  return { kind: "validators", validators } as const;
}

const quorumOf = (count: number): number => count - Math.floor((count - 1) / 3);

const columns: readonly Column<ValidatorJson>[] = [
  { title: "#", isNumber: true, cell: ({ index }) => String(index) },
  { title: "Name", cell: ({ name }) => <Said text={name} /> },
  { title: "Now", cell: (validator) => <Seen validator={validator} /> },
  {
    title: "Last vote in view",
    isNumber: true,
    cell: ({ lastVoteView }) => (lastVoteView === null ? "none yet" : countText(lastVoteView)),
  },
  {
    title: "Views missed as leader",
    isNumber: true,
    cell: ({ missedViews }) => countText(missedViews),
  },
  { title: "Operator", cell: ({ operator }) => <Address address={operator} /> },
  { title: "Key", cell: ({ consensusKey }) => <ShortId text={consensusKey} /> },
];

function Seen({
  validator: { isSelf, connected, silent },
}: {
  readonly validator: ValidatorJson;
}): VNode {
  if (isSelf) return <Badge tone="good">this node</Badge>;
  if (!connected) return <Badge tone="bad">not connected</Badge>;
  return silent ? <Badge tone="warn">connected, silent</Badge> : <Badge tone="good">votes</Badge>;
}

const viewColumns: readonly Column<NullifiedViewJson>[] = [
  { title: "View", isNumber: true, cell: ({ view }) => countText(view) },
  { title: "Leader", cell: ({ leader }) => <Said text={leader} /> },
  { title: "Why", cell: ({ reason }) => <Said text={reason.replaceAll("-", " ")} /> },
  { title: "Given up by", cell: ({ byQuorum }) => (byQuorum ? "a quorum" : "this node") },
  { title: "Ago", isNumber: true, cell: ({ agoMs }) => durationText(agoMs) },
];

const Views = ({ views }: { readonly views: readonly NullifiedViewJson[] }): VNode => (
  <Card title="Views that came to nothing">
    {views.length === 0 ? (
      <Nothing>None that this node remembers: every leader was in time.</Nothing>
    ) : (
      <Table
        caption="Views that came to nothing"
        columns={viewColumns}
        items={views.toReversed()}
        keyOf={({ epoch, view }) => `${epoch}.${view}`}
      />
    )}
  </Card>
);

function Votes({
  membership: { epoch, quorum, changes, current, next },
}: {
  readonly membership: MembershipJson;
}): VNode {
  const isSame = JSON.stringify(current) === JSON.stringify(next);
  return (
    <Card title="Membership">
      <Facts
        list={[
          ["Epoch", `${countText(epoch.number)}, until block #${countText(epoch.lastHeight)}`],
          [
            "Ends about",
            epoch.endsAboutMs === null ? (
              "not known yet"
            ) : (
              <Time key="ends" ms={epoch.endsAboutMs} />
            ),
          ],
          [
            "Next set",
            isSame ? (
              "the same"
            ) : (
              <Said key="next" text={next.map(({ name }) => name).join(", ")} />
            ),
          ],
        ]}
      />
      {changes.length === 0 ? (
        <Nothing>Nobody proposes a change.</Nothing>
      ) : (
        <Table
          caption="What is voted on"
          columns={changeColumns(quorum)}
          items={changes}
          keyOf={({ change }) => JSON.stringify(change)}
        />
      )}
    </Card>
  );
}

const changeColumns = (quorum: number): readonly Column<StandingChangeJson>[] => [
  { title: "Change", cell: ({ change }) => <Said text={changeWords(change)} /> },
  { title: "Votes", isNumber: true, cell: ({ counted }) => `${counted} of ${quorum}` },
  { title: "Voted", cell: ({ votes }) => <Said text={votes.map(({ name }) => name).join(", ")} /> },
  {
    title: "Candidate",
    cell: ({ candidate }) =>
      candidate !== null &&
      (candidate.synced ? (
        <Badge tone="good">in step</Badge>
      ) : (
        <Badge tone="warn">{candidate.linked ? "behind" : "not connected"}</Badge>
      )),
  },
];

function changeWords(change: ChangeJson): string {
  switch (change.kind) {
    case "put": {
      const { name, operator } = change.validator;
      const doing = change.replaces === null ? "add" : "change";
      return `${doing} ${name} of ${operator}`;
    }
    case "remove":
      return `remove ${change.name ?? change.operator}`;
    case "parameter":
      return `set ${change.name} from ${change.current} to ${change.value}`;
  }
}

const faultColumns: readonly Column<FaultJson>[] = [
  { title: "Validator", cell: ({ name }) => <Said text={name ?? "not in the set"} /> },
  { title: "Key", cell: ({ consensusKey }) => <Id text={consensusKey} /> },
  { title: "In epoch", isNumber: true, cell: ({ epoch }) => countText(epoch) },
  { title: "Proof in block", isNumber: true, cell: ({ height }) => <Height height={height} /> },
];

const Faults = ({ faults }: { readonly faults: readonly FaultJson[] }): VNode => (
  <Card title="Proven faults">
    {faults.length === 0 ? (
      <Nothing>None: no validator was ever proven to have voted against itself.</Nothing>
    ) : (
      <Table
        caption="Proven faults"
        columns={faultColumns}
        items={faults}
        keyOf={({ consensusKey }) => consensusKey}
      />
    )}
  </Card>
);
