/**
 * Workspaces of a server: ledgers beside its own, each with flows, runs, deployments, pools, blocks and all else of its own.
 * A statement is run on one of them, so that whoever is in a workspace can name nothing of another. The server's own ledger
 * is the one without a name; it has the accounts, and who may enter which workspace.
 */

import type { Role } from "./access.ts";

export interface Workspace {
  readonly id: string;
  /** Its part of URLs: `/workspaces/<name>/`. Unique; see `workspaceName`. */
  readonly name: string;
  readonly description: string;
  readonly createdAt: number;
  readonly updatedAt: number;
  /** Counts up with each change. */
  readonly revision: number;
  /**
   * When all that is in it is deleted, in ms UTC: it was deleted, and answers no more. Null while it is in use. Until then it
   * can be restored, and its name is taken.
   */
  readonly purgeAt: number | null;
}

/** Lower-case letters, digits and hyphens, beginning with a letter. */
export const workspaceName = /^[a-z][a-z0-9-]{0,39}$/;

export const maxDescriptionLength = 1000;

/** What a deleted workspace is kept for, in ms: by default, and at least, since other servers have it open for a while. */
export const keptMs = { standard: 7 * 24 * 60 * 60_000, least: 60_000 } as const;

export interface NewWorkspace {
  readonly name: string;
  /** At most `maxDescriptionLength` characters. Default: none. */
  readonly description?: string;
}

export interface WorkspaceChange {
  readonly name?: string;
  readonly description?: string;
}

/** What one may be in a workspace: as on the server, but for `none`. Admins of the server are admins everywhere. */
export const memberRoles = ["viewer", "runner", "author", "operator", "admin", "worker"] as const satisfies readonly (
  | Role
  | "worker"
)[];
export type MemberRole = (typeof memberRoles)[number];

/** An account in a workspace. */
export interface Member {
  readonly workspaceId: string;
  readonly accountId: string;
  readonly accountName: string;
  readonly role: MemberRole;
  readonly since: number;
}

export interface MemberFilter {
  readonly workspaceId?: string;
  readonly accountId?: string;
}

export interface MemberChange {
  readonly workspaceId: string;
  readonly accountId: string;
  /** Null takes the account out. */
  readonly role: MemberRole | null;
}

/** A workspace that somebody may enter. */
export interface OpenWorkspace {
  readonly name: string;
  readonly description: string;
  /** What they may do there; null where nobody is asked who they are. */
  readonly role: MemberRole | null;
}
