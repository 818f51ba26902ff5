import { Select } from "../../ui/field.tsx";
import type { ControlProps } from "../form-context.ts";

/** Three ways: a box that is not ticked would say "no" where nothing was said. */
export function TruthField({ schema, value, onChange, isRequired, ids }: ControlProps<boolean>) {
  const given =
    typeof schema.default === "boolean" ? (schema.default ? "Not given (yes)" : "Not given (no)") : "Not given";
  return (
    <Select
      {...ids}
      value={value === undefined ? "" : String(value)}
      onChange={(event) => onChange(event.target.value === "" ? undefined : event.target.value === "true")}
      options={[
        ...(isRequired && value !== undefined ? [] : ([["", isRequired ? "Choose…" : given]] as const)),
        ["true", "Yes"],
        ["false", "No"],
      ]}
      className="w-44"
    />
  );
}
