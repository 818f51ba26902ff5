import type { Variable } from "millrace/client";
import { useCallback, useRef, useState } from "react";
import { api } from "../../api/api.ts";
import { useCarefulSave } from "../../api/careful-save.ts";
import { useWhyNot } from "../../app/may.ts";
import { CopyButton } from "../../ui/copy.tsx";
import { TextInput } from "../../ui/field.tsx";
import { useAction } from "../../ui/use-action.ts";
import { fromWritten, toSetCommand, toWritten } from "./variable-text.ts";

/** Longer values, and those of several lines, have a dialog. */
const maxInline = 200;
/** Of a value that is not edited here, this much is put into the page. */
const maxShown = 500;

/** The value, which a click makes a field. */
export function InlineValue({ variable }: { readonly variable: Variable }) {
  const [isEditing, setEditing] = useState(false);
  const button = useRef<HTMLButtonElement>(null);
  const reason = useWhyNot()("writeVariable");
  const { name, value } = variable;
  const pretty = toWritten(value);
  // Of JSON that takes lines, the one line that it is kept as.
  const written = pretty.includes("\n") && value.length <= maxInline ? value : pretty;
  if (written.length > maxInline || written.includes("\n")) {
    const oneLine = value.slice(0, maxShown);
    return (
      <span className="truncate font-mono text-small" title={oneLine}>
        {oneLine}
      </span>
    );
  }
  if (isEditing) {
    return (
      <ValueField
        variable={variable}
        written={written}
        onLeave={() => setEditing(false)}
        onClose={() => {
          setEditing(false);
          setTimeout(() => button.current?.focus());
        }}
      />
    );
  }
  return (
    <button
      ref={button}
      type="button"
      aria-label={`Change the value of ${name}: ${written}`}
      title={reason ?? written}
      aria-disabled={reason !== null}
      onClick={() => (reason === null ? setEditing(true) : undefined)}
      className="-ml-1 h-6 w-full min-w-0 truncate rounded-control px-1 text-left font-mono text-small hover:bg-hover"
    >
      {written === "" ? <span className="text-faint">empty</span> : written}
    </button>
  );
}

/** Enter keeps what is in it, Escape and leaving it do not. */
function ValueField(props: {
  readonly variable: Variable;
  readonly written: string;
  readonly onLeave: () => void;
  /** The focus goes back to where it came from. */
  readonly onClose: () => void;
}) {
  const { variable, written, onLeave, onClose } = props;
  const [draft, setDraft] = useState(written);
  const { id, name, tags } = variable;
  const saveCarefully = useCarefulSave(variable, { value: "Value" });
  const action = useAction(
    useCallback(
      (next: string) =>
        saveCarefully({
          read: () => api.readObject("variable", id),
          save: (revision) => api.updateObject("variable", id, { value: fromWritten(next) }, revision),
        }),
      [id, saveCarefully],
    ),
  );
  const field = (
    <TextInput
      aria-label={`Value of ${name}`}
      // The person has just asked to write here.
      autoFocus
      value={draft}
      // Disabled it would lose the focus, and with it what is written.
      readOnly={action.isBusy}
      onChange={({ target }) => setDraft(target.value)}
      onKeyDown={(event) => {
        if (event.key === "Escape") {
          event.preventDefault();
          onClose();
        }
        if (event.key === "Enter" && !action.isBusy) {
          void action.run(draft).then((isDone) => (isDone ? onClose() : undefined));
        }
      }}
      className="-ml-1 h-6 w-full px-1 font-mono text-small"
    />
  );
  return (
    <span
      className="flex w-full min-w-0 items-center"
      onBlur={({ currentTarget, relatedTarget }) => (currentTarget.contains(relatedTarget) ? undefined : onLeave())}
    >
      {field}
      <CopyButton text={toSetCommand(name, draft, tags)} label="Copy the command that sets it" />
    </span>
  );
}
