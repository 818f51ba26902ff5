/** Who somebody is in a workspace: known as on the server, with the role that they have there. */

import type { Access, Identity } from "../../contract/access.ts";
import type { WorkspaceStore } from "../../contract/store.ts";
import type { MemberRole } from "../../contract/workspaces.ts";
import type { Clock } from "../../kit/clock.ts";

/** How long what was found out holds, in ms: what is taken away is gone within it. */
const holdsMs = 2000;
/** What is held at most. */
const maxHeld = 10_000;

export interface AccessOfWorkspaceOptions {
  readonly access: Access;
  readonly workspaces: Pick<WorkspaceStore, "readMemberRole">;
  readonly clock: Clock;
}

/** @param workspaceId null: one that is not there, in which nobody is anything */
export function accessOfWorkspace(
  workspaceId: string | null,
  { access, workspaces, clock }: AccessOfWorkspaceOptions,
): Access {
  const held = new Map<string, { readonly role: MemberRole | "none"; readonly until: number }>();

  async function roleIn({ id, role }: Identity["account"]): Promise<MemberRole | "none"> {
    if (workspaceId === null) return "none";
    // Who may let others in may let themselves in.
    if (role === "admin") return "admin";
    const found = held.get(id);
    if (found !== undefined && found.until > clock.monotonic()) return found.role;
    const read = (await workspaces.readMemberRole(workspaceId, id)) ?? "none";
    if (held.size >= maxHeld) held.clear();
    held.set(id, { role: read, until: clock.monotonic() + holdsMs });
    return read;
  }

  async function there(identity: Identity): Promise<Identity> {
    return { ...identity, account: { ...identity.account, role: await roleIn(identity.account) } };
  }

  return {
    async identify(credential, from) {
      const identity = await access.identify(credential, from);
      return identity === null ? null : there(identity);
    },
    async signIn(request) {
      const opened = await access.signIn(request);
      return opened === null ? null : { ...opened, identity: await there(opened.identity) };
    },
    async signInProved(request) {
      const opened = await access.signInProved(request);
      return opened === null ? null : { ...opened, identity: await there(opened.identity) };
    },
    signOut: (token) => access.signOut(token),
    audit: (entry) => access.audit(entry),
  };
}
