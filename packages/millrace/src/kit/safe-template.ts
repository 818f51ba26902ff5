/**
 * Templates that strangers write: the part of Jinja that texts for people need, without a way out of the data it is given.
 *
 * Offered: `{{ a.b["c"] | filter(…) }}`, `{% if %}`, `{% for %}`, `{% set %}`, `{% raw %}`, comments, arithmetic, comparisons,
 * `a if b else c`, tests with `is`, the filters of safe-template-filters.ts and the methods of safe-template-methods.ts. What
 * is not there is empty, and so are its parts. Not offered: macros, imports, other templates, and any call into the language.
 *
 * Steps, loops, depths and lengths are bounded; see safe-template-limits.ts.
 */

import type { Filter } from "./safe-template-filters.ts";
import { defaultMaxChars, defaultMaxSteps } from "./safe-template-limits.ts";
import type { Expression, Node } from "./safe-template-nodes.ts";
import { parseTemplate } from "./safe-template-parser.ts";
import { runExpression, runTemplate } from "./safe-template-run.ts";
import { missing } from "./safe-template-values.ts";

export type { Filter } from "./safe-template-filters.ts";
export { TemplateError } from "./safe-template-limits.ts";
export { createWrittenMapping } from "./safe-template-values.ts";

export interface FillOptions {
  /** Filters beside those that are always there, and in place of those of the same name. */
  readonly filters?: Readonly<Record<string, Filter>>;
  /** Default 100,000. */
  readonly maxSteps?: number;
  /** Characters of the text. Default 1,000,000. */
  readonly maxChars?: number;
}

export interface SafeTemplate {
  /** The first parts of what it reads: `flow_run` for `{{ flow_run.name }}`. Those that it sets itself are among them. */
  readonly names: ReadonlySet<string>;
  /** @throws TemplateError */
  readonly fill: (values: Readonly<Record<string, unknown>>, options?: FillOptions) => string;
  /**
   * What an expression that stands alone, as `{{ flow_run.parameters }}`, gives, as the value it is; null when it is not there.
   * Of every other template the text.
   *
   * @throws TemplateError
   */
  readonly fillValue: (values: Readonly<Record<string, unknown>>, options?: FillOptions) => unknown;
}

/**
 * Reads a template.
 *
 * @throws TemplateError, which names the line
 */
export function createSafeTemplate(source: string): SafeTemplate {
  const nodes = parseTemplate(source);
  const names = new Set<string>();
  collectNames(nodes, names);
  const fill: SafeTemplate["fill"] = (values, options = {}) => runTemplate(nodes, toRunOptions(values, options));
  return {
    names,
    fill,
    fillValue(values, options = {}) {
      const only = onlyExpression(nodes);
      if (only === null) return fill(values, options);
      const value = runExpression(only, toRunOptions(values, options));
      return value === missing ? null : value;
    },
  };
}

/** Whether a text has anything of a template in it. */
export function isTemplate(text: string): boolean {
  return text.includes("{{") || text.includes("{%");
}

function toRunOptions(
  values: Readonly<Record<string, unknown>>,
  { filters = {}, maxSteps = defaultMaxSteps, maxChars = defaultMaxChars }: FillOptions,
): Parameters<typeof runTemplate>[1] {
  return { values, filters, maxSteps, maxChars };
}

function onlyExpression(nodes: readonly Node[]): Expression | null {
  const parts = nodes.filter((node) => node.kind !== "text" || node.text.trim() !== "");
  const [only] = parts;
  return parts.length === 1 && only?.kind === "output" ? only.value : null;
}

/** Parts of a template are plain data, so all of them can be walked alike. */
function collectNames(part: unknown, names: Set<string>): void {
  if (typeof part !== "object" || part === null) return;
  if ("kind" in part && part.kind === "name" && "name" in part) names.add(String(part.name));
  for (const child of Object.values(part)) collectNames(child, names);
}
