import type { Account, AccountRole } from "millrace/client";
import { useState } from "react";
import { api } from "../../../api/api.ts";
import { toCommand } from "../../../format/shell.ts";
import { Field, Select, TextField } from "../../../ui/field.tsx";
import { FormDialog } from "../../../ui/form-dialog.tsx";
import { say } from "../../../ui/toast.ts";
import { roleOptions } from "./account-words.ts";
import { PasswordField, passwordFault } from "./password-field.tsx";

export function CreateAccount({ onClose }: { readonly onClose: () => void }) {
  const [name, setName] = useState("");
  const [kind, setKind] = useState<Account["kind"]>("person");
  const [role, setRole] = useState<AccountRole>("viewer");
  const [password, setPassword] = useState("");
  const [again, setAgain] = useState("");
  const written = name.trim();
  const isPerson = kind === "person";
  const fault = isPerson && (password !== "" || again !== "") ? passwordFault(password, again) : null;
  return (
    <FormDialog
      title="Create an account"
      verb="Create the account"
      whyNot={written === "" ? "It has no name" : fault}
      command={toCommand(
        "account",
        "create",
        written === "" ? "NAME" : written,
        "--role",
        role,
        ...(isPerson ? (password === "" ? ["--no-password"] : []) : ["--service"]),
      )}
      onClose={onClose}
      onSubmit={async () => {
        const given = isPerson && password !== "" ? { password } : {};
        await api.createAccount({ name: written, kind, role, ...given });
        say(`The account ${written} is created`);
      }}
    >
      <TextField
        label="Name"
        hint="A person signs in with it. No colon."
        isRequired
        autoFocus
        value={name}
        onChange={setName}
      />
      <Field label="Kind">
        {(ids) => (
          <Select
            {...ids}
            value={kind}
            options={[
              ["person", "person: signs in to this page, and may have keys"],
              ["service", "service: a program, which has keys only"],
            ]}
            onChange={({ target }) => {
              setKind(target.value as Account["kind"]);
              setRole(target.value === "service" ? "worker" : "viewer");
            }}
          />
        )}
      </Field>
      <RoleField role={role} onChange={setRole} />
      {isPerson ? (
        <>
          <PasswordField
            label="Password"
            hint="At least 12 characters. Empty: they cannot sign in, but may have keys."
            isOptional
            value={password}
            onChange={setPassword}
          />
          <PasswordField label="Password again" isOptional value={again} onChange={setAgain} />
        </>
      ) : null}
    </FormDialog>
  );
}

export function RoleField(props: { readonly role: AccountRole; readonly onChange: (role: AccountRole) => void }) {
  return (
    <Field label="Role" hint="Each may do what those above it may; worker stands by itself.">
      {(ids) => (
        <Select
          {...ids}
          value={props.role}
          options={roleOptions}
          onChange={({ target }) => props.onChange(target.value as AccountRole)}
        />
      )}
    </Field>
  );
}
