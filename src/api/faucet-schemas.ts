/**
 * The JSON contract of the faucet as schemas; see schemas.ts.
 * @module
 */
import { z } from "zod";
import type { FaucetJson } from "./faucet-json.ts";
import { address, amount, id } from "./schema-parts.ts";

export const faucetSchema: z.ZodType<FaucetJson> = z.object({
  id,
  from: address,
  amount,
  display: z.string(),
});
