/**
 * Who may do what, where a server has access control. Accounts and keys are the ledger's: whoever opens the ledger itself may
 * do everything, as whoever has a file may. Only a server asks who somebody is.
 */

/** Each may do what those before it may. */
export const roles = ["viewer", "runner", "author", "operator", "admin"] as const;

/**
 * - viewer: reads everything but what is secret
 * - runner: starts, cancels, resumes, retries and answers runs, and records those of its own processes
 * - author: deployments, schedules, automations, blocks, variables and secrets
 * - operator: pools, queues, limits, webhooks; deletes runs, and changes many at once
 * - admin: accounts, keys and the audit log
 */
export type Role = (typeof roles)[number];

/**
 * Not ranks:
 * - worker: what workers and the runs that they start need, and no more
 * - none: nothing but workspaces that the account is a member of
 */
export const accountRoles = [...roles, "worker", "none"] as const;
export type AccountRole = (typeof accountRoles)[number];

/** What a call needs. */
export interface Policy {
  /** `none`: whoever is known, as for an account of one's own. */
  readonly role: Role | "none";
  /**
   * - read: changes nothing
   * - work: what a process says of the runs that it executes; not in the audit log
   * - act: what a process does, or a person: workers may
   * - change: what a person decides
   */
  readonly does: "read" | "work" | "act" | "change";
}

export function isAllowed(have: AccountRole, { role, does }: Policy): boolean {
  if (have === "worker") {
    return does === "work" || does === "act" || (does === "read" && (role === "viewer" || role === "none"));
  }
  if (role === "none") return true;
  return have !== "none" && roles.indexOf(have) >= roles.indexOf(role);
}

/** Whether the audit log has it: what a worker does is in the histories of its runs. */
export function isAudited(have: AccountRole, { does }: Policy): boolean {
  return does === "change" || (does === "act" && have !== "worker");
}

/** Whether somebody may: the key of a run's process never more than a worker, where the route is for such keys at all. */
export function mayCall({ account, scope }: Identity, policy: Policy, isForRuns: boolean): boolean {
  if (!isAllowed(account.role, policy)) return false;
  return scope === undefined || (isForRuns && isAllowed("worker", policy));
}

export interface Account {
  readonly id: string;
  /** A person signs in with it; unique. */
  readonly name: string;
  /** A service has keys only. */
  readonly kind: "person" | "service";
  readonly role: AccountRole;
  /** Whether it is kept out: its keys and sessions too. */
  readonly isDisabled: boolean;
  readonly hasPassword: boolean;
  readonly createdAt: number;
  readonly updatedAt: number;
  /** Counts up with each change. */
  readonly revision: number;
}

/** How long a password is, in characters. */
export const passwordLength = { min: 12, max: 1000 } as const;

export interface NewAccount {
  /** 1 to 100 characters without control characters and colons, no space at either end. */
  readonly name: string;
  readonly kind: Account["kind"];
  readonly role: AccountRole;
  /** Of `passwordLength`. Without one a person cannot sign in, but may have keys. */
  readonly password?: string;
}

export interface AccountChange {
  readonly role?: AccountRole;
  readonly isDisabled?: boolean;
  /** Ends all of its sessions. Null takes it away. */
  readonly password?: string | null;
}

export interface ApiKey {
  readonly id: string;
  readonly accountId: string;
  /** What it is for. */
  readonly name: string;
  /** Its first characters, to know it by. */
  readonly start: string;
  readonly createdAt: number;
  /** Null: it does not expire. */
  readonly expiresAt: number | null;
  /** To the minute; null before its first use. */
  readonly usedAt: number | null;
}

export interface NewApiKey {
  readonly accountId: string;
  /** 1 to 100 characters. */
  readonly name: string;
  readonly expiresAt?: number | null;
}

export interface MadeApiKey {
  readonly key: ApiKey;
  /** The key itself, which is told this once and kept nowhere. */
  readonly text: string;
}

