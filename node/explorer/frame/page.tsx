/**
 * The frame of every page: its title, what can be taken along (JSON, CSV), and whether what it shows is proven.
 * @module
 */
import type { ComponentChildren, VNode } from "preact";
import { useEffect } from "preact/hooks";
import { visible } from "../../../src/api/visible.ts";
import type { Claim } from "../checking/claims.ts";
import { ProofPanel } from "../checking/proof-panel.tsx";
import { Said } from "../parts/text.tsx";

export interface PageProps {
  readonly title: string;
  /** Over the title: what kind of thing this is. */
  readonly kicker?: string;
  /** The same as JSON: `/v1/…`. */
  readonly raw?: string;
  /** All of it as CSV: `/v1/….csv`. */
  readonly csv?: string;
  /** What it shows; undefined while there is nothing to check. */
  readonly claim?: Claim | undefined;
  readonly children: ComponentChildren;
}

export function Page({ title, kicker, raw, csv, claim, children }: PageProps): VNode {
  useEffect(() => {
    document.title = `${visible(title)} · Quorate explorer`;
  }, [title]);
  return (
    <article class="page">
      <header class="page-head">
        <div>
          {kicker !== undefined && <p class="kicker">{kicker}</p>}
          <h1>
            <Said text={title} />
          </h1>
        </div>
        <div class="takeaway">
          {raw !== undefined && (
            <a class="quiet" href={raw}>
              JSON
            </a>
          )}
          {csv !== undefined && (
            <a class="quiet" href={csv} download>
              CSV
            </a>
          )}
        </div>
      </header>
      {claim !== undefined && <ProofPanel claim={claim} />}
      {children}
    </article>
  );
}
