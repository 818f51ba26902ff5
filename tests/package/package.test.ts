// The package as users get it: packed, installed into an empty folder with an empty home, and the README's example run there.
import { execFile, spawn } from "node:child_process";
import { existsSync, globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";

const root = dirname(dirname(import.meta.dirname));
const limits = { sizeBytes: 30_000_000, packages: 60 };

const folder = mkdtempSync(join(tmpdir(), "millrace-package-"));
const project = join(folder, "project");
const home = join(folder, "home");

// A user's environment: none of the settings by which this repository's tests find the sources. What the machine needs to
// reach a registry is no setting of ours.
const network = /^(NODE_EXTRA_CA_CERTS|SSL_CERT_(FILE|DIR)|(HTTPS?|NO)_PROXY)$/i;
const env: NodeJS.ProcessEnv = {
  ...Object.fromEntries(Object.entries(process.env).filter(([name]) => network.test(name))),
  PATH: [dirname(process.execPath), process.env.PATH].join(delimiter),
  HOME: home,
};
const nightly = `import { flow } from "millrace";

export const nightly = flow({ name: "nightly" }, async () => 1);
`;

interface Output {
  readonly stdout: string;
  readonly stderr: string;
}

async function run(program: string, args: readonly string[]): Promise<Output> {
  try {
    return await promisify(execFile)(program, args, { cwd: project, env, maxBuffer: 64_000_000 });
  } catch (error) {
    // Compilers write what is wrong to their standard output, which the error's message leaves out.
    const output = (error as Partial<Output>).stdout ?? "";
    throw new Error(`${program} ${args.join(" ")} failed\n${output}`, { cause: error });
  }
}

async function install(...packages: readonly string[]): Promise<void> {
  const options = ["--ignore-scripts", "--prefer-offline", "--no-audit", "--no-fund"];
  await run("npm", ["install", ...packages, ...options, ...(await npmSettings())]);
}

/** Where npm gets packages from and keeps them stays as it is on this machine; an empty home would have none of it. */
async function npmSettings(): Promise<readonly string[]> {
  const { stdout } = await promisify(execFile)("npm", ["config", "list", "--json"], { cwd: root });
  const { cache, registry, cafile } = JSON.parse(stdout) as Readonly<Record<string, string | null>>;
  return [`--cache=${cache}`, `--registry=${registry}`, ...(cafile == null ? [] : [`--cafile=${cafile}`])];
}

/** The first block of a language in the README of the repository, or of the package. */
function readBlock(language: "ts" | "sh", page = "README.md"): string {
  const block = new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\`$`, "ms").exec(
    readFileSync(join(root, page), "utf8"),
  )?.[1];
  if (block === undefined)
    throw new Error(`${page} has no block of ${language}: its first one is what this test runs.`);
  return block;
}

/** The calls of npm that make an empty folder a project, before the package is installed. */
function setUpCalls(page: string): readonly (readonly string[])[] {
  const [before = ""] = readBlock("sh", page).split("npm install millrace");
  const commands = before.replaceAll(/ +#.*$/gm, "").split(/\n|&&/);
  return commands.map((command) => command.trim().split(/\s+/)).filter(([program]) => program === "npm");
}

/** Libraries of the example other than Millrace itself, at the versions that this repository has. */
function librariesOf(example: string): readonly string[] {
  const names = [...example.matchAll(/from "((?:@[^/"]+\/)?[^/".]+)/g)].map(([, name = ""]) => name);
  return [...new Set(names)]
    .filter((name) => name !== "millrace" && !name.startsWith("node:"))
    .map((name) => {
      const { version } = JSON.parse(readFileSync(join(root, "node_modules", name, "package.json"), "utf8")) as {
        version: string;
      };
      return `${name}@${version}`;
    });
}

function installedPackages(): readonly string[] {
  return globSync("node_modules/**/package.json", { cwd: project }).filter((path) =>
    /(^|\/)node_modules\/(@[^/]+\/)?[^/]+\/package\.json$/.test(path),
  );
}

function sizeOf(path: string): number {
  return globSync("**", { cwd: path })
    .map((file) => statSync(join(path, file)))
    .filter((stat) => stat.isFile())
    .reduce((sum, stat) => sum + stat.size, 0);
}

beforeAll(async () => {
  mkdirSync(project);
  mkdirSync(home);
  for (const [program = "", ...args] of setUpCalls("README.md")) await run(program, args);
  const { stdout } = await promisify(execFile)(process.execPath, [join(root, "tools/pack.ts"), folder]);
  await install(stdout.trim());
});

afterAll(() => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }));

