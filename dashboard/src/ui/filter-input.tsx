import { useEffect, useMemo, useRef } from "react";
import { useShortcuts } from "../app/shortcuts.ts";
import { TextInput } from "./field.tsx";

/** A field that says what a page shows: its text is in the address. The main one of a page is gone to with `f`. */
export function FilterInput(props: {
  readonly label: string;
  /** Default: the label. */
  readonly placeholder?: string;
  readonly value: string | undefined;
  /** With each letter; empty for what is not to be filtered by. */
  readonly onChange: (value: string) => void;
  readonly isMain?: boolean;
  readonly className?: string;
}) {
  const { label, placeholder = label, value = "", onChange, isMain = false, className = "w-52" } = props;
  const input = useRef<HTMLInputElement>(null);
  // An address that is gone to says what is looked for; while somebody types, the field is theirs.
  useEffect(() => {
    const field = input.current;
    if (field !== null && field !== document.activeElement) field.value = value;
  }, [value]);
  useShortcuts(
    useMemo(
      () => (isMain ? [{ keys: "f", does: "Filter the list", run: () => input.current?.focus() }] : []),
      [isMain],
    ),
  );
  return (
    <TextInput
      ref={input}
      aria-label={label}
      placeholder={placeholder}
      defaultValue={value}
      onChange={(event) => onChange(event.target.value)}
      className={className}
    />
  );
}
