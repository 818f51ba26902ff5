import { useState } from "react";
import { TextInput } from "../../ui/field.tsx";
import { type ControlProps, useForm } from "../form-context.ts";
import { placeholderOf } from "./text-field.tsx";

const numberOf = (given: unknown): number | undefined => (typeof given === "number" ? given : undefined);

export function NumberField({ schema, value, onChange, path, ids }: ControlProps<number>) {
  const { noteBroken } = useForm();
  // As it was typed: "1e" is on its way to 1e3.
  const [typed, setTyped] = useState<{ readonly text: string; readonly value: number | undefined } | null>(null);
  const isTyped = typed !== null && typed.value === value;
  const [isBad, setBad] = useState(false);
  const isWhole = schema.type === "integer";
  return (
    <>
      <TextInput
        {...ids}
        type="number"
        min={numberOf(schema.minimum) ?? numberOf(schema.exclusiveMinimum)}
        max={numberOf(schema.maximum) ?? numberOf(schema.exclusiveMaximum)}
        step={numberOf(schema.multipleOf) ?? (isWhole ? 1 : "any")}
        placeholder={placeholderOf(schema.default)}
        value={isTyped ? typed.text : (value ?? "")}
        onChange={(event) => {
          const { value: text, validity } = event.target;
          const next = text === "" ? undefined : Number(text);
          setBad(validity.badInput);
          noteBroken(path.join("\n"), validity.badInput);
          setTyped({ text, value: next });
          onChange(next);
        }}
        className="w-44"
      />
      {isBad ? <p className="text-small text-state-failed">This is no number.</p> : null}
    </>
  );
}
