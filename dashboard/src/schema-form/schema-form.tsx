/** A form made of a JSON Schema: field by field, or all of it as JSON. */

import { clsx } from "clsx";
import type { JsonObject, ValueFault } from "millrace/client";
import { Component, type ReactNode, useCallback, useEffect, useMemo, useRef, useState } from "react";
import { Sketch } from "../ui/states-of-loading.tsx";
import { late } from "../ui/late.tsx";
import { faultsAt, toMessage } from "./faults.ts";
import { ObjectFields } from "./fields/object-field.tsx";
import { FormContext } from "./form-context.ts";
import { SchemaField } from "./schema-field.tsx";
import { resolve, toPlace } from "./schema.ts";

const JsonSide = late(async () => (await import("./json-side.tsx")).JsonSide, <Sketch rows={4} />);

export interface SchemaFormProps {
  readonly schema: JsonObject;
  readonly value: JsonObject;
  readonly onChange: (value: JsonObject) => void;
  /** What is wrong with the value, as useValueFaults finds it. */
  readonly faults?: readonly ValueFault[];
  /** Names the form as a whole: "Parameters". */
  readonly label: string;
  /** Whether all that is typed can be read; while it cannot, `value` is what was there before. */
  readonly onReadable?: (isReadable: boolean) => void;
}

const none: readonly ValueFault[] = [];

export function SchemaForm(props: SchemaFormProps) {
  const { schema, value, onChange, faults = none, label, onReadable } = props;
  const [side, setSide] = useState<"form" | "json">("form");
  const broken = useRef(new Set<string>());
  const [isBroken, setBroken] = useState(false);
  const noteBroken = useCallback((field: string, isSo: boolean): void => {
    if (isSo) broken.current.add(field);
    else broken.current.delete(field);
    setBroken(broken.current.size > 0);
  }, []);
  const told = useRef(onReadable);
  told.current = onReadable;
  useEffect(() => told.current?.(!isBroken), [isBroken]);
  const scope = useMemo(() => ({ root: schema, faults, noteBroken }), [schema, faults, noteBroken]);
  const turn = (next: "form" | "json"): void => {
    broken.current.clear();
    setBroken(false);
    setSide(next);
  };
  const jsonSide = (
    <JsonSide
      value={value}
      onChange={onChange}
      faults={faults}
      label={label}
      onBroken={(isSo) => noteBroken("", isSo)}
    />
  );
  return (
    <div role="group" aria-label={label} className="flex min-w-0 flex-col gap-3">
      <div className="flex items-center gap-1 self-end" role="group" aria-label={`Show ${label} as`}>
        {(["form", "json"] as const).map((each) => (
          <button
            key={each}
            type="button"
            aria-pressed={side === each}
            onClick={() => turn(each)}
            disabled={side === "json" && each === "form" && isBroken}
            title={side === "json" && each === "form" && isBroken ? "The JSON cannot be read yet" : undefined}
            className={clsx(
              "h-6 rounded-control px-2 text-small disabled:opacity-50",
              side === each ? "bg-selected font-medium" : "text-muted hover:bg-hover hover:text-fg",
            )}
          >
            {each === "form" ? "Form" : "JSON"}
          </button>
        ))}
      </div>
      {side === "json" ? (
        jsonSide
      ) : (
        // A schema that no form can be made of is no reason to give nothing.
        <FormFailed key={JSON.stringify(schema).length} instead={jsonSide}>
          <FormContext value={scope}>
            <FormSide {...props} faults={faults} />
          </FormContext>
        </FormFailed>
      )}
    </div>
  );
}

function FormSide({ schema, value, onChange, faults = none, label }: SchemaFormProps) {
  const place = useMemo(() => toPlace(schema, schema), [schema]);
  const change = (next: unknown): void => onChange((next ?? {}) as JsonObject);
  const whole = toMessage(faultsAt(faults, []));
  return (
    <>
      {whole === null ? null : <p className="text-small text-state-failed">{whole}</p>}
      {place.kind === "choice" ? (
        <SchemaField node={schema} value={value} onChange={change} path={[]} label={label} isRequired depth={0} />
      ) : (
        <ObjectFields
          schema={place.kind === "object" ? place.schema : resolve(schema, schema)}
          value={value}
          onChange={change}
          path={[]}
          label={label}
          isRequired
          depth={0}
        />
      )}
    </>
  );
}

class FormFailed extends Component<
  { readonly instead: ReactNode; readonly children: ReactNode },
  { readonly hasFailed: boolean }
> {
  override state = { hasFailed: false };

  static getDerivedStateFromError() {
    return { hasFailed: true };
  }

  override render() {
    return this.state.hasFailed ? this.props.instead : this.props.children;
  }
}
