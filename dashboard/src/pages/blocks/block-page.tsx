import { useNavigate, useParams } from "@tanstack/react-router";
import {
  type BlockDocument,
  type BlockSchema,
  type BlockType,
  type BlockValues,
  hiddenSecret,
  type JsonObject,
} from "millrace/client";
import { useState } from "react";
import { api } from "../../api/api.ts";
import { useCarefulSave } from "../../api/careful-save.ts";
import { ofKind, useLive } from "../../api/queries.ts";
import { toCommand } from "../../format/shell.ts";
import { SchemaForm } from "../../schema-form/schema-form.tsx";
import { useValueFaults } from "../../schema-form/use-value-faults.ts";
import { Button } from "../../ui/button.tsx";
import { Command, ShortId } from "../../ui/copy.tsx";
import { FormDialog } from "../../ui/form-dialog.tsx";
import { PageHead } from "../../ui/page.tsx";
import { Code, Facts, Panel } from "../../ui/panel.tsx";
import { Empty, Loaded } from "../../ui/states-of-loading.tsx";
import { say } from "../../ui/toast.ts";
import { Ago } from "../../ui/when.tsx";
import { UsedBy } from "../uses/used-by.tsx";
import { BlockLogo } from "./block-logo.tsx";
import { isTriable, TryBlock } from "./try-block.tsx";
import { isSecretField, secretFieldsOf } from "./block-types.ts";

interface Known {
  readonly block: BlockDocument;
  readonly type: BlockType | null;
  readonly schema: BlockSchema | null;
  readonly values: BlockValues;
}

async function readBlock(id: string): Promise<Known | null> {
  const block = await api.readObject("block-document", id);
  if (block === null) return null;
  const [type, schema, values] = await Promise.all([
    api.readObject("block-type", block.blockTypeId),
    api.readObject("block-schema", block.blockSchemaId),
    api.readBlockValues(id),
  ]);
  return values === null ? null : { block, type, schema, values };
}

export function BlockPage() {
  const { id } = useParams({ from: "/blocks/block/$id" });
  const query = useLive({
    key: ["block", id],
    read: () => readBlock(id),
    concerns: ofKind("block-document"),
    resource: `millrace.block-document.${id}`,
  });
  return (
    <Loaded query={query}>
      {(known) =>
        known === null ? (
          <>
            <PageHead title="Block" />
            <Empty title="There is no such block">It was deleted, or belongs to another ledger.</Empty>
          </>
        ) : (
          <Block key={known.block.id} known={known} />
        )
      }
    </Loaded>
  );
}

