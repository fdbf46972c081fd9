/**
 * What a transaction did, in words with links: in lists one line, on its own page all of it.
 * @module
 */
import type { ComponentChildren, VNode } from "preact";
import { faultWords } from "../../../src/api/fault-words.ts";
import type { ContentJson, MemoJson } from "../../../src/api/json.ts";
import type { OperationJson } from "../../../src/api/operation-json.ts";
import { deedOf, type WordForm } from "../../../src/api/operation-words.ts";
import { visible } from "../../../src/api/visible.ts";
import { Address } from "./address.tsx";
import { Amount, Id, Said } from "./text.tsx";

interface DeedProps {
  readonly operation: OperationJson;
  /** Without the address of who it was done to. */
  readonly isBrief?: boolean;
}

/** To be put after the name of who did it. */
export function Deed({ operation, isBrief = false }: DeedProps): VNode {
  const { words, amount, to } = deedOf(operation);
  return (
    <span>
      <bdi>{visible(words)}</bdi>
      {amount !== undefined && (
        <>
          {" "}
          <Amount display={amount} />
        </>
      )}
      {to !== undefined && !isBrief && (
        <>
          {" to "}
          <Address address={to} />
        </>
      )}
    </span>
  );
}

/** The first deed, and how many more. */
export function ContentDeed({
  content,
  isBrief = false,
}: {
  readonly content: ContentJson;
  readonly isBrief?: boolean;
}): VNode {
  if ("fault" in content) return <span>proves that {faultWords(content)}</span>;
  const [first, ...others] = content.operations;
  return (
    <span class={isBrief ? "one-line" : undefined}>
      {first !== undefined && <Deed operation={first} isBrief={isBrief} />}
      {others.length > 0 && ` and ${others.length} more`}
    </span>
  );
}

/** A value of an operation's lines. */
export function formOf(value: string, form: WordForm): ComponentChildren {
  switch (form) {
    case "account":
      return <Address address={value} />;
    case "amount":
      return <Amount display={value} />;
    case "id":
      return <Id text={value} />;
    case "text":
      return <Said text={value} />;
  }
}

export function Memo({ memo: { hex, text } }: { readonly memo: MemoJson }): VNode {
  if (hex === "") return <span class="soft">none</span>;
  if (text !== null) return <Said text={text} />;
  return (
    <span>
      <Id text={hex} /> <span class="soft">(not plain text)</span>
    </span>
  );
}
