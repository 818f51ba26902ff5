/** Where a value refers to a block or a variable: by id, by a template, or as a parameter that is found when a run is made. */

import type { JsonObject } from "../contract/objects.ts";

export type ReferredTo =
  | { readonly kind: "block-document"; readonly id: string; readonly type: string; readonly name: string }
  | { readonly kind: "variable"; readonly name: string };

const maxDepth = 50;
/** As Jinja and our own templates have them. */
const template = /\{\{.*?\}\}|\{%.*?%\}/gs;

/**
 * The paths of the texts and objects that refer to it, from the outside, such as `env.TOKEN`.
 *
 * A template is `{{ prefect.blocks.<type>.<name> }}` or `{{ prefect.variables.<name> }}`, with or without `prefect.`, and
 * whatever follows.
 */
export function findReferences(value: unknown, to: ReferredTo): readonly string[] {
  const mention = toMention(to);
  const found: string[] = [];
  const walk = (part: unknown, path: readonly string[]): void => {
    if (path.length > maxDepth) return;
    if (typeof part === "string" ? isReference(part, to, mention) : isObject(part) && isFoundLater(part, to)) {
      found.push(path.join("."));
    } else if (typeof part === "object" && part !== null) {
      for (const [name, each] of Object.entries(part)) walk(each, [...path, name]);
    }
  };
  walk(value, []);
  return found;
}

function isReference(text: string, to: ReferredTo, mention: RegExp): boolean {
  // Whoever has the id of a block in a field has the block.
  if (to.kind === "block-document" && text.toLowerCase() === to.id) return true;
  return text.includes("{") && (text.match(template) ?? []).some((each) => mention.test(each));
}

/** As forms of Prefect's page write them. */
function isFoundLater(part: JsonObject, to: ReferredTo): boolean {
  return to.kind === "variable" && part.__prefect_kind === "workspace_variable" && part.variable_name === to.name;
}

function toMention(to: ReferredTo): RegExp {
  if (to.kind === "block-document") {
    return new RegExp(String.raw`(?<![\w.-])(?:prefect\.)?blocks\.${RegExp.escape(`${to.type}.${to.name}`)}(?![\w-])`);
  }
  const name = RegExp.escape(to.name);
  return new RegExp(String.raw`(?<![\w.-])(?:prefect\.)?variables(?:\.${name}(?![\w-])|\[\s*(["'])${name}\1\s*\])`);
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
