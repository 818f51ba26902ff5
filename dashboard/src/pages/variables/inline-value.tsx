import type { Variable } from "millrace/client";
import { useCallback, useRef, useState } from "react";
import { api } from "../../api/api.ts";
import { TextInput } from "../../ui/field.tsx";
import { useAction } from "../../ui/use-action.ts";
import { fromWritten, toWritten } from "./variable-text.ts";

/** Longer values, and those of several lines, have a dialog. */
const maxInline = 200;
/** Of a value that is not edited here, this much is put into the page. */
const maxShown = 500;

/** The value, which a click makes a field: Enter keeps what is in it, Escape and leaving it do not. */
export function InlineValue({ variable }: { readonly variable: Variable }) {
  const [draft, setDraft] = useState<string | null>(null);
  const button = useRef<HTMLButtonElement>(null);
  const { name, tags, value } = variable;
  const action = useAction(
    useCallback((next: string) => api.writeVariable({ name, value: fromWritten(next), tags }), [name, tags]),
  );
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
  const close = (): void => {
    setDraft(null);
    setTimeout(() => button.current?.focus());
  };
  if (draft === null) {
    return (
      <button
        ref={button}
        type="button"
        aria-label={`Change the value of ${name}: ${written}`}
        title={written}
        onClick={() => setDraft(written)}
        className="-ml-1 h-6 w-full min-w-0 truncate rounded-control px-1 text-left font-mono text-small hover:bg-hover"
      >
        {written === "" ? <span className="text-faint">empty</span> : written}
      </button>
    );
  }
  return (
    <TextInput
      aria-label={`Value of ${name}`}
      // The person has just asked to write here.
      autoFocus
      value={draft}
      disabled={action.isBusy}
      onChange={({ target }) => setDraft(target.value)}
      onBlur={() => setDraft(null)}
      onKeyDown={(event) => {
        if (event.key === "Escape") {
          event.preventDefault();
          close();
        }
        if (event.key === "Enter") void action.run(draft).then((isDone) => (isDone ? close() : undefined));
      }}
      className="-ml-1 h-6 w-full px-1 font-mono text-small"
    />
  );
}
