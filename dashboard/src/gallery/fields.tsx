import { useState } from "react";
import { CodeEditor } from "../ui/code-editor.tsx";
import { DurationInput } from "../ui/duration-input.tsx";
import { Field, NumberField, Select, TextArea, TextField, TextInput } from "../ui/field.tsx";
import { FilterInput } from "../ui/filter-input.tsx";
import { JsonField } from "../ui/json-field.tsx";
import { parseJson } from "../ui/parse-json.ts";
import { Case, Cases, Section } from "./case.tsx";

export function Fields() {
  const [text, setText] = useState("sales-report");
  const [number, setNumber] = useState("4");
  const [ms, setMs] = useState<number | null>(90_000);
  const [json, setJson] = useState('{\n  "region": "west",\n  "limit": 5000,\n  "isDry": false\n');
  const { fault } = parseJson(json);
  return (
    <Section title="Fields">
      <Cases>
        <TextField label="A text" hint="What it is for." value={text} onChange={setText} isRequired />
        <NumberField label="A number" value={number} onChange={setNumber} />
        <Field label="With a fault" error="It is not a date: 31 February">
          {(ids) => <TextInput {...ids} defaultValue="2026-02-31" />}
        </Field>
        <Field label="Cannot be changed">{(ids) => <TextInput {...ids} disabled value="as it is" readOnly />}</Field>
        <Field label="A duration" hint="As people write it.">
          {(ids) => <DurationInput {...ids} ms={ms} onChange={setMs} />}
        </Field>
        <Field label="One of several">
          {(ids) => (
            <Select
              {...ids}
              options={[
                ["north", "North"],
                ["south", "South"],
              ]}
            />
          )}
        </Field>
        <Field label="A long text">{(ids) => <TextArea {...ids} defaultValue={"One line\nand another"} />}</Field>
        <Case title="A filter">
          <FilterInput label="Name of the run" value="" onChange={() => undefined} />
        </Case>
      </Cases>
      <div className="grid max-w-[880px] grid-cols-1 gap-4 sm:grid-cols-2">
        <JsonField label="JSON" hint="With what is wrong below it." text={json} onChange={setJson} fault={fault} />
        <div className="flex min-w-0 flex-col gap-1">
          <span className="font-medium">A line that is marked</span>
          <CodeEditor
            text={'{\n  "limit": -1\n}'}
            onChange={() => undefined}
            label="Parameters as JSON"
            marks={[{ line: 2, message: "It is at least 1" }]}
          />
        </div>
      </div>
    </Section>
  );
}
