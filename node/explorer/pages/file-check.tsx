/**
 * "Check a file": hashed here, in the browser, and only its hash is asked for. The file never leaves this machine.
 *
 * `crypto.subtle` exists only on https and localhost, so the hash is our own library's, fed piece by piece: a file of
 * any size takes no more memory than one piece.
 * @module
 */
import type { VNode } from "preact";
import { useRef, useState } from "preact/hooks";
import { hrefOf } from "../frame/addresses.ts";
import { Card } from "../parts/card.tsx";
import { Said } from "../parts/text.tsx";
import { bytesText, shareText } from "../words/formats.ts";

type State =
  | { readonly kind: "idle" }
  | { readonly kind: "hashing"; readonly file: File; readonly share: number }
  | { readonly kind: "done"; readonly file: File; readonly hash: string }
  | { readonly kind: "failed"; readonly why: string };

export function FileCheck(): VNode {
  const [state, setState] = useState<State>({ kind: "idle" });
  const leave = useRef(new AbortController());

  const take = async (file: File | undefined): Promise<void> => {
    if (file === undefined) return;
    leave.current.abort();
    leave.current = new AbortController();
    const { signal } = leave.current;
    setState({ kind: "hashing", file, share: 0 });
    try {
      const { hashFile } = await import("./hash-file.ts");
      const hash = await hashFile(file, signal, (share) =>
        setState({ kind: "hashing", file, share }),
      );
      if (signal.aborted) return;
      setState({ kind: "done", file, hash });
      location.hash = `${hrefOf("records")}?hash=${hash}`;
    } catch {
      if (!signal.aborted) setState({ kind: "failed", why: "The file could not be read." });
    }
  };

  return (
    <Card title="Check a file">
      {/* biome-ignore lint/a11y/noStaticElementInteractions: dropping is a shortcut for the button in it */}
      <div
        class="drop"
        onDragOver={(event) => event.preventDefault()}
        onDrop={(event) => {
          event.preventDefault();
          void take(event.dataTransfer?.files[0]);
        }}
      >
        <p>
          Was this file recorded, by whom and when? It is hashed in your browser and never uploaded:
          only its SHA-256 is asked for.
        </p>
        <label for="file">File to check</label>{" "}
        <input
          id="file"
          type="file"
          onChange={({ currentTarget }) => void take(currentTarget.files?.[0])}
        />
        <p class="soft" role="status">
          <Said text={stateText(state)} />
        </p>
      </div>
    </Card>
  );
}

function stateText(state: State): string {
  switch (state.kind) {
    case "idle":
      return "Choose a file, or drop it here.";
    case "hashing":
      return `Hashing ${state.file.name}: ${shareText(state.share)}`;
    case "done":
      return `${state.file.name}, ${bytesText(state.file.size)}: ${state.hash}`;
    case "failed":
      return state.why;
  }
}
