import { type ComponentProps, useState } from "react";
import { readDuration, writeDuration } from "../format/duration-text.ts";
import { TextInput } from "./field.tsx";

/** `10m`, `1h 30m`. Empty is null; what cannot be read leaves the value as it was, and says so. */
export function DurationInput(
  props: Omit<ComponentProps<"input">, "value" | "onChange"> & {
    readonly ms: number | null;
    readonly onChange: (ms: number | null) => void;
  },
) {
  const { ms, onChange, ...rest } = props;
  const [typed, setTyped] = useState(ms === null ? "" : writeDuration(ms));
  const isWrong = typed.trim() !== "" && readDuration(typed) === null;
  // Whoever holds the value has changed it.
  const shown = isWrong || readDuration(typed) === ms ? typed : ms === null ? "" : writeDuration(ms);
  return (
    <>
      <TextInput
        placeholder="10m"
        {...rest}
        {...(isWrong ? { "aria-invalid": true } : {})}
        value={shown}
        onChange={({ target }) => {
          setTyped(target.value);
          const read = readDuration(target.value);
          if (read !== null || target.value.trim() === "") onChange(read);
        }}
      />
      {isWrong ? <span className="text-small text-state-failed">Write 30s, 10m, 1h 30m or 2d</span> : null}
    </>
  );
}
