/** What is installed is what was chosen: by checksum, from any registry, without running anything, and not too much of it. */

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { root } from "./source-file.ts";

interface LockedPackage {
  readonly version?: string;
  readonly resolved?: string;
  readonly integrity?: string;
  readonly link?: boolean;
  readonly inBundle?: boolean;
}

interface Manifest {
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
}

/** Libraries that npm installs with the package, and that are built into it. A new one has a record in docs/decisions/. */
const most = { installed: 1, builtIn: 15, ofDashboard: 30 };

const read = (path: string): unknown => JSON.parse(readFileSync(join(root, path), "utf8"));
const { packages } = read("package-lock.json") as { readonly packages: Readonly<Record<string, LockedPackage>> };
const locked = Object.entries(packages).filter(([path, { link }]) => path.includes("node_modules/") && link !== true);

describe("the lockfile", () => {
  test("has a checksum for each library, but for what another one contains", () => {
    const unchecked = locked.filter(([, { integrity, inBundle }]) => inBundle !== true && integrity === undefined);
    expect(unchecked).toEqual([]);
    expect(locked.filter(([, { integrity }]) => integrity?.startsWith("sha512-") === false)).toEqual([]);
    expect(locked.length).toBeGreaterThan(100);
  });

  test("names no place to download from: neither a registry, nor a repository, nor a file", () => {
    expect(locked.filter(([, { resolved }]) => resolved !== undefined)).toEqual([]);
    expect(readFileSync(join(root, "package-lock.json"), "utf8")).not.toMatch(
      /"resolved": "(?!packages\/|dashboard|examples|integrations\/)/,
    );
  });

  test("is installed without running what libraries bring", () => {
    expect(readFileSync(join(root, ".npmrc"), "utf8")).toMatch(/^ignore-scripts=true$/m);
  });
});

describe("dependencies", () => {
  const own = read("packages/millrace/package.json") as Manifest;
  const dashboard = read("dashboard/package.json") as Manifest;

  test("are pinned where they are chosen", () => {
    const chosen = ["package.json", "packages/millrace/package.json", "dashboard/package.json"].flatMap((path) => {
      const { dependencies = {}, devDependencies = {} } = read(path) as Manifest;
      return Object.entries({ ...dependencies, ...devDependencies });
    });
    expect(
      chosen.filter(([name, version]) => !/^(\d+\.\d+\.\d+|\*)/.test(version) && !name.startsWith("millrace")),
    ).toEqual([]);
  });

  test("are few", () => {
    const builtIn = Object.keys(own.devDependencies ?? {}).filter((name) => !name.startsWith("@types/"));
    expect(Object.keys(own.dependencies ?? {}).length).toBeLessThanOrEqual(most.installed);
    expect(builtIn.length).toBeLessThanOrEqual(most.builtIn);
    expect(Object.keys({ ...dashboard.dependencies, ...dashboard.devDependencies }).length).toBeLessThanOrEqual(
      most.ofDashboard,
    );
  });
});
