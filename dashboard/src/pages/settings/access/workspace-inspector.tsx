import type { Member, Workspace } from "millrace/client";
import { useState } from "react";
import { baseUrl } from "../../../api/api.ts";
import { useSession } from "../../../api/session.ts";
import { workspaceUrl } from "../../../app/workspace-paths.ts";
import { Button } from "../../../ui/button.tsx";
import { Command, ShortId } from "../../../ui/copy.tsx";
import { Inspector } from "../../../ui/inspector.tsx";
import { Facts } from "../../../ui/panel.tsx";
import { Loaded } from "../../../ui/states-of-loading.tsx";
import { DateTime } from "../../../ui/when.tsx";
import { useMembers } from "./use-workspaces.ts";
import { ChangeMember, RemoveMember, type WorkspaceAction, WorkspaceDialog } from "./workspace-dialogs.tsx";

interface WorkspaceInspectorProps {
  readonly workspace: Workspace;
  readonly onClose: () => void;
}

export function WorkspaceInspector({ workspace, onClose }: WorkspaceInspectorProps) {
  const [open, setOpen] = useState<WorkspaceAction | null>(null);
  const isAsked = useSession()?.accessControl === "on";
  const { id, name, description, createdAt, updatedAt, purgeAt } = workspace;
  const url = workspaceUrl(name, baseUrl);
  return (
    <Inspector title={name} onClose={onClose}>
      <div className="flex flex-wrap gap-2">
        {purgeAt === null ? (
          <>
            <Button needs="updateWorkspace" onClick={() => setOpen("change")}>
              Change
            </Button>
            <Button kind="danger" needs="deleteWorkspace" onClick={() => setOpen("delete")}>
              Delete
            </Button>
          </>
        ) : (
          <Button kind="primary" needs="restoreWorkspace" onClick={() => setOpen("restore")}>
            Restore
          </Button>
        )}
      </div>
      {purgeAt === null ? null : (
        <p className="text-state-attention">
          It is deleted. All that is in it is gone for good <DateTime at={purgeAt} />.
        </p>
      )}
      <Facts
        items={[
          ["For", description === "" ? "" : description],
          [
            "Address",
            purgeAt === null ? (
              <a key="url" href={url} className="link break-all">
                {url}
              </a>
            ) : (
              <span key="url" className="break-all text-muted">
                {url}
              </span>
            ),
          ],
          ["Created", <DateTime key="created" at={createdAt} />],
          ["Changed", <DateTime key="updated" at={updatedAt} />],
          ["Id", <ShortId key="id" id={id} />],
        ]}
      />
      <section aria-label="Clients" className="flex flex-col gap-1">
        <h3 className="font-medium">For programs</h3>
        <Command text={`export MILLRACE_API_URL=${url.replace(/\/$/, "")}`} />
        <Command text={`export PREFECT_API_URL=${url}api`} />
      </section>
      {isAsked ? <Members workspace={workspace} onAdd={() => setOpen("add")} /> : null}
      {open === null ? null : <WorkspaceDialog action={open} workspace={workspace} onClose={() => setOpen(null)} />}
    </Inspector>
  );
}

function Members({ workspace, onAdd }: { readonly workspace: Workspace; readonly onAdd: () => void }) {
  const query = useMembers(workspace.id);
  const [open, setOpen] = useState<{ readonly action: "change" | "remove"; readonly member: Member } | null>(null);
  const close = (): void => setOpen(null);
  return (
    <section aria-label="Members" className="flex flex-col gap-2">
      <div className="flex items-center gap-2">
        <h3 className="grow font-medium">Members</h3>
        <Button needs="setMember" onClick={onAdd}>
          Let somebody in
        </Button>
      </div>
      <p className="text-muted">Admins of the server may enter each workspace, as admins.</p>
      <Loaded query={query} rows={2}>
        {(members) => (
          <ul className="flex flex-col gap-1">
            {members.map((member) => (
              <li key={member.accountId} className="flex items-center gap-2">
                <span className="min-w-0 grow truncate" title={member.accountName}>
                  {member.accountName}
                </span>
                <span className="text-muted">{member.role}</span>
                <Button
                  needs="setMember"
                  aria-label={`Change the role of ${member.accountName}`}
                  onClick={() => setOpen({ action: "change", member })}
                >
                  Change
                </Button>
                <Button
                  needs="setMember"
                  aria-label={`Take ${member.accountName} out`}
                  onClick={() => setOpen({ action: "remove", member })}
                >
                  Take out
                </Button>
              </li>
            ))}
          </ul>
        )}
      </Loaded>
      {open === null ? null : open.action === "change" ? (
        <ChangeMember workspace={workspace} member={open.member} onClose={close} />
      ) : (
        <RemoveMember workspace={workspace} member={open.member} onClose={close} />
      )}
    </section>
  );
}