function Block({ known }: { readonly known: Known }) {
  const { block, type, schema, values } = known;
  const navigate = useNavigate();
  const [open, setOpen] = useState<"edit" | "try" | "delete" | null>(null);
  const reference = `${type?.slug ?? ""}/${block.name}`;
  const used = { kind: "block-document", id: block.id } as const;
  return (
    <>
      <PageHead
        title={block.name}
        above={<BlockLogo name={type?.name ?? "?"} />}
        facts={
          <span className="max-w-60 truncate" title={type?.name}>
            {type?.name ?? "Its type is gone"}
          </span>
        }
        actions={
          <>
            <Button
              needs="changeBlockValues"
              whyNot={schema === null ? "Its schema is gone" : null}
              onClick={() => setOpen("edit")}
            >
              Edit the block
            </Button>
            {isTriable(type?.slug) ? (
              <Button needs="tryBlock" onClick={() => setOpen("try")}>
                Send a test
              </Button>
            ) : null}
            <Button kind="danger" needs={["deleteObject", "block-document"]} onClick={() => setOpen("delete")}>
              Delete the block
            </Button>
          </>
        }
      />
      <div className="flex flex-col gap-4 overflow-auto border-t border-line p-4">
        {type?.description == null ? null : <p className="max-w-[72ch] text-muted">{type.description}</p>}
        <Facts
          items={[
            ["Id", <ShortId key="id" id={block.id} />],
            ["Type", type === null ? "–" : type.slug],
            [
              "Capabilities",
              schema === null || schema.capabilities.length === 0 ? "–" : schema.capabilities.join(", "),
            ],
            ["Created", <Ago key="created" at={block.createdAt} />],
            ["Changed", <Ago key="changed" at={block.updatedAt} />],
          ]}
        />
        <Panel title="Values" className="max-w-[900px]">
          <Values data={values.data} secretFields={secretFieldsOf(schema)} />
        </Panel>
        <Panel title="Used by" className="max-w-[900px]">
          <div className="p-3">
            <UsedBy of={used} />
          </div>
        </Panel>
        {type?.codeExample == null ? null : (
          <Panel title="In code" className="max-w-[900px]">
            <Code text={type.codeExample} label="Example of its use" />
          </Panel>
        )}
        <div className="max-w-[900px]">
          <Command text={toCommand("block", "inspect", reference)} />
        </div>
      </div>
      {open === "edit" && schema !== null ? (
        <EditBlock known={{ ...known, schema }} reference={reference} onClose={() => setOpen(null)} />
      ) : null}
      {open === "try" ? (
        <TryBlock
          id={block.id}
          slug={type?.slug ?? ""}
          reference={reference}
          onTried={({ told }) => say(told)}
          onClose={() => setOpen(null)}
        />
      ) : null}
      {open === "delete" ? (
        <FormDialog
          title="Delete the block?"
          description={`What uses ${reference} finds none from now on: flows that load it, automations that notify by it, pools that refer to it. This cannot be undone.`}
          verb="Delete the block"
          isDangerous
          command={toCommand("block", "delete", reference)}
          onClose={() => setOpen(null)}
          onSubmit={async () => {
            await api.deleteObject("block-document", block.id);
            await navigate({ to: "/blocks", search: {} });
          }}
        >
          <UsedBy of={used} />
        </FormDialog>
      ) : null}
    </>
  );
}

function Values({ data, secretFields }: { readonly data: JsonObject; readonly secretFields: readonly string[] }) {
  const entries = Object.entries(data).filter(([, value]) => value !== undefined);
  if (entries.length === 0)
    return <p className="p-3 text-muted">It has none, or they cannot be opened with the server&apos;s key.</p>;
  return (
    <div className="p-3">
      <Facts
        items={entries.map(([name, value]) => [
          name,
          <span key={name} className="font-mono text-small break-all whitespace-pre-wrap">
            {isSecretField(name, secretFields) && value === hiddenSecret ? (
              <span className="text-muted">set, and shown to nobody</span>
            ) : typeof value === "string" ? (
              value
            ) : (
              JSON.stringify(value, null, 2)
            )}
          </span>,
        ])}
      />
    </div>
  );
}

function EditBlock(props: {
  readonly known: Known & { readonly schema: BlockSchema };
  readonly reference: string;
  readonly onClose: () => void;
}) {
  const { known, reference, onClose } = props;
  const { id } = known.block;
  const fields = known.schema.fields ?? {};
  const [opened] = useState(known.values);
  const [data, setData] = useState<JsonObject>(opened.data);
  const saveCarefully = useCarefulSave(opened, { data: "Values" });
  const [isReadable, setReadable] = useState(true);
  const { faults } = useValueFaults(fields, data);
  const hasReferences = Object.keys(known.values.references).length > 0;
  return (
    <FormDialog
      title="Edit the block"
      description="A secret that is there stays what it is unless something else is written in its place."
      verb="Save the block"
      isWide
      whyNot={
        !isReadable ? "Something in the form cannot be read" : faults.length > 0 ? "Values are missing or wrong" : null
      }
      command={`${toCommand("block", "create", ...reference.split("/"))} --replace`}
      onClose={onClose}
      onSubmit={() =>
        saveCarefully({
          read: () => api.readBlockValues(id),
          save: async (revision) => {
            await api.changeBlockValues(id, { data, revision });
            return api.readBlockValues(id);
          },
        })
      }
    >
      {hasReferences ? (
        <p className="text-muted">
          Fields that hold other blocks are shown with their values: left as they are, they stay references.
        </p>
      ) : null}
      <SchemaForm
        schema={fields}
        value={data}
        onChange={setData}
        faults={faults}
        label="Values"
        onReadable={setReadable}
      />
    </FormDialog>
  );
}
