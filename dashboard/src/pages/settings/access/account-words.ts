import { type AccountRole, accountRoles, type AuditEntry } from "millrace/client";

/** What each role may do; each of the ranks beside what those before it may. */
export const roleWords: Readonly<Record<AccountRole, string>> = {
  viewer: "reads everything but what is secret",
  runner: "starts, cancels, retries and answers runs",
  author: "changes deployments, automations, blocks, variables and secrets",
  operator: "changes pools, queues and limits, deletes runs",
  admin: "does everything, and keeps accounts and keys",
  worker: "does what workers and their runs need, and no more",
  none: "enters the workspaces that it is a member of, and no more",
};

export const roleOptions = accountRoles.map((role) => [role, `${role}: ${roleWords[role]}`] as const);

export const meansWords: Readonly<Record<NonNullable<AuditEntry["means"]>, string>> = {
  key: "API key",
  password: "password",
  session: "session of a page",
};