test("is set up as the README of the package says, too", () => {
  expect(setUpCalls("packages/millrace/README.md")).toEqual(setUpCalls("README.md"));
  expect(setUpCalls("README.md").length).toBeGreaterThan(0);
});

test("has all its imports in the table of its README", () => {
  const folder = join(root, "packages/millrace");
  const manifest = JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as {
    exports: Record<string, unknown>;
  };
  const readme = readFileSync(join(folder, "README.md"), "utf8");
  const imports = Object.keys(manifest.exports).filter((path) => path !== "./package.json");
  const missing = imports.filter((path) => !readme.includes(`| \`millrace${path.slice(1)}\` `));
  expect(missing).toEqual([]);
});

test("is small", () => {
  const sizes = { sizeBytes: sizeOf(join(project, "node_modules")), packages: installedPackages().length };
  expect(sizes.sizeBytes).toBeLessThanOrEqual(limits.sizeBytes);
  expect(sizes.packages).toBeLessThanOrEqual(limits.packages);
});

test("has no install script, no source of the repository, and the licence", () => {
  const installed = join(project, "node_modules/millrace");
  const manifest = JSON.parse(readFileSync(join(installed, "package.json"), "utf8")) as Record<string, unknown>;
  expect(manifest.scripts).toBeUndefined();
  expect(manifest.devDependencies).toBeUndefined();
  expect(JSON.stringify(manifest.exports)).not.toContain("src/");
  expect(globSync("*", { cwd: installed }).sort()).toEqual(["LICENSE", "README.md", "dist", "package.json"]);
});

test("says what it is made of: each library that is in its bundles, with its checksum", () => {
  const dist = join(project, "node_modules/millrace/dist");
  const bom = JSON.parse(readFileSync(join(dist, "sbom.cdx.json"), "utf8")) as {
    readonly bomFormat: string;
    readonly metadata: { readonly component: { readonly name: string } };
    readonly components: readonly { readonly name: string; readonly hashes?: readonly { readonly alg: string }[] }[];
  };
  expect(bom).toMatchObject({ bomFormat: "CycloneDX", metadata: { component: { name: "millrace" } } });
  const names = bom.components.map(({ name }) => name);
  expect(names).toEqual(expect.arrayContaining(["fastify", "ws", "react-dom", "@standard-schema/spec"]));
  expect(names).not.toContain("vitest");
  expect(bom.components.filter(({ hashes = [] }) => !hashes.some(({ alg }) => alg === "SHA-512"))).toEqual([]);
});

test("is installed from a lockfile without running any script", async () => {
  await run("npm", ["ci", "--ignore-scripts", "--prefer-offline", "--no-audit", "--no-fund", ...(await npmSettings())]);
  expect((await run("npx", ["--no-install", "millrace", "--version"])).stdout).toMatch(/\d+\.\d+\.\d+/);
});

test("runs the README's example, records the run, and types it", async () => {
  const example = readBlock("ts");
  writeFileSync(join(project, "example.ts"), example);
  const libraries = librariesOf(example);
  if (libraries.length > 0) await install(...libraries);

  // The first thing that a new user sees is the result, and no warning.
  const { stdout: printed, stderr } = await run("node", ["example.ts"]);
  expect(printed).toBe("60\n");
  expect(stderr).not.toContain("Warning");

  const { stdout } = await run("npx", ["--no-install", "millrace", "flow-run", "ls", "--json"]);
  expect(JSON.parse(stdout)).toEqual([expect.objectContaining({ state: expect.anything() as unknown })]);
  expect(existsSync(join(home, ".millrace"))).toBe(true);

  const tsc = join(root, "node_modules/typescript/bin/tsc");
  const options = ["--strict", "--noEmit", "--module", "nodenext", "--target", "es2024"];
  const types = ["--types", "node", "--typeRoots", join(root, "node_modules/@types")];
  await run(process.execPath, [tsc, ...options, ...types, "example.ts"]);
});

