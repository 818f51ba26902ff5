/** What the ledger keeps as JSON texts, as JSON: so that `jq .parameters.day` works on what commands print. */

import type { FlowRun } from "../../contract/flow-run.ts";
import { shownParameters } from "../../contract/secret-parameters.ts";
import { parseExactly } from "../../kit/exact-json.ts";

type Fields = Readonly<Record<string, unknown>>;

/** Nouns with fields of JSON text, known by what else they have. */
const nouns: readonly { readonly marks: readonly string[]; readonly texts: readonly string[] }[] = [
  { marks: ["flowName", "rootRunId"], texts: ["parameters"] },
  { marks: ["kind", "flowRunId", "updatedAt"], texts: ["data", "metadata"] },
  { marks: ["resource", "flowRunId"], texts: ["payload"] },
  { marks: ["message", "level", "flowRunId"], texts: ["fields"] },
  { marks: ["name", "revision", "tags"], texts: ["value"] },
];

/** Fields that hold values of people, which may look like anything. */
const opaque: ReadonlySet<string> = new Set(["parameters", "data", "metadata", "payload", "fields", "value"]);

/** A copy, to be printed, in which the texts are what they say. A text that is no JSON stays a text. */
export function openJson(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(openJson);
  if (typeof value !== "object" || value === null || "toJSON" in value) return value;
  const fields = withoutSecrets(value as Fields);
  const texts = nouns.find(({ marks }) => marks.every((mark) => mark in fields))?.texts ?? [];
  return Object.fromEntries(
    Object.entries(fields).map(([name, each]) => [name, texts.includes(name) ? parsed(each) : opened(name, each)]),
  );
}

/** A run whose parameters hold a secret, as people see it; everything else as it is. */
function withoutSecrets(fields: Fields): Fields {
  const { parameters, extra, flowName } = fields;
  const isRun = typeof parameters === "string" && typeof flowName === "string" && typeof extra === "object";
  const run = isRun && extra !== null ? (fields as unknown as FlowRun) : null;
  return run?.extra.secretParameters === undefined ? fields : { ...fields, parameters: shownParameters(run) };
}

function opened(name: string, value: unknown): unknown {
  if (name === "result") return openResult(value);
  return opaque.has(name) ? value : openJson(value);
}

/** Where a result is, with the value that the ledger itself holds; a value as it is. */
function openResult(value: unknown): unknown {
  const isInline = typeof value === "object" && value !== null && "storage" in value && value.storage === "inline";
  return isInline && "data" in value ? { ...value, data: parsed(value.data) } : value;
}

function parsed(text: unknown): unknown {
  if (typeof text !== "string") return text;
  try {
    return parseExactly(text);
  } catch {
    return text;
  }
}
