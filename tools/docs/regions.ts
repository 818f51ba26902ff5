/**
 * Regions of a page whose content is made from the code. They stand between two comments, which readers do not see:
 *
 *   <!-- begin: settings -->
 *   …
 *   <!-- end -->
 */

const region = /<!-- begin: (?<name>.+?) -->\n(?<content>.*?)<!-- end -->/gs;

/** The names of a page's regions, in order. */
export function regionNames(page: string): readonly string[] {
  return Array.from(page.matchAll(region), ({ groups }) => groups?.name ?? "");
}

/** The page with what `make` gives for each region in place of what stood there. */
export async function fillRegions(page: string, make: (name: string) => string | Promise<string>): Promise<string> {
  const made = new Map<string, string>();
  for (const name of regionNames(page)) made.set(name, await make(name));
  return page.replace(region, (_, name: string) => {
    const content = (made.get(name) ?? "").trim();
    return `<!-- begin: ${name} -->\n\n${content}\n\n<!-- end -->`;
  });
}
