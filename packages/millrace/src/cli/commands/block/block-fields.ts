/** The values of a block as they are written on a command line, and what its type's JSON Schema asks of them. */

import { isBlockData } from "../../../contract/block-secrets.ts";
import type { JsonObject } from "../../../contract/objects.ts";
import { nearest } from "../../../kit/nearest.ts";
import { UsageProblem } from "../../arguments/usage-problem.ts";
import { parseValue, readJsonOption } from "../../parameters.ts";

/** As it was given: read once, for the standard input may be among it. */
export interface WrittenFields {
  readonly field: readonly string[];
  readonly all: JsonObject;
}

/** @throws UsageProblem for what cannot be read */
export function readWritten(options: {
  readonly field: readonly string[];
  readonly fields: string | undefined;
}): WrittenFields {
  const all = options.fields === undefined ? {} : readJsonOption(options.fields, "--fields");
  if (!isBlockData(all)) throw new UsageProblem("--fields must be a JSON object");
  return { field: options.field, all };
}

/** @throws UsageProblem for what cannot be read, or for a value that the type does not have */
export function readFields({ field, all }: WrittenFields, schema: JsonObject): JsonObject {
  const given = { ...all, ...Object.fromEntries(field.map((each) => readField(each, schema))) };
  const known = isBlockData(schema.properties) ? Object.keys(schema.properties) : [];
  const strange = known.length === 0 ? undefined : Object.keys(given).find((name) => !known.includes(name));
  if (strange === undefined) return given;
  const meant = nearest(strange, known);
  const advice = meant === null ? `it has ${known.join(", ")}` : `did you mean \`${meant}\`?`;
  throw new UsageProblem(`the type has no field \`${strange}\``, advice);
}

/** Whether a field is given that a schema of the ledger does not have, and one of this version does: it is of an older version. */
export function lacksFields(
  { field, all }: WrittenFields,
  { there, ours }: { readonly there: JsonObject | undefined; readonly ours: JsonObject },
): boolean {
  const given = [...field.map((each) => each.split("=", 1)[0] ?? ""), ...Object.keys(all)];
  const has = (schema: JsonObject | undefined, name: string): boolean =>
    isBlockData(schema?.properties) && Object.hasOwn(schema.properties, name);
  return isBlockData(there?.properties) && given.some((name) => !has(there, name) && has(ours, name));
}

/** A text is taken as it is written where the type says that it is one: a token may look like a number. */
function readField(written: string, schema: JsonObject): readonly [string, unknown] {
  const at = written.indexOf("=");
  if (at < 1) throw new UsageProblem(`--field takes NAME=VALUE, not \`${written}\``);
  const [name, value] = [written.slice(0, at), written.slice(at + 1)];
  return [name, typeOf(schema, name) === "string" ? value : parseValue(value)];
}

function typeOf({ properties }: JsonObject, name: string): unknown {
  const property = isBlockData(properties) && Object.hasOwn(properties, name) ? properties[name] : undefined;
  return isBlockData(property) ? property.type : undefined;
}

/** Those that the type requires and that are not there. */
export function missingFields(data: JsonObject, { required }: JsonObject): readonly string[] {
  const names = Array.isArray(required) ? required.filter((name) => typeof name === "string") : [];
  return names.filter((name) => data[name] === undefined || data[name] === null || data[name] === "");
}

const forms: Readonly<Record<string, { readonly words: string; readonly holds: (value: unknown) => boolean }>> = {
  string: { words: "a text", holds: (value) => typeof value === "string" },
  boolean: { words: "true or false", holds: (value) => typeof value === "boolean" },
  integer: { words: "a whole number", holds: Number.isInteger },
  number: { words: "a number", holds: (value) => typeof value === "number" },
  array: { words: 'a list, as ["a", "b"]', holds: Array.isArray },
  object: { words: 'an object, as {"a": 1}', holds: isBlockData },
};

/** @throws UsageProblem that names the field */
export function checkFields(
  data: JsonObject,
  { slug, fields }: { readonly slug: string; readonly fields: JsonObject },
): void {
  const missing = missingFields(data, fields);
  if (missing.length > 0) {
    const advice = `give --field ${missing[0]}=…, or --fields; \`millrace block type inspect ${slug}\` shows them`;
    throw new UsageProblem(`a block of the type ${slug} needs ${missing.join(", ")}`, advice);
  }
  for (const [name, value] of Object.entries(data)) {
    const type = typeOf(fields, name);
    const form = typeof type === "string" && Object.hasOwn(forms, type) ? forms[type] : undefined;
    if (form !== undefined && !form.holds(value)) throw new UsageProblem(`the field \`${name}\` takes ${form.words}`);
  }
}
