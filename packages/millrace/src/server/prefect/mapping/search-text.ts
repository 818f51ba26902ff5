/**
 * The words that the search of events and logs takes: each word may be there (one is enough), `-word` or `!word` must not,
 * `+word` must. Quotes make a phrase of several, and `\"` is a quote in it. Upper and lower case are equal.
 */

export interface SearchWords {
  readonly anyOf: readonly string[];
  readonly allOf: readonly string[];
  readonly noneOf: readonly string[];
}

const word = /([-!+]?)(?:"((?:\\.|[^"\\])*)(?:"|\\?$)|([^\s"]+))|\S/gsu;

export function parseSearchText(query: string): SearchWords {
  const anyOf: string[] = [];
  const allOf: string[] = [];
  const noneOf: string[] = [];
  for (const [, sign = "", phrase, single] of query.matchAll(word)) {
    const text = phrase?.replaceAll(/\\(["\\])/g, "$1") ?? single;
    // A sign that stands alone means nothing.
    if (text === undefined || text.trim() === "" || (sign === "" && /^[-!+]$/.test(text))) continue;
    (sign === "" ? anyOf : sign === "+" ? allOf : noneOf).push(text);
  }
  return { anyOf, allOf, noneOf };
}

/** Whether a text has what is searched for. A search without words finds everything. */
export function createTextSearch(query: string): (text: string) => boolean {
  const { anyOf, allOf, noneOf } = parseSearchText(query.toLowerCase());
  return (text) => {
    const searched = text.toLowerCase();
    return (
      (anyOf.length === 0 || anyOf.some((each) => searched.includes(each))) &&
      allOf.every((each) => searched.includes(each)) &&
      !noneOf.some((each) => searched.includes(each))
    );
  };
}
