/** The few methods that templates call on texts and mappings: `event.payload.get("size", 0)`, `name.split("/")`. */

import { type FilterCall, replaceTexts } from "./safe-template-filters.ts";
import { TemplateError } from "./safe-template-limits.ts";
import { charsPerPart, isMapping, lookUp, missing, nameOfType, namesOf } from "./safe-template-values.ts";

type Method<Value> = (value: Value, call: FilterCall) => unknown;

const ofTexts: ReadonlyMap<string, Method<string>> = new Map<string, Method<string>>([
  ["upper", (text) => text.toUpperCase()],
  ["lower", (text) => text.toLowerCase()],
  ["title", (text, call) => call.filter("title", text, [])],
  ["capitalize", (text, call) => call.filter("capitalize", text, [])],
  ["strip", (text) => text.trim()],
  ["lstrip", (text) => text.trimStart()],
  ["rstrip", (text) => text.trimEnd()],
  ["startswith", (text, call) => text.startsWith(call.text(call.args[0]))],
  ["endswith", (text, call) => text.endsWith(call.text(call.args[0]))],
  ["split", (text, call) => ((call.args[0] ?? null) === null ? words(text) : text.split(call.text(call.args[0])))],
  [
    "replace",
    (text, call) => replaceTexts(call, { text, wanted: call.text(call.args[0]), by: call.text(call.args[1] ?? "") }),
  ],
  ["join", (text, call) => call.filter("join", call.args[0], [text])],
]);

const ofMappings: ReadonlyMap<string, Method<object>> = new Map<string, Method<object>>([
  [
    "get",
    (mapping, { args: [key, otherwise = null] }) => {
      const found = lookUp(mapping, key);
      return found === missing ? otherwise : found;
    },
  ],
  ["items", (mapping, call) => call.filter("items", mapping, [])],
  ["keys", (mapping, call) => namesOf(mapping, call.spend)],
  ["values", (mapping, call) => namesOf(mapping, call.spend).map((name) => lookUp(mapping, name))],
]);

function words(text: string): readonly string[] {
  return text.split(/\s+/).filter((word) => word !== "");
}

/** @throws TemplateError when there is no such method */
export function callMethod(value: unknown, name: string, call: FilterCall): unknown {
  if (typeof value === "string") {
    const method = ofTexts.get(name);
    call.spend(value.length / charsPerPart);
    if (method !== undefined) return method(value, call);
  } else if (isMapping(value)) {
    const method = ofMappings.get(name);
    if (method !== undefined) return method(value, call);
  }
  throw new TemplateError(`${nameOfType(value)} has no ${name}() that a template may call`);
}
