// The licence texts of libraries that a bundle contains, which their licences ask to pass on.
import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** The folder of the package that a bundled file is of; undefined for a file of our own. */
export function packageFolder(file: string): string | undefined {
  return /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(file)?.[0];
}

/** @param folders of packages; each counts once */
export function licensesOf(folders: Iterable<string>): string {
  const texts = [...new Set(folders)].sort().map((folder) => {
    const { name, version, license } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as Record<
      string,
      string
    >;
    const file = globSync(join(folder, "{LICENSE,LICENCE,license}*"))[0];
    const text = file === undefined ? "" : `\n${readFileSync(file, "utf8").trim()}\n`;
    return `${name} ${version} (${license})\n${text}`;
  });
  return `Libraries contained in this package, and their licences.\n\n${texts.join(`\n${"-".repeat(80)}\n\n`)}`;
}
