import { mkdirSync, mkdtempSync, realpathSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { pathToFileURL } from "node:url";
import { afterEach, describe, expect, test } from "vitest";
import { runtimeSlot } from "../contract/runtime.ts";
import { createBodyRuntime } from "../engine/pools/body-runtime.ts";
import { NestedCalls } from "../engine/pools/nested-calls.ts";
import { systemClock } from "../kit/clock.ts";
import { findFlow, importModule } from "./import-module.ts";

const sdk = (file: string): string => JSON.stringify(new URL(`../sdk/${file}`, import.meta.url).href);
const head = `import { flow } from ${sdk("flow.ts")};\nimport { task } from ${sdk("task.ts")};\n`;

/** Writes a module with `flow` and `task` imported, into a new folder unless one is given; returns its path. */
function write(
  name: string,
  content: string,
  folder = realpathSync(mkdtempSync(join(tmpdir(), "millrace-import-"))),
): string {
  const path = join(folder, name);
  mkdirSync(join(path, ".."), { recursive: true });
  writeFileSync(path, head + content);
  return path;
}

const several = `
  export const pipeline = flow({ name: "ml-training" }, async () => {});
  export const report = flow({ name: "report" }, async () => {});
  export const clean = task({ name: "clean" }, async () => {});
  export const answer = 42;
  const hidden = flow({ name: "hidden" }, async () => {});
`;

const notFound = (message: string): unknown => expect.objectContaining({ code: "FLOW_NOT_FOUND", message });
const notImportable = (message: RegExp): unknown =>
  expect.objectContaining({ code: "MODULE_NOT_IMPORTABLE", message: expect.stringMatching(message) as string });

describe("importing a module", () => {
  test("lists its flows, exported or not, and no tasks", async () => {
    const file = write("flow.ts", several);
    const { url, flows } = await importModule(file);
    expect(url).toBe(pathToFileURL(file).href);
    expect(flows.map(({ exportName, definition }) => [exportName, definition.name])).toEqual([
      ["pipeline", "ml-training"],
      ["report", "report"],
      [null, "hidden"],
    ]);
  });

  test("takes a path relative to the working directory, a URL, and a link, all as one module", async () => {
    const file = write("flow.ts", several);
    const link = join(mkdtempSync(join(tmpdir(), "millrace-link-")), "link.ts");
    symlinkSync(file, link);
    const first = await importModule(file);
    for (const each of [relative(process.cwd(), file), pathToFileURL(file).href, link]) {
      expect(await importModule(each)).toEqual(first);
    }
    expect(first.flows).toHaveLength(3);
  });

  test.each(["a b.ts", "50%25.ts", "#1.ts", "a?b=c.ts", "naïve-日本.ts", "dir with #/100%.ts"])(
    "takes a file named %s",
    async (name) => {
      const file = write(name, several);
      const { flows } = await importModule(file);
      expect(flows.map(({ definition }) => definition.name)).toEqual(["ml-training", "report", "hidden"]);
      expect((await findFlow({ file, exportName: null, flowName: "hidden" })).entrypoint).toEqual({
        module: pathToFileURL(file).href,
        export: null,
      });
    },
  );

  test("finds flows that another module defines and this one exports", async () => {
    const file = write("flow.ts", several);
    const index = write("index.ts", `export { pipeline as train } from ${JSON.stringify(pathToFileURL(file).href)};`);
    expect((await importModule(index)).flows.map(({ exportName }) => exportName)).toEqual(["train"]);
  });

  test("says why it cannot be done", async () => {
    const folder = mkdtempSync(join(tmpdir(), "millrace-import-"));
    const failing = {
      syntax: write("syntax.ts", "\nconst = 1;"),
      types: write("types.ts", "enum Color { Red }"),
      throwing: write("throwing.ts", 'throw new RangeError("first\\nsecond");'),
      text: write("text.ts", 'throw "no error";'),
      missing: write("missing.ts", 'import "not-installed";'),
    };
    await expect(importModule(join(folder, "absent.ts"))).rejects.toEqual(
      notImportable(/absent\.ts could not be imported: there is no such file\.$/),
    );
    await expect(importModule(folder)).rejects.toMatchObject({
      code: "USAGE",
      message: `${folder} is a folder, and flows are in files`,
      fix: `Name the file that has the flow: ${join(folder, "flow.ts")}.`,
    });
    await expect(importModule(failing.syntax)).rejects.toEqual(
      notImportable(/SyntaxError: Unexpected token .*syntax\.ts:4\)\.$/),
    );
    await expect(importModule(failing.types)).rejects.toEqual(
      notImportable(/SyntaxError: TypeScript enum is not supported/),
    );
    await expect(importModule(failing.throwing)).rejects.toEqual(notImportable(/: RangeError: first\.$/));
    await expect(importModule(failing.text)).rejects.toEqual(notImportable(/: it threw no error\.$/));
    await expect(importModule(failing.missing)).rejects.toEqual(notImportable(/Cannot find package 'not-installed'/));
    await expect(importModule(failing.throwing)).rejects.toHaveProperty("cause.message", "first\nsecond");
  });
});

