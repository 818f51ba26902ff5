import type { Account, AccountChange } from "millrace/client";
import { useState } from "react";
import { api } from "../../../api/api.ts";
import { toCommand } from "../../../format/shell.ts";
import { FormDialog } from "../../../ui/form-dialog.tsx";
import { RoleField } from "./create-account.tsx";
import { PasswordField, passwordFault } from "./password-field.tsx";

export type AccountAction = "role" | "password" | "disable" | "enable" | "delete";

interface DialogProps {
  readonly account: Account;
  readonly onClose: () => void;
}

/** Somebody else may have deleted it meanwhile. */
async function update({ id, name }: Account, change: AccountChange): Promise<void> {
  if ((await api.updateAccount(id, change)) === null) throw new Error(`The account ${name} is not there any more.`);
}

export function AccountDialog(props: DialogProps & { readonly action: AccountAction; readonly onDeleted: () => void }) {
  const { action, account, onDeleted, onClose } = props;
  const { id, name } = account;
  switch (action) {
    case "role":
      return <ChangeRole account={account} onClose={onClose} />;
    case "password":
      return <SetPassword account={account} onClose={onClose} />;
    case "disable":
      return (
        <FormDialog
          title="Disable the account?"
          description={`${name} is let in no more, within 5 s, neither by password nor by key, until it is enabled again.`}
          verb="Disable the account"
          isDangerous
          command={toCommand("account", "update", name, "--disable")}
          onClose={onClose}
          onSubmit={() => update(account, { isDisabled: true })}
        />
      );
    case "enable":
      return (
        <FormDialog
          title="Let the account in again?"
          description={`${name} may come in again by what it has: its password and its keys.`}
          verb="Let it in again"
          command={toCommand("account", "update", name, "--enable")}
          onClose={onClose}
          onSubmit={() => update(account, { isDisabled: false })}
        />
      );
    case "delete":
      return (
        <FormDialog
          title="Delete the account?"
          description={`${name} goes with its keys and sessions, and cannot be brought back. What it did stays in the audit log.`}
          verb="Delete the account"
          isDangerous
          command={toCommand("account", "delete", name)}
          onClose={onClose}
          onSubmit={async () => {
            await api.deleteAccount(id);
            onDeleted();
          }}
        />
      );
  }
}

function ChangeRole({ account, onClose }: DialogProps) {
  const [role, setRole] = useState(account.role);
  return (
    <FormDialog
      title={`The role of ${account.name}`}
      verb="Change the role"
      whyNot={role === account.role ? "It has this role" : null}
      command={toCommand("account", "update", account.name, "--role", role)}
      onClose={onClose}
      onSubmit={() => update(account, { role })}
    >
      <RoleField role={role} onChange={setRole} />
    </FormDialog>
  );
}

function SetPassword({ account, onClose }: DialogProps) {
  const [password, setPassword] = useState("");
  const [again, setAgain] = useState("");
  return (
    <FormDialog
      title={`The password of ${account.name}`}
      description="It ends the sessions of the account in all browsers. Its keys stay."
      verb="Set the password"
      whyNot={passwordFault(password, again)}
      command={toCommand("account", "update", account.name, "--password")}
      onClose={onClose}
      onSubmit={() => update(account, { password })}
    >
      <PasswordField label="Password" autoFocus hint="At least 12 characters" value={password} onChange={setPassword} />
      <PasswordField label="Password again" value={again} onChange={setAgain} />
    </FormDialog>
  );
}
