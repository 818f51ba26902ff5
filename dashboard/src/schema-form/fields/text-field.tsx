import { useId, useState } from "react";
import { usePreferences } from "../../app/preferences.ts";
import { toDuration } from "../../format/time.ts";
import { TextArea, TextInput } from "../../ui/field.tsx";
import type { ControlProps } from "../form-context.ts";
import { durationMs, fromWallTime, isDate, toWallTime } from "../wall-time.ts";

/** Beyond this, a text has several lines from the start. */
const longText = 80;
/** Longer than this, it may be expected to. */
const longLimit = 300;
const maxExamples = 50;

export function TextField(props: ControlProps<string>) {
  const { schema, value, onChange, isRequired } = props;
  const change = (text: string): void => onChange(text === "" && !isRequired ? undefined : text);
  const { format } = schema;
  if (format === "password" || schema.writeOnly === true) return <SecretInput {...props} change={change} />;
  if (format === "date" && (value === undefined || value === "" || isDate(value))) {
    return (
      <TextInput
        {...props.ids}
        type="date"
        value={value ?? ""}
        onChange={(event) => change(event.target.value)}
        className="w-44"
      />
    );
  }
  if (format === "date-time") return <DateTimeInput {...props} change={change} />;
  if (format === "duration") return <DurationInput {...props} change={change} />;
  return <PlainText {...props} change={change} />;
}

interface TextProps extends ControlProps<string> {
  readonly change: (text: string) => void;
}

function PlainText({ schema, value, change, ids }: TextProps) {
  const list = useId();
  const isLong =
    ["textarea", "multiline", "markdown", "json-string"].includes(String(schema.format)) ||
    (typeof schema.maxLength === "number" && schema.maxLength > longLimit);
  const [isMulti, setMulti] = useState(
    isLong || (value !== undefined && (value.length > longText || value.includes("\n"))),
  );
  const examples = (Array.isArray(schema.examples) ? schema.examples : [])
    .filter((each): each is string => typeof each === "string")
    .slice(0, maxExamples);
  const placeholder = value === undefined ? placeholderOf(schema.default) : "";
  if (isMulti) {
    return (
      <TextArea
        {...ids}
        rows={4}
        value={value ?? ""}
        placeholder={placeholder}
        onChange={(event) => change(event.target.value)}
      />
    );
  }
  return (
    <>
      <TextInput
        {...ids}
        inputMode={schema.format === "email" ? "email" : schema.format === "uri" ? "url" : "text"}
        value={value ?? ""}
        placeholder={placeholder}
        {...(examples.length === 0 ? {} : { list })}
        onChange={(event) => change(event.target.value)}
        onPaste={(event) => {
          const text = event.clipboardData.getData("text");
          if (!text.includes("\n")) return;
          // An input of one line would lose the others.
          event.preventDefault();
          const { selectionStart, selectionEnd, value: before } = event.currentTarget;
          change(before.slice(0, selectionStart ?? 0) + text + before.slice(selectionEnd ?? before.length));
          setMulti(true);
        }}
      />
      {examples.length === 0 ? null : (
        <datalist id={list}>
          {examples.map((example) => (
            <option key={example} value={example} />
          ))}
        </datalist>
      )}
    </>
  );
}

export function placeholderOf(given: unknown): string {
  return typeof given === "string" || typeof given === "number" ? String(given).slice(0, 100) : "Not given";
}

function SecretInput({ value, change, ids, label }: TextProps) {
  const [isShown, setShown] = useState(false);
  return (
    <span className="flex gap-2">
      <TextInput
        {...ids}
        type={isShown ? "text" : "password"}
        autoComplete="new-password"
        value={value ?? ""}
        placeholder="Not given"
        onChange={(event) => change(event.target.value)}
        className="grow"
      />
      <button
        type="button"
        aria-label={`${isShown ? "Hide" : "Show"} ${label}`}
        aria-pressed={isShown}
        onClick={() => setShown(!isShown)}
        className="h-7 rounded-control px-2 text-small text-muted hover:bg-hover"
      >
        {isShown ? "Hide" : "Show"}
      </button>
    </span>
  );
}

function DateTimeInput({ value, change, ids }: TextProps) {
  const { zone } = usePreferences();
  const wall = value === undefined || value === "" ? "" : toWallTime(value, zone);
  // What is written otherwise is shown as it is, rather than as nothing.
  if (wall === null) return <TextInput {...ids} value={value ?? ""} onChange={(event) => change(event.target.value)} />;
  return (
    <span className="flex flex-wrap items-center gap-2">
      <TextInput
        {...ids}
        type="datetime-local"
        step={1}
        value={wall}
        onChange={(event) => change(fromWallTime(event.target.value, zone) ?? "")}
        className="w-56"
      />
      <span className="text-small text-muted">{zone === "local" ? "in your time zone" : zone}</span>
    </span>
  );
}

function DurationInput({ schema, value, change, ids }: TextProps) {
  const ms = value === undefined ? null : durationMs(value);
  return (
    <span className="flex flex-wrap items-center gap-2">
      <TextInput
        {...ids}
        value={value ?? ""}
        placeholder={typeof schema.default === "string" ? schema.default : "PT1H30M"}
        onChange={(event) => change(event.target.value.trim())}
        className="w-44"
      />
      <span className="text-small text-muted">
        {ms !== null
          ? toDuration(ms)
          : value === undefined || value === ""
            ? "ISO 8601: PT5M is five minutes"
            : "is no ISO 8601 duration, such as PT5M"}
      </span>
    </span>
  );
}
