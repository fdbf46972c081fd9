/**
 * Files that are given to the receipt checker: what is taken of them, and what has to be said.
 *
 * The genesis is what all of a verdict rests on. So one that was given is not replaced by whatever comes along with a
 * receipt.
 * @module
 */
import { visible } from "../../../src/api/visible.ts";
import { kindOfFile } from "./check-receipt.ts";

export type FileKind = "receipt" | "genesis";

/** What taking needs of a browser's File. */
export interface GivenFile {
  readonly name: string;
  /** Bytes. */
  readonly size: number;
  text(): Promise<string>;
}

export interface Taken {
  readonly receipt?: string;
  readonly genesis?: string;
  /** Sentences. */
  readonly notes: readonly string[];
}

/** More than any receipt has. */
const fileBytesMax = 20 * 1024 * 1024;
const filesMax = 20;

/** `as`: chosen in the field of that name, and not dropped anywhere. Never throws. */
export async function takeFiles(
  files: readonly GivenFile[],
  genesisNow: string,
  as?: FileKind,
): Promise<Taken> {
  if (files.length > filesMax) return { notes: [`These are ${files.length} files: too many.`] };
  const read = await Promise.all(files.map((file) => readFile(file, as)));
  const notes = read.flatMap(({ note }) => note ?? []);
  const receipt = only("receipt", read, notes);
  const genesis = only("genesis", read, notes);
  if (genesis === undefined) return { ...(receipt && { receipt: receipt.text }), notes };
  const isGiven = genesisNow.trim() !== "";
  if (as === undefined && isGiven && genesisNow.trim() !== genesis.text.trim()) {
    notes.push(
      `${genesis.name} is another genesis than the one that you gave: it was not taken. To rest on it all the same, choose it in its own field.`,
    );
    return { ...(receipt && { receipt: receipt.text }), notes };
  }
  if (receipt !== undefined && !isGiven) {
    notes.push(
      "The genesis came along with the receipt: whoever made both may have made up the network. Compare the chain below with what somebody told you whom you trust.",
    );
  }
  return { ...(receipt && { receipt: receipt.text }), genesis: genesis.text, notes };
}

interface Read {
  readonly name: string;
  readonly text: string;
  readonly kind: FileKind | undefined;
  readonly note: string | undefined;
}

async function readFile(file: GivenFile, as: FileKind | undefined): Promise<Read> {
  const name = visible(file.name);
  const refused = (note: string): Read => ({ name, text: "", kind: undefined, note });
  if (file.size > fileBytesMax) return refused(`${name} is too large to be a receipt.`);
  try {
    const text = await file.text();
    const kind = as ?? kindOfFile(text);
    return kind === undefined
      ? refused(`${name} is neither a receipt nor a genesis.`)
      : { name, text, kind, note: undefined };
  } catch {
    return refused(`${name} cannot be read: a folder, or a file that is gone.`);
  }
}

/** One verdict is of one receipt: of several, none is taken. */
function only(kind: FileKind, read: readonly Read[], notes: string[]): Read | undefined {
  const [first, ...others] = read.filter((file) => file.kind === kind);
  if (others.length === 0) return first;
  const names = [first, ...others].map((file) => file?.name).join(", ");
  notes.push(`Give one ${kind} at a time: of ${names} none was taken.`);
  return undefined;
}
