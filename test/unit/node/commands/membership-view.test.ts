/**
 * What a person means by a name, and when votes take effect.
 * @module
 */
import { expect, test } from "vitest";
import {
  effectHeight,
  findChange,
  findMember,
  type SeenChange,
  sameChange,
} from "../../../../node/commands/membership-view.ts";
import type { ChangeJson, MemberJson } from "../../../../src/api/membership-json.ts";

const member = (name: string, digit: string): MemberJson => ({
  name,
  operator: `quo1${digit.repeat(58)}`,
  consensusKey: digit.repeat(64),
  endpoint: `${name}.example:27000`,
});
const seen = (change: ChangeJson): SeenChange => ({
  change,
  votes: [],
  counted: 0,
  candidate: null,
  sightings: [],
});
const put = (validator: MemberJson): ChangeJson => ({
  kind: "put",
  validator,
  replaces: null,
  possession: null,
});

const acme = member("acme", "a");
const set = [acme, member("bolt", "c"), member("bolt", "d")];

test("a member is found by its name, its operator's address or its key", () => {
  for (const text of [acme.name, acme.operator, acme.consensusKey]) {
    expect(findMember(set, text)).toBe(acme);
  }
});

test("a name that two have is refused with both, and one that none has is not found", () => {
  expect(() => findMember(set, "bolt")).toThrow(
    expect.objectContaining({ code: "name_ambiguous" }),
  );
  expect(() => findMember(set, "core")).toThrow(
    expect.objectContaining({ code: "not_listed", exitCode: 3 }),
  );
});

test("two requests of one name are told apart by key", () => {
  const other = { ...member("acme", "e"), operator: acme.operator };
  const changes = [seen(put(acme)), seen(put(other))];
  expect(() => findChange(changes, "acme")).toThrow(
    expect.objectContaining({ code: "name_ambiguous" }),
  );
  expect(findChange(changes, other.consensusKey)).toBe(changes[1]);
});

test("leaving and parameters are found too", () => {
  const remove = seen({ kind: "remove", operator: acme.operator, name: "acme" });
  const fee = seen({ kind: "parameter", name: "baseFee", value: "2", current: "1" });
  expect(findChange([remove, fee], "acme")).toBe(remove);
  expect(findChange([remove, fee], "baseFee")).toBe(fee);
});

test("changes are the same only if nothing that is voted for differs", () => {
  expect(
    sameChange(put(acme), { ...put(acme), possession: "00", replaces: acme } as ChangeJson),
  ).toBe(true);
  expect(sameChange(put(acme), put({ ...acme, endpoint: "elsewhere.example:1" }))).toBe(false);
  expect(sameChange(put(acme), { kind: "remove", operator: acme.operator, name: "acme" })).toBe(
    false,
  );
});

test("a vote up to the counting height holds from the next epoch, a later one from the one after", () => {
  const epoch = {
    number: 3,
    length: 200,
    lastHeight: 800,
    countingHeight: 780,
    endsAboutMs: null,
  };
  expect(effectHeight(epoch, 780)).toBe(801);
  expect(effectHeight(epoch, 781)).toBe(1_001);
});
