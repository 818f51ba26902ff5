import { builtinModules } from "node:module";
import { importTable, type LayerRule, unshippedFile } from "./import-table.ts";
import { type Import, importsOf, resolveImport, type SourceFile } from "./source-file.ts";

/** Breaches of the import table, in words that name the file, the line and the rule. */
export function findForbiddenImports(files: readonly SourceFile[]): readonly string[] {
  return files.flatMap((file) =>
    importsOf(file).flatMap((found) => {
      const breach = found.specifier.startsWith(".") ? checkRelative(file, found) : undefined;
      return breach === undefined ? [] : [`${file.path}:${found.line} imports ${found.specifier}: ${breach}`];
    }),
  );
}

function checkRelative(file: SourceFile, { specifier, kind }: Import): string | undefined {
  const target = resolveImport(file.path, specifier);
  if (target.startsWith("..")) {
    return unshippedFile.test(file.path) ? undefined : "a source imports nothing outside of packages/millrace/src";
  }
  const from = layerOf(file.path);
  const to = layerOf(target);
  if (from.name === to.name) {
    if (from.module === to.module) return undefined;
    return "a module never imports another";
  }
  if (unshippedFile.test(file.path)) return undefined;
  if (unshippedFile.test(target)) return "a source imports no test";
  const rule = importTable[from.name];
  if (rule === undefined) return `${from.name}/ has no row in tests/architecture/import-table.ts`;
  return isAllowed(rule, to.name, kind) ? undefined : describe(from.name, rule);
}

interface Layer {
  readonly name: string;
  readonly module: string | undefined;
}

function layerOf(path: string): Layer {
  const [name = "", second] = path.split("/");
  return { name, module: name === "modules" ? second : undefined };
}

function isAllowed(rule: LayerRule, layer: string, kind: Import["kind"]): boolean {
  if (rule.imports === "all" || rule.imports.includes(layer)) return true;
  return kind !== "static" && (rule.late?.includes(layer) ?? false);
}

function describe(layer: string, { imports, late = [] }: LayerRule): string {
  const allowed = imports === "all" || imports.length === 0 ? "no other layer" : imports.join(", ");
  const lateWords = late.length === 0 ? "" : `, and ${late.join(", ")} only late, by import()`;
  return `${layer} may import ${allowed}${lateWords}`;
}

/** Imports of packages that the manifest does not name, and of the package itself by its own name. */
export function findUndeclaredPackages(
  files: readonly SourceFile[],
  declared: { readonly shipped: ReadonlySet<string>; readonly tests: ReadonlySet<string> },
): readonly string[] {
  return files.flatMap((file) => {
    const known = unshippedFile.test(file.path) ? declared.tests : declared.shipped;
    return importsOf(file)
      .filter(({ specifier }) => isPackage(specifier) && !known.has(packageOf(specifier)))
      .map(
        ({ specifier, line }) =>
          `${file.path}:${line} imports ${specifier}: package.json does not name ${packageOf(specifier)}`,
      );
  });
}

function isPackage(specifier: string): boolean {
  return !specifier.startsWith(".") && !specifier.startsWith("node:") && !builtinModules.includes(specifier);
}

function packageOf(specifier: string): string {
  return specifier
    .split("/")
    .slice(0, specifier.startsWith("@") ? 2 : 1)
    .join("/");
}

/** Cycles of files that load one another. Types, and what is imported late, may go round. */
export function findCycles(files: readonly SourceFile[]): readonly string[] {
  const graph = new Map(
    files.map((file) => [
      file.path,
      importsOf(file)
        .filter(({ specifier, kind }) => specifier.startsWith(".") && kind === "static")
        .map(({ specifier }) => resolveImport(file.path, specifier)),
    ]),
  );
  const cycles: string[] = [];
  const done = new Set<string>();
  const visit = (path: string, trail: readonly string[]): void => {
    const seenAt = trail.indexOf(path);
    if (seenAt >= 0) cycles.push([...trail.slice(seenAt), path].join(" -> "));
    if (seenAt >= 0 || done.has(path)) return;
    for (const next of graph.get(path) ?? []) visit(next, [...trail, path]);
    done.add(path);
  };
  for (const path of graph.keys()) visit(path, []);
  return cycles;
}
