// Builds the millrace package into packages/millrace/dist: code bundled by esbuild, the dashboard by Vite, declarations by tsc.
//
//   node tools/build.ts               all of it
//   node tools/build.ts --code-only   code only, which is all that flows need
import { execFileSync } from "node:child_process";
import {
  copyFileSync,
  existsSync,
  globSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { isBuiltin } from "node:module";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { type BuildResult, build as bundle, type Metafile, type Plugin } from "esbuild";
import { licensesOf, packageFolder } from "./licenses.ts";

const root = dirname(import.meta.dirname);
const packageRoot = join(root, "packages/millrace");
const sources = join(packageRoot, "src");
const output = join(packageRoot, "dist");

interface Manifest {
  readonly dependencies?: Record<string, string>;
  readonly peerDependencies?: Record<string, string>;
}

/** `new URL("./pool-thread.ts", import.meta.url)`: how a source names a file that a thread or a process starts from. */
const entryReference = /new URL\(\s*"(\.{1,2}\/[^"]+)\.ts",\s*import\.meta\.url,?\s*\)/g;

export async function buildCode(): Promise<void> {
  const outputs: Metafile["outputs"] = {};
  const inputs: Metafile["inputs"] = {};
  for (const entryPoints of groupEntryPoints()) {
    const { metafile } = await bundleTogether(entryPoints);
    Object.assign(outputs, metafile.outputs);
    Object.assign(inputs, metafile.inputs);
  }
  const folders = Object.keys(inputs).flatMap((file) => packageFolder(file) ?? []);
  writeFileSync(
    join(output, "third-party-licenses.txt"),
    licensesOf(folders.map((folder) => join(packageRoot, folder))),
  );
  // What an earlier build left goes last, so that a process that runs from dist meanwhile finds its files.
  const written = new Set(Object.keys(outputs).map((path) => basename(path)));
  for (const file of globSync(join(output, "*.js"))) {
    if (!written.has(basename(file))) rmSync(file);
  }
  linkCommand();
}

/** Files that are bundled together share chunks. */
function bundleTogether(entryPoints: readonly string[]): Promise<BuildResult<{ metafile: true }>> {
  return bundle({
    absWorkingDir: packageRoot,
    entryPoints: [...entryPoints],
    outdir: output,
    // All files lie side by side, so that a path relative to one of them holds from each.
    entryNames: "[name]",
    chunkNames: "[name]-[hash]",
    bundle: true,
    splitting: true,
    format: "esm",
    platform: "node",
    target: "node24",
    // What the user's npm installs stays outside; small libraries of ours (devDependencies) go in.
    external: externalPackages(),
    plugins: [entryReferencePlugin, builtinRequirePlugin],
    legalComments: "none",
    keepNames: false,
    metafile: true,
    logLevel: "warning",
  });
}

/**
 * What a program imports, the command, and what threads and processes start from, each bundled apart: a chunk is made for
 * every set of entries that share code, and a program that loads twice as many files starts later. What must be one in a
 * process whoever loads it (the runtime slot, the brands) is kept on `globalThis` and by `Symbol.for`.
 */
function groupEntryPoints(): readonly (readonly string[])[] {
  const entries = [...findEntryPoints()];
  const isLibrary = (entry: string): boolean => dirname(entry) === join(sources, "exports");
  const isCommand = (entry: string): boolean => dirname(entry) === join(sources, "cli");
  return [
    entries.filter(isLibrary),
    entries.filter(isCommand),
    entries.filter((entry) => !isLibrary(entry) && !isCommand(entry)),
  ];
}

/** npm links the command when it installs, but not before it is built. With the link, `npx millrace` works in a clone. */
function linkCommand(): void {
  const link = join(root, "node_modules/.bin/millrace");
  if (process.platform !== "win32" && !existsSync(link)) symlinkSync("../../packages/millrace/dist/main.js", link);
}

/**
 * Into dist/dashboard. Beside it at first, and then file by file: who reads from there meanwhile, a server or a test, finds
 * what a page has asked for.
 */
