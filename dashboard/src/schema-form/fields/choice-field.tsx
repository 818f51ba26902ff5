import { useMemo, useRef, useState } from "react";
import { Select } from "../../ui/field.tsx";
import { type ControlProps, useForm } from "../form-context.ts";
import { branchName } from "../schema.ts";
import { SchemaField } from "../schema-field.tsx";
import { branchOf, initialOf, suits } from "../values.ts";

/** One of several schemas. What was given under one is there again when it is chosen again. */
export function ChoiceField(props: ControlProps<unknown> & { readonly branches: readonly unknown[] }) {
  const { value, onChange, path, label, depth, branches, ids } = props;
  const { root } = useForm();
  const kept = useRef(new Map<number, unknown>());
  const [picked, setPicked] = useState<number | null>(null);
  const found = useMemo(() => branchOf(value, branches, root), [value, branches, root]);
  // Whoever has picked one keeps it for as long as the value is of it.
  const index = picked !== null && suits(value, branches[picked], root) ? picked : (found ?? 0);
  const names = useMemo(() => branches.map((branch, each) => branchName(branch, root, each)), [branches, root]);
  return (
    <div className="flex min-w-0 flex-col gap-2 border-l-2 border-line pl-3">
      <Select
        {...ids}
        aria-label={`Kind of ${label}`}
        value={String(index)}
        onChange={(event) => {
          const next = Number(event.target.value);
          kept.current.set(index, value);
          setPicked(next);
          onChange(kept.current.has(next) ? kept.current.get(next) : (initialOf(branches[next], root) ?? null));
        }}
        options={names.map((name, each) => [String(each), name.length > 60 ? `${name.slice(0, 60)}…` : name] as const)}
        className="max-w-full self-start"
      />
      <SchemaField
        key={index}
        node={branches[index]}
        value={value}
        onChange={onChange}
        path={path}
        label={names[index] ?? label}
        isRequired
        standsAs="branch"
        depth={depth + 1}
      />
    </div>
  );
}
