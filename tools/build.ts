// Builds the millrace package into packages/millrace/dist: code bundled by Rolldown, the dashboard by Vite, declarations by tsc.
//
//   node tools/build.ts               all of it
//   node tools/build.ts --code-only   code only, which is all that flows need
import { execFileSync } from "node:child_process";
import {
  chmodSync,
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
import { basename, dirname, join, relative } from "node:path";
import { type OutputChunk, type Plugin, rolldown } from "rolldown";
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
  const written = new Set<string>();
  const folders = new Set<string>();
  for (const part of toParts()) {
    for (const { fileName, moduleIds } of await bundleTogether(part)) {
      written.add(fileName);
      for (const id of moduleIds) folders.add(packageFolder(id) ?? "");
    }
  }
  folders.delete("");
  writeFileSync(join(output, "third-party-licenses.txt"), licensesOf(folders));
  // What an earlier build left goes last, so that a process that runs from dist meanwhile finds its files.
  for (const file of globSync(join(output, "*.js"))) {
    if (!written.has(basename(file))) rmSync(file);
  }
  linkCommand();
}

/** Files that are bundled together share chunks. */
interface Part {
  readonly entries: readonly string[];
  /**
   * What a program loads in one go, by the file that it begins with: it becomes one chunk, with all that it imports and that
   * no earlier one has. Left alone, a chunk is made for every set of entries that share code, some seventy for a program of
   * one task, and finding each costs as much as its code.
   */
  readonly together: Readonly<Record<string, readonly string[]>>;
}

/**
 * What a program imports, the command, and what threads and processes start from, each bundled apart, so that none loads what
 * it shares with the others. What must be one in a process whoever loads it (the runtime slot, the brands) is kept on
 * `globalThis` and by `Symbol.for`.
 */
function toParts(): readonly Part[] {
  const entries = [...findEntryPoints()];
  const client = join(sources, "exports/client.ts");
  const isLibrary = (entry: string): boolean => dirname(entry) === join(sources, "exports");
  const isCommand = (entry: string): boolean => dirname(entry) === join(sources, "cli");
  const runtime = { settings: ["app/compiled-code.ts"], runtime: ["app/load-runtime.ts", "store/sqlite/open.ts"] };
  return [
    // Alone, since it is what a browser can load.
    { entries: [client], together: {} },
    {
      entries: entries.filter((entry) => isLibrary(entry) && entry !== client),
      together: { sdk: ["exports/index.ts"], ...runtime },
    },
    { entries: entries.filter(isCommand), together: runtime },
    { entries: entries.filter((entry) => !isLibrary(entry) && !isCommand(entry)), together: {} },
  ];
}

async function bundleTogether({ entries, together }: Part): Promise<readonly OutputChunk[]> {
  const bundle = await rolldown({
    cwd: packageRoot,
    input: Object.fromEntries(entries.map((entry) => [basename(entry, ".ts"), entry])),
    platform: "node",
    // What the user's npm installs stays outside; small libraries of ours (devDependencies) go in.
    external: externalPackages(),
    transform: { target: "node24" },
    preserveEntrySignatures: "strict",
    plugins: [entryReferencePlugin, builtinRequirePlugin, builtinImportPlugin],
  });
  const { output: files } = await bundle.write({
    dir: output,
    format: "esm",
    // All files lie side by side, so that a path relative to one of them holds from each.
    entryFileNames: "[name].js",
    chunkFileNames: "[name]-[hash].js",
    comments: false,
    codeSplitting: {
      groups: Object.entries(together).map(([name, begins], index, all) => ({
        name,
        test: (id) => begins.includes(relative(sources, id)),
        priority: all.length - index,
      })),
    },
  });
  await bundle.close();
  return files.filter((file) => file.type === "chunk");
}

/**
 * npm makes the command executable and links it when it installs, but not before it is built. With both, `npx millrace`
 * works in a clone.
 */
function linkCommand(): void {
  chmodSync(join(output, "main.js"), 0o755);
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
  load(id) {
    if (!id.startsWith(sources) || !id.endsWith(".ts")) return null;
    return readFileSync(id, "utf8").replace(
      entryReference,
      (_, reference: string) => `new URL("./${basename(reference)}.js", import.meta.url)`,
    );
  },
};

/**
 * `import { join } from "node:path"` makes Node go through everything that the module exports, and load what is loaded on
 * first use (streams, the diff of assertions) only to hand it on. A program starts sooner that asks for what it wants.
 */
const builtinImportPlugin: Plugin = {
  name: "builtin-imports",
  renderChunk(code) {
    return code.replace(
      /^import \{([^}]*)\} from ("node:[^"]+");$/gm,
      (_, names: string, module: string) =>
        `const {${names.replaceAll(" as ", ": ")}} = process.getBuiltinModule(${module});`,
    );
  },
};

const builtinMark = "\0required:";

/** Libraries in CommonJS call `require("node:http")`, which a module has not. */
const builtinRequirePlugin: Plugin = {
  name: "builtin-requires",
  resolveId(path, _, { kind }) {
    return kind === "require-call" && isBuiltin(path) ? builtinMark + path : null;
  },
  load(id) {
    if (!id.startsWith(builtinMark)) return null;
    return `module.exports = process.getBuiltinModule(${JSON.stringify(id.slice(builtinMark.length))});`;
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