describe("finding a flow", () => {
  test("by its export, by its name, or by its name where the export is gone", async () => {
    const file = write("flow.ts", several);
    const find = async (exportName: string | null, flowName?: string) => {
      const wanted = { file, exportName, ...(flowName === undefined ? {} : { flowName }) };
      const { definition, entrypoint } = await findFlow(wanted);
      return [definition.name, entrypoint.export];
    };
    expect(await find("pipeline")).toEqual(["ml-training", "pipeline"]);
    expect(await find(null, "report")).toEqual(["report", "report"]);
    expect(await find(null, "hidden")).toEqual(["hidden", null]);
    expect(await find("renamed", "ml-training")).toEqual(["ml-training", "pipeline"]);
    expect(await find("pipeline", "an older name")).toEqual(["ml-training", "pipeline"]);
  });

  test("as the default export, or the only one", async () => {
    const find = async (content: string) => {
      const { definition, entrypoint } = await findFlow({ file: write("flow.ts", content), exportName: null });
      return [definition.name, entrypoint.export];
    };
    expect(await find(`${several} export default hidden;`)).toEqual(["hidden", "default"]);
    expect(
      await find('export const one = flow({ name: "one" }, async () => {}); flow({ name: "two" }, async () => {});'),
    ).toEqual(["one", "one"]);
    expect(await find('const one = flow({ name: "one" }, async () => {}); export { one as a, one as b };')).toEqual([
      "one",
      "a",
    ]);
    expect(await find('flow({ name: "one" }, async () => {});')).toEqual(["one", null]);
  });

  test("names those that are there", async () => {
    const file = write("flow.ts", several);
    const known = "It has: `pipeline` (flow `ml-training`), `report`, flow `hidden` (not exported).";
    await expect(findFlow({ file, exportName: null })).rejects.toEqual(
      notFound(`No flow was chosen in ${file}. ${known}`),
    );
    await expect(findFlow({ file, exportName: "pipelnie" })).rejects.toEqual(
      notFound(`No flow \`pipelnie\` in ${file}. ${known} Did you mean \`pipeline\`?`),
    );
    await expect(findFlow({ file, exportName: "ml-training" })).rejects.toEqual(
      notFound(`No flow \`ml-training\` in ${file}. ${known} Did you mean \`pipeline\`?`),
    );
    await expect(findFlow({ file, exportName: "clean" })).rejects.toEqual(
      notFound(`No flow \`clean\` in ${file}. ${known}`),
    );
    const none = write("none.ts", "export const answer = 42;");
    await expect(findFlow({ file: none, exportName: "answer" })).rejects.toEqual(
      notFound(`No flow \`answer\` in ${none}. It defines none.`),
    );
  });
});

describe("while a module is imported", () => {
  const noPool = { clone: structuredClone, clock: systemClock, post: () => undefined };
  const bodyCalls = new NestedCalls({ runner: "thread", ...noPool });
  afterEach(() => {
    runtimeSlot().runtime = undefined;
  });

  test("a flow that it calls is refused, even where nobody waits for it", async () => {
    runtimeSlot().runtime = createBodyRuntime(bodyCalls);
    const file = write("unguarded.ts", 'const one = flow({ name: "one" }, async () => {});\nvoid one();');
    await expect(importModule(file)).rejects.toEqual(
      expect.objectContaining({
        code: "FLOW_CALLED_WHILE_IMPORTING",
        message: `Flow \`one\` was called while Millrace was importing ${pathToFileURL(file).href} (line 4).`,
      }),
    );
    expect(runtimeSlot().importing).toBeUndefined();
  });

  test.each(["void one()", "one.submit()", "one.map([1])", "void many().next()"])("so is a task: %s", async (call) => {
    for (const runtime of [createBodyRuntime(bodyCalls), undefined]) {
      runtimeSlot().runtime = runtime;
      const definitions = [
        'const one = task({ name: "one" }, async () => {});',
        'const many = task({ name: "many" }, async function* () {});',
      ];
      const file = write(`task-${call.length}-${runtime === undefined}.ts`, `${definitions.join("\n")}\n${call};`);
      await expect(importModule(file)).rejects.toMatchObject({
        code: "TASK_CALLED_WHILE_IMPORTING",
        data: { line: expect.stringMatching(/^line \d+$/) },
      });
    }
  });

  test("the mark stays until the last of several is imported", async () => {
    const gates = [Promise.withResolvers<void>(), Promise.withResolvers<void>()] as const;
    Object.assign(globalThis, { millraceTestGates: gates.map(({ promise }) => promise) });
    const files = [0, 1].map((index) => write(`${index}.ts`, `await globalThis.millraceTestGates[${index}];`));
    const urls = files.map((file) => pathToFileURL(file).href);
    const [first, second] = files.map((file) => importModule(file));
    const { importing: marked } = runtimeSlot();
    gates[1].resolve();
    await second;
    expect([marked, runtimeSlot().importing]).toEqual([urls[1], urls[0]]);
    gates[0].resolve();
    await first;
    expect(runtimeSlot().importing).toBeUndefined();
  });
});
