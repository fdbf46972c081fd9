import { expect, test } from "vitest";
import {
  forgetAddress,
  isLookAlike,
  seeAddress,
  seenAddresses,
} from "../../../node/explorer/parts/seen-addresses.ts";

const own = "quo1abcdmiddleofthisonewxyz";
const alike = "quo1abcdotherletterhereswxyz";

test("two that begin and end alike look alike, one by itself does not", () => {
  expect(isLookAlike(own, [own])).toBe(false);
  expect(isLookAlike(own, [own, alike])).toBe(true);
});

test.each([["quo1abcemiddleofthisonewxyz"], ["quo1abcdmiddleofthisonewxyy"]])(
  "%s differs where people look",
  (other) => {
    expect(isLookAlike(own, [other])).toBe(false);
  },
);

test("who shows an address hears of one that looks like it, until it is gone", () => {
  const heard: number[] = [];
  const first = (count: number): void => void heard.push(count);
  const second = (): void => {};
  seeAddress(own, first);
  expect(heard).toEqual([]);
  seeAddress(alike, second);
  expect(heard).toHaveLength(1);
  forgetAddress(alike, second);
  forgetAddress(own, first);
  expect(seenAddresses()).toEqual([]);
});
