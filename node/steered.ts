/**
 * The node's end of the pipe from `network up`: what it was told last, and whoever wants to know when that changes.
 *
 * The first line is waited for before the node opens anything, so that a node that is started into a partition never
 * dials across it. The end of the pipe is the end of the node.
 * @module
 */
import { parseSteering, type Steering, steeringBytesMax } from "./localnet/steering.ts";

export class Steered {
  #now: Steering;
  #listeners: ((steering: Steering) => void)[] = [];

  constructor(first: Steering) {
    this.#now = first;
  }

  get now(): Steering {
    return this.#now;
  }

  /** Calls back at once, and after each change. */
  follow(listener: (steering: Steering) => void): void {
    this.#listeners.push(listener);
    listener(this.#now);
  }

  change(steering: Steering): void {
    this.#now = steering;
    for (const listener of this.#listeners) listener(steering);
  }
}

/** Resolves at the first line that can be read; with undefined when the input ends before. Other lines are skipped. */
export function readSteering(
  input: NodeJS.ReadableStream,
  ended: () => void,
): Promise<Steered | undefined> {
  return new Promise((resolve) => {
    let steered: Steered | undefined;
    let rest = "";
    const hear = (line: string): void => {
      const steering = parseSteering(line);
      if (steering === undefined) return;
      steered?.change(steering);
      steered ??= new Steered(steering);
      resolve(steered);
    };
    input.setEncoding("utf8");
    input.on("data", (chunk) => {
      const lines = (rest + String(chunk)).split("\n");
      rest = (lines.pop() ?? "").slice(-steeringBytesMax);
      for (const line of lines) hear(line);
    });
    for (const event of ["end", "close", "error"]) {
      input.once(event, () => {
        ended();
        resolve(undefined);
      });
    }
  });
}
