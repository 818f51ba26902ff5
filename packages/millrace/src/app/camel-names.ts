/** Names of files that people write, where they may be as in Python: `work_pool` is `workPool`. */

export interface CamelNamesOptions {
  /** What these names have is people's own, and is left as it is. */
  readonly namedByPeople: ReadonlySet<string>;
  /** Names that have another in their place. Default: none. */
  readonly otherNames?: Readonly<Record<string, string>>;
}

/** The value with the names of its objects as in JavaScript, however deep. */
export function camelNames(value: unknown, options: CamelNamesOptions): unknown {
  const { namedByPeople, otherNames = {} } = options;
  if (Array.isArray(value)) return value.map((each) => camelNames(each, options));
  if (typeof value !== "object" || value === null || value instanceof Date) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, each]) => {
      const camel = key.replaceAll(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
      const name = Object.hasOwn(otherNames, camel) ? (otherNames[camel] ?? camel) : camel;
      return [name, namedByPeople.has(name) ? each : camelNames(each, options)];
    }),
  );
}
