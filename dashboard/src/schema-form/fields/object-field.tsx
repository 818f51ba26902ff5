import type { JsonObject } from "millrace/client";
import { Plus, X } from "lucide-react";
import { useMemo, useRef, useState } from "react";
import { Button, IconButton } from "../../ui/button.tsx";
import { TextInput } from "../../ui/field.tsx";
import { type ControlProps, useForm } from "../form-context.ts";
import { isObject, own, propertiesOf, resolve, textOf, toLabel } from "../schema.ts";
import { SchemaField } from "../schema-field.tsx";
import { initialOf, withName, withProperty } from "../values.ts";
import { Folded } from "./folded.tsx";

const step = 50;
/** An object in another with more fields than these begins folded. */
const maxOpen = 25;

export function ObjectField(props: ControlProps<JsonObject>) {
  const { schema, value = {}, path, depth } = props;
  const count = Object.keys(value).length;
  const fields = isObject(schema.properties) ? Object.keys(schema.properties).length : 0;
  return (
    <Folded
      depth={depth}
      path={path}
      summary={`${Math.max(count, fields)} fields`}
      isLarge={Math.max(count, fields) > maxOpen}
    >
      <div className={depth === 0 ? "" : "border-l-2 border-line pl-3"}>
        <ObjectFields {...props} />
      </div>
    </Folded>
  );
}

/** The properties that a schema names, and then those of people's own naming. */
export function ObjectFields(props: Omit<ControlProps<JsonObject>, "ids">) {
  const { schema, value = {}, onChange, path, label, depth } = props;
  const { root } = useForm();
  const [shown, setShown] = useState(step);
  const named = useMemo(() => propertiesOf(schema, root), [schema, root]);
  const known = useMemo(() => new Set(named.map(({ name }) => name)), [named]);
  const others = Object.keys(value).filter((name) => !known.has(name));
  const allowsOthers =
    isObject(schema.additionalProperties) ||
    schema.additionalProperties === true ||
    isObject(schema.patternProperties) ||
    (named.length === 0 && schema.additionalProperties !== false);
  return (
    <div className="flex min-w-0 flex-col gap-3">
      {named.slice(0, shown).map(({ name, node, isRequired }) => (
        <SchemaField
          key={name}
          node={node}
          value={own(value, name)}
          onChange={(next) => onChange(withProperty(value, name, next))}
          path={[...path, name]}
          label={textOf(resolve(node, root).title) ?? toLabel(name)}
          isRequired={isRequired}
          depth={depth + 1}
        />
      ))}
      {named.length > shown ? (
        <Button kind="quiet" className="self-start" onClick={() => setShown(shown + step)}>
          Show {Math.min(step, named.length - shown)} more of {named.length} fields
        </Button>
      ) : null}
      {others.length > 0 || allowsOthers ? (
        <Others {...props} value={value} names={others} label={label} canAdd={allowsOthers} />
      ) : null}
    </div>
  );
}

function Others(
  props: Omit<ControlProps<JsonObject>, "ids"> & {
    readonly value: JsonObject;
    readonly names: readonly string[];
    readonly canAdd: boolean;
  },
) {
  const { schema, value, names, onChange, path, label, depth, canAdd } = props;
  const { root } = useForm();
  const [shown, setShown] = useState(step);
  const [name, setName] = useState("");
  const input = useRef<HTMLInputElement>(null);
  const node = isObject(schema.additionalProperties) ? schema.additionalProperties : {};
  const isTaken = Object.hasOwn(value, name);
  const add = (): void => {
    if (isTaken) return;
    onChange(withProperty(value, name, initialOf(node, root) ?? ""));
    setName("");
    input.current?.focus();
  };
  return (
    <div className="flex min-w-0 flex-col gap-2">
      {names.slice(0, shown).map((each) => (
        <div key={each} className="flex min-w-0 items-start gap-1">
          <div className="min-w-0 grow">
            <SchemaField
              node={node}
              value={own(value, each)}
              onChange={(next) => onChange(withProperty(value, each, next ?? null))}
              path={[...path, each]}
              label={each === "" ? '""' : each}
              isRequired
              standsAs="item"
              depth={depth + 1}
            />
          </div>
          <Rename
            name={each}
            isTaken={(next) => Object.hasOwn(value, next)}
            onRename={(next) => onChange(withName(value, each, next))}
          />
          <IconButton
            label={`Remove ${each}`}
            className="size-6"
            onClick={() => onChange(withProperty(value, each, undefined))}
          >
            <X size={14} />
          </IconButton>
        </div>
      ))}
      {names.length > shown ? (
        <Button kind="quiet" className="self-start" onClick={() => setShown(shown + step)}>
          Show more of {names.length}
        </Button>
      ) : null}
      {canAdd ? (
        <span className="flex gap-2">
          <TextInput
            ref={input}
            aria-label={`Name of a new field of ${label}`}
            placeholder="Name of a new field"
            value={name}
            onChange={(event) => setName(event.target.value)}
            onKeyDown={(event) => {
              if (event.key !== "Enter") return;
              event.preventDefault();
              if (name !== "") add();
            }}
          />
          <Button
            icon={<Plus size={14} />}
            onClick={add}
            whyNot={isTaken ? "There is one of this name" : name === "" ? "Give it a name first" : null}
          >
            Add field
          </Button>
        </span>
      ) : null}
    </div>
  );
}

/** Another name for a field, kept when it is left, so that what is half typed takes no other's place. */
function Rename(props: {
  readonly name: string;
  readonly isTaken: (name: string) => boolean;
  readonly onRename: (name: string) => void;
}) {
  const { name, isTaken, onRename } = props;
  const [typed, setTyped] = useState<string | null>(null);
  if (typed === null) {
    return (
      <button
        type="button"
        aria-label={`Rename ${name}`}
        onClick={() => setTyped(name)}
        className="h-6 shrink-0 rounded-control px-1.5 text-small text-muted hover:bg-hover"
      >
        Rename
      </button>
    );
  }
  const finish = (): void => {
    if (typed !== name && typed !== "" && !isTaken(typed)) onRename(typed);
    setTyped(null);
  };
  return (
    <TextInput
      autoFocus
      aria-label={`New name of ${name}`}
      value={typed}
      onChange={(event) => setTyped(event.target.value)}
      onBlur={finish}
      onKeyDown={(event) => {
        if (event.key === "Enter") finish();
        else if (event.key === "Escape") setTyped(null);
        else return;
        event.preventDefault();
        event.stopPropagation();
      }}
      className="w-32"
    />
  );
}
