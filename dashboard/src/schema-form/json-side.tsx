/** The value of a form as JSON text, with what is wrong by line. */

import type { JsonObject, ValueFault } from "millrace/client";
import { useMemo, useState } from "react";
import { CodeEditor, type MarkedLine } from "../ui/code-editor.tsx";
import { Button } from "../ui/button.tsx";
import { toPathText } from "./faults.ts";
import { lineOf, linesOf, readJson, toJsonText } from "./json-lines.ts";
import { isObject } from "./schema.ts";

const maxFaults = 50;

export function JsonSide(props: {
  readonly value: JsonObject;
  readonly onChange: (value: JsonObject) => void;
  readonly faults: readonly ValueFault[];
  readonly label: string;
  readonly onBroken: (isBroken: boolean) => void;
}) {
  const { value, onChange, faults, label, onBroken } = props;
  const [typed, setTyped] = useState(() => ({ text: toJsonText(value), value }));
  // Whoever holds the value has changed it.
  const text = typed.value === value ? typed.text : toJsonText(value);
  const marks = useMemo(() => toMarks(text, faults), [text, faults]);
  const isBroken = marks.length > 0 && readObject(text) === null;
  const change = (next: string): void => {
    const read = readObject(next);
    onBroken(read === null);
    setTyped({ text: next, value: read ?? value });
    if (read !== null) onChange(read);
  };
  return (
    <div className="flex min-w-0 flex-col gap-2">
      <CodeEditor text={text} onChange={change} label={`${label} as JSON`} marks={marks} />
      {marks.length === 0 ? null : (
        <ul className="flex flex-col gap-0.5 text-small text-state-failed" aria-label="What is wrong">
          {marks.map(({ line, message }, index) => (
            <li key={index} className="break-words">
              Line {line}: {message}
            </li>
          ))}
        </ul>
      )}
      {isBroken ? (
        <Button
          className="self-start"
          onClick={() => {
            onBroken(false);
            setTyped({ text: toJsonText(value), value });
          }}
        >
          Go back to the last that could be read
        </Button>
      ) : null}
    </div>
  );
}

function readObject(text: string): JsonObject | null {
  const { value } = readJson(text);
  return isObject(value) ? value : null;
}

function toMarks(text: string, faults: readonly ValueFault[]): readonly MarkedLine[] {
  const { value, fault } = readJson(text);
  if (fault !== null) return [fault];
  if (!isObject(value)) return [{ line: 1, message: "This must be an object: { … }" }];
  const lines = linesOf(text);
  const marks = faults.slice(0, maxFaults).map(({ path, message }) => {
    const place = toPathText(path);
    return { line: lineOf(lines, path), message: place === "" ? message : `${place} ${message}` };
  });
  return marks.sort((a, b) => a.line - b.line);
}
