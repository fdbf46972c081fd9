/**
 * All assets, and one of them. An asset is never shown without its issuer: anyone may use any code.
 * @module
 */
import type { VNode } from "preact";
import type { AssetJson } from "../../../src/api/asset-json.ts";
import { paths } from "../../../src/api/paths.ts";
import { useAnswer } from "../asking/load.ts";
import { hrefOf } from "../frame/addresses.ts";
import { Page } from "../frame/page.tsx";
import { Address } from "../parts/address.tsx";
import { Card, Facts } from "../parts/card.tsx";
import { Loaded } from "../parts/loaded.tsx";
import { PagedTable } from "../parts/paged-table.tsx";
import type { Column } from "../parts/table.tsx";
import { Amount, Id, Said } from "../parts/text.tsx";

const why = "a list of all assets cannot be proven complete; the page of each asset is proven";

export const AssetsPage = (): VNode => (
  <Page title="Assets" raw={paths.assets()} claim={{ kind: "word", why }}>
    <PagedTable
      title="All assets"
      path={paths.assets()}
      columns={columns}
      keyOf={({ id }) => id}
      empty="Nobody has created an asset yet: quorate-wallet asset create GOLD --decimals 2"
    />
  </Page>
);

const columns: readonly Column<AssetJson>[] = [
  {
    title: "Code",
    cell: ({ id, code }) => (
      <a href={hrefOf("asset", id)}>
        <strong>{code}</strong>
      </a>
    ),
  },
  { title: "Name", cell: ({ name }) => <Said text={name} /> },
  {
    title: "Supply",
    isNumber: true,
    cell: ({ supplyDisplay }) => <Amount display={supplyDisplay} />,
  },
  { title: "Issued by", cell: ({ issuer }) => <Address address={issuer} /> },
];

export function AssetPage({ id }: { readonly id: string }): VNode {
  const asset = paths.asset(id);
  const load = useAnswer(asset);
  const claim =
    load.kind === "ready"
      ? ({ kind: "asset", asset: load.value, asked: [id], again: load.again } as const)
      : undefined;
  return (
    <Page
      kicker="Asset"
      title={load.kind === "ready" ? load.value.code : "…"}
      raw={asset}
      claim={claim}
    >
      <Loaded load={load}>{(now) => <Asset asset={now} />}</Loaded>
    </Page>
  );
}

const Asset = ({ asset }: { readonly asset: AssetJson }): VNode => (
  <Card title="What its issuer fixed">
    <Facts
      list={[
        ["Name", asset.name === "" ? "none" : <Said text={asset.name} />],
        ["Issued by", <Address key="issuer" address={asset.issuer} />],
        ["Supply", <Amount key="supply" display={asset.supplyDisplay} />],
        [
          "At most",
          asset.maxSupplyDisplay === null ? (
            "no limit"
          ) : (
            <Amount display={asset.maxSupplyDisplay} />
          ),
        ],
        ["Decimals", String(asset.decimals)],
        ["Asset id", <Id key="id" text={asset.id} />],
      ]}
    />
  </Card>
);
