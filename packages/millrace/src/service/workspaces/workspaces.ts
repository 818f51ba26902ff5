/** The workspaces of a server, and who may enter them. */

import type { Api } from "../../contract/api.ts";
import { MillraceError } from "../../contract/errors.ts";
import type { Store } from "../../contract/store.ts";
import { keptMs, maxDescriptionLength, memberRoles, type Workspace, workspaceName } from "../../contract/workspaces.ts";
import type { Clock } from "../../kit/clock.ts";
import { uuidv7 } from "../../kit/ids.ts";
import { checkRevision } from "../check-revision.ts";

export type WorkspaceMethods = Pick<
  Api,
  | "listWorkspaces"
  | "createWorkspace"
  | "updateWorkspace"
  | "deleteWorkspace"
  | "restoreWorkspace"
  | "listMembers"
  | "setMember"
>;

/** How often a change is made again because another one came between, and an id is drawn again. */
const maxRaces = 20;

export function createWorkspaces({
  store,
  clock,
}: {
  readonly store: Pick<Store, "workspaces">;
  readonly clock: Clock;
}): WorkspaceMethods {
  const { workspaces } = store;

  /** Null when there is none. */
  async function change(
    id: string,
    decide: (found: Workspace, now: number) => Partial<Workspace>,
  ): Promise<Workspace | null> {
    for (let race = 0; race < maxRaces; race++) {
      const found = await workspaces.readWorkspace({ id });
      if (found === null) return null;
      const now = clock.now();
      const next = { ...found, ...decide(found, now), updatedAt: now, revision: found.revision + 1 };
      const outcome = await workspaces.replaceWorkspace(next, found.revision);
      if (outcome === "name-taken") throw nameTaken(next.name);
      if (outcome === "written") return next;
    }
    throw new MillraceError("LEDGER_BUSY", { location: `workspace ${id}`, waited: `${maxRaces} attempts` });
  }

  return {
    listWorkspaces: (page = {}) => workspaces.findWorkspaces(page),

    async createWorkspace({ name, description = "" }) {
      checkName(name);
      checkDescription(description);
      const at = clock.now();
      for (let draw = 0; draw < maxRaces; draw++) {
        const made = { id: uuidv7(), name, description, createdAt: at, updatedAt: at, revision: 1, purgeAt: null };
        const outcome = await workspaces.insertWorkspace(made);
        if (outcome === "name-taken") throw nameTaken(name);
        if (outcome === "written") return made;
      }
      throw new MillraceError("LEDGER_BUSY", { location: `workspace ${name}`, waited: `${maxRaces} attempts` });
    },

    async updateWorkspace(id, { name, description }, revision) {
      if (name !== undefined) checkName(name);
      if (description !== undefined) checkDescription(description);
      return change(id, (found) => {
        checkRevision({ kind: "workspace", id, revision: found.revision }, revision);
        if (found.purgeAt !== null) throw invalid(`${found.name} is deleted: restore it first`);
        return { ...(name === undefined ? {} : { name }), ...(description === undefined ? {} : { description }) };
      });
    },

    async deleteWorkspace(id, { keepForMs = keptMs.standard } = {}) {
      if (!(keepForMs >= keptMs.least && keepForMs <= 365 * 24 * 60 * 60_000)) {
        throw invalid("a deleted workspace is kept for a minute at least, and for a year at most");
      }
      return change(id, (_, now) => ({ purgeAt: now + keepForMs }));
    },

    restoreWorkspace: (id) =>
      change(id, ({ name, purgeAt }, now) => {
        if (purgeAt !== null && purgeAt <= now) throw invalid(`${name} is being removed for good`);
        return { purgeAt: null };
      }),

    listMembers: (filter, page = {}) => workspaces.findMembers(filter, page),

    async setMember(given) {
      const { workspaceId, accountId, role } = given;
      if (role !== null && !memberRoles.includes(role)) throw invalid(`the roles are ${memberRoles.join(", ")}`);
      if (await workspaces.writeMember(given, clock.now())) return true;
      if (role === null) return false;
      const isThere = (await workspaces.readWorkspace({ id: workspaceId })) !== null;
      const [kind, name] = isThere ? ["account", accountId] : ["workspace", workspaceId];
      throw new MillraceError("NOT_FOUND", { kind, name, advice: `\`millrace ${kind} ls\` lists them.` });
    },
  };
}

/** @throws OBJECT_INVALID */
function checkName(name: string): void {
  if (workspaceName.test(name)) return;
  throw invalid(
    "a workspace's name has 1 to 40 lower-case letters, digits and hyphens, and begins with a letter: it is in URLs",
  );
}

function checkDescription(description: string): void {
  if (description.length <= maxDescriptionLength) return;
  throw invalid(`a description has ${maxDescriptionLength} characters at most`);
}

function nameTaken(name: string): MillraceError {
  return new MillraceError("OBJECT_EXISTS", { kind: "workspace", name });
}

function invalid(reason: string): MillraceError {
  return new MillraceError("OBJECT_INVALID", { reason });
}
