/**
 * Templates in steps and job variables, as Prefect's files have them: `{{ $HOME }}`, `{{ prefect.variables.region }}`,
 * `{{ prefect.blocks.secret.token }}`, `{{ build-image.image }}`. Ours are shorter: `{{ variables.region }}`,
 * `{{ secrets.token }}`. A text that is one template becomes the value that it stands for, with its type.
 */

import type { JsonObject } from "../../contract/objects.ts";

/** Where values are found. Whoever gives those of secrets and blocks hides them from then on. */
export interface TemplateSources {
  readonly environment: (name: string) => string | undefined;
  /** Undefined where there is none. */
  readonly variable: (name: string) => Promise<unknown>;
  readonly secret: (name: string) => Promise<string | null>;
  /** What a block holds. */
  readonly block: (type: string, name: string) => Promise<JsonObject | null>;
}

export interface Filling {
  /** Absent: what they have is left as it is written, for somebody who reads it later. */
  readonly sources?: Partial<TemplateSources>;
  /** What earlier steps gave, by their ids. Absent: the same. */
  readonly outputs?: JsonObject;
  /** Whether what no step gave is left as it is written too. Default false: it is an error. */
  readonly leavesUnknown?: boolean;
}

const template = /\{\{\s*([\w.\-[\]$]+)\s*\}\}/g;
const maxDepth = 50;

/** @throws Error that names the template for which there is no value */
export async function fillTemplates(part: unknown, filling: Filling, depth = 0): Promise<unknown> {
  if (depth > maxDepth) throw new Error(`it is more than ${maxDepth} deep`);
  if (typeof part === "string") return fillText(part, filling);
  if (typeof part !== "object" || part === null) return part;
  if (Array.isArray(part)) return Promise.all(part.map((item) => fillTemplates(item, filling, depth + 1)));
  const filled = Object.entries(part).map(async ([name, each]) => [
    name,
    await fillTemplates(each, filling, depth + 1),
  ]);
  return Object.fromEntries(await Promise.all(filled)) as JsonObject;
}

async function fillText(text: string, filling: Filling): Promise<unknown> {
  const found = [...text.matchAll(template)];
  const [only] = found;
  if (only === undefined) return text;
  if (found.length === 1 && only[0] === text.trim()) {
    const value = await lookUp(only[1] ?? "", filling);
    return value === later ? text : value;
  }
  let filled = "";
  let end = 0;
  for (const match of found) {
    const value = await lookUp(match[1] ?? "", filling);
    filled += text.slice(end, match.index) + (value === later ? match[0] : toText(value));
    end = match.index + match[0].length;
  }
  return filled + text.slice(end);
}

/** Stands for what is filled by somebody else. */
const later = Symbol("later");

async function lookUp(name: string, { sources = {}, outputs, leavesUnknown = false }: Filling): Promise<unknown> {
  const { environment, variable, secret, block } = sources;
  const [, kind = "", rest = ""] = /^(?:prefect\.)?(variables|blocks|secrets)\.(.+)$/.exec(name) ?? [];
  if (name.startsWith("$")) return environment === undefined ? later : known(name, environment(name.slice(1)));
  if (kind === "variables") return variable === undefined ? later : known(name, await variable(rest));
  if (kind === "secrets") return secret === undefined ? later : known(name, await secret(rest));
  if (kind === "blocks") {
    const [type = "", block_ = "", ...path] = rest.split(".");
    if (type === "secret" && secret !== undefined && path.length === 0) {
      const found = await secret(block_);
      if (found !== null) return found;
    }
    if (block === undefined) return later;
    const data = await block(type, block_);
    // The block of a secret stands for its value, as those of Prefect do.
    const whole = type === "secret" && path.length === 0 ? data?.value : data;
    return known(name, walk(whole, path));
  }
  const given = walk(outputs, name.split("."));
  return outputs === undefined || (given === undefined && leavesUnknown) ? later : known(name, given);
}

function walk(value: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>(
    (at, part) =>
      typeof at === "object" && at !== null && Object.hasOwn(at, part) ? (at as JsonObject)[part] : undefined,
    value,
  );
}

function known(name: string, value: unknown): unknown {
  if (value === undefined || value === null) throw new Error(`there is no value for {{ ${name} }}`);
  return value;
}

function toText(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}
