import { type Member, type MemberRole, memberRoles, type Workspace, workspaceName } from "millrace/client";
import { useState } from "react";
import { api } from "../../../api/api.ts";
import { lookAgain } from "../../../api/session.ts";
import { toCommand } from "../../../format/shell.ts";
import { Field, Select, TextField } from "../../../ui/field.tsx";
import { FormDialog } from "../../../ui/form-dialog.tsx";
import { say } from "../../../ui/toast.ts";
import { roleWords } from "./account-words.ts";
import { useAccounts } from "./use-accounts.ts";

const nameFault = (name: string): string | null =>
  workspaceName.test(name) ? null : "Its name takes lower-case letters, digits and hyphens, and begins with a letter";

const nameHint = "A part of its address: lower-case letters, digits and hyphens.";

export function CreateWorkspace({ onClose }: { readonly onClose: () => void }) {
  const [name, setName] = useState("");
  const [description, setDescription] = useState("");
  const about = description.trim();
  return (
    <FormDialog
      title="Create a workspace"
      verb="Create the workspace"
      whyNot={name === "" ? "It has no name" : nameFault(name)}
      command={toCommand(
        "workspace",
        "create",
        name === "" ? "NAME" : name,
        ...(about === "" ? [] : ["--description", about]),
      )}
      onClose={onClose}
      onSubmit={async () => {
        await api.createWorkspace({ name, ...(about === "" ? {} : { description: about }) });
        say(`The workspace ${name} is created`);
        void lookAgain();
      }}
    >
      <TextField label="Name" hint={nameHint} isRequired autoFocus value={name} onChange={setName} />
      <TextField label="What it is for" value={description} onChange={setDescription} />
    </FormDialog>
  );
}

export type WorkspaceAction = "change" | "delete" | "restore" | "add";

interface DialogProps {
  readonly workspace: Workspace;
  readonly onClose: () => void;
}

export function WorkspaceDialog({ action, ...props }: DialogProps & { readonly action: WorkspaceAction }) {
  const { workspace, onClose } = props;
  const { id, name } = workspace;
  switch (action) {
    case "change":
      return <ChangeWorkspace {...props} />;
    case "add":
      return <AddMember {...props} />;
    case "delete":
      return (
        <FormDialog
          title="Delete the workspace?"
          description={`${name} answers no more, and its schedules rest. It can be restored for a week; then all that is in it is gone for good.`}
          verb="Delete the workspace"
          isDangerous
          command={toCommand("workspace", "delete", name)}
          onClose={onClose}
          onSubmit={() => api.deleteWorkspace(id).finally(() => void lookAgain())}
        />
      );
    case "restore":
      return (
        <FormDialog
          title="Restore the workspace?"
          description={`${name} is there again as it was, and its schedules go on.`}
          verb="Restore the workspace"
          command={toCommand("workspace", "restore", name)}
          onClose={onClose}
          onSubmit={() => api.restoreWorkspace(id).finally(() => void lookAgain())}
        />
      );
  }
}

function ChangeWorkspace({ workspace, onClose }: DialogProps) {
  const [name, setName] = useState(workspace.name);
  const [description, setDescription] = useState(workspace.description);
  const isSame = name === workspace.name && description === workspace.description;
  return (
    <FormDialog
      title={`The workspace ${workspace.name}`}
      verb="Change the workspace"
      whyNot={isSame ? "Nothing is changed" : nameFault(name)}
      command={toCommand("workspace", "update", workspace.name, "--name", name, "--description", description)}
      onClose={onClose}
      onSubmit={() => api.updateWorkspace(workspace.id, { name, description }).finally(() => void lookAgain())}
    >
      <TextField
        label="Name"
        hint={`${nameHint} Who has the old address finds nothing there.`}
        isRequired
        value={name}
        onChange={setName}
      />
      <TextField label="What it is for" value={description} onChange={setDescription} />
    </FormDialog>
  );
}

function AddMember({ workspace, onClose }: DialogProps) {
  const accounts = useAccounts().data ?? [];
  const [accountId, setAccountId] = useState("");
  const [role, setRole] = useState<MemberRole>("viewer");
  const account = accounts.find(({ id }) => id === accountId);
  return (
    <FormDialog
      title={`Let somebody into ${workspace.name}`}
      verb="Let the account in"
      whyNot={account === undefined ? "No account is chosen" : null}
      command={toCommand("workspace", "add-member", workspace.name, account?.name ?? "ACCOUNT", "--role", role)}
      onClose={onClose}
      onSubmit={() => api.setMember({ workspaceId: workspace.id, accountId, role })}
    >
      <Field label="Account">
        {(ids) => (
          <Select
            {...ids}
            value={accountId}
            options={[["", "Choose…"], ...accounts.map(({ id, name }) => [id, name] as const)]}
            onChange={({ target }) => setAccountId(target.value)}
          />
        )}
      </Field>
      <MemberRoleField role={role} onChange={setRole} />
    </FormDialog>
  );
}

export function ChangeMember({ workspace, member, onClose }: DialogProps & { readonly member: Member }) {
  const [role, setRole] = useState(member.role);
  const { accountId, accountName } = member;
  return (
    <FormDialog
      title={`${accountName} in ${workspace.name}`}
      verb="Change the role"
      whyNot={role === member.role ? "It has this role" : null}
      command={toCommand("workspace", "add-member", workspace.name, accountName, "--role", role)}
      onClose={onClose}
      onSubmit={() => api.setMember({ workspaceId: workspace.id, accountId, role })}
    >
      <MemberRoleField role={role} onChange={setRole} />
    </FormDialog>
  );
}

export function RemoveMember({ workspace, member, onClose }: DialogProps & { readonly member: Member }) {
  const { accountId, accountName } = member;
  return (
    <FormDialog
      title={`Take ${accountName} out of ${workspace.name}?`}
      description="It is let in no more, within 5 s. What it did stays."
      verb="Take it out"
      isDangerous
      command={toCommand("workspace", "remove-member", workspace.name, accountName)}
      onClose={onClose}
      onSubmit={() => api.setMember({ workspaceId: workspace.id, accountId, role: null })}
    />
  );
}

function MemberRoleField(props: { readonly role: MemberRole; readonly onChange: (role: MemberRole) => void }) {
  return (
    <Field label="Role" hint="What the account may do in this workspace; its role on the server says nothing here.">
      {(ids) => (
        <Select
          {...ids}
          value={props.role}
          options={memberRoles.map((role) => [role, `${role}: ${roleWords[role]}`] as const)}
          onChange={({ target }) => props.onChange(target.value as MemberRole)}
        />
      )}
    </Field>
  );
}
