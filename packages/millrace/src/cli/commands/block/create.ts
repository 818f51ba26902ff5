import type { Api } from "../../../contract/api.ts";
import { secretFieldsOf } from "../../../contract/block-secrets.ts";
import { MillraceError } from "../../../contract/errors.ts";
import type { JsonObject } from "../../../contract/objects.ts";
import { blockName } from "../../../contract/wire/sealed-values.ts";
import { nearest } from "../../../kit/nearest.ts";
import { flag, text, texts } from "../../arguments/options.ts";
import { required } from "../../arguments/positionals.ts";
import { UsageProblem } from "../../arguments/usage-problem.ts";
import { defineCommand } from "../../command.ts";
import { cleanLine } from "../../output/clean-text.ts";
import { readHidden } from "../../read-hidden.ts";
import { checkFields, lacksFields, missingFields, readFields, readWritten } from "./block-fields.ts";
import { knownBlockTypes } from "../../../contract/known-block-types.ts";

export const blockCreate = defineCommand({
  summary: "Save a block: whom to notify, credentials, a secret",
  details: [
    `Of a type that the ledger has (\`block type ls\`), or one of these, which is made then: ${knownBlockTypes.map(({ slug }) => slug).join(", ")}. \`block type inspect\` shows the fields of each.`,
    "A secret that must be there and is not given is asked for, or read from the standard input, so that it stays out of the shell's history. The values are sealed with the key of the ledger; over a server, by the server.",
    "A value that its type takes as a list or an object is written as JSON.",
    'With --json: `{ "id", "type", "name", "isNew" }`.',
  ],
  positionals: {
    type: required("The slug of a type, as slack-webhook."),
    name: required("Its name: lowercase letters, digits and `-`."),
  },
  options: {
    field: texts("NAME=VALUE", "A value; may be given several times.", { short: "f" }),
    fields: text("JSON|@FILE", "All values as a JSON object, or a file of it."),
    replace: flag("Where there is such a block, put these values in the place of its own."),
  },
  examples: [
    { command: "block create slack-webhook team", why: "asks for the URL of the webhook" },
    { command: "block create webhook deploys --field method=POST < url.txt", why: "its URL from a file" },
    { command: "block create sendgrid-email ops --fields @ops.json", why: "all of it from a file" },
  ],
  async run({ args: { type: slug, name }, options }, context) {
    if (!blockName.test(name)) {
      throw new UsageProblem(`\`${name}\` is no name for a block`, "use lowercase letters, digits and `-`");
    }
    const { ensureBlockType, saveBlock } = await import("../../../app/save-block.ts");
    await using host = await context.openHost();
    const toMake = knownBlockTypes.find((each) => each.slug === slug) ?? null;
    const written = readWritten(options);
    const there = await ensureBlockType(host.api, { slug, toMake: null });
    const isOutdated =
      there !== null && toMake !== null && lacksFields(written, { there: there.schema.fields, ours: toMake.fields });
    const fields = there === null || isOutdated ? toMake?.fields : (there.schema.fields ?? {});
    if (fields === undefined) throw await noType(host.api, slug);
    const data = await askForSecrets(readFields(written, fields), fields);
    checkFields(data, { slug, fields });
    // Only now: nothing is made for values that are refused.
    const found = isOutdated || there === null ? await ensureBlockType(host.api, { slug, toMake, isOutdated }) : there;
    if (found === null) throw await noType(host.api, slug);
    const { type, schema } = found;
    const { id, isNew } = await saveBlock(host, { type, schema, name, data, replaces: options.replace });
    const { out, json } = context;
    if (json) out.json({ id, type: slug, name, isNew });
    else out.line(cleanLine(`${isNew ? "Saved" : "Changed"} the block ${slug}/${name}.`));
    return undefined;
  },
});

/** Those that must be there, one after the other on a terminal; elsewhere the standard input is the only one. */
async function askForSecrets(given: JsonObject, fields: JsonObject): Promise<JsonObject> {
  const secrets = new Set(secretFieldsOf(fields));
  const missing = missingFields(given, fields);
  const wanted = missing.filter((field) => secrets.has(field));
  // Another field is missing too, and said below.
  if (wanted.length === 0 || wanted.length < missing.length) return given;
  if (!process.stdin.isTTY && wanted.length > 1) {
    throw new UsageProblem(`${wanted.join(", ")} are missing`, "give them by `--fields @FILE`");
  }
  const answers: Record<string, unknown> = {};
  for (const field of wanted) {
    const value = await readHidden(`${field}: `);
    if (value !== "") answers[field] = value;
  }
  return { ...given, ...answers };
}

async function noType(api: Pick<Api, "listObjects">, slug: string): Promise<MillraceError> {
  const { items } = await api.listObjects("block-type", {}, { limit: 1000 });
  const slugs = [...new Set([...knownBlockTypes, ...items].map((each) => each.slug))];
  const meant = nearest(slug, slugs);
  const advice = meant === null ? `There are: ${slugs.join(", ")}.` : `Did you mean \`${meant}\`?`;
  return new MillraceError("NOT_FOUND", { kind: "block type", name: slug, advice });
}
