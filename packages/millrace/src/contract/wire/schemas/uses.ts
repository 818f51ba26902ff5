/** Schemas of contract/uses.ts. */

import * as z from "zod";

export const usedThing = z
  .discriminatedUnion("kind", [
    z.object({ kind: z.literal("block-document"), id: z.string() }),
    z.object({ kind: z.literal("variable"), name: z.string() }),
  ])
  .meta({ id: "UsedThing" });

const use = z
  .object({
    kind: z.enum(["deployment", "schedule", "work-pool", "automation", "block-document", "configuration"]),
    id: z.string(),
    name: z.string(),
    deploymentId: z.string().exactOptional(),
    fields: z.array(z.string()),
  })
  .meta({ id: "Use" });

export const uses = z.object({ items: z.array(use), isCut: z.boolean() }).meta({ id: "Uses" });
