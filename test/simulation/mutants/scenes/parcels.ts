/**
 * The wire of a small world: messages wait on it until the script names them.
 * @module
 */
import type { View } from "../../../../src/protocol/ids.ts";
import type { Certificate, Vote, VoteBody } from "../../../../src/protocol/vote.ts";

export type SmallMessage =
  | { readonly kind: "vote"; readonly vote: Vote }
  | { readonly kind: "certificate"; readonly certificate: Certificate }
  | { readonly kind: "ask"; readonly view: View };

export interface Parcel {
  readonly from: number;
  readonly to: number;
  readonly message: SmallMessage;
}

/** Which parcels; what is left out does not matter. */
export interface Which {
  readonly from?: readonly number[];
  readonly to?: readonly number[];
  /** Of a vote, its own kind. */
  readonly kind?: VoteBody["kind"] | "certificate" | "ask";
  readonly view?: number;
}

export class Parcels {
  #waiting: Parcel[] = [];

  get isEmpty(): boolean {
    return this.#waiting.length === 0;
  }

  add(from: number, to: number, message: SmallMessage): void {
    this.#waiting.push({ from, to, message });
  }

  /** The oldest that is meant, taken off the wire. */
  take(which: Which): Parcel | undefined {
    const at = this.#waiting.findIndex((parcel) => isMeant(parcel, which));
    return at < 0 ? undefined : this.#waiting.splice(at, 1)[0];
  }

  /** The one at a place from the oldest, or the youngest if there are not so many; taken off the wire, or left on it. */
  takeAt(place: number, stays: boolean): Parcel | undefined {
    const at = Math.min(place, this.#waiting.length - 1);
    if (at < 0) return undefined;
    return stays ? this.#waiting[at] : this.#waiting.splice(at, 1)[0];
  }

  drop(which: Which): void {
    this.#waiting = this.#waiting.filter((parcel) => !isMeant(parcel, which));
  }
}

function isMeant({ from, to, message }: Parcel, which: Which): boolean {
  const body = message.kind === "vote" ? message.vote.body : undefined;
  const subject = message.kind === "certificate" ? message.certificate.subject : body;
  const kind = body?.kind ?? message.kind;
  const of = message.kind === "ask" ? message.view : subject?.view;
  return (
    (which.from?.includes(from) ?? true) &&
    (which.to?.includes(to) ?? true) &&
    (which.kind ?? kind) === kind &&
    (which.view ?? of) === of
  );
}
