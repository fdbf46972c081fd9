/**
 * Whom to ask, and what the names of the local network stand for.
 * @module
 */
import { readFileSync } from "node:fs";
import { z } from "zod";
import { exitCodes, Refusal } from "../refusal.ts";

/** What queries need of a network file. */
export interface QueryNetwork {
  readonly chainId?: string | undefined;
  readonly nodes: readonly { readonly http: string }[];
  readonly accounts: readonly { readonly name: string; readonly address: string }[];
}

const networkSchema: z.ZodType<QueryNetwork> = z.object({
  chainId: z.string().optional(),
  nodes: z.array(z.object({ http: z.string() })),
  accounts: z.array(z.object({ name: z.string(), address: z.string() })),
});

const pathStandard = ".quorate/network.json";

/** Where the network file is, or would be. */
export const networkFilePath = (flag: string | undefined): string =>
  flag ?? process.env["QUORATE_NETWORK"] ?? pathStandard;

/** The network file, or undefined where there is none and none was named. */
export function networkFileOf(flag: string | undefined): QueryNetwork | undefined {
  const named = flag ?? process.env["QUORATE_NETWORK"];
  const path = networkFilePath(flag);
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch {
    if (named === undefined) return undefined;
    throw unusable(path, "cannot be read");
  }
  const parsed = networkSchema.safeParse(parseJson(text));
  if (!parsed.success) throw unusable(path, "is no network file");
  return parsed.data;
}

/** Base URLs in the order to ask. */
export function nodesOf(
  flags: readonly string[] | undefined,
  network: QueryNetwork | undefined,
): readonly string[] {
  const urls = flags ?? network?.nodes.map(({ http }) => http) ?? [];
  const wrong = urls.find((url) => !/^https?:$/.test(protocolOf(url)));
  if (wrong !== undefined) {
    throw new Refusal({
      code: "node_url_invalid",
      message: `${wrong} is no URL of a node`,
      fix: "A node is named like http://127.0.0.1:28000",
    });
  }
  if (urls.length > 0) return urls;
  throw new Refusal({
    code: "no_node_reachable",
    message: "no node is known: there is no network file here, and no --node was given",
    fix: "Start the network (npm start), or name a node with --node URL.",
    exitCode: exitCodes.unreachable,
  });
}

/** The address of a named account of the network file; anything else stays as it is. */
export function namedAddress(network: QueryNetwork | undefined, name: string): string {
  return network?.accounts.find((account) => account.name === name)?.address ?? name;
}

const protocolOf = (url: string): string => (URL.canParse(url) ? new URL(url).protocol : "");

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const unusable = (path: string, why: string): Refusal =>
  new Refusal({
    code: "network_file_unusable",
    message: `the network file ${path} ${why}`,
    fix: "Give the file that `quorate network up` writes, or --node URL.",
  });
