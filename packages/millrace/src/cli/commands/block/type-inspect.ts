import { isMillraceError } from "../../../contract/errors.ts";
import type { BlockSchema, BlockType } from "../../../contract/objects.ts";
import { required } from "../../arguments/positionals.ts";
import { type CommandContext, defineCommand } from "../../command.ts";
import { findObject } from "../../find-object.ts";
import { blockTypeArgument, blockTypes } from "../../object-lookups.ts";
import { cleanLine, cleanText } from "../../output/clean-text.ts";
import { renderFacts } from "../../output/facts.ts";
import { renderTable } from "../../output/table.ts";
import { secretFieldsOf } from "../../../contract/block-secrets.ts";
import { knownBlockTypes } from "../../../contract/known-block-types.ts";

export const blockTypeInspect = defineCommand({
  summary: "Show a type of blocks: what it is for, and its fields",
  details: [
    "Also of a type that `block create` would make.",
    "With --json: the block type, with `schemas`, the newest first.",
  ],
  positionals: { type: required(blockTypeArgument) },
  options: {},
  examples: [{ command: "block type inspect secret", why: "" }],
  async run({ args }, context) {
    await using host = await context.openHost();
    const { api } = host;
    const known = knownBlockTypes.find(({ slug }) => slug === args.type);
    const type = await findObject(api, args.type, blockTypes).catch((error: unknown) => {
      if (known !== undefined && isMillraceError(error, "NOT_FOUND")) return null;
      throw error;
    });
    if (type === null && known !== undefined) {
      const { fields, capabilities, ...made } = known;
      if (context.json) context.out.json({ id: null, ...made, schemas: [{ id: null, capabilities, fields }] });
      else print({ id: null, ...made }, { fields, capabilities }, context);
      return undefined;
    }
    if (type === null) return undefined;
    const query = {
      where: { field: "blockTypeId", in: [type.id] },
      sort: { field: "createdAt", direction: "desc" },
    } as const;
    const schemas = (await api.listObjects("block-schema", query, { limit: 1000 })).items;
    if (context.json) context.out.json({ ...type, schemas });
    else print(type, schemas[0], context);
    return undefined;
  },
});

type ShownType = Pick<BlockType, "slug" | "name" | "documentationUrl" | "description"> & { readonly id: string | null };
type ShownSchema = Pick<BlockSchema, "fields" | "capabilities">;

function print(type: ShownType, schema: ShownSchema | undefined, { out }: CommandContext): void {
  const { bold, dim } = out.look.paint;
  out.lines(
    renderFacts(
      [
        ["Block type", bold(cleanLine(type.slug))],
        ["Name", cleanLine(type.name)],
        ["Id", type.id ?? "none yet: `block create` makes it"],
        ["Documentation", type.documentationUrl == null ? null : cleanLine(type.documentationUrl)],
        ["Capabilities", schema === undefined ? null : cleanLine(schema.capabilities.join(", "))],
      ],
      out,
    ),
  );
  if (type.description != null) out.lines(["", cleanText(type.description)]);
  const fields = schema === undefined ? [] : fieldsOf(schema);
  if (fields.length === 0) return;
  const table = renderTable(
    fields,
    [
      { title: "FIELD", cell: ({ name }) => name, shrinksTo: 12 },
      { title: "TYPE", cell: ({ type: of }) => of, shrinksTo: 8 },
      { title: "NOTE", cell: ({ note }) => note, shrinksTo: 8 },
      { title: "DESCRIPTION", cell: ({ description }) => description, shrinksTo: 11, leftOut: 1 },
    ],
    { width: out.width, look: out.look },
  );
  out.lines(["", dim("Fields"), ...table]);
}

interface FieldRow {
  readonly name: string;
  readonly type: string;
  readonly note: string;
  readonly description: string;
}

/** The properties of the JSON Schema, as far as it says something of them. */
function fieldsOf({ fields }: ShownSchema): readonly FieldRow[] {
  const { properties = {}, required = [] } = (fields ?? {}) as {
    readonly properties?: Readonly<Record<string, { readonly type?: unknown; readonly description?: unknown }>>;
    readonly required?: readonly string[];
  };
  const secrets = new Set(secretFieldsOf(fields).map((path) => path.split(".")[0]));
  return Object.entries(properties).map(([name, { type, description }]) => ({
    name,
    type: typeof type === "string" ? type : "",
    note: [required.includes(name) ? "required" : "", secrets.has(name) ? "secret" : ""].filter(Boolean).join(", "),
    description: typeof description === "string" ? description : "",
  }));
}
