/** A text of a page's address: empty ones are left out, and one of digits alone is read as a number by the router. */
export function textOf<Name extends string>(
  given: Readonly<Record<string, unknown>>,
  name: Name,
): { readonly [_ in Name]?: string } {
  const value = given[name];
  const text = typeof value === "number" ? String(value) : value;
  return typeof text === "string" && text !== "" ? ({ [name]: text } as { readonly [_ in Name]: string }) : {};
}

/** One of these words, or nothing. */
export function wordOf<Name extends string, Word extends string>(
  given: Readonly<Record<string, unknown>>,
  name: Name,
  words: readonly Word[],
): { readonly [_ in Name]?: Word } {
  const value = given[name] as Word;
  return words.includes(value) ? ({ [name]: value } as { readonly [_ in Name]: Word }) : {};
}

/** Without what says nothing: an address holds what was chosen, and no more. */
export function withoutEmpty<Search extends object>(
  search: {
    readonly [Name in keyof Search]: Search[Name] | undefined;
  },
): Search {
  const kept = Object.entries(search).filter(
    ([, value]) => value !== undefined && value !== "" && !(Array.isArray(value) && value.length === 0),
  );
  return Object.fromEntries(kept) as Search;
}
