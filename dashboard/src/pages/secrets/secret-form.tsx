import { useState } from "react";
import { api } from "../../api/api.ts";
import { toCommand } from "../../format/shell.ts";
import { Field, TextInput } from "../../ui/field.tsx";
import { FormDialog } from "../../ui/form-dialog.tsx";

/** @param name null for a new one */
export function SecretForm({ name, onClose }: { readonly name: string | null; readonly onClose: () => void }) {
  const [written, setWritten] = useState(name ?? "");
  const [value, setValue] = useState("");
  return (
    <FormDialog
      title={name === null ? "Create a secret" : "Set the secret anew"}
      description="It goes to the server, which seals it with its key, and is shown to nobody from then on."
      verb={name === null ? "Create the secret" : "Set the secret"}
      whyNot={written === "" ? "It has no name" : value === "" ? "It has no value" : null}
      command={toCommand("secret", "set", written === "" ? "NAME" : written)}
      onClose={onClose}
      onSubmit={async () => {
        const isTaken = name === null && (await api.listSecrets()).some((each) => each.name === written);
        if (isTaken) throw new Error(`There is a secret ${written} already. Close this, and set that one anew.`);
        await api.setSecret(written, value);
      }}
    >
      <Field label="Name">
        {(ids) => (
          <TextInput
            {...ids}
            required
            disabled={name !== null}
            value={written}
            onChange={({ target }) => setWritten(target.value)}
          />
        )}
      </Field>
      <Field label="Value" hint={name === null ? undefined : "What it was is gone then, and cannot be brought back."}>
        {(ids) => (
          <TextInput
            {...ids}
            type="password"
            autoComplete="new-password"
            required
            value={value}
            onChange={({ target }) => setValue(target.value)}
          />
        )}
      </Field>
    </FormDialog>
  );
}
