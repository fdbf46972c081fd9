/**
 * An address that names no page.
 * @module
 */
import type { VNode } from "preact";
import { Page } from "../frame/page.tsx";
import { Said } from "../parts/text.tsx";

export const MissingPage = ({ address }: { readonly address: string }): VNode => (
  <Page title="There is no such page">
    <p>
      Nothing here is called <Said text={address} />. <a href="#/">Go to the newest blocks</a>, or
      search for a height, an id, an address, an asset or a record.
    </p>
  </Page>
);
