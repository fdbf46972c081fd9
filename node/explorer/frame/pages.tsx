/**
 * Which component shows which page: the table of contents of the explorer.
 * @module
 */
import type { VNode } from "preact";
import { AccountPage } from "../pages/account.tsx";
import { AssetPage, AssetsPage } from "../pages/assets.tsx";
import { BlockPage } from "../pages/block.tsx";
import { HomePage } from "../pages/home.tsx";
import { MempoolPage } from "../pages/mempool.tsx";
import { MissingPage } from "../pages/missing.tsx";
import { NetworkPage } from "../pages/network.tsx";
import { RecordPage, RecordsPage } from "../pages/records.tsx";
import { TransactionPage } from "../pages/transaction.tsx";
import { TrustPage } from "../pages/trust.tsx";
import { ValidatorsPage } from "../pages/validators.tsx";
import { Guarded } from "../parts/guarded.tsx";
import type { Route } from "./addresses.ts";

type Show = (route: Route) => VNode;

const pages: ReadonlyMap<string, Show> = new Map<string, Show>([
  ["", () => <HomePage />],
  ["block", ({ parts: [reference = ""] }) => <BlockPage reference={reference} />],
  ["tx", ({ parts: [id = ""] }) => <TransactionPage id={id} />],
  ["account", ({ parts: [address = ""] }) => <AccountPage address={address} />],
  ["mempool", () => <MempoolPage />],
  ["assets", () => <AssetsPage />],
  ["asset", ({ parts: [id = ""] }) => <AssetPage id={id} />],
  ["records", ({ query }) => <RecordsPage contentHash={query.get("hash") ?? undefined} />],
  [
    "record",
    ({ parts: [address = "", topic = "", name = ""] }) => (
      <RecordPage address={address} topic={topic} name={name} />
    ),
  ],
  ["validators", () => <ValidatorsPage />],
  ["network", () => <NetworkPage />],
  ["trust", () => <TrustPage />],
]);

/** Nothing of one page stays when another one is shown: not its rows, and not its seal. */
export const pageOf = (route: Route): VNode => (
  <Guarded key={[route.page, ...route.parts].join("\n")}>
    {pages.get(route.page)?.(route) ?? <MissingPage address={route.key} />}
  </Guarded>
);
