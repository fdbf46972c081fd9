/**
 * What is checked here, what that protects against and what not; and what this browser remembers.
 * @module
 */
import type { VNode } from "preact";
import { useState } from "preact/hooks";
import { AskAnother } from "../checking/ask-another.tsx";
import {
  askNoMore,
  checkAnew,
  checkRound,
  forgetNetwork,
  otherNodes,
  setCheckpoint,
} from "../checking/reader-wishes.ts";
import { readCheckpointText, readPin, readTipPlace } from "../checking/remembering.ts";
import { localShelf } from "../checking/shelf.ts";
import { Page } from "../frame/page.tsx";
import { Card, Facts } from "../parts/card.tsx";
import { Height, Id, Said, Time } from "../parts/text.tsx";

export function TrustPage(): VNode {
  return (
    <Page title="What is checked here">
      <Card title="In your browser, on every page">
        <div class="prose">
          <p>
            A page shows what its node answers. Beside that it asks the node for the proof, and
            checks it here. What can be proven is not taken on trust.
          </p>
          <ol>
            <li>A transaction is signed by the keys of those that it acts for.</li>
            <li>
              What you see is what was signed, or what the state has: every figure is compared with
              the proven bytes, one by one.
            </li>
            <li>
              The transaction or the entry is in a block, by the hashes that lead to its roots.
            </li>
            <li>The block is final: more than two thirds of the validators have signed it.</li>
            <li>
              These are the validators of the network: each change of them since the genesis is
              signed by those before.
            </li>
            <li>The genesis is the one that this browser saw here first.</li>
          </ol>
        </div>
      </Card>
      <Card title="What this protects against">
        <div class="prose">
          <ul>
            <li>A node that invents a payment, or alters an amount, a memo or a balance.</li>
            <li>
              A node that shows an old state as the newest one, once this browser has seen a newer.
            </li>
            <li>A node that is suddenly one of another network.</li>
            <li>
              Two histories of one network: this browser keeps the newest block that it has proven,
              and every later one must go on from it.
            </li>
          </ul>
        </div>
      </Card>
      <Card title="What it does not">
        <div class="prose">
          <ul>
            <li>
              <strong>A page that lies about its own checks.</strong> This page came from the same
              node. Keep the{" "}
              <a href="/verify.html" download>
                receipt checker
              </a>
              : one file, which works without any network, with a receipt and the{" "}
              <a href="/v1/genesis">genesis</a>. Or check with{" "}
              <code>quorate-wallet receipt verify</code>.
            </li>
            <li>
              <strong>A wrong genesis on the first visit.</strong> Compare the chain id below with
              one that you have from somebody you trust, or type a checkpoint.
            </li>
            <li>
              <strong>More than a third of the validators acting together,</strong> now or, with
              their old keys, later. They can sign two histories. Ask other nodes too, and it shows.
            </li>
            <li>
              <strong>A node that is behind.</strong> On a first visit it can show what was true a
              while ago as if it were now. A page whose proof is of another minute than yours says
              so; or ask another node.
            </li>
            <li>
              <strong>Lists.</strong> Their rows are the node's word until you let them be checked,
              and it may leave out an incoming payment, or an asset that an account holds. Another
              node would not.
            </li>
            <li>
              <strong>What only a node can know:</strong> waiting transactions, peers, views, charts
              and search results. Pages say so.
            </li>
            <li>
              <strong>Forgetting.</strong> Where the browser keeps nothing, every visit is the
              first.
            </li>
          </ul>
        </div>
      </Card>
      <Remembered key={checkRound.value} />
      <Card title="Other nodes">
        <div class="prose">
          <p>
            Their proofs are asked for on every page, until this tab is closed. Nodes that lie, lag
            or follow another history are named.
          </p>
          <ul>
            {otherNodes.value.map((node) => (
              <li key={node}>
                <Said text={node} />{" "}
                <button type="button" class="quiet small" onClick={() => askNoMore(node)}>
                  Ask no more <span class="hidden">of {node}</span>
                </button>
              </li>
            ))}
          </ul>
          <AskAnother />
        </div>
      </Card>
    </Page>
  );
}

function Remembered(): VNode {
  const pin = readPin(localShelf);
  const tip = pin && readTipPlace(localShelf, pin.chainId);
  const [isSure, setSure] = useState(false);
  return (
    <Card title="What this browser remembers">
      <Facts
        list={[
          ["Chain", pin === undefined ? "none yet" : <Id key="chain" text={pin.chainId} />],
          pin && ["Since", <Time key="since" ms={pin.sinceMs} />],
          [
            "Newest proven block",
            tip === undefined ? (
              "none yet"
            ) : (
              <span key="tip">
                <Height height={tip.height} /> <Id text={tip.blockId} />
              </span>
            ),
          ],
          ["Checkpoint", <CheckpointField key="checkpoint" />],
        ]}
      />
      <div class="foot">
        <button
          type="button"
          class={isSure ? "danger" : "quiet"}
          onClick={() => (isSure ? forgetNetwork() : setSure(true))}
        >
          {isSure ? "Forget, and trust what this node shows next" : "Forget this network"}
        </button>
        {isSure && (
          <button type="button" class="quiet" onClick={() => setSure(false)}>
            Keep it
          </button>
        )}
        <button type="button" class="quiet" onClick={checkAnew}>
          Look again
        </button>
      </div>
    </Card>
  );
}

function CheckpointField(): VNode {
  const [text, setText] = useState(readCheckpointText(localShelf) ?? "");
  const [said, setSaid] = useState("");
  return (
    <form
      class="ask-another"
      onSubmit={(event) => {
        event.preventDefault();
        const set = setCheckpoint(text);
        setSaid(set.ok ? "Every proof must lead through it from now on." : set.reason);
      }}
    >
      <label for="checkpoint">A block that the history must have, from somebody you trust</label>
      <div class="row">
        <input
          id="checkpoint"
          type="text"
          autocomplete="off"
          autocapitalize="none"
          spellcheck={false}
          maxLength={96}
          placeholder="HEIGHT:ID"
          aria-describedby="checkpoint-said"
          value={text}
          onInput={({ currentTarget }) => setText(currentTarget.value)}
        />
        <button type="submit">Keep</button>
      </div>
      <p id="checkpoint-said" role="status" class="flaw">
        {said}
      </p>
    </form>
  );
}
