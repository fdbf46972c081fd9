/**
 * Two files in, one verdict out.
 * @module
 */
import type { VNode } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { Steps } from "../checking/proof-steps.tsx";
import { checkReceipt, type ReceiptVerdict, type Texts } from "./check-receipt.ts";
import { SaidBy } from "./receipt-said.tsx";
import { type FileKind, takeFiles } from "./taking.ts";

/** Checking many signatures takes a moment: the page is drawn before. */
const drawMs = 30;

export function Checker(): VNode {
  const [texts, setTexts] = useState<Texts>({ receipt: "", genesis: "", checkpoint: "" });
  const [found, setFound] = useState<{ readonly of: Texts; readonly verdict: ReceiptVerdict }>();
  const [notes, setNotes] = useState<readonly string[]>([]);
  const put = (some: Partial<Texts>): void => setTexts((before) => ({ ...before, ...some }));
  const genesis = useRef("");
  genesis.current = texts.genesis;
  // What was found of other texts says nothing of these.
  const verdict = found?.of === texts ? found.verdict : undefined;

  const take = async (files: readonly File[], as?: FileKind): Promise<void> => {
    const { notes: said, ...taken } = await takeFiles(files, genesis.current, as);
    setNotes(said);
    put(taken);
  };

  useEffect(() => {
    if (texts.receipt.trim() === "" || texts.genesis.trim() === "") return;
    const timer = setTimeout(() => setFound({ of: texts, verdict: checkReceipt(texts) }), drawMs);
    return () => clearTimeout(timer);
  }, [texts]);

  useEffect(() => {
    const over = (event: DragEvent): void => event.preventDefault();
    const drop = (event: DragEvent): void => {
      event.preventDefault();
      void take([...(event.dataTransfer?.files ?? [])]);
    };
    addEventListener("dragover", over);
    addEventListener("drop", drop);
    return () => {
      removeEventListener("dragover", over);
      removeEventListener("drop", drop);
    };
  }, []);

  return (
    <main>
      <h1>Receipt checker</h1>
      <p>
        Drop a receipt and the genesis of its network anywhere on this page. They are checked here:
        this file loads nothing, sends nothing, and works without any network.
      </p>
      <div class="inputs">
        <TextField
          name="receipt"
          title="Receipt"
          hint="Written by quorate-wallet receipt, or taken from the explorer."
          text={texts.receipt}
          onText={(receipt) => put({ receipt })}
          onFiles={(files) => void take(files, "receipt")}
        />
        <TextField
          name="genesis"
          title="Genesis"
          hint="From somebody you trust: everything below rests on it."
          text={texts.genesis}
          onText={(genesis) => put({ genesis })}
          onFiles={(files) => void take(files, "genesis")}
        />
      </div>
      <p class="field">
        <label for="checkpoint">Checkpoint, if you have one</label>
        <input
          id="checkpoint"
          type="text"
          placeholder="HEIGHT:ID"
          autocomplete="off"
          spellcheck={false}
          value={texts.checkpoint}
          onInput={({ currentTarget }) => put({ checkpoint: currentTarget.value })}
        />
      </p>
      <div role="alert">
        {notes.map((note) => (
          <p key={note}>
            <bdi>{note}</bdi>
          </p>
        ))}
      </div>
      <Result texts={texts} verdict={verdict} />
    </main>
  );
}

interface TextFieldProps {
  readonly name: "receipt" | "genesis";
  readonly title: string;
  readonly hint: string;
  readonly text: string;
  readonly onText: (text: string) => void;
  readonly onFiles: (files: readonly File[]) => void;
}

const TextField = ({ name, title, hint, text, onText, onFiles }: TextFieldProps): VNode => (
  <section class="field" aria-label={title}>
    <label for={name}>{title}</label>
    <p class="soft">{hint}</p>
    <textarea
      id={name}
      rows={5}
      spellcheck={false}
      placeholder="Paste its text, or choose a file"
      value={text}
      onInput={({ currentTarget }) => onText(currentTarget.value)}
    />
    <label class="file">
      Choose the file of the {name}
      <input
        type="file"
        accept=".json,application/json"
        onChange={({ currentTarget }) => onFiles([...(currentTarget.files ?? [])])}
      />
    </label>
  </section>
);

function Result({
  texts,
  verdict,
}: {
  readonly texts: Texts;
  readonly verdict: ReceiptVerdict | undefined;
}): VNode {
  const isWaiting = texts.receipt.trim() === "" || texts.genesis.trim() === "";
  const said = isWaiting
    ? "Both files are needed."
    : verdict === undefined
      ? "Checking …"
      : verdictWords(verdict);
  return (
    <section class={`result ${verdict?.kind ?? ""}`} aria-label="Result">
      <p class="verdict" role="status">
        {said}
      </p>
      {verdict !== undefined && "steps" in verdict && <Steps steps={verdict.steps} />}
      {verdict?.kind === "good" && <SaidBy said={verdict.said} />}
    </section>
  );
}

function verdictWords(verdict: ReceiptVerdict): string {
  switch (verdict.kind) {
    case "good":
      return "The receipt holds: this happened. That rests on the genesis that you gave.";
    case "bad":
      return `The receipt proves nothing. ${verdict.why}`;
    case "unclear":
      return verdict.why;
  }
}
