/** Answers in columns name what comes again and again by its place in a list. */

/** Names, each once, and their places. */
export interface Places {
  readonly names: readonly string[];
  of(name: string): number;
}

export function createPlaces(): Places {
  const names: string[] = [];
  const places = new Map<string, number>();
  return {
    names,
    of(name) {
      const known = places.get(name);
      if (known !== undefined) return known;
      places.set(name, names.length);
      return names.push(name) - 1;
    },
  };
}
