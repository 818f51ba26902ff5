// What the published package is made of, as CycloneDX: the libraries that its bundles contain, and those that npm installs with it.
//
// npm describes the lockfile, with a checksum for each library; what only this repository uses is left out.
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";

const root = dirname(import.meta.dirname);

interface Component {
  readonly "bom-ref": string;
  readonly name: string;
  readonly version: string;
  readonly [field: string]: unknown;
}

interface Bom {
  readonly metadata: { readonly tools: unknown };
  readonly components: readonly Component[];
  readonly dependencies: readonly { readonly ref: string; readonly dependsOn: readonly string[] }[];
}

export interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly license: string;
  readonly dependencies?: Record<string, string>;
}

/** The bill of a built package: the same for the same lockfile, so it has no date and no serial number. */
export function createBom(dist: string, manifest: Manifest): object {
  const bom = describeLockfile();
  const shipped = findShipped(dist, manifest);
  const components = bom.components.filter(({ name, version }) => shipped.has(`${name}@${version}`));
  const missing = [...shipped].filter((id) => !components.some(({ name, version }) => `${name}@${version}` === id));
  if (missing.length > 0) throw new Error(`The lockfile has no ${missing.join(", ")}: run npm ci, and build again.`);
  const { name, version, license } = manifest;
  const own = { "bom-ref": `${name}@${version}`, type: "library", name, version, purl: `pkg:npm/${name}@${version}` };
  const refs = new Set(components.map((component) => component["bom-ref"]));
  const between = bom.dependencies
    .filter(({ ref }) => refs.has(ref))
    .map(({ ref, dependsOn }) => ({ ref, dependsOn: dependsOn.filter((each) => refs.has(each)) }));
  return {
    bomFormat: "CycloneDX",
    specVersion: "1.5",
    version: 1,
    metadata: { tools: bom.metadata.tools, component: { ...own, licenses: [{ license: { id: license } }] } },
    components,
    dependencies: [{ ref: own["bom-ref"], dependsOn: [...refs] }, ...between],
  };
}

/** `name@version` of all that is in the bundles of code and dashboard, and of what npm installs beside them. */
export function findShipped(dist: string, { dependencies = {} }: Pick<Manifest, "dependencies">): ReadonlySet<string> {
  const lists = ["third-party-licenses.txt", "dashboard/third-party-licenses.txt"];
  const bundled = lists.flatMap((list) =>
    [...readFileSync(join(dist, list), "utf8").matchAll(/^((?:@[\w.-]+\/)?[\w.-]+) (\d+\.\d+\.\S+) \(.*\)$/gm)].map(
      ([, name, version]) => `${name}@${version}`,
    ),
  );
  return new Set([...bundled, ...Object.entries(dependencies).map(([name, version]) => `${name}@${version}`)]);
}

function describeLockfile(): Bom {
  const args = ["sbom", "--sbom-format", "cyclonedx", "--package-lock-only"];
  const answer = execFileSync("npm", args, { cwd: root, encoding: "utf8", maxBuffer: 64_000_000 });
  const { components, ...bom } = JSON.parse(answer) as Bom;
  // npm leaves the scope out of the name, and has it in the reference.
  const named = components.map((each) => ({ ...each, name: each["bom-ref"].replace(/@[^@]+$/, "") }));
  return { ...bom, components: named };
}
