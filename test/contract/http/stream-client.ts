/**
 * A reader of the stream as a careful program is one: it keeps the id of the last event that it took.
 * @module
 */
import { readEvents, type ServerEvent } from "../../../src/api/event-reading.ts";
import { blockEventSchema } from "../../../src/api/schemas.ts";
import { positionEventSchema, transactionEventSchema } from "../../../src/api/stream-schemas.ts";

/** An event as a line: what it is, where it stands, and for whom. */
export function lineOf({ name, id, data }: ServerEvent): string | undefined {
  if (name === "transaction") {
    const event = transactionEventSchema.parse(JSON.parse(data));
    const place = `${event.height}.${event.index}`;
    if (id !== place) throw new Error(`transaction ${place} has the event id ${id}`);
    return `${place} ${event.id} ${event.topics.toSorted().join(" ")}`;
  }
  if (name === "block") {
    const { height, transactions } = blockEventSchema.parse(JSON.parse(data));
    if (id !== String(height)) throw new Error(`block ${height} has the event id ${id}`);
    return `${height} ${transactions.join(" ")}`;
  }
  if (name === "position") {
    const { position } = positionEventSchema.parse(JSON.parse(data));
    if (id !== position) throw new Error(`position ${position} has the event id ${id}`);
  }
  return undefined;
}

/** The events of one connection; a last one that was cut off is none. */
export async function* eventsOf(response: Response): AsyncGenerator<ServerEvent, void> {
  if (response.body === null) return;
  yield* readEvents(response.body, { lengthMax: 16 * 1024 * 1024 });
}