test("deploys from a file of YAML, and makes an automation from one", async () => {
  writeFileSync(join(project, "nightly.ts"), nightly);
  writeFileSync(
    join(project, "millrace.yaml"),
    "deployments:\n  - name: nightly\n    entrypoint: nightly.ts:nightly\n    workPool: { name: nightly-pool }\n    schedules:\n      - cron: 0 4 * * *\n",
  );
  writeFileSync(
    join(project, "automation.yaml"),
    "- name: tell\n  trigger: { kind: event, expect: [order.received] }\n  actions: [{ kind: declare-incident, severity: moderate, title: An order }]\n",
  );
  const millrace = (...words: readonly string[]) => run("npx", ["--no-install", "millrace", ...words, "--json"]);
  await millrace("work-pool", "create", "nightly-pool", "--type", "process");
  await millrace("deploy", "--all");
  const { stdout } = await millrace("deployment", "ls");
  expect(JSON.parse(stdout)).toEqual([expect.objectContaining({ name: "nightly", flowName: "nightly" })]);
  await millrace("automation", "create", "--from-file", "automation.yaml");
  expect(JSON.parse((await millrace("automation", "ls")).stdout)).toEqual([expect.objectContaining({ name: "tell" })]);
});

test("serves the dashboard from inside the package", async () => {
  const command = join(project, "node_modules/millrace/dist/main.js");
  const server = spawn(process.execPath, [command, "server", "start", "--port", "0"], {
    cwd: project,
    env,
    stdio: ["ignore", "pipe", "inherit"],
  });
  try {
    const url = await new Promise<string>((resolve, reject) => {
      let printed = "";
      server.stdout.on("data", (chunk: Buffer) => {
        printed += chunk.toString();
        const found = /http:\/\/[\d.]+:\d+/.exec(printed)?.[0];
        if (found !== undefined) resolve(found);
      });
      server.once("exit", () => reject(new Error(`The server ended:\n${printed}`)));
    });
    const page = await (await fetch(`${url}/runs`, { headers: { accept: "text/html" } })).text();
    const script = /<script[^>]+src="\.\/(assets\/[^"]+\.js)"/.exec(page)?.[1];
    const { status, headers } = await fetch(`${url}/${script}`);
    expect([status, headers.get("content-type")]).toEqual([200, "text/javascript; charset=utf-8"]);
    const licences = readFileSync(
      join(project, "node_modules/millrace/dist/dashboard/third-party-licenses.txt"),
      "utf8",
    );
    expect(licences).toMatch(/^react-dom \d/m);
  } finally {
    server.kill();
  }
});

test("checks the parameters of a deployment's run by its schema", async () => {
  // What checks them is CommonJS, which bundling has broken before.
  writeFileSync(join(project, "deployed.ts"), flowWithSchema);
  await run("npx", ["--no-install", "millrace", "work-pool", "create", "local", "--type", "process"]);
  await run("npx", ["--no-install", "millrace", "deploy", "deployed.ts:counted", "--pool", "local"]);
  const submit = (parameter: string): Promise<Output> =>
    run("npx", ["--no-install", "millrace", "deployment", "run", "counted/counted", "--param", parameter, "--json"]);
  expect(JSON.parse((await submit("rows=3")).stdout)).toMatchObject({ isNew: true, run: { flowName: "counted" } });
  const refused = await submit("rows=many").catch((error: Error) => String((error.cause as Partial<Output>).stderr));
  expect(refused).toContain("PARAMETERS_INVALID");
  expect(refused).toContain("rows");
});

/** A flow that says its JSON Schema itself, so that no other library is needed. */
const flowWithSchema = `
import { flow } from "millrace";

const jsonSchema = { type: "object", properties: { rows: { type: "integer" } }, required: ["rows"] };
const parameters = {
  "~standard": {
    version: 1,
    vendor: "own",
    validate: (value: unknown) => ({ value: value as { rows: number } }),
    jsonSchema: { input: () => jsonSchema, output: () => jsonSchema },
  },
} as const;

export const counted = flow({ name: "counted", parameters }, async ({ rows }) => rows);
`;
