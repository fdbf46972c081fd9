/**
 * Asking another node for the same proof: by its address, or on a network of this machine by its name.
 * @module
 */
import type { VNode } from "preact";
import { useEffect, useState } from "preact/hooks";
import type { LocalNodesJson } from "../../../src/api/local-json.ts";
import { paths } from "../../../src/api/paths.ts";
import { ask } from "../asking/node-api.ts";
import { Said } from "../parts/text.tsx";
import { askNoMore, askToo, otherNodes } from "./reader-wishes.ts";
import { isThisNode } from "./same-node.ts";

export interface AskAnotherProps {
  /** What it is asked for. */
  readonly label?: string;
}

export function AskAnother({
  label = "Ask another node for the same proof",
}: AskAnotherProps): VNode {
  const [text, setText] = useState("");
  const [flaw, setFlaw] = useState("");
  const add = (node: string): void => {
    const added = askToo(node, location.origin);
    setFlaw(added.ok ? "" : added.reason);
    if (!added.ok) return;
    setText("");
    void isThisNode(added.value).then((isSame) => {
      if (!isSame) return;
      askNoMore(added.value);
      setFlaw("That is the node of this page by another name: that it agrees would say nothing.");
    });
  };
  return (
    <form
      class="ask-another"
      onSubmit={(event) => {
        event.preventDefault();
        add(text);
      }}
    >
      <label for="another-node">{label}</label>
      <div class="row">
        <input
          id="another-node"
          type="text"
          inputMode="url"
          autocomplete="off"
          autocapitalize="none"
          spellcheck={false}
          maxLength={256}
          placeholder="http://host:port"
          aria-describedby="another-node-flaw"
          value={text}
          onInput={({ currentTarget }) => setText(currentTarget.value)}
        />
        <button type="submit" disabled={text.trim() === ""}>
          Ask it
        </button>
      </div>
      <p id="another-node-flaw" role="status" class="flaw">
        {flaw}
      </p>
      <LocalNodes onChoose={add} />
    </form>
  );
}

/** Nothing is asked of them before the reader chooses one. */
function LocalNodes({ onChoose }: { readonly onChoose: (node: string) => void }): VNode | null {
  const [nodes, setNodes] = useState<LocalNodesJson["nodes"]>([]);
  useEffect(() => {
    if (!isLoopback(location.hostname)) return;
    const leave = new AbortController();
    ask(paths.localNodes(), leave.signal).then(
      (network) => setNodes(network.nodes),
      () => setNodes([]),
    );
    return () => leave.abort();
  }, []);
  const others = nodes.filter(
    ({ http }) => http !== location.origin && !otherNodes.value.includes(http),
  );
  if (others.length === 0) return null;
  return (
    <p class="row">
      <span class="soft">On this machine:</span>
      {others.map(({ name, http }) => (
        <button key={http} type="button" class="quiet" onClick={() => onChoose(http)}>
          Ask <Said text={name} />
        </button>
      ))}
    </p>
  );
}

const isLoopback = (host: string): boolean =>
  host === "localhost" || host === "[::1]" || /^127\./.test(host);
