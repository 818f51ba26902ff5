import type { ConcurrencyLimit } from "millrace/client";
import { useState } from "react";
import { api } from "../../api/api.ts";
import { useCarefulSave } from "../../api/careful-save.ts";
import { readNow } from "../../format/now.ts";
import { Field, NumberField, Select, TextField } from "../../ui/field.tsx";
import { FormDialog } from "../../ui/form-dialog.tsx";
import { kindOf, limitCommand, ownName, tagPrefix } from "./limit-words.ts";

/** @param limit null for a new one */
export function LimitForm({
  limit,
  onClose,
}: {
  readonly limit: ConcurrencyLimit | null;
  readonly onClose: () => void;
}) {
  const [kind, setKind] = useState<"tag" | "named">(limit !== null && kindOf(limit) === "tag" ? "tag" : "named");
  const [name, setName] = useState(limit === null ? "" : kindOf(limit) === "tag" ? ownName(limit) : limit.name);
  const [slots, setSlots] = useState(String(limit?.slots ?? "1"));
  const [decay, setDecay] = useState(String(limit?.decayPerSecond ?? 0));
  const saveCarefully = useCarefulSave(limit, { name: "Name", slots: "Slots", decayPerSecond: "Decay" });
  const fullName = (kind === "tag" ? tagPrefix : "") + name.trim();
  const isRate = kind === "named" && Number(decay) > 0;
  const whyNot =
    name.trim() === "" ? "It needs a name" : /^\d+$/.test(slots) ? null : "The slots must be a whole number";
  const rest = [
    "--limit",
    slots,
    ...(isRate || (limit?.decayPerSecond ?? 0) > 0 ? ["--decay", decay] : []),
    ...(limit === null || limit.name === fullName ? [] : ["--name", name.trim()]),
  ];
  const save = (): Promise<unknown> => {
    const given = { name: fullName, slots: Number(slots), decayPerSecond: kind === "tag" ? 0 : Number(decay) };
    return limit === null
      ? api.createObject("concurrency-limit", { ...given, active: true, taken: 0, takenAt: readNow(), denied: 0 })
      : saveCarefully({
          read: () => api.readObject("concurrency-limit", limit.id),
          save: (revision) => api.updateObject("concurrency-limit", limit.id, given, revision),
        });
  };
  return (
    <FormDialog
      title={limit === null ? "Create a limit" : "Edit the limit"}
      verb={limit === null ? "Create the limit" : "Save the limit"}
      whyNot={whyNot}
      command={
        limit === null
          ? limitCommand({ name: name.trim() === "" ? `${fullName}NAME` : fullName }, "create", ...rest)
          : limitCommand(limit, "update", ...rest)
      }
      onClose={onClose}
      onSubmit={save}
    >
      {limit === null ? (
        <Field label="Of">
          {(ids) => (
            <Select
              {...ids}
              value={kind}
              onChange={({ target }) => setKind(target.value === "tag" ? "tag" : "named")}
              options={[
                ["named", "code that names it"],
                ["tag", "each task with a tag"],
              ]}
            />
          )}
        </Field>
      ) : null}
      <TextField isRequired label={kind === "tag" ? "Tag" : "Name"} value={name} onChange={setName} />
      <NumberField
        label="Slots"
        hint="How many are held at once. With fewer than are held now, those that are held stay."
        value={slots}
        onChange={setSlots}
      />
      {kind === "tag" ? null : (
        <NumberField
          label="Decay"
          hint="How many slots come back by themselves in a second: then it is a rate. 0: none."
          step="any"
          value={decay}
          onChange={setDecay}
        />
      )}
    </FormDialog>
  );
}
