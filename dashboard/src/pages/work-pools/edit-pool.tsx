import type { WorkPool } from "millrace/client";
import { useState } from "react";
import { api } from "../../api/api.ts";
import { useCarefulSave } from "../../api/careful-save.ts";
import { plural } from "../../format/number.ts";
import { toCommand } from "../../format/shell.ts";
import { NumberField, TextField } from "../../ui/field.tsx";
import { FormDialog } from "../../ui/form-dialog.tsx";
import type { PoolFacts } from "./pool-facts.ts";

export function EditPool(props: {
  readonly pool: WorkPool;
  readonly onClose: () => void;
  readonly onRenamed: (name: string) => void;
}) {
  const { pool, onClose, onRenamed } = props;
  const [name, setName] = useState(pool.name);
  const [limit, setLimit] = useState(String(pool.concurrencyLimit ?? ""));
  const [description, setDescription] = useState(pool.description ?? "");
  const saveCarefully = useCarefulSave(pool, { name: "Name", concurrencyLimit: "Limit", description: "Description" });
  return (
    <FormDialog
      title="Edit the pool"
      verb="Save the pool"
      whyNot={name.trim() === "" ? "It needs a name" : null}
      command={
        limit === "" && pool.concurrencyLimit != null
          ? toCommand("work-pool", "clear-concurrency-limit", pool.name)
          : toCommand(
              "work-pool",
              "update",
              pool.name,
              ...(name === pool.name ? [] : ["--name", name]),
              ...(limit === "" ? [] : ["--concurrency-limit", limit]),
              "--description",
              description,
            )
      }
      onClose={onClose}
      onSubmit={async () => {
        const given = {
          name: name.trim(),
          concurrencyLimit: limit === "" ? null : Number(limit),
          description: description === "" ? null : description,
        };
        await saveCarefully({
          read: () => api.readObject("work-pool", pool.id),
          save: () => api.updateWorkPool(pool.id, given),
        });
        if (name.trim() !== pool.name) onRenamed(name.trim());
      }}
    >
      <TextField isRequired label="Name" value={name} onChange={setName} />
      <NumberField
        label="Limit"
        hint="How many of its runs may go at once; those under way stay. Empty: as many as there are. 0: none begins."
        value={limit}
        onChange={setLimit}
      />
      <TextField label="Description" value={description} onChange={setDescription} />
    </FormDialog>
  );
}

export function DeletePool(props: {
  readonly facts: PoolFacts;
  readonly onClose: () => void;
  readonly onDeleted: () => void;
}) {
  const { facts, onClose, onDeleted } = props;
  const { pool, queues, waiting } = facts;
  const runs =
    waiting.count === 0 ? "" : ` ${plural(waiting.count, "run waits", "runs wait")} in it: nobody will start them.`;
  return (
    <FormDialog
      title="Delete the pool?"
      description={`${pool.name} goes with its ${plural(queues.length, "queue")}.${runs} Deployments stay, without a pool. This cannot be undone.`}
      verb="Delete the pool"
      isDangerous
      command={toCommand("work-pool", "delete", pool.name)}
      onClose={onClose}
      onSubmit={async () => {
        await api.deleteObject("work-pool", pool.id);
        onDeleted();
      }}
    />
  );
}
