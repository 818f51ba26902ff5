import { existsSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { describe, expect, it } from "vitest";
import { type MarkdownFile, proseOf, readMarkdownFile, readMarkdownFiles, root } from "./markdown-files.ts";

const files = readMarkdownFiles();

describe("links between the pages of the repository", () => {
  it("are there", () => {
    expect(files.flatMap(linksOf).length).toBeGreaterThan(50);
  });

  it.each(files)("$path leads to files and headings that are there", (file) => {
    expect(linksOf(file).filter((link) => !isThere(file, link))).toEqual([]);
  });

  it("tell a missing file and a missing heading", () => {
    const [file] = files;
    if (file === undefined) throw new Error("there is no page");
    expect(isThere({ ...file, path: "docs/README.md" }, "../no-such-file.md")).toBe(false);
    expect(isThere({ ...file, path: "docs/README.md" }, "errors.md#no-such-heading")).toBe(false);
    expect(isThere({ ...file, path: "docs/README.md" }, "errors.md#usage")).toBe(true);
  });
});

/** The targets of links that stay in the repository. */
function linksOf(file: MarkdownFile): readonly string[] {
  const prose = proseOf(file).replaceAll(/`[^`]*`/g, "");
  const targets = Array.from(prose.matchAll(/\]\(([^()\s]+)\)/g), ([, target = ""]) => target);
  return targets.filter((target) => !/^[a-z]+:/i.test(target));
}

function isThere({ path }: MarkdownFile, link: string): boolean {
  const [target = "", heading] = link.split("#");
  const found = target === "" ? path : normalize(join(dirname(path), target));
  if (!existsSync(join(root, found))) return false;
  return heading === undefined || headingsOf(readMarkdownFile(found)).has(heading);
}

/** As GitHub names them; the second of a name is `name-1`. */
function headingsOf(file: MarkdownFile): ReadonlySet<string> {
  const slugs = new Set<string>();
  const counts = new Map<string, number>();
  for (const [, heading = ""] of proseOf(file).matchAll(/^#{1,6} (.+)$/gm)) {
    const slug = heading
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}\s_-]/gu, "")
      .replaceAll(" ", "-");
    const count = counts.get(slug) ?? 0;
    counts.set(slug, count + 1);
    slugs.add(count === 0 ? slug : `${slug}-${count}`);
  }
  return slugs;
}
