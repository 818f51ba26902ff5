import type { WorkPool } from "millrace/client";
import { useState } from "react";
import { api } from "../../api/api.ts";
import { toCommand } from "../../format/shell.ts";
import { Field, NumberField, Select, TextField } from "../../ui/field.tsx";
import { FormDialog } from "../../ui/form-dialog.tsx";
import { JsonField } from "../../ui/json-field.tsx";
import { parseJsonObject } from "../../ui/parse-json.ts";

/** What workers there are for: ours and those of Prefect's client. Any other word may be a type too. */
const types: readonly (readonly [string, string])[] = [
  ["process", "process: on machines with a worker"],
  ["docker", "docker"],
  ["kubernetes", "kubernetes"],
  ["ecs", "ecs"],
  ["cloud-run-v2", "cloud-run-v2"],
  ["azure-container-instance", "azure-container-instance"],
  ["other", "another…"],
];

export function CreatePool(props: { readonly onClose: () => void; readonly onCreated: (pool: WorkPool) => void }) {
  const { onClose, onCreated } = props;
  const [name, setName] = useState("");
  const [chosen, setChosen] = useState("process");
  const [other, setOther] = useState("");
  const [limit, setLimit] = useState("");
  const [description, setDescription] = useState("");
  const [template, setTemplate] = useState("");
  const type = chosen === "other" ? other.trim() : chosen;
  const parsed = parseJsonObject(template);
  const whyNot =
    name.trim() === ""
      ? "It needs a name"
      : type === ""
        ? "It needs a type"
        : parsed.fault !== null
          ? "The job template is no JSON object"
          : null;
  return (
    <FormDialog
      title="Create a work pool"
      description="A pool holds the runs that workers take. Its type says what workers run them in."
      verb="Create the pool"
      whyNot={whyNot}
      command={toCommand(
        "work-pool",
        "create",
        name.trim() === "" ? "NAME" : name.trim(),
        "--type",
        type === "" ? "TYPE" : type,
        ...(limit === "" ? [] : ["--concurrency-limit", limit]),
        ...(description === "" ? [] : ["--description", description]),
        ...(template.trim() === "" ? [] : ["--base-job-template", "@template.json"]),
      )}
      onClose={onClose}
      onSubmit={async () => {
        const pool = await api.createWorkPool({
          name: name.trim(),
          type,
          ...(description === "" ? {} : { description }),
          ...(limit === "" ? {} : { concurrencyLimit: Number(limit) }),
          ...(parsed.fault === null && parsed.value !== undefined
            ? { baseJobTemplate: parsed.value as Readonly<Record<string, unknown>> }
            : {}),
        });
        onCreated(pool);
      }}
    >
      <TextField isRequired label="Name" value={name} onChange={setName} />
      <Field label="Type">
        {(ids) => <Select {...ids} value={chosen} options={types} onChange={({ target }) => setChosen(target.value)} />}
      </Field>
      {chosen === "other" ? <TextField label="Name of the type" value={other} onChange={setOther} /> : null}
      <NumberField
        label="Limit"
        hint="How many of its runs may go at once. Empty: as many as there are."
        value={limit}
        onChange={setLimit}
      />
      <TextField label="Description" value={description} onChange={setDescription} />
      <JsonField
        label="Base job template"
        hint="What a worker makes a job of, as JSON. Empty: that of the type, where it is known."
        text={template}
        onChange={setTemplate}
        fault={parsed.fault}
      />
    </FormDialog>
  );
}
