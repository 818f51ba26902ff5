/**
 * The checksum of a block schema. Clients compute it of their classes and ask for the schema by it, so ours must be the
 * same: of the fields without what is secret, and without the definitions of other blocks, which have checksums of their own.
 */

import { sha256 } from "../../../kit/sha256.ts";
import { SourceNumber, toPythonJson } from "./python-json.ts";

type Fields = Readonly<Record<string, unknown>>;

/** @param fields as they were sent; numbers with their sources (python-json.ts), so that 1.0 stays apart from 1 */
export function toBlockChecksum(fields: Fields): string {
  // The digest is of the arguments of a call: one by place, none by name.
  const text = `[[${toPythonJson(withOwnDefinitions(withoutSecrets(fields) as Fields))}], {}]`;
  return `sha256:${sha256(text, "hex")}`;
}

function withOwnDefinitions(fields: Fields): Fields {
  const { definitions, ...rest } = fields;
  if (!isFields(definitions) || Object.keys(definitions).length === 0) return fields;
  const own = otherDefinitions([rest, definitions], definitions);
  return Object.keys(own).length === 0 ? rest : { ...rest, definitions: own };
}

function withoutSecrets(value: unknown): unknown {
  if (!isFields(value)) return value;
  const kept = Object.entries(value).filter(([key]) => key !== "secret_fields");
  return Object.fromEntries(kept.map(([key, field]) => [key, withoutSecrets(field)]));
}

/** The definitions that are referred to from these parts, and from one another, and are not of blocks. */
function otherDefinitions(parts: readonly unknown[], definitions: Fields): Fields {
  const found = new Map<string, unknown>();
  const toVisit = parts.flatMap(referencesIn);
  for (let name = toVisit.pop(); name !== undefined; name = toVisit.pop()) {
    const definition = Object.hasOwn(definitions, name) ? definitions[name] : undefined;
    if (!isFields(definition) || definition.block_type_slug != null || found.has(name)) continue;
    // Of what may be anything nothing is said, and Python takes an empty object for none.
    if (Object.keys(definition).length === 0) continue;
    found.set(name, definition);
    toVisit.push(...referencesIn(definition));
  }
  return Object.fromEntries(found);
}

function referencesIn(value: unknown): readonly string[] {
  if (Array.isArray(value)) return value.flatMap(referencesIn);
  if (!isFields(value)) return [];
  const own = typeof value.$ref === "string" ? [value.$ref.replace("#/definitions/", "")] : [];
  return [...own, ...Object.values(value).flatMap(referencesIn)];
}

function isFields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof SourceNumber);
}
