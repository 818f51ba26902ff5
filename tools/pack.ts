// Packs the built package as it is published: node tools/pack.ts [folder] builds it, packs it, and prints the tarball's path.
//
// What is packed is a staged copy: the manifest without what only this repository uses, dist with a bill of what is in it, README
// and LICENSE.
import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { createBom, type Manifest } from "./sbom.ts";
import { buildCode, buildDashboard, buildDeclarations } from "./build.ts";

const root = dirname(import.meta.dirname);
const packageFolder = join(root, "packages/millrace");

export async function buildAndPack(destination: string): Promise<string> {
  await buildCode();
  buildDashboard();
  buildDeclarations();
  return packBuilt(destination);
}

function packBuilt(destination: string): string {
  const stage = mkdtempSync(join(tmpdir(), "millrace-pack-"));
  try {
    cpSync(join(packageFolder, "dist"), join(stage, "dist"), { recursive: true });
    cpSync(join(packageFolder, "README.md"), join(stage, "README.md"));
    cpSync(join(root, "LICENSE"), join(stage, "LICENSE"));
    const manifest = JSON.parse(readFileSync(join(packageFolder, "package.json"), "utf8")) as Manifest;
    const bom = createBom(join(stage, "dist"), manifest);
    writeFileSync(join(stage, "dist/sbom.cdx.json"), `${JSON.stringify(bom, null, 2)}\n`);
    writeFileSync(join(stage, "package.json"), `${JSON.stringify(toPublished(manifest), null, 2)}\n`);
    mkdirSync(destination, { recursive: true });
    const args = ["pack", "--json", "--ignore-scripts", "--pack-destination", resolve(destination)];
    const answer = execFileSync("npm", args, { cwd: stage, encoding: "utf8", stdio: ["ignore", "pipe", "inherit"] });
    return join(resolve(destination), toFilename(JSON.parse(answer)));
  } finally {
    rmSync(stage, { recursive: true, force: true });
  }
}

/** npm answers with a list of packages, and newer ones with a record of them by name. */
function toFilename(answer: object): string {
  const [packed] = Object.values(answer) as { readonly filename: string }[];
  if (packed === undefined) throw new Error("npm pack made no tarball.");
  return packed.filename;
}

function toPublished(manifest: object): object {
  return JSON.parse(
    JSON.stringify(manifest, (key, value) =>
      key === "millrace-source" || key === "devDependencies" ? undefined : value,
    ),
  ) as object;
}

if (import.meta.main) process.stdout.write(`${await buildAndPack(process.argv[2] ?? ".")}\n`);
