import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it, test } from "vitest";
import { errorCodes } from "./error-sections.ts";
import { listPages, makePage, readPage } from "./pages.ts";
import { fillRegions, regionNames } from "./regions.ts";
import { publicNames, root } from "./source-declarations.ts";

/** Options that are those of others: together, or fewer of them. */
const shownByOthers = new Set(["ServeOptions", "RateLimitOptions", "PlainPauseOptions", "WaitForHttpOptions"]);

describe("the pages of docs/", () => {
  it("have regions that are made from the code", () => {
    expect(listPages()).toEqual(
      expect.arrayContaining([
        "command-line.md",
        "errors.md",
        "reference.md",
        "results.md",
        "settings.md",
        "testing.md",
      ]),
    );
  });

  it.each(listPages())("%s says what the code says; else: node tools/docs/write.ts", async (name) => {
    expect(readPage(name)).toBe(await makePage(name));
  });
});

describe("the tables of docs/", () => {
  it.each(listPages())("%s leaves no row unexplained", (name) => {
    const rows = readPage(name).match(/^\|.*\|$/gm) ?? [];
    expect(rows.filter((row) => /\|\s*\|$/.test(row))).toEqual([]);
  });

  it("are there", () => {
    expect((readPage("command-line.md").match(/^\| `.*$/gm) ?? []).length).toBeGreaterThan(100);
  });
});

describe("docs/errors.md", () => {
  const page = readPage("errors.md");
  const headings = Array.from(page.matchAll(/^### (\w+)$/gm), ([, heading = ""]) => heading);

  it("has one section for each code of the catalogue, and for no other", () => {
    expect(headings.toSorted()).toEqual(errorCodes.toSorted());
  });

  it.each(headings)("%s shows what the catalogue says, and why it happens", (heading) => {
    const [section = ""] = page.split(`### ${heading}\n`)[1]?.split(/^##/m) ?? [];
    expect(regionNames(section)).toEqual([`error ${heading}`]);
    const [, written = ""] = section.split("<!-- end -->");
    expect(written.trim().length).toBeGreaterThan(40);
  });
});

test("each function that a package's file hands out is shown at work in a page", () => {
  const pages = ["guide.md", "deploying.md", "concurrency.md", "resume.md", "results.md", "testing.md", "errors.md"];
  const shown = pages.map(readPage).join("\n");
  const blocks = Array.from(shown.matchAll(/^```ts\n(.*?)^```/gms), ([, block = ""]) => block).join("\n");
  for (const file of ["exports/index.ts", "exports/results.ts", "exports/testing.ts"]) {
    const names = publicNames(file).flatMap(({ name, isType }) => (isType ? [] : [name]));
    expect(names.length).toBeGreaterThan(0);
    expect(names.filter((name) => !new RegExp(`\\b${name}\\b`).test(blocks))).toEqual([]);
  }
});

describe("docs/reference.md", () => {
  it("and its neighbours have a table for the options of each function that a package hands out", () => {
    const shown = new Set(listPages().flatMap((name) => regionNames(readPage(name))));
    const options = ["exports/index.ts", "exports/results.ts", "exports/testing.ts"].flatMap((file) =>
      publicNames(file).flatMap(({ name, isType }) => (isType && name.endsWith("Options") ? [name] : [])),
    );
    expect(options.length).toBeGreaterThan(20);
    expect(options.filter((name) => !shown.has(`fields ${name}`) && !shownByOthers.has(name))).toEqual([]);
  });
});

test("a region that is not known is told, and one that is known is replaced", async () => {
  const page = "before\n\n<!-- begin: one -->\nold\n<!-- end -->\n\nafter\n";
  expect(await fillRegions(page, (name) => `new ${name}`)).toBe(
    "before\n\n<!-- begin: one -->\n\nnew one\n\n<!-- end -->\n\nafter\n",
  );
  await expect(makePage("errors.md")).resolves.toContain("<!-- begin: errors -->");
});

test("the page of the npm package names the Node that package.json asks for", () => {
  const folder = join(root, "packages/millrace");
  const { engines } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as { engines: { node: string } };
  const [version = ""] = /\d+/.exec(engines.node) ?? [];
  expect(readFileSync(join(folder, "README.md"), "utf8")).toContain(`Node ${version}`);
});
