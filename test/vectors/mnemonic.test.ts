/**
 * Mnemonics against the published vectors of BIP-39 (English, passphrase "TREZOR").
 * https://github.com/trezor/python-mnemonic/blob/master/vectors.json
 * @module
 */
import { describe, expect, test } from "vitest";
import { fromHex, toHex } from "../../src/base/bytes.ts";
import { entropyBytes, masterSeedOf, mnemonicOf, parseMnemonic } from "../../src/keys/mnemonic.ts";

const published = [
  [
    "00000000000000000000000000000000",
    "abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon about",
    "c55257c360c07c72029aebc1b53c05ed0362ada38ead3e3e9efa3708e53495531f09a6987599d18264c1e1c92f2cf141630c7a3c4ab7c81b2f001698e7463b04",
  ],
  [
    "7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f",
    "legal winner thank year wave sausage worth useful legal winner thank yellow",
    "2e8905819b8723fe2c1d161860e5ee1830318dbf49a83bd451cfb8440c28bd6fa457fe1296106559a3c80937a1c1069be3a3a5bd381ee6260e8d9739fce1f607",
  ],
  [
    "80808080808080808080808080808080",
    "letter advice cage absurd amount doctor acoustic avoid letter advice cage above",
    "d71de856f81a8acc65e6fc851a38d4d7ec216fd0796d0a6827a3ad6ed5511a30fa280f12eb2e47ed2ac03b5c462a0358d18d69fe4f985ec81778c1b370b652a8",
  ],
  [
    "7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f",
    "legal winner thank year wave sausage worth useful legal winner thank year wave sausage worth useful legal will",
    "f2b94508732bcbacbcc020faefecfc89feafa6649a5491b8c952cede496c214a0c7b3c392d168748f2d4a612bada0753b52a1c7ac53c1e93abd5c6320b9e95dd",
  ],
] as const;

/** Entropy and words only. */
const publishedWords = [
  ["ffffffffffffffffffffffffffffffff", "zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo wrong"],
  [
    "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
    "zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo vote",
  ],
  [
    "7dce4ed2284c9134d026608ab684c05c",
    "lava include region explain simple omit dog slot melt reflect copy reward",
  ],
  [
    "89bb4bc5555992cdaf3444c5e7ca5a6e9f27efab894f1990bae41be8b2a26ea4",
    "meadow surge vanish primary odor grocery rubber mass shine dinner notable tag venue water purchase clarify book magic ribbon daughter menu eye ritual orchard",
  ],
] as const;

describe("BIP-39", () => {
  test.each(published)("entropy %s has its words and its seed", (entropy, words, seed) => {
    expect(mnemonicOf(fromHex(entropy))).toBe(words);
    expect(parseMnemonic(words)).toEqual({ ok: true, value: words });
    expect(toHex(masterSeedOf(words, "TREZOR"))).toBe(seed);
  });

  test.each(publishedWords)("entropy %s has its words", (entropy, words) => {
    expect(mnemonicOf(fromHex(entropy))).toBe(words);
    expect(parseMnemonic(words).ok).toBe(true);
  });

  // The same published mnemonic without a passphrase, as this wallet uses it.
  test("without a passphrase the seed is another one", () => {
    expect(toHex(masterSeedOf(published[0][1]))).toBe(
      "5eb00bbddcf069084889a8ab9155568165f5c453ccb85e70811aaed6f6da5fc19a5ac40b389cd370d086206dec8aa6c43daea6690f20ad3d8d48b2d2ce9e38e4",
    );
  });
});

const [, words] = published[1];

test("twelve words hold 16 bytes, twenty-four hold 32", () => {
  expect([entropyBytes(12), entropyBytes(24)]).toEqual([16, 32]);
});

test("capitals, line ends and tabs between words do not matter", () => {
  const typed = `\n  ${words.toUpperCase().replaceAll(" ", "\t\n ")}  `;
  expect(parseMnemonic(typed)).toEqual({ ok: true, value: words });
});

test("a flaw says what it is and where, but never repeats a word", () => {
  const list = words.split(" ");
  const wrong = list.with(6, "secretword").join(" ");
  expect(parseMnemonic(wrong)).toEqual({
    ok: false,
    reason: { code: "word_unknown", position: 7 },
  });
  expect(parseMnemonic(list.slice(1).join(" "))).toEqual({
    ok: false,
    reason: { code: "word_count", count: 11 },
  });
  expect(parseMnemonic("  ")).toEqual({ ok: false, reason: { code: "word_count", count: 0 } });
  const swapped = [list[1], list[0], ...list.slice(2)].join(" ");
  expect(parseMnemonic(swapped)).toEqual({ ok: false, reason: { code: "checksum" } });
});
