/**
 * What is to be said of each node that was asked, and a lie as a file to take along.
 * @module
 */
import type { VNode } from "preact";
import { Badge, Said } from "../parts/text.tsx";
import type { NodeWord } from "./claims.ts";
import { evidenceText } from "./evidence-shelf.ts";
import { askNoMore, otherNodes } from "./reader-wishes.ts";

const titles: Readonly<Record<NodeWord["tone"], string>> = {
  good: "agrees",
  warn: "no proof",
  bad: "contradicts",
};

export function NodeWords({ nodes }: { readonly nodes: readonly NodeWord[] }): VNode | null {
  const isTold = nodes.length > 1 || nodes.some(({ evidence }) => evidence !== undefined);
  if (!isTold) return null;
  return (
    <ul class="node-words" aria-label="Nodes that were asked">
      {nodes.map(({ node, tone, words, evidence }) => (
        <li key={node}>
          <Badge tone={tone}>{titles[tone]}</Badge> <Said text={node} />
          {node === location.origin && <span class="soft"> (this page)</span>}
          <span class="soft">
            {" "}
            <Said text={words} />
          </span>{" "}
          {evidence !== undefined && <Take name={evidence} />}
          {otherNodes.value.includes(node) && (
            <button type="button" class="quiet small" onClick={() => askNoMore(node)}>
              Ask no more <span class="hidden">of {node}</span>
            </button>
          )}
        </li>
      ))}
    </ul>
  );
}

const Take = ({ name }: { readonly name: string }): VNode => (
  <button type="button" class="quiet small" onClick={() => download(name)}>
    Evidence <span class="hidden">as a file: {name}</span>
  </button>
);

function download(name: string): void {
  const text = evidenceText(name);
  if (text === undefined) return;
  const url = URL.createObjectURL(new Blob([text], { type: "application/json" }));
  const link = Object.assign(document.createElement("a"), { href: url, download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}
