/** Schemas of contract/workspaces.ts. */

import * as z from "zod";
import { memberRoles } from "../../workspaces.ts";
import { time } from "./states.ts";

const role = z.enum(memberRoles);

export const workspace = z
  .object({
    id: z.string(),
    name: z.string(),
    description: z.string(),
    createdAt: time,
    updatedAt: time,
    revision: z.number(),
    purgeAt: time.nullable(),
  })
  .meta({ id: "Workspace" });

export const newWorkspace = z
  .object({ name: z.string(), description: z.string().exactOptional() })
  .meta({ id: "NewWorkspace" });

export const workspaceChange = z
  .object({ name: z.string().exactOptional(), description: z.string().exactOptional() })
  .meta({ id: "WorkspaceChange" });

export const workspaceDeletion = z.object({ keepForMs: z.number().exactOptional() }).optional();

export const member = z
  .object({ workspaceId: z.string(), accountId: z.string(), accountName: z.string(), role, since: time })
  .meta({ id: "WorkspaceMember" });

export const memberFilter = z.object({
  workspaceId: z.string().exactOptional(),
  accountId: z.string().exactOptional(),
});

export const memberChange = z
  .object({ workspaceId: z.string(), accountId: z.string(), role: role.nullable() })
  .meta({ id: "WorkspaceMemberChange" });

export const openWorkspace = z
  .object({ name: z.string(), description: z.string(), role: role.nullable() })
  .meta({ id: "OpenWorkspace" });
