/** The version of a deployment that was given none says which code it has, its tasks and what they import included. */

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { createLedger } from "../cli/millrace.ts";
import { makeProject } from "./project.ts";

const flowFile = `
import { flow } from "millrace";
import { load } from "./tasks.ts";

export const etl = flow({ name: "etl" }, async () => load());
`;
const tasksFile = (rows: number): string => `
import { task } from "millrace";

export const load = task({ name: "load" }, async () => ${rows});
`;

test("a change of a task is another version, and the same code the same one", async () => {
  const ledger = createLedger();
  const project = makeProject();
  const run = async (...words: readonly string[]): Promise<unknown> => {
    const { code, stdout, stderr } = await ledger.run([...words, "--json"], { cwd: project });
    if (code !== 0) throw new Error(stderr);
    return JSON.parse(stdout);
  };
  const deploy = async (): Promise<unknown> => {
    const [outcome] = (await run("deploy", "etl.ts", "--pool", "local")) as readonly { readonly version: unknown }[];
    return outcome?.version;
  };
  await run("work-pool", "create", "local", "--type", "process");
  writeFileSync(join(project, "etl.ts"), flowFile);
  writeFileSync(join(project, "tasks.ts"), tasksFile(1));
  const first = await deploy();
  expect(first).toMatch(/^[0-9a-f]{16}$/);
  expect(await deploy()).toBe(first);
  writeFileSync(join(project, "tasks.ts"), tasksFile(2));
  const second = await deploy();
  expect(second).not.toBe(first);
  const versions = (await run("deployment", "version", "ls", "etl/etl")) as readonly {
    readonly definition: { readonly version: unknown };
  }[];
  expect(versions.map(({ definition }) => definition.version)).toEqual([second, first]);
});
