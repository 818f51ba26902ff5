import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { findPackage } from "./package-version.ts";

function newPackage(manifest: string): string {
  const folder = mkdtempSync(join(tmpdir(), "millrace-package-"));
  writeFileSync(join(folder, "package.json"), manifest);
  return folder;
}

describe("the package of a folder", () => {
  test("is the nearest above that has a name or a version", () => {
    const folder = newPackage('{ "name": "my-flows", "version": "1.2.3" }');
    const inner = join(folder, "dist/esm");
    mkdirSync(inner, { recursive: true });
    writeFileSync(join(folder, "dist/package.json"), '{ "type": "module" }');
    writeFileSync(join(inner, "package.json"), "{ damaged");
    const expected = { folder, name: "my-flows", version: "1.2.3" };
    expect(findPackage(folder)).toEqual(expected);
    expect(findPackage(inner)).toEqual(expected);
  });

  test("may lack a version or a name", () => {
    const unnamed = newPackage('{ "version": "2.0.0", "name": "" }');
    expect(findPackage(unnamed)).toEqual({ folder: unnamed, name: null, version: "2.0.0" });
    const unversioned = newPackage('{ "name": "app", "version": 2 }');
    expect(findPackage(unversioned)).toEqual({ folder: unversioned, name: "app", version: null });
  });

  test("is null where there is none", () => {
    expect(findPackage("/")).toBeNull();
  });
});
