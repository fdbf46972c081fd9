/**
 * The JSON contract of chaos on a local network as schemas; see schemas.ts.
 * @module
 */
import { z } from "zod";
import type {
  LocalAcceptedJson,
  LocalActionJson,
  LocalNodeJson,
  LocalNodesJson,
  LocalPartitionRequestJson,
  LocalVerdictJson,
} from "./local-json.ts";
import { localNodesMax, partitionMsMax, partitionMsMin } from "./local-limits.ts";
import { count } from "./schema-parts.ts";
import { syncSchema, tipSchema, votingSchema } from "./schemas.ts";

const groups = z.array(z.array(count).max(localNodesMax)).max(localNodesMax);

export const localActionSchema: z.ZodType<LocalActionJson> = z.object({
  number: z.int().min(1),
  command: z.enum(["kill", "pause", "resume", "restart", "partition", "heal"]),
  node: count.nullable(),
  groups: groups.nullable(),
  startedMs: count,
});

export const localVerdictSchema: z.ZodType<LocalVerdictJson> = z.object({
  action: localActionSchema,
  endedMs: count,
  safe: z.boolean().nullable(),
  live: z.boolean(),
  quorum: z.object({ reachable: count, needed: count, validators: count }),
  recoveredAfterMs: count.nullable(),
  words: z.string(),
  failure: z.object({ code: z.string(), message: z.string(), fix: z.string() }).nullable(),
});

export const localNodeSchema: z.ZodType<LocalNodeJson> = z.object({
  index: count,
  name: z.string(),
  http: z.string(),
  state: z.enum(["running", "paused", "down"]),
  reason: z.string().nullable(),
  agrees: z.boolean().nullable(),
  tip: tipSchema.nullable(),
  voting: votingSchema.nullable(),
  sync: syncSchema.nullable(),
  peers: count.nullable(),
  quorumAgeMs: count.nullable(),
  group: count.nullable(),
  action: localActionSchema.nullable(),
});

export const localNodesSchema: z.ZodType<LocalNodesJson> = z.object({
  nodes: z.array(localNodeSchema),
  partition: z.object({ groups, sinceMs: count, healsAtMs: count.nullable() }).nullable(),
  action: localActionSchema.nullable(),
  verdicts: z.array(localVerdictSchema).max(10),
});

export const localAcceptedSchema: z.ZodType<LocalAcceptedJson> = z.object({
  action: localActionSchema,
});

export const localPartitionRequestSchema: z.ZodType<LocalPartitionRequestJson> = z.strictObject({
  groups: groups.min(1),
  forMs: z.int().min(partitionMsMin).max(partitionMsMax).nullable().optional(),
});
