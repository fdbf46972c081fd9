/**
 * The four states of whatever a node is asked for: loading, the answer, a problem, offline.
 * @module
 */
import type { ComponentChildren, VNode } from "preact";
import { useEffect, useState } from "preact/hooks";
import type { Load } from "../asking/load.ts";
import { Said } from "./text.tsx";

/** A faster answer than this needs no "Loading". */
const patienceMs = 150;

export function Loaded<Value>({
  load,
  children,
}: {
  readonly load: Load<Value>;
  readonly children: (value: Value) => ComponentChildren;
}): VNode {
  switch (load.kind) {
    case "loading":
      return <Loading />;
    case "ready":
      return <>{children(load.value)}</>;
    case "problem": {
      const { title, detail, fix } = load.problem;
      return (
        <section class="card state" role="alert">
          <h2>
            <Said text={title.replace(/\.$/, "")} />
          </h2>
          <p>
            <Said text={`${detail} ${fix}`} />
          </p>
          <p>
            <button type="button" onClick={load.again}>
              Try again
            </button>{" "}
            <a href="#/">Back to the newest blocks</a>
          </p>
        </section>
      );
    }
    case "offline":
      return (
        <section class="card state" role="alert">
          <h2>The node does not answer</h2>
          <p>
            It may have been stopped, or the connection to it is lost. It is asked again by itself.
          </p>
          <p>
            <button type="button" onClick={load.again}>
              Try again
            </button>
          </p>
        </section>
      );
  }
}

export function Loading(): VNode {
  const [isLate, setLate] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setLate(true), patienceMs);
    return () => clearTimeout(timer);
  }, []);
  return (
    <div class="loading" aria-busy="true">
      {isLate && <p role="status">Loading …</p>}
    </div>
  );
}
