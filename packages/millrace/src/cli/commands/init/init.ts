import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { basename, dirname, join, relative, resolve } from "node:path";
import { flag } from "../../arguments/options.ts";
import { optional } from "../../arguments/positionals.ts";
import { UsageProblem } from "../../arguments/usage-problem.ts";
import { type CommandContext, defineCommand } from "../../command.ts";
import { createProjectFiles } from "./project-files.ts";

export const initCommand = defineCommand({
  summary: "Make a project that runs: a flow, its test, and what they need",
  details: [
    "A file that is there stays as it is, so it can be run again, and in a folder with other files.",
    'With --json: `{ "folder", "created": [paths], "kept": [paths] }`.',
  ],
  positionals: { folder: optional("Where; it is made if need be. Default: the working directory.") },
  options: { dryRun: flag("Only say which files would be made.") },
  examples: [
    { command: "init shop-reports", why: "in a new folder" },
    { command: "init --dry-run", why: "what would it make here?" },
  ],
  async run({ args, options }, context) {
    const { findPackage } = await import("../../../app/package-version.ts");
    const folder = resolve(args.folder ?? ".");
    const version = findPackage(import.meta.dirname)?.version ?? "0.1.0";
    const files = createProjectFiles({ name: packageName(folder), version });
    const kept = files.filter(({ path }) => existsSync(join(folder, path)));
    const created = files.filter((file) => !kept.includes(file));
    if (!options.dryRun) for (const { path, content } of created) writeNew(join(folder, path), content);
    const paths = { created: created.map(({ path }) => path), kept: kept.map(({ path }) => path) };
    if (context.json) context.out.json({ folder, ...paths });
    else tell({ folder, ...paths, isDry: options.dryRun }, context);
    return undefined;
  },
});

function writeNew(path: string, content: string): void {
  try {
    mkdirSync(dirname(path), { recursive: true });
    // "wx": a file that has come in the meantime is not overwritten.
    writeFileSync(path, content, { flag: "wx" });
  } catch (error) {
    throw new UsageProblem(`${path} cannot be written: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** A name that npm takes, made of the folder's. */
function packageName(folder: string): string {
  const name = basename(folder)
    .toLowerCase()
    .replace(/[^a-z0-9-]+/g, "-")
    .replace(/^-+|-+$/g, "");
  return name === "" ? "workflows" : name;
}

function tell(
  done: {
    readonly folder: string;
    readonly created: readonly string[];
    readonly kept: readonly string[];
    readonly isDry: boolean;
  },
  { out }: CommandContext,
): void {
  const { paint, glyphs } = out.look;
  const verb = done.isDry ? "would be made" : "made";
  for (const path of done.created) out.line(`  ${paint.green(glyphs.states.COMPLETED)} ${path} ${verb}`);
  for (const path of done.kept) out.line(paint.dim(`  ${glyphs.dot} ${path} is there already, and stays`));
  if (done.isDry) return;
  const folder = relative(process.cwd(), done.folder);
  out.lines(["", "Next:"]);
  if (folder !== "") out.line(`  cd ${folder}`);
  out.lines(["  npm install", "  node report.ts", "  npx millrace flow-run ls"]);
}
