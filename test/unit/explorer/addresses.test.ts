import fc from "fast-check";
import { expect, test } from "vitest";
import { hrefOf, routeOf } from "../../../node/explorer/frame/addresses.ts";

test("any texts survive the way through an address", () => {
  const part = fc.string({ unit: "grapheme", maxLength: 40 });
  fc.assert(
    fc.property(fc.array(part, { minLength: 1, maxLength: 4 }), (parts) => {
      const { page, parts: read } = routeOf(hrefOf("record", ...parts));
      expect(page).toBe("record");
      expect(read).toEqual(parts);
    }),
  );
});

test("no text in an address is an error", () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      expect(typeof routeOf(`#/${text}`).page).toBe("string");
    }),
  );
  expect(routeOf("#/block/%E0%A4%A").parts).toEqual(["%E0%A4%A"]);
});

test("what is behind the question mark is no part", () => {
  const { page, parts, query } = routeOf("#/records?hash=ab");
  expect({ page, parts, hash: query.get("hash") }).toEqual({
    page: "records",
    parts: [],
    hash: "ab",
  });
  expect(routeOf("").page).toBe("");
});
