/** One place of a form: its name, what it is for, what is wrong with it, and the control for what it may be. */

import { clsx } from "clsx";
import type { JsonObject } from "millrace/client";
import { type ReactNode, useId, useMemo } from "react";
import { Button } from "../ui/button.tsx";
import { faultsAt, toMessage } from "./faults.ts";
import { ChoiceField } from "./fields/choice-field.tsx";
import { JsonField } from "./fields/json-field.tsx";
import { ListField } from "./fields/list-field.tsx";
import { NumberField } from "./fields/number-field.tsx";
import { ObjectField } from "./fields/object-field.tsx";
import { OptionsField } from "./fields/options-field.tsx";
import { TextField } from "./fields/text-field.tsx";
import { TruthField } from "./fields/truth-field.tsx";
import { type ControlProps, type FieldProps, useForm } from "./form-context.ts";
import { type Kind, maxDepth, type Place, textOf, toPlace } from "./schema.ts";
import { initialOf, suits } from "./values.ts";

/** Objects that must be there are shown before they are, down to here. */
const openDepth = 1;
/** Longer descriptions are cut, and are whole on hover. */
const maxDescription = 400;

export function SchemaField(props: FieldProps) {
  const { node, value, onChange, path, label, isRequired, depth, standsAs } = props;
  const { root, faults } = useForm();
  const place = useMemo(() => toPlace(node, root), [node, root]);
  const { kind, schema, isNullable } = place;
  const isOdd = value !== undefined && value !== null && (depth >= maxDepth || !suits(value, node, root));
  const look = lookOf({ place, value, isOdd, isRequired, depth });
  const own = faultsAt(faults, path);
  const id = useId();
  const message = toMessage(own);
  const isMissing = value === undefined && own.every(({ message: text }) => text === "is missing");
  const hint = toHint(place, value);
  const notes = [...(hint === null ? [] : [`${id}-hint`]), ...(message === null ? [] : [`${id}-fault`])].join(" ");
  const ids = {
    id,
    ...(notes === "" ? {} : { "aria-describedby": notes }),
    ...(message === null || isMissing ? {} : { "aria-invalid": true as const }),
  };
  const control: ControlProps<never> = {
    schema,
    value: value as never,
    onChange,
    path,
    label,
    isRequired,
    depth,
    ids,
  };
  const isGroup = look === "list" || look === "object" || look === "choice";
  return (
    <div
      className="flex min-w-0 flex-col gap-1"
      {...(isGroup ? { role: "group", "aria-labelledby": `${id}-label` } : {})}
    >
      <div
        className={clsx("flex min-w-0 items-center gap-2", standsAs === "branch" && isGroup ? "sr-only" : "min-h-6")}
      >
        <FieldName
          id={id}
          isGroup={isGroup || look === "absent" || look === "null" || look === "fixed"}
          label={label}
        />
        <span className="shrink-0 text-small text-faint">
          {isRequired && standsAs === undefined ? "required" : null}
        </span>
        <span className="grow" />
        {isNullable && value !== null ? (
          <Small label={`Set ${label} to null`} onClick={() => onChange(null)}>
            Null
          </Small>
        ) : null}
        {!isRequired && value !== undefined ? (
          <Small label={`Clear ${label}`} onClick={() => onChange(undefined)}>
            Clear
          </Small>
        ) : null}
      </div>
      {look === "null" ? (
        <Standing text="null">
          {kind === "nothing" ? null : (
            <Button onClick={() => onChange(begin(place, root))} aria-label={`Give a value to ${label}`}>
              Give a value
            </Button>
          )}
        </Standing>
      ) : look === "absent" ? (
        <Standing text="Not given">
          <Button onClick={() => onChange(begin(place, root))} aria-label={`Give a value to ${label}`}>
            Give a value
          </Button>
        </Standing>
      ) : look === "fixed" ? (
        <Standing text={JSON.stringify(schema.const)} />
      ) : look === "odd" ? (
        <>
          <p className="text-small text-muted">This value fits no field of its own, so it is shown as JSON.</p>
          <JsonField {...control} />
        </>
      ) : (
        <Control look={look} control={control} place={place} />
      )}
      {hint === null ? null : (
        <p
          id={`${id}-hint`}
          title={hint.length > maxDescription ? hint : undefined}
          className="text-small break-words whitespace-pre-line text-muted"
        >
          {hint.length > maxDescription ? `${hint.slice(0, maxDescription)}…` : hint}
        </p>
      )}
      {message === null ? null : (
        <p id={`${id}-fault`} className={`text-small break-words ${isMissing ? "text-muted" : "text-state-failed"}`}>
          {isMissing ? "Needs a value." : message}
        </p>
      )}
    </div>
  );
}

