/** The commands over who may come into a server, and what was done there. */

import type { CommandEntry } from "./command-table.ts";

export const accessGroups = {
  account: "Who may come in where a server has access control, and what they may do",
  "api-key": "What programs come in with",
  workspace: "Ledgers of their own on one server, and who may enter them",
  audit: "What was done on a server with access control, and by whom",
} as const;

export const accessCommands: readonly CommandEntry[] = [
  { path: "account ls", load: async () => (await import("./commands/account/ls.ts")).accountLs },
  { path: "account inspect", load: async () => (await import("./commands/account/inspect.ts")).accountInspect },
  { path: "account create", load: async () => (await import("./commands/account/create.ts")).accountCreate },
  { path: "account update", load: async () => (await import("./commands/account/update.ts")).accountUpdate },
  { path: "account delete", load: async () => (await import("./commands/account/delete.ts")).accountDelete },
  { path: "api-key ls", load: async () => (await import("./commands/api-key/ls.ts")).apiKeyLs },
  { path: "api-key create", load: async () => (await import("./commands/api-key/create.ts")).apiKeyCreate },
  { path: "api-key delete", load: async () => (await import("./commands/api-key/delete.ts")).apiKeyDelete },
  { path: "workspace ls", load: async () => (await import("./commands/workspace/ls.ts")).workspaceLs },
  { path: "workspace create", load: async () => (await import("./commands/workspace/create.ts")).workspaceCreate },
  { path: "workspace update", load: async () => (await import("./commands/workspace/update.ts")).workspaceUpdate },
  { path: "workspace delete", load: async () => (await import("./commands/workspace/delete.ts")).workspaceDelete },
  { path: "workspace restore", load: async () => (await import("./commands/workspace/restore.ts")).workspaceRestore },
  { path: "workspace members", load: async () => (await import("./commands/workspace/members.ts")).workspaceMembers },
  {
    path: "workspace add-member",
    load: async () => (await import("./commands/workspace/add-member.ts")).workspaceAddMember,
  },
  {
    path: "workspace remove-member",
    load: async () => (await import("./commands/workspace/remove-member.ts")).workspaceRemoveMember,
  },
  { path: "audit ls", load: async () => (await import("./commands/audit/ls.ts")).auditLs },
];
