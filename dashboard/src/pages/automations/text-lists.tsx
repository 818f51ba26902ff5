import type { ResourceSpec } from "millrace/client";
import { X } from "lucide-react";
import { useState } from "react";
import { Button, IconButton } from "../../ui/button.tsx";
import { Field, Select, TextArea, TextInput } from "../../ui/field.tsx";

const toLines = (text: string): readonly string[] =>
  text
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "");

/** Texts, one a line, with some to choose from. */
export function LinesField(props: {
  readonly label: string;
  readonly hint: string;
  readonly lines: readonly string[];
  readonly onChange: (lines: readonly string[]) => void;
  readonly known?: readonly string[];
}) {
  const { label, hint, lines, onChange, known = [] } = props;
  const [typed, setTyped] = useState(lines.join("\n"));
  const isSame = JSON.stringify(toLines(typed)) === JSON.stringify(lines);
  const open = known.filter((each) => !lines.includes(each));
  return (
    <div className="flex flex-col gap-1">
      <Field label={label} hint={hint}>
        {(ids) => (
          <TextArea
            {...ids}
            rows={Math.min(6, Math.max(2, lines.length))}
            // Whoever holds the value may have changed it.
            value={isSame ? typed : lines.join("\n")}
            onChange={({ target }) => {
              setTyped(target.value);
              onChange(toLines(target.value));
            }}
          />
        )}
      </Field>
      {open.length === 0 ? null : (
        <Select
          aria-label={`Add to: ${label}`}
          value=""
          onChange={({ target }) => onChange([...lines, target.value])}
          options={[["", "Add one that is known…"], ...open.map((each) => [each, each] as const)]}
          className="self-start"
        />
      )}
    </div>
  );
}

/** What labels must be: each a name, and one or more patterns. */
export function SpecField(props: {
  readonly label: string;
  readonly spec: ResourceSpec;
  readonly onChange: (spec: ResourceSpec) => void;
  readonly onRemove?: () => void;
}) {
  const { label, spec, onChange, onRemove } = props;
  const entries = Object.entries(spec);
  const put = (index: number, entry: readonly [string, string | readonly string[]] | null): void => {
    const next = entries.flatMap((each, at) => (at === index ? (entry === null ? [] : [entry]) : [each]));
    onChange(Object.fromEntries(next));
  };
  return (
    <div role="group" aria-label={label} className="flex flex-col gap-1">
      {entries.map(([name, patterns], index) => (
        <div key={index} className="flex items-center gap-1">
          <TextInput
            aria-label={`${label}: name of label ${index + 1}`}
            value={name}
            onChange={({ target }) => put(index, [target.value, patterns])}
            className="w-32 min-w-16 font-mono text-small"
          />
          <span aria-hidden>=</span>
          <TextInput
            aria-label={`${label}: patterns of ${name}`}
            value={[patterns].flat().join(", ")}
            onChange={({ target }) => put(index, [name, toPatterns(target.value)])}
            className="min-w-0 grow font-mono text-small"
          />
          <IconButton label={`Remove the label ${name}`} onClick={() => put(index, null)}>
            <X size={14} />
          </IconButton>
        </div>
      ))}
      <div className="flex gap-2">
        <Button kind="quiet" onClick={() => onChange({ ...spec, [nextName(spec)]: "*" })}>
          Add a label
        </Button>
        {onRemove === undefined ? null : (
          <Button kind="quiet" onClick={onRemove}>
            Remove this
          </Button>
        )}
      </div>
    </div>
  );
}

function toPatterns(text: string): string | readonly string[] {
  // What is still being written has no end yet, so blanks are kept.
  const parts = text.split(",").map((part) => part.trimStart());
  return parts.length === 1 ? (parts[0] ?? "") : parts;
}

function nextName(spec: ResourceSpec): string {
  const usual = ["id", "name", "role"].find((name) => !Object.hasOwn(spec, name));
  return usual ?? `label-${Object.keys(spec).length + 1}`;
}