type Look = Exclude<Kind, "nothing" | "any"> | "null" | "absent" | "odd" | "json";

function lookOf(options: {
  readonly place: Place;
  readonly value: unknown;
  readonly isOdd: boolean;
  readonly isRequired: boolean;
  readonly depth: number;
}): Look {
  const { place, value, isOdd, isRequired, depth } = options;
  const { kind } = place;
  if (isOdd) return "odd";
  if (value === null && kind !== "any" && kind !== "options") return "null";
  if (kind === "nothing") return value === undefined ? "absent" : "null";
  if (kind === "any") return value === undefined ? "absent" : "json";
  if (value !== undefined || kind === "text" || kind === "number" || kind === "options" || kind === "truth") {
    return kind;
  }
  if ((kind === "object" || kind === "list") && isRequired && depth <= openDepth) return kind;
  return "absent";
}

function begin(place: Place, root: JsonObject): unknown {
  const { kind, schema, branches } = place;
  const { default: given, ...rest } = schema;
  const made =
    given === undefined || given === null
      ? initialOf(branches[0] ?? { ...rest, ...(Array.isArray(rest.type) ? { type: kindTypes[kind] } : {}) }, root)
      : structuredClone(given);
  if (made !== undefined && (made !== null || kind === "nothing")) return made;
  if (kind === "number") return typeof schema.minimum === "number" ? schema.minimum : 0;
  return kind === "list"
    ? []
    : kind === "object" || kind === "choice"
      ? {}
      : kind === "text" || kind === "any"
        ? ""
        : null;
}

const kindTypes: Partial<Record<Kind, string>> = {
  text: "string",
  number: "number",
  truth: "boolean",
  list: "array",
  object: "object",
};

function Control(props: {
  readonly look: Look;
  readonly control: ControlProps<never>;
  readonly place: Place;
}): ReactNode {
  const { look, control, place } = props;
  switch (look) {
    case "text":
      return <TextField {...control} />;
    case "number":
      return <NumberField {...control} />;
    case "truth":
      return <TruthField {...control} />;
    case "options":
      return <OptionsField {...control} />;
    case "list":
      return <ListField {...control} />;
    case "object":
      return <ObjectField {...control} />;
    case "choice":
      return <ChoiceField {...control} branches={place.branches} />;
    default:
      return <JsonField {...control} />;
  }
}

function FieldName(props: { readonly id: string; readonly isGroup: boolean; readonly label: string }) {
  const { id, isGroup, label } = props;
  const className = "min-w-0 truncate font-medium";
  return isGroup ? (
    <span id={`${id}-label`} className={className} title={label}>
      {label}
    </span>
  ) : (
    <label id={`${id}-label`} htmlFor={id} className={className} title={label}>
      {label}
    </label>
  );
}

function Small(props: { readonly label: string; readonly onClick: () => void; readonly children: ReactNode }) {
  return (
    <button
      type="button"
      aria-label={props.label}
      title={props.label}
      onClick={props.onClick}
      className="h-6 shrink-0 rounded-control px-1.5 text-small text-muted hover:bg-hover hover:text-fg"
    >
      {props.children}
    </button>
  );
}

/** What stands where no control is. */
function Standing({ text, children }: { readonly text: string; readonly children?: ReactNode }) {
  return (
    <div className="flex min-h-7 min-w-0 items-center gap-3 text-muted">
      <span className="min-w-0 truncate font-mono text-small" title={text}>
        {text}
      </span>
      {children}
    </div>
  );
}

function toHint({ schema, kind }: Place, value: unknown): string | null {
  const description = textOf(schema.description);
  const isSecret = schema.format === "password" || schema.writeOnly === true;
  // Those that are chosen from a list say it there.
  const isListed = kind === "options" || kind === "truth";
  const hasDefault =
    value === undefined && !isListed && Object.hasOwn(schema, "default") && schema.default !== null && !isSecret;
  const example = Array.isArray(schema.examples) ? schema.examples[0] : schema.example;
  const parts = [
    ...(description === null ? [] : [description]),
    ...(hasDefault ? [`Default: ${toShort(schema.default)}`] : []),
    ...(value === undefined && example !== undefined ? [`For example: ${toShort(example)}`] : []),
  ];
  return parts.length === 0 ? null : parts.join("\n");
}

function toShort(value: unknown): string {
  const text = typeof value === "string" ? value : JSON.stringify(value);
  return text.length > 120 ? `${text.slice(0, 120)}…` : text;
}
