/**
 * The way out for a reader whose browser remembers what is not right any more: another network at this address, one that
 * was made anew, a checkpoint with a wrong letter.
 * @module
 */
import type { VNode } from "preact";
import { useState } from "preact/hooks";
import { Id } from "../parts/text.tsx";
import { forgetNetwork, setCheckpoint } from "./reader-wishes.ts";
import { readCheckpointText, readPin } from "./remembering.ts";
import { localShelf } from "./shelf.ts";

export function WayOut(): VNode | null {
  const [isSure, setSure] = useState(false);
  const pin = readPin(localShelf);
  const checkpoint = readCheckpointText(localShelf);
  if (pin === undefined && checkpoint === undefined) return null;
  return (
    <div class="way-out">
      {checkpoint !== undefined && (
        <p>
          You have set a checkpoint, <Id text={checkpoint} />. If it is of another network, or has a
          wrong letter, nothing can be proven.{" "}
          <button type="button" class="quiet" onClick={() => setCheckpoint("")}>
            Drop the checkpoint
          </button>
        </p>
      )}
      {pin !== undefined && (
        <p>
          Since {new Date(pin.sinceMs).toLocaleString()} this browser holds every answer at this
          address to the chain <Id text={pin.chainId} /> and to the newest block that it has seen
          proven. If you know that another network is here now, or that this one was made anew, let
          it forget them.{" "}
          <button
            type="button"
            class={isSure ? "danger" : "quiet"}
            onClick={() => (isSure ? forgetNetwork() : setSure(true))}
          >
            {isSure ? "Forget, and trust what this node shows next" : "Forget this network"}
          </button>{" "}
          {isSure && (
            <button type="button" class="quiet" onClick={() => setSure(false)}>
              Keep it
            </button>
          )}
        </p>
      )}
    </div>
  );
}
