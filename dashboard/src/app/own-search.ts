/**
 * What a page's function lets through of an address, and nothing else. The router hands on what was not let through as well,
 * unless it is said to be absent.
 */
export function ownSearch<Search extends object>(
  read: (given: Readonly<Record<string, unknown>>) => Search,
): (given: Record<string, unknown>) => Search {
  return (given) => {
    const own = read(given);
    const others = Object.keys(given).filter((name) => !Object.hasOwn(own, name));
    return { ...Object.fromEntries(others.map((name) => [name, undefined])), ...own };
  };
}
