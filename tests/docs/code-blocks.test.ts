import { spawn, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { text } from "node:stream/consumers";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type CodeBlock, codeBlocksOf } from "./code-blocks.ts";
import { type MarkdownFile, readMarkdownFile, readMarkdownFiles, root } from "./markdown-files.ts";

const sourceCondition = "millrace-source";
const pages: readonly MarkdownFile[] = [
  ...["README.md", "packages/millrace/README.md"].map(readMarkdownFile),
  ...readMarkdownFiles().filter(({ path }) => /^docs\/[^/]+\.md$/.test(path)),
];
const found = pages.map(codeBlocksOf);
const blocks = found.flatMap((page) => page.blocks);
const scratch = mkdtempSync(join(tmpdir(), "millrace-docs-"));

/** The blocks of a page are files of one folder, and may import each other. */
function folderOf(page: string): string {
  return join(scratch, page.replaceAll(/[^a-z0-9]+/gi, "-").toLowerCase());
}

beforeAll(() => {
  // Packages are found as in a project that has installed them.
  symlinkSync(join(root, "node_modules"), join(scratch, "node_modules"), "dir");
  writeFileSync(join(scratch, "package.json"), '{ "type": "module" }\n');
  for (const { page, file, code } of blocks) {
    const path = join(folderOf(page), file);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, code);
  }
});

afterAll(() => rmSync(scratch, { recursive: true, force: true, maxRetries: 5 }));

describe("the TypeScript in the pages", () => {
  it("is there, and each block has the name of a file of its own", () => {
    expect(blocks.length).toBeGreaterThan(10);
    expect(found.flatMap(({ nameless }) => nameless)).toEqual([]);
    const places = blocks.map(({ page, file }) => `${page}: ${file}`);
    expect(places.filter((place, index) => places.indexOf(place) !== index)).toEqual([]);
  });

  it("has no mistake in its types", () => {
    expect(typeMistakes()).toEqual([]);
  });

  // In the order of the page: a file may go on with what one before it has recorded.
  it.each(blocks)("$page: $file runs, and prints what the page shows", async (block) => {
    const { code, stdout, stderr } = await run(block);
    const trouble = code === 0 ? "" : stderr;
    expect({ code, trouble, stdout }).toEqual({ code: 0, trouble: "", stdout: block.printed ?? stdout });
  });
});

/** Mistakes in the blocks; those in the sources are told elsewhere. */
function typeMistakes(): readonly string[] {
  const config = {
    compilerOptions: {
      target: "esnext",
      lib: ["esnext"],
      types: ["node"],
      module: "nodenext",
      strict: true,
      noEmit: true,
      erasableSyntaxOnly: true,
      verbatimModuleSyntax: true,
      allowImportingTsExtensions: true,
      skipLibCheck: true,
      customConditions: [sourceCondition],
    },
    include: ["*/*.ts"],
  };
  writeFileSync(join(scratch, "tsconfig.json"), JSON.stringify(config));
  const tsc = join(root, "node_modules/.bin/tsc");
  const { stdout, error } = spawnSync(tsc, ["--project", scratch, "--pretty", "false"], {
    cwd: scratch,
    encoding: "utf8",
  });
  if (error !== undefined) throw error;
  return stdout.split("\n").filter((line) => /^[^\s.].*error TS/.test(line));
}

interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

async function run({ page, file }: CodeBlock): Promise<Ended> {
  const folder = folderOf(page);
  const kept = Object.entries(process.env).filter(([name]) => !/^(MILLRACE_|FORCE_COLOR|NODE_)/.test(name));
  const child = spawn(process.execPath, [`--conditions=${sourceCondition}`, file], {
    cwd: folder,
    env: { ...Object.fromEntries(kept), MILLRACE_HOME: join(folder, ".millrace"), MILLRACE_LIVE: "off", NO_COLOR: "1" },
    timeout: 60_000,
  });
  const [code, stdout, stderr] = await Promise.all([
    new Promise<number | null>((resolve, reject) => child.on("error", reject).on("close", resolve)),
    text(child.stdout),
    text(child.stderr),
  ]);
  return { code, stdout, stderr };
}
