/**
 * The workspaces that a server has open: each is a place of its own, opened when the server starts, when the workspace is
 * made, or when it is first asked for. Servers over one database find by looking what the others have made and deleted.
 */

import type { Access, Identity } from "../contract/access.ts";
import { MillraceError } from "../contract/errors.ts";
import type { Store } from "../contract/store.ts";
import { type MemberRole, type OpenWorkspace, type Workspace, workspaceName } from "../contract/workspaces.ts";
import type { Clock } from "../kit/clock.ts";
import type { Server } from "../server/create-server.ts";
import type { Mounted } from "../server/workspaces/mount.ts";
import { accessOfWorkspace } from "../service/workspaces/access-of-workspace.ts";
import type { Place, PlaceParts } from "./open-place.ts";

/** How often it is looked for what others have made and deleted, in ms. */
export const lookEveryMs = 5000;

/** How long what a name stands for holds, in ms, and of how many names at most it is known. */
const holdsMs = 2000;
const maxNamed = 1000;

export interface WorkspacesOptions {
  readonly store: Store;
  readonly clock: Clock;
  /** Null where nobody is asked who they are. */
  readonly access: Access | null;
  /** Puts a place together, whose loops run. */
  readonly open: (parts: Pick<PlaceParts, "store" | "access"> & { readonly workspace: () => string }) => Promise<Place>;
  /** What answers for workspaces that are not there. */
  readonly openNowhere: (access: Access | null) => Promise<Server>;
  readonly onFailure: (failure: { readonly where: string; readonly error: unknown }) => void;
}

interface Opened {
  /** As it is now: it may get another one while it is open. */
  name: string;
  readonly store: Store;
  readonly place: Place;
}

export interface Workspaces {
  /** That of a name in a URL; what says that there is none, for one that is not there. @throws SERVER_BUSY when it stops */
  find(name: string): Promise<Mounted>;
  list(identity: Identity | null): Promise<readonly OpenWorkspace[]>;
  /** Opens what is new, closes what is deleted, and removes what has been deleted for long enough. */
  look(): Promise<void>;
  close(): Promise<void>;
}

export function createWorkspaces(options: WorkspacesOptions): Workspaces {
  const { store, clock, access, open, openNowhere, onFailure } = options;
  const opened = new Map<string, Promise<Opened>>();
  const named = new Map<string, { readonly workspace: Workspace | null; readonly until: number }>();
  let nowhere: Promise<Server> | null = null;
  let isClosing = false;

  const accessOf = (workspaceId: string | null): Access | null =>
    access === null ? null : accessOfWorkspace(workspaceId, { access, workspaces: store.workspaces, clock });

  /** Null for one that is not there, or deleted. */
  async function findByName(name: string): Promise<Workspace | null> {
    if (!workspaceName.test(name)) return null;
    const known = named.get(name);
    if (known !== undefined && known.until > clock.monotonic()) return known.workspace;
    const found = await store.workspaces.readWorkspace({ name });
    const workspace = found?.purgeAt === null ? found : null;
    if (named.size >= maxNamed) named.clear();
    named.set(name, { workspace, until: clock.monotonic() + holdsMs });
    return workspace;
  }

  async function openOne(workspace: Workspace): Promise<Opened> {
    const beside = await store.openBeside(workspace.id);
    try {
      const named = { name: workspace.name };
      const place = await open({
        store: beside,
        access: accessOf(workspace.id),
        workspace: () => named.name,
      });
      return Object.assign(named, { store: beside, place });
    } catch (error) {
      await beside.close();
      throw error;
    }
  }

  function openOnce(workspace: Workspace): Promise<Opened> {
    const known = opened.get(workspace.id);
    if (known !== undefined) return known;
    if (isClosing) throw new MillraceError("SERVER_BUSY", { reason: "it is stopping" });
    const opening = openOne(workspace);
    opened.set(workspace.id, opening);
    opening.catch(() => opened.delete(workspace.id));
    return opening;
  }

  async function closeOne(id: string): Promise<void> {
    const opening = opened.get(id);
    if (opening === undefined) return;
    const { place, store: beside } = await opening;
    await place.stopLoops();
    await place.server.close();
    await beside.close();
    opened.delete(id);
  }

  async function readAll(): Promise<readonly Workspace[]> {
    const all: Workspace[] = [];
    let cursor: string | null = null;
    do {
      const page = await store.workspaces.findWorkspaces({ limit: 1000, cursor });
      all.push(...page.items);
      cursor = page.next;
    } while (cursor !== null);
    return all;
  }

  /** What is in it first: what is left of it when this process ends there is removed by the next look. */
  async function purge({ id, revision }: Workspace): Promise<void> {
    await store.dropBeside(id);
    await store.workspaces.deleteWorkspace(id, revision);
  }

  async function lookAt(workspace: Workspace): Promise<void> {
    const { id, name, purgeAt } = workspace;
    if (purgeAt === null) {
      (await openOnce(workspace)).name = name;
      return;
    }
    await closeOne(id);
    if (purgeAt <= clock.now()) await purge(workspace);
  }

  function roleOf({ account }: Identity, members: ReadonlyMap<string, MemberRole>, id: string): MemberRole | null {
    return account.role === "admin" ? "admin" : (members.get(id) ?? null);
  }

  return {
    async find(name) {
      const found = await findByName(name);
      if (found !== null) return (await openOnce(found)).place.server;
      nowhere ??= openNowhere(accessOf(null));
      return nowhere;
    },

    async list(identity) {
      const open = (await readAll()).filter(({ purgeAt }) => purgeAt === null);
      if (identity === null) return open.map(({ name, description }) => ({ name, description, role: null }));
      const accountId = identity.account.id;
      const { items } = await store.workspaces.findMembers({ accountId }, { limit: 10_000 });
      const members = new Map(items.map(({ workspaceId, role }) => [workspaceId, role]));
      return open.flatMap(({ id, name, description }) => {
        const role = roleOf(identity, members, id);
        return role === null ? [] : [{ name, description, role }];
      });
    },

    async look() {
      const all = await readAll();
      const known = new Set(all.map(({ id }) => id));
      for (const workspace of all) {
        if (isClosing) return;
        // One that cannot be opened leaves the others as they are.
        await lookAt(workspace).catch((error: unknown) => onFailure({ where: `workspace ${workspace.name}`, error }));
      }
      for (const id of opened.keys()) {
        if (!known.has(id)) await closeOne(id);
      }
    },

    async close() {
      isClosing = true;
      await Promise.all([...opened.keys()].map((id) => closeOne(id).catch(() => undefined)));
      await (await nowhere)?.close();
    },
  };
}
