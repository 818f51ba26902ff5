import { useQuery } from "@tanstack/react-query";
import { blockName, type BlockType, type JsonObject } from "millrace/client";
import { useState } from "react";
import { api } from "../../api/api.ts";
import { toCommand } from "../../format/shell.ts";
import { SchemaForm } from "../../schema-form/schema-form.tsx";
import { useValueFaults } from "../../schema-form/use-value-faults.ts";
import { Field, Select, TextInput } from "../../ui/field.tsx";
import { FormDialog } from "../../ui/form-dialog.tsx";
import { Loaded } from "../../ui/states-of-loading.tsx";
import { readNewestSchema } from "./block-types.ts";

export function CreateBlock(props: {
  readonly types: readonly BlockType[];
  /** The slug of the type that is chosen at first. */
  readonly chosen: string | null;
  readonly onClose: () => void;
  readonly onCreated: (id: string) => void;
}) {
  const { types, onClose, onCreated } = props;
  const [slug, setSlug] = useState(props.chosen ?? types[0]?.slug ?? "");
  const [name, setName] = useState("");
  const [data, setData] = useState<JsonObject>({});
  const [isReadable, setReadable] = useState(true);
  const type = types.find((each) => each.slug === slug);
  const schema = useQuery({
    queryKey: ["block-schema", "newest", type?.id],
    queryFn: () => readNewestSchema(type?.id ?? ""),
    enabled: type !== undefined,
  });
  const fields = schema.data?.fields ?? {};
  const { faults, isChecking } = useValueFaults(schema.data == null ? null : fields, data);
  const isName = blockName.test(name);
  const whyNot = !isName
    ? "Its name is of lower-case letters, digits and -"
    : type === undefined || schema.data == null
      ? "Its type has no schema"
      : !isReadable
        ? "Something in the form cannot be read"
        : isChecking
          ? "The values are being checked"
          : faults.length > 0
            ? "Values are missing or wrong"
            : null;
  return (
    <FormDialog
      title="Create a block"
      {...(type?.description == null ? {} : { description: type.description })}
      verb="Create the block"
      isWide
      whyNot={whyNot}
      command={toCommand("block", "create", slug, name === "" ? "NAME" : name)}
      onClose={onClose}
      onSubmit={async () => {
        if (type === undefined || schema.data == null) return;
        const made = await api.createBlock({ name, blockTypeId: type.id, blockSchemaId: schema.data.id, data });
        onCreated(made.id);
      }}
    >
      <Field label="Type">
        {(ids) => (
          <Select
            {...ids}
            value={slug}
            onChange={({ target }) => {
              setSlug(target.value);
              setData({});
            }}
            options={types.map((each) => [each.slug, each.name] as const)}
          />
        )}
      </Field>
      <Field
        label="Name"
        hint="Lower-case letters, digits and -"
        error={name === "" || isName ? null : "This is no name"}
      >
        {(ids) => <TextInput {...ids} required value={name} onChange={({ target }) => setName(target.value)} />}
      </Field>
      <Loaded query={schema}>
        {(found) =>
          found === null ? (
            <p className="text-muted">This type has no schema yet: register it with the client that made it.</p>
          ) : (
            <SchemaForm
              key={found.id}
              schema={fields}
              value={data}
              onChange={setData}
              // What is only missing yet is not told of before anything was written.
              faults={Object.keys(data).length === 0 ? [] : faults}
              label="Values"
              onReadable={setReadable}
            />
          )
        }
      </Loaded>
    </FormDialog>
  );
}
