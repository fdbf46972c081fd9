/**
 * What a good receipt says, in words, and on what it rests.
 * @module
 */
import type { VNode } from "preact";
import { faultWords } from "../../../src/api/fault-words.ts";
import type { ContentJson } from "../../../src/api/json.ts";
import type { OperationJson } from "../../../src/api/operation-json.ts";
import { deedWords, operationLines } from "../../../src/api/operation-words.ts";
import { visible } from "../../../src/api/visible.ts";
import { exactTime } from "../words/formats.ts";
import type { ReceiptSaid } from "./check-receipt.ts";

type Line = readonly [name: string, value: string];

export function SaidBy({ said }: { readonly said: ReceiptSaid }): VNode {
  const { content, networkName, chainId, height, blockId, index, timestampMs, statement } = said;
  return (
    <>
      <h2>What it says</h2>
      <Words content={content} />
      <Lines
        list={[
          ["Network", `${visible(networkName)} (chain ${chainId})`],
          ["Block", `#${height}, ${blockId}`],
          ["Place in the block", String(index + 1)],
          ["Time", exactTime(timestampMs) ?? String(timestampMs)],
          ["Transaction", content.id],
        ]}
      />
      <h2>What it rests on</h2>
      <ul>
        {statement.map((sentence) => (
          <li key={sentence}>{sentence}</li>
        ))}
      </ul>
    </>
  );
}

function Words({ content }: { readonly content: ContentJson }): VNode {
  if ("fault" in content) return <p>It proves that {faultWords(content)}.</p>;
  const { sender, operations, fee, feeDisplay, nonce, memo } = content;
  return (
    <>
      <ol class="deeds">
        {operations.map((operation, i) => (
          <li key={i}>
            <p>
              <bdi>{operation.from}</bdi> <strong>{deedWords(operation)}</strong>
            </p>
            <Lines
              list={operationLines(operation).map(([name, value]) => [name, visible(value)])}
            />
          </li>
        ))}
      </ol>
      <Lines
        list={[
          ["Sender", sender],
          ["Number of the sender's transaction", String(nonce)],
          ["Fee", `${feeDisplay} (${fee} base units)`],
          ["Memo", memo.hex === "" ? "none" : (memo.text ?? `0x${memo.hex}`)],
        ]}
      />
      {operations.some(isInBaseUnits) && (
        <p class="soft">
          Some amounts are in base units: how they are written is said by the asset, which neither
          the receipt nor the genesis holds.
        </p>
      )}
    </>
  );
}

const isInBaseUnits = (operation: OperationJson): boolean =>
  "display" in operation && operation.display.endsWith(" base units");

const Lines = ({ list }: { readonly list: readonly Line[] }): VNode => (
  <dl>
    {list.map(([name, value], i) => (
      <div key={i}>
        <dt>{name}</dt>
        <dd>
          <bdi>{value}</bdi>
        </dd>
      </div>
    ))}
  </dl>
);
