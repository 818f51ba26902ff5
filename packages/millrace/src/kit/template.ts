/** Texts with placeholders: "train-{seed}", "{flow.name} of {date}". */

/** A placeholder, a doubled brace, or a brace that stands alone. */
const token = /\{\{|\}\}|\{([^{}]*)\}|[{}]/g;

/**
 * Fills the placeholders of a template. A placeholder is a name, or names joined by dots that lead into objects. `{{` and
 * `}}` stand for braces. Texts are put in as they are, dates in ISO form, objects as JSON.
 *
 * @throws RangeError that names the placeholder and what is known in its place, or the brace that stands alone
 */
export function fillTemplate(template: string, values: Readonly<Record<string, unknown>>): string {
  return template.replace(token, (found, name: string | undefined, at: number) => {
    if (found === "{{") return "{";
    if (found === "}}") return "}";
    if (name === undefined) {
      throw new RangeError(
        `The template "${template}" has a single "${found}" at character ${at + 1}; write "${found}${found}" for a brace`,
      );
    }
    return toText(lookUp(template, name.trim(), values));
  });
}

function lookUp(template: string, path: string, values: Readonly<Record<string, unknown>>): unknown {
  let value: unknown = values;
  let walked = "";
  for (const name of path.split(".")) {
    if (typeof value !== "object" || value === null || !Object.hasOwn(value, name)) {
      const known = typeof value === "object" && value !== null ? Object.keys(value).slice(0, 20) : [];
      const where = walked === "" ? "" : ` in {${walked}}`;
      const advice = known.length === 0 ? "nothing is known there" : `known${where}: ${known.join(", ")}`;
      throw new RangeError(`The template "${template}" has no value for {${path}}; ${advice}`);
    }
    value = (value as Readonly<Record<string, unknown>>)[name];
    walked = walked === "" ? name : `${walked}.${name}`;
  }
  return value;
}

function toText(value: unknown): string {
  if (typeof value !== "object" || value === null) return String(value);
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? "Invalid Date" : value.toISOString();
  return JSON.stringify(value);
}
