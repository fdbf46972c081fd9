/**
 * Which nodes of a local network may reach each other: everybody, or groups that are cut off from one another.
 * @module
 */
import { fail, ok, type Result } from "../../src/base/result.ts";

/** Indices of nodes, ascending; every node is in exactly one group. */
export type Groups = readonly (readonly number[])[];

/** The groups that a person wrote: `0,1|2,3`. Whether there are such nodes is for completeGroups to say. */
export function parseGroups(text: string): Result<Groups, string> {
  const groups = text.split("|").map((part) => part.split(",").map((word) => word.trim()));
  const wrong = groups.flat().find((word) => !/^\d{1,3}$/.test(word));
  if (wrong === undefined) return ok(groups.map((words) => words.map(Number)));
  return fail(`"${wrong}" is no node's number: write groups as 0,1|2,3`);
}

/** Refuses what is no partition of `nodes` nodes. Those that no group names are one more group. */
export function completeGroups(given: Groups, nodes: number): Result<Groups, string> {
  const named = given.flat();
  const unknown = named.find(
    (index) => !Number.isSafeInteger(index) || index < 0 || index >= nodes,
  );
  if (unknown !== undefined) {
    return fail(`there is no node ${unknown}: they are numbered from 0 to ${nodes - 1}`);
  }
  const twice = named.find((index, at) => named.indexOf(index) !== at);
  if (twice !== undefined) return fail(`node ${twice} is named twice: it can be in one group only`);
  if (given.some((group) => group.length === 0)) return fail("a group has at least one node");
  const rest = Array.from({ length: nodes }, (_, index) => index).filter(
    (index) => !named.includes(index),
  );
  const groups = [...given, ...(rest.length === 0 ? [] : [rest])].map((group) =>
    group.toSorted((a, b) => a - b),
  );
  if (groups.length < 2) return fail("all nodes are in one group: nobody would be cut off");
  return ok(groups);
}

/** `0,1|2,3` */
export const formatGroups = (groups: Groups): string =>
  groups.map((group) => group.join(",")).join("|");

/** Position of the group that holds a node; undefined for one that came later. */
export function groupOf(groups: Groups, index: number): number | undefined {
  const position = groups.findIndex((group) => group.includes(index));
  return position < 0 ? undefined : position;
}

/** Without groups everybody reaches everybody. */
export const mayReach = (groups: Groups | undefined, a: number, b: number): boolean =>
  groups === undefined || groupOf(groups, a) === groupOf(groups, b);
