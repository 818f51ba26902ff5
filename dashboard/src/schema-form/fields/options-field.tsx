import { useId } from "react";
import { Select, TextInput } from "../../ui/field.tsx";
import type { ControlProps } from "../form-context.ts";
import { isSame } from "../values.ts";

/** More than these are typed rather than chosen from a list. */
const maxOptions = 500;

export function OptionsField(props: ControlProps<unknown>) {
  const { schema, value, onChange, isRequired, ids } = props;
  const options: readonly unknown[] = Array.isArray(schema.enum) ? schema.enum : [];
  if (options.length > maxOptions) return <TypedOption {...props} options={options} />;
  const names: readonly unknown[] = Array.isArray(schema["x-enumNames"]) ? schema["x-enumNames"] : [];
  const chosen = value === undefined ? -1 : options.findIndex((option) => isSame(option, value));
  const fallback = schema.default === undefined ? "Not given" : `Not given (${toText(schema.default)})`;
  return (
    <Select
      {...ids}
      value={chosen === -1 ? "" : String(chosen)}
      onChange={(event) => onChange(event.target.value === "" ? undefined : options[Number(event.target.value)])}
      options={[
        ...(isRequired && chosen !== -1 ? [] : ([["", isRequired ? "Choose…" : fallback]] as const)),
        ...options.map((option, index) => {
          const name = names[index];
          return [String(index), typeof name === "string" ? name : toText(option)] as const;
        }),
      ]}
      className="max-w-full"
    />
  );
}

function toText(option: unknown): string {
  const text = typeof option === "string" ? option : JSON.stringify(option);
  return text.length > 80 ? `${text.slice(0, 80)}…` : text === "" ? '""' : text;
}

function TypedOption({
  value,
  onChange,
  ids,
  options,
}: ControlProps<unknown> & { readonly options: readonly unknown[] }) {
  const list = useId();
  const text = value === undefined ? "" : typeof value === "string" ? value : JSON.stringify(value);
  return (
    <>
      <TextInput
        {...ids}
        list={list}
        value={text}
        placeholder={`One of ${options.length}`}
        onChange={(event) => {
          const { value: typed } = event.target;
          const found = options.find((option) => option === typed || JSON.stringify(option) === typed);
          onChange(typed === "" ? undefined : (found ?? typed));
        }}
      />
      <datalist id={list}>
        {options.slice(0, maxOptions).map((option, index) => (
          <option key={index} value={typeof option === "string" ? option : JSON.stringify(option)} />
        ))}
      </datalist>
    </>
  );
}
