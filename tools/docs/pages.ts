/** The pages of docs/ that have regions made from the code, and what each region holds. */

import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { renderCommandIndex, renderCommands, renderExitCodes, renderGlobalOptions } from "./command-sections.ts";
import { renderError, renderErrorIndex } from "./error-sections.ts";
import { renderPrefectCounts, renderPrefectRoutes, renderPrefectSockets } from "./prefect-routes.ts";
import { renderMetrics } from "./metrics-table.ts";
import { renderFields, renderNames } from "./reference-tables.ts";
import { fillRegions, regionNames } from "./regions.ts";
import { renderSettings } from "./settings-table.ts";
import { root } from "./source-declarations.ts";

export const docsFolder = join(root, "docs");

/** By the first word of a region's name; the rest is the argument. */
const makers: Readonly<Record<string, (argument: string) => string | Promise<string>>> = {
  settings: renderSettings,
  errors: renderErrorIndex,
  error: renderError,
  commands: renderCommands,
  "command-index": renderCommandIndex,
  "global-options": renderGlobalOptions,
  "exit-codes": renderExitCodes,
  metrics: renderMetrics,
  fields: renderFields,
  names: renderNames,
  "prefect-counts": renderPrefectCounts,
  "prefect-routes": renderPrefectRoutes,
  "prefect-sockets": renderPrefectSockets,
};

function make(name: string): string | Promise<string> {
  const [kind = "", argument = ""] = name.split(/ (.*)/s);
  const maker = makers[kind];
  if (maker === undefined)
    throw new Error(`There is no region \`${kind}\`; there are: ${Object.keys(makers).join(", ")}`);
  return maker(argument);
}

/** Names of the pages that have regions. */
export function listPages(): readonly string[] {
  return readdirSync(docsFolder).filter((name) => name.endsWith(".md") && regionNames(readPage(name)).length > 0);
}

export function readPage(name: string): string {
  return readFileSync(join(docsFolder, name), "utf8");
}

/** The page as it should be. */
export async function makePage(name: string): Promise<string> {
  return format(name, await fillRegions(readPage(name), make));
}

/** By the formatter of the repository, so that both agree. */
function format(name: string, text: string): string {
  const program = join(root, "node_modules/.bin/biome");
  const args = ["format", `--stdin-file-path=docs/${name}`];
  const { status, stdout, stderr } = spawnSync(program, args, { cwd: root, input: text, encoding: "utf8" });
  if (status !== 0) throw new Error(`docs/${name} cannot be formatted:\n${stderr}`);
  return stdout;
}
