import type { WorkPool, WorkQueue } from "millrace/client";
import { useState } from "react";
import { api } from "../../api/api.ts";
import { useCarefulSave } from "../../api/careful-save.ts";
import { toCommand } from "../../format/shell.ts";
import { NumberField, TextField } from "../../ui/field.tsx";
import { FormDialog } from "../../ui/form-dialog.tsx";

/** @param queue null for a new one */
export function QueueForm(props: {
  readonly pool: WorkPool;
  readonly queue: WorkQueue | null;
  readonly onClose: () => void;
}) {
  const { pool, queue, onClose } = props;
  const [name, setName] = useState(queue?.name ?? "");
  const [priority, setPriority] = useState(String(queue?.priority ?? ""));
  const [limit, setLimit] = useState(String(queue?.concurrencyLimit ?? ""));
  const [description, setDescription] = useState(queue?.description ?? "");
  const saveCarefully = useCarefulSave(queue, {
    name: "Name",
    priority: "Priority",
    concurrencyLimit: "Limit",
    description: "Description",
  });
  const save = (): Promise<unknown> => {
    const given = {
      name: name.trim(),
      ...(priority === "" ? {} : { priority: Number(priority) }),
      concurrencyLimit: limit === "" ? null : Number(limit),
      description: description === "" ? null : description,
    };
    return queue === null
      ? api.createWorkQueue({ ...given, workPoolId: pool.id })
      : saveCarefully({
          read: () => api.readObject("work-queue", queue.id),
          save: () => api.updateWorkQueue(queue.id, given),
        });
  };
  const wanted = name.trim() === "" ? "NAME" : name.trim();
  return (
    <FormDialog
      title={queue === null ? "Create a queue" : "Edit the queue"}
      verb={queue === null ? "Create the queue" : "Save the queue"}
      whyNot={name.trim() === "" ? "It needs a name" : null}
      command={
        queue !== null
          ? limit === ""
            ? toCommand("work-queue", "clear-concurrency-limit", `${pool.name}/${queue.name}`)
            : toCommand("work-queue", "set-concurrency-limit", `${pool.name}/${queue.name}`, limit)
          : toCommand(
              "work-queue",
              "create",
              `${pool.name}/${wanted}`,
              ...(priority === "" ? [] : ["--priority", priority]),
              ...(limit === "" ? [] : ["--concurrency-limit", limit]),
              ...(description === "" ? [] : ["--description", description]),
            )
      }
      onClose={onClose}
      onSubmit={save}
    >
      <TextField isRequired label="Name" value={name} onChange={setName} />
      <NumberField
        label="Priority"
        hint="1 comes first. Queues that have it, and those behind, move back. Empty: the first that is free."
        min={1}
        value={priority}
        onChange={setPriority}
      />
      <NumberField
        label="Limit"
        hint="How many of its runs may go at once. Empty: as many as there are."
        value={limit}
        onChange={setLimit}
      />
      <TextField label="Description" value={description} onChange={setDescription} />
    </FormDialog>
  );
}
