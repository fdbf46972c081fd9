/**
 * QR codes for a terminal: two rows of modules in one line of half blocks.
 *
 * The only door of `uqr`. Readers want dark on light, whatever the colours of the terminal: so the light modules are
 * drawn, in white on black where colours may be used.
 * @module
 */
import { encode } from "uqr";

/** Light modules around the code: ISO/IEC 18004 asks for 4. */
const border = 4;
const white = "\u001b[97;40m";
const plain = "\u001b[0m";

/** Lines of a QR code (error correction M). Upper case letters and digits make it smaller. */
export function qrText(text: string, { colour }: { readonly colour: boolean }): string {
  const { data } = encode(text, { ecc: "M", border });
  const isLight = (y: number, x: number): boolean => data[y]?.[x] !== true;
  const lines: string[] = [];
  for (let y = 0; y < data.length; y += 2) {
    let line = "";
    for (let x = 0; x < data.length; x += 1) {
      const upper = isLight(y, x);
      const lower = y + 1 < data.length && isLight(y + 1, x);
      line += upper ? (lower ? "█" : "▀") : lower ? "▄" : " ";
    }
    lines.push(colour ? `${white}${line}${plain}` : line);
  }
  return lines.join("\n");
}
