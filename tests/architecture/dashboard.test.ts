import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { importsOf, parseSource, root } from "./source-file.ts";

const folder = join(root, "dashboard/src");

const imports = globSync("**/*.{ts,tsx}", { cwd: folder }).flatMap((path) => {
  const file = parseSource(path, readFileSync(join(folder, path), "utf8"));
  return importsOf(file).map((each) => ({ path, ...each }));
});

test("the dashboard has sources, and they are read", () => {
  expect(imports.length).toBeGreaterThan(100);
});

test("the dashboard knows the client, and nothing else of the package", () => {
  const foreign = imports.filter(
    ({ specifier }) => /^millrace(\/|$)/.test(specifier) && specifier !== "millrace/client",
  );
  const outside = imports.filter(({ specifier }) => /(^|\/)packages\/|^node:/.test(specifier));
  expect([...foreign, ...outside].map(({ path, specifier }) => `${path}: ${specifier}`)).toEqual([]);
});

test("times are told in the zone that somebody has chosen: by format/, and nowhere by the browser's own", () => {
  const own = globSync("**/*.{ts,tsx}", { cwd: folder }).filter((path) =>
    /\.toLocale(Date|Time)?String\(/.test(readFileSync(join(folder, path), "utf8")),
  );
  expect(own).toEqual([]);
});

test("drawing knows no page and no React", () => {
  const wrong = imports.filter(
    ({ path, specifier }) =>
      path.startsWith("canvas/") && /react|\/pages\/|\/ui\/|\/api\//.test(specifier) && !path.includes(".test."),
  );
  expect(wrong.map(({ path, specifier }) => `${path}: ${specifier}`)).toEqual([]);
});