export function buildDashboard(): void {
  const vite = join(root, "node_modules/vite/bin/vite.js");
  const fresh = mkdtempSync(join(tmpdir(), "millrace-dashboard-"));
  try {
    // In a process of its own, since what bundlers set up for themselves stays.
    execFileSync(process.execPath, [vite, "build", "--outDir", fresh, "--emptyOutDir", "--logLevel", "warn"], {
      cwd: join(root, "dashboard"),
      stdio: "inherit",
      // Whoever builds may be a test, and React would be the one for development.
      env: { ...process.env, NODE_ENV: "production" },
    });
    replaceFolder(join(output, "dashboard"), fresh);
  } finally {
    rmSync(fresh, { recursive: true, force: true });
  }
}

/** Each file is there whole at any time; the page, which names the others, comes last, and what it no longer names goes after. */
function replaceFolder(folder: string, fresh: string): void {
  const files = globSync("**", { cwd: fresh }).filter((name) => statSync(join(fresh, name)).isFile());
  const isPage = (name: string): number => (name === "index.html" ? 1 : 0);
  for (const name of files.toSorted((a, b) => isPage(a) - isPage(b))) {
    const target = join(folder, name);
    mkdirSync(dirname(target), { recursive: true });
    const half = `${target}.${process.pid}.part`;
    copyFileSync(join(fresh, name), half);
    renameSync(half, target);
  }
  const kept = new Set(files);
  for (const name of globSync("**", { cwd: folder })) {
    // A part is another build's, which is under way.
    if (kept.has(name) || name.endsWith(".part") || !statSync(join(folder, name), { throwIfNoEntry: false })?.isFile())
      continue;
    rmSync(join(folder, name), { force: true });
  }
}

export function buildDeclarations(): void {
  rmSync(join(output, "types"), { recursive: true, force: true });
  const tsc = join(root, "node_modules/typescript/bin/tsc");
  execFileSync(process.execPath, [tsc, "--project", join(packageRoot, "tsconfig.build.json")], { stdio: "inherit" });
}

/** The public subpaths, the command, and each file that a source names as an entry of its own. */
function findEntryPoints(): ReadonlySet<string> {
  const entries = new Set([...sourceFiles("exports/*.ts"), join(sources, "cli/main.ts")]);
  for (const file of sourceFiles("**/*.ts")) {
    for (const [, path] of readFileSync(file, "utf8").matchAll(entryReference)) {
      const entry = join(dirname(file), `${path}.ts`);
      if (!existsSync(entry)) throw new Error(`${file} names an entry file that does not exist: ${path}.ts`);
      entries.add(entry);
    }
  }
  const names = [...entries].map((entry) => basename(entry));
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) throw new Error(`Two entry files are named ${twice}; in dist they would be one.`);
  return entries;
}

function sourceFiles(pattern: string): string[] {
  return globSync(join(sources, pattern)).filter((file) => !/\.(test|test-d|testsuite|bench)\.ts$/.test(file));
}

function externalPackages(): string[] {
  const manifest = JSON.parse(readFileSync(join(packageRoot, "package.json"), "utf8")) as Manifest;
  return Object.keys({ ...manifest.dependencies, ...manifest.peerDependencies });
}

const entryReferencePlugin: Plugin = {
  name: "entry-references",
  setup(build) {
    build.onLoad({ filter: /[/\\]src[/\\].*\.ts$/ }, ({ path }) => {
      if (!path.startsWith(sources)) return undefined;
      const contents = readFileSync(path, "utf8").replace(
        entryReference,
        (_, reference: string) => `new URL("./${basename(reference)}.js", import.meta.url)`,
      );
      return { contents, loader: "ts" };
    });
  },
};

/** Libraries in CommonJS call `require("node:http")`, which a module has not. */
const builtinRequirePlugin: Plugin = {
  name: "builtin-requires",
  setup(build) {
    build.onResolve({ filter: /.*/ }, ({ path, kind }) =>
      kind === "require-call" && isBuiltin(path) ? { path, namespace: "builtin" } : undefined,
    );
    build.onLoad({ filter: /.*/, namespace: "builtin" }, ({ path }) => ({
      contents: `module.exports = process.getBuiltinModule(${JSON.stringify(path)});`,
    }));
  },
};

if (import.meta.main) {
  mkdirSync(output, { recursive: true });
  await buildCode();
  if (!process.argv.includes("--code-only")) {
    buildDashboard();
    buildDeclarations();
  }
}