export interface ApiKeyFilter {
  readonly accountId?: string;
}

/** By what somebody says who they are. */
export type Credential =
  | { readonly kind: "key"; readonly text: string }
  | { readonly kind: "password"; readonly name: string; readonly password: string }
  | { readonly kind: "session"; readonly token: string };

/**
 * What the key of a run's process is for:
 * - run: one run, as long as this process has it in this epoch
 * - loading: no run yet; the process imports its code
 */
export type KeyScope =
  | { readonly kind: "run"; readonly flowRunId: string; readonly processId: string; readonly epoch: number }
  | { readonly kind: "loading" };

/** Somebody who is known. */
export interface Identity {
  readonly account: Account;
  readonly means: Credential["kind"];
  /** The key's id, where it was one; of a run's key that of the worker's. */
  readonly keyId: string | null;
  /** Of the key of a run's process: what it is for. Absent: all that the account may do. */
  readonly scope?: KeyScope;
}

export interface NewAuditEntry {
  readonly at: number;
  /** Null for somebody who is not known. */
  readonly accountId: string | null;
  /** As it was then; for one who is not known, the name that was given. */
  readonly accountName: string | null;
  readonly means: Credential["kind"] | null;
  readonly keyId: string | null;
  /** Where it came from: an address. */
  readonly address: string;
  /** The name of the call: `deleteFlowRun`, or that of the other API. */
  readonly action: string;
  /** With the ids that it was about. */
  readonly path: string;
  readonly outcome: "done" | "failed" | "denied";
  /** Of HTTP. */
  readonly status: number;
  readonly requestId: string;
  /** How many calls it stands for: those that are denied within a minute may share one. Default 1. */
  readonly calls?: number;
}

/** A call that changed something, or calls that were denied. Nothing that was sent is in it but the path. */
export interface AuditEntry extends NewAuditEntry {
  readonly seq: number;
  readonly calls: number;
}

export interface AuditFilter {
  readonly accountId?: string;
  readonly outcomes?: readonly AuditEntry["outcome"][];
  readonly action?: string;
  /** In the path, the action or the account's name. */
  readonly text?: string;
  readonly since?: number;
  readonly until?: number;
}

export interface OpenedSession {
  readonly token: string;
  readonly expiresAt: number;
  readonly identity: Identity;
}

/** Somebody whom an identity provider has proved. */
export interface ProvedPerson {
  readonly issuer: string;
  /** The provider's id of the person, which is nobody else's ever. */
  readonly subject: string;
  /** Of the account that is made at the first sign-in; another one where it is taken. */
  readonly name: string;
  readonly role: AccountRole;
  /** Whether an account that is there gets the role too. */
  readonly updatesRole: boolean;
}

/** What a server asks to know who somebody is. */
export interface Access {
  /**
   * Null for who is not known, is disabled, or comes with what has expired. What was found out holds for 2 s.
   *
   * @param from an address: failed attempts of one are counted
   * @throws ATTEMPTS_EXCEEDED
   */
  identify(credential: Credential, from: string): Promise<Identity | null>;
  /** Null for a wrong name or password. @throws ATTEMPTS_EXCEEDED */
  signIn(request: {
    readonly name: string;
    readonly password: string;
    readonly from: string;
  }): Promise<OpenedSession | null>;
  /**
   * Opens a session of somebody who is proved elsewhere, with an account that is made at the first time. Null for one that is
   * disabled. What `prove` throws is thrown on; OIDC_REFUSED counts as a failed attempt of the address.
   *
   * @throws ATTEMPTS_EXCEEDED
   */
  signInProved(request: {
    readonly from: string;
    readonly prove: () => Promise<ProvedPerson>;
  }): Promise<OpenedSession | null>;
  signOut(token: string): Promise<void>;
  /** Resolves when it is kept. Those that come meanwhile are kept together. */
  audit(entry: NewAuditEntry): Promise<void>;
}
