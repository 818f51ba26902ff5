import { clsx } from "clsx";
import { type ComponentProps, type ReactNode, useId } from "react";

const box =
  "h-7 min-w-0 rounded-control border border-[var(--control-line)] bg-raised px-2 placeholder:text-faint disabled:opacity-50";

export function TextInput({ className, ...rest }: ComponentProps<"input">) {
  return <input type="text" autoComplete="off" spellCheck={false} {...rest} className={clsx(box, className)} />;
}

export function TextArea({ className, ...rest }: ComponentProps<"textarea">) {
  return (
    <textarea
      rows={4}
      spellCheck={false}
      {...rest}
      className={clsx(box, "h-auto py-1 font-mono text-small", className)}
    />
  );
}

export function Select(
  props: ComponentProps<"select"> & { readonly options: readonly (readonly [value: string, label: string])[] },
) {
  const { options, className, ...rest } = props;
  return (
    <select {...rest} className={clsx(box, "pr-1", className)}>
      {options.map(([value, label]) => (
        <option key={value} value={value}>
          {label}
        </option>
      ))}
    </select>
  );
}

/** A control with its name, what it is for, and what is wrong with it. `children` gets the ids to point to. */
export function Field(props: {
  readonly label: string;
  readonly hint?: ReactNode;
  readonly error?: string | null;
  readonly children: (ids: {
    readonly id: string;
    readonly "aria-describedby"?: string;
    readonly "aria-invalid"?: true;
  }) => ReactNode;
}) {
  const { label, hint, error = null, children } = props;
  const id = useId();
  const notes = [...(hint === undefined ? [] : [`${id}-hint`]), ...(error === null ? [] : [`${id}-error`])].join(" ");
  return (
    <div className="flex flex-col gap-1">
      <label htmlFor={id} className="font-medium">
        {label}
      </label>
      {children({
        id,
        ...(notes === "" ? {} : { "aria-describedby": notes }),
        ...(error === null ? {} : { "aria-invalid": true }),
      })}
      {hint === undefined ? null : (
        <div id={`${id}-hint`} className="text-small text-muted">
          {hint}
        </div>
      )}
      {error === null ? null : (
        <p id={`${id}-error`} role="alert" className="text-small text-state-failed">
          {error}
        </p>
      )}
    </div>
  );
}

interface NamedProps {
  readonly label: string;
  readonly hint?: ReactNode;
  readonly value: string;
  readonly onChange: (value: string) => void;
}

/** A text with its name. */
export function TextField(props: NamedProps & { readonly isRequired?: boolean; readonly autoFocus?: boolean }) {
  const { label, hint, value, onChange, isRequired = false, autoFocus = false } = props;
  return (
    <Field label={label} {...(hint === undefined ? {} : { hint })}>
      {(ids) => (
        <TextInput
          {...ids}
          required={isRequired}
          autoFocus={autoFocus}
          value={value}
          onChange={(event) => onChange(event.target.value)}
        />
      )}
    </Field>
  );
}

/** A number with its name. It is given as text, since an empty one is no 0. `step`: default whole numbers. */
export function NumberField(props: NamedProps & { readonly min?: number; readonly step?: number | "any" }) {
  const { label, hint, value, onChange, min = 0, step = 1 } = props;
  return (
    <Field label={label} {...(hint === undefined ? {} : { hint })}>
      {(ids) => (
        <TextInput
          {...ids}
          type="number"
          min={min}
          step={step}
          value={value}
          onChange={(event) => onChange(event.target.value)}
        />
      )}
    </Field>
  );
}
