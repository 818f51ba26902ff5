import { useState } from "react";
import { TextArea } from "../../ui/field.tsx";
import { type ControlProps, useForm } from "../form-context.ts";
import { readJson, toJsonText } from "../json-lines.ts";
import { isSame } from "../values.ts";

/** For what has no control of its own. */
export function JsonField({ value, onChange, path, ids }: ControlProps<unknown>) {
  const { noteBroken } = useForm();
  const [typed, setTyped] = useState<{ readonly text: string; readonly value: unknown } | null>(null);
  const text = typed !== null && isSame(typed.value, value) ? typed.text : toJsonText(value);
  const { fault } = readJson(text);
  return (
    <>
      <TextArea
        {...ids}
        rows={Math.min(12, Math.max(2, text.split("\n", 12).length))}
        value={text}
        onChange={(event) => {
          const read = readJson(event.target.value);
          // What cannot be read changes nothing yet.
          setTyped({ text: event.target.value, value: read.fault === null ? read.value : value });
          noteBroken(path.join("\n"), read.fault !== null);
          if (read.fault === null) onChange(read.value);
        }}
      />
      {fault === null ? null : (
        <p className="text-small text-state-failed">
          Line {fault.line}: {fault.message}. Texts stand in quotes: "like this".
        </p>
      )}
    </>
  );
}
