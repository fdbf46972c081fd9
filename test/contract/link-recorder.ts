/**
 * Listens to a transport and hands out its events in order, as promises: tests wait for them and never sleep.
 * @module
 */
import type { Link, LinkEvents } from "../../src/network/transport.ts";

class Inbox<Item> {
  readonly #items: Item[] = [];
  readonly #waiting: ((item: Item) => void)[] = [];

  get size(): number {
    return this.#items.length;
  }

  put(item: Item): void {
    const waiting = this.#waiting.shift();
    if (waiting === undefined) this.#items.push(item);
    else waiting(item);
  }

  next(): Promise<Item> {
    const item = this.#items.shift();
    if (item !== undefined) return Promise.resolve(item);
    return new Promise((resolve) => this.#waiting.push(resolve));
  }
}

export interface Ended {
  readonly link: Link;
  readonly reason: string;
}

export class LinkRecorder implements LinkEvents {
  readonly links: Inbox<Link> = new Inbox();
  readonly frames: Inbox<{ readonly link: Link; readonly frame: Uint8Array }> = new Inbox();
  readonly drains: Inbox<Link> = new Inbox();
  readonly ends: Inbox<Ended> = new Inbox();

  opened(link: Link): void {
    this.links.put(link);
  }

  received(link: Link, frame: Uint8Array): void {
    this.frames.put({ link, frame });
  }

  drained(link: Link): void {
    this.drains.put(link);
  }

  closed(link: Link, reason: string): void {
    this.ends.put({ link, reason });
  }
}
