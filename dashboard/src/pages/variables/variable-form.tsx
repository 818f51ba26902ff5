import type { Variable } from "millrace/client";
import { useState } from "react";
import { api } from "../../api/api.ts";
import { useCarefulSave } from "../../api/careful-save.ts";
import { Field, TextArea, TextInput } from "../../ui/field.tsx";
import { FormDialog } from "../../ui/form-dialog.tsx";
import { UsedBy } from "../uses/used-by.tsx";
import { fromWritten, nameFault, toSetCommand, toTags, toWritten } from "./variable-text.ts";

/** @param variable null for a new one */
export function VariableForm({
  variable,
  onClose,
}: {
  readonly variable: Variable | null;
  readonly onClose: () => void;
}) {
  const [name, setName] = useState(variable?.name ?? "");
  const [written, setWritten] = useState(variable === null ? "" : toWritten(variable.value));
  const [tags, setTags] = useState(variable?.tags.join(", ") ?? "");
  const saveCarefully = useCarefulSave(variable, { value: "Value", tags: "Tags" });
  const fault = nameFault(name);
  const value = fromWritten(written);
  const isText = value.startsWith('"');
  return (
    <FormDialog
      title={variable === null ? "Create a variable" : "Edit the variable"}
      verb={variable === null ? "Create the variable" : "Save the variable"}
      whyNot={fault}
      command={toSetCommand(name === "" ? "NAME" : name, written, toTags(tags))}
      onClose={onClose}
      onSubmit={async () => {
        const given = { value, tags: toTags(tags) };
        if (variable !== null) {
          return saveCarefully({
            read: () => api.readObject("variable", variable.id),
            save: (revision) => api.updateObject("variable", variable.id, given, revision),
          });
        }
        if ((await api.count("variable", { field: "name", in: [name] })) > 0) {
          throw new Error(`There is a variable ${name} already. Close this, and edit that one.`);
        }
        return api.createObject("variable", { name, ...given });
      }}
    >
      <Field label="Name" hint="Lower-case letters, digits, - and _" error={name === "" ? null : fault}>
        {(ids) => (
          <TextInput
            {...ids}
            required
            disabled={variable !== null}
            value={name}
            onChange={({ target }) => setName(target.value)}
          />
        )}
      </Field>
      <Field label="Value" hint={isText ? "Kept as a text." : "Kept as JSON: in quotes it is a text."}>
        {(ids) => <TextArea {...ids} rows={6} value={written} onChange={({ target }) => setWritten(target.value)} />}
      </Field>
      <Field label="Tags" hint="Separated by commas">
        {(ids) => <TextInput {...ids} value={tags} onChange={({ target }) => setTags(target.value)} />}
      </Field>
      {variable === null ? null : (
        <section aria-label="Used by" className="flex flex-col gap-1">
          <h3 className="font-medium">Used by</h3>
          <UsedBy of={{ kind: "variable", name: variable.name }} />
        </section>
      )}
    </FormDialog>
  );
}
