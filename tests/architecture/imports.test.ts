import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { findCycles, findForbiddenImports, findUndeclaredPackages } from "./import-rules.ts";
import { parseSource, readSources, root } from "./source-file.ts";

const files = readSources();

function declaredIn(manifest: string, fields: readonly string[]): readonly string[] {
  const content = JSON.parse(readFileSync(join(root, manifest), "utf8")) as Record<string, Record<string, string>>;
  return fields.flatMap((field) => Object.keys(content[field] ?? {}));
}

describe("the sources", () => {
  test("import by the table", () => {
    expect(findForbiddenImports(files)).toEqual([]);
  });

  test("import no package that package.json does not name", () => {
    const fields = ["dependencies", "peerDependencies", "devDependencies"];
    const shipped = declaredIn("packages/millrace/package.json", fields);
    const tests = [...shipped, ...declaredIn("package.json", fields), "millrace"];
    expect(findUndeclaredPackages(files, { shipped: new Set(shipped), tests: new Set(tests) })).toEqual([]);
  });

  test("form no cycle of files that load one another", () => {
    expect(findCycles(files)).toEqual([]);
  });
});

describe("the rules", () => {
  const breaches = (path: string, text: string) => findForbiddenImports([parseSource(path, text)]);

  test.each([
    ["a statement", 'import { x } from "../service/x.ts";'],
    ["a type", 'import type { X } from "../service/x.ts";'],
    ["a type in place", 'let x: import("../service/x.ts").X;'],
    ["an export", 'export { x } from "../service/x.ts";'],
    ["an export of all", 'export * from "../service/x.ts";'],
    ["an import()", 'const x = await import("../service/x.ts");'],
    ["an entry of a thread", 'new Worker(new URL("../service/x.ts", import.meta.url));'],
  ])("see %s", (_, text) => {
    expect(breaches("engine/run.ts", `\n${text}`)).toEqual([
      "engine/run.ts:2 imports ../service/x.ts: engine may import contract, rules, kit",
    ]);
  });

  test("allow the layer itself and those of its row", () => {
    expect(breaches("engine/pools/run.ts", 'import "../x.ts"; import "../../rules/x.ts";')).toEqual([]);
  });

  test("allow a late layer by import() and as a type, and by no statement", () => {
    expect(breaches("cli/x.ts", 'await import("../app/x.ts"); import type { A } from "../app/x.ts";')).toEqual([]);
    expect(breaches("cli/x.ts", 'import "../app/x.ts";')).toEqual([
      "cli/x.ts:1 imports ../app/x.ts: cli may import contract, client, kit, and app only late, by import()",
    ]);
  });

  test("let a test import more, but no module another", () => {
    expect(breaches("engine/run.test.ts", 'import "../app/x.ts";')).toEqual([]);
    expect(breaches("modules/assets/x.test.ts", 'import "../data/x.ts";')).toEqual([
      "modules/assets/x.test.ts:1 imports ../data/x.ts: a module never imports another",
    ]);
  });

  test("keep tests and other folders out of the sources", () => {
    expect(breaches("engine/run.ts", 'import "../rules/x.testsuite.ts";')).toHaveLength(1);
    expect(breaches("engine/run.ts", 'import "../../../../tools/x.ts";')).toHaveLength(1);
    expect(breaches("novel/x.ts", 'import "../kit/x.ts";')).toHaveLength(1);
  });

  test("find a cycle, but not one of types", () => {
    const a = parseSource("kit/a.ts", 'import "./b.ts";');
    expect(findCycles([a, parseSource("kit/b.ts", 'import "./a.ts";')])).toEqual(["kit/a.ts -> kit/b.ts -> kit/a.ts"]);
    expect(findCycles([a, parseSource("kit/b.ts", 'import type { A } from "./a.ts";')])).toEqual([]);
  });

  test("find a package that is not named", () => {
    const file = parseSource("kit/a.ts", 'import "node:fs"; import "pg"; import { x } from "@scope/y/z";');
    expect(findUndeclaredPackages([file], { shipped: new Set(["pg"]), tests: new Set() })).toEqual([
      "kit/a.ts:1 imports @scope/y/z: package.json does not name @scope/y",
    ]);
  });
});
