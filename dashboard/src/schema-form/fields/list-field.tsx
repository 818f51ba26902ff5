import { ArrowDown, ArrowUp, Plus, X } from "lucide-react";
import { useRef, useState } from "react";
import { Button, IconButton } from "../../ui/button.tsx";
import { type ControlProps, useForm } from "../form-context.ts";
import { toPlace } from "../schema.ts";
import { SchemaField } from "../schema-field.tsx";
import { initialOf, isSame } from "../values.ts";
import { Folded } from "./folded.tsx";

const step = 50;
/** Options of which several are chosen by boxes. */
const maxBoxes = 24;

export function ListField(props: ControlProps<readonly unknown[]>) {
  const { schema, value = [], onChange, path, label, depth } = props;
  const { root } = useForm();
  const [shown, setShown] = useState(step);
  const keys = useKeys(value.length);
  const nodeOf = (index: number): unknown =>
    (Array.isArray(schema.prefixItems) ? (schema.prefixItems as readonly unknown[])[index] : undefined) ??
    schema.items ??
    {};
  const place = toPlace(schema.items, root);
  const options =
    place.kind === "options" && Array.isArray(place.schema.enum) ? (place.schema.enum as unknown[]) : null;
  const isTaken = (option: unknown): boolean => value.some((each) => isSame(each, option));
  if (
    options !== null &&
    options.length <= maxBoxes &&
    schema.uniqueItems === true &&
    value.every((each) => options.some((option) => isSame(option, each)))
  ) {
    return (
      <div className="flex flex-wrap gap-x-4 gap-y-1">
        {options.map((option, index) => (
          <label key={index} className="flex min-h-6 items-center gap-1.5">
            <input
              type="checkbox"
              checked={isTaken(option)}
              onChange={(event) =>
                onChange(options.filter((each) => (each === option ? event.target.checked : isTaken(each))))
              }
            />
            <span className="max-w-60 truncate">{typeof option === "string" ? option : JSON.stringify(option)}</span>
          </label>
        ))}
      </div>
    );
  }
  const change = (next: readonly unknown[]): void => onChange(next);
  const move = (from: number, to: number): void => {
    keys.move(from, to);
    const next = [...value];
    next.splice(to, 0, ...next.splice(from, 1));
    change(next);
  };
  const max = typeof schema.maxItems === "number" ? schema.maxItems : Infinity;
  return (
    <Folded depth={depth} path={path} summary={`${value.length} ${value.length === 1 ? "item" : "items"}`}>
      <div className="flex min-w-0 flex-col gap-2 border-l-2 border-line pl-3">
        {value.slice(0, shown).map((item, index) => {
          const name = `${label} ${index + 1}`;
          return (
            <div key={keys.at(index)} className="flex min-w-0 items-start gap-1">
              <div className="min-w-0 grow">
                <SchemaField
                  node={nodeOf(index)}
                  value={item}
                  onChange={(next) => change(value.map((each, at) => (at === index ? (next ?? null) : each)))}
                  path={[...path, String(index)]}
                  label={name}
                  isRequired
                  standsAs="item"
                  depth={depth + 1}
                />
              </div>
              <IconButton
                label={`Move ${name} up`}
                className="size-6"
                disabled={index === 0}
                onClick={() => move(index, index - 1)}
              >
                <ArrowUp size={14} />
              </IconButton>
              <IconButton
                label={`Move ${name} down`}
                className="size-6"
                disabled={index === value.length - 1}
                onClick={() => move(index, index + 1)}
              >
                <ArrowDown size={14} />
              </IconButton>
              <IconButton
                label={`Remove ${name}`}
                className="size-6"
                onClick={() => {
                  keys.remove(index);
                  change(value.filter((_, at) => at !== index));
                }}
              >
                <X size={14} />
              </IconButton>
            </div>
          );
        })}
        {value.length > shown ? (
          <Button kind="quiet" className="self-start" onClick={() => setShown(shown + step)}>
            Show {Math.min(step, value.length - shown)} more of {value.length}
          </Button>
        ) : null}
        <Button
          className="self-start"
          icon={<Plus size={14} />}
          aria-label={`Add item to ${label}`}
          whyNot={value.length >= max ? `There may be ${max} at most` : null}
          onClick={() => {
            change([...value, initialOf(nodeOf(value.length), root) ?? null]);
            setShown(Math.max(shown, value.length + 1));
          }}
        >
          Add item
        </Button>
      </div>
    </Folded>
  );
}

/** A key for each item that goes with it when it moves. */
function useKeys(length: number) {
  const keys = useRef<number[]>([]);
  const next = useRef(0);
  while (keys.current.length < length) keys.current.push(next.current++);
  keys.current.length = length;
  return {
    at: (index: number) => keys.current[index],
    move: (from: number, to: number) => void keys.current.splice(to, 0, ...keys.current.splice(from, 1)),
    remove: (index: number) => void keys.current.splice(index, 1),
  };
}
