/** Throws when a value cannot cross the border of a pool's kind. */
export type Clone = (value: unknown) => unknown;

const maxDepth = 20;

/** Where in a value the part is that cannot cross, and what it is. Only for the text of an error: it clones as it goes. */
export function findUnclonable(
  value: unknown,
  path: string,
  clone: Clone,
): { readonly path: string; readonly reason: string } {
  let found = { path, value };
  for (let depth = 0; depth < maxDepth; depth++) {
    const child = entriesOf(found.value).find(([, item]) => !isClonable(item, clone));
    if (child === undefined) break;
    found = { path: `${found.path}${child[0]}`, value: child[1] };
  }
  return { path: found.path, reason: `is ${describe(found.value)}` };
}

export function isClonable(value: unknown, clone: Clone): boolean {
  try {
    clone(value);
    return true;
  } catch {
    return false;
  }
}

function entriesOf(value: unknown): readonly (readonly [string, unknown])[] {
  if (typeof value !== "object" || value === null) return [];
  if (Array.isArray(value)) return value.map((item: unknown, index) => [`[${index}]`, item]);
  if (value instanceof Map)
    return [...value].flatMap(([key, item]) => [[".keys()", key] as const, [`.get(${String(key)})`, item] as const]);
  if (value instanceof Set) return [...value].map((item) => [".values()", item]);
  return Object.keys(value).map((name) => [
    /^[\w$]+$/.test(name) ? `.${name}` : `[${JSON.stringify(name)}]`,
    readProperty(value, name),
  ]);
}

function readProperty(value: object, name: string): unknown {
  try {
    return Reflect.get(value, name);
  } catch {
    return undefined;
  }
}

function describe(value: unknown): string {
  if (typeof value === "function") return "a function";
  if (typeof value === "symbol") return "a symbol";
  if (typeof value !== "object" || value === null) return String(value);
  const name = (value.constructor as { readonly name?: string } | undefined)?.name;
  if (name === undefined || name === "" || name === "Object") return "an object that cannot be cloned";
  return `${/^[AEIOU]/.test(name) ? "an" : "a"} ${name}`;
}
