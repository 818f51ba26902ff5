/** `dbos-steps.ts folder url kind count`: DBOS's side of the comparison; see programs/steps.ts. `folder` has it installed. */

import { createRequire } from "node:module";
import { join } from "node:path";
import { measureSide } from "../programs/steps.ts";

/** What is used of it here. */
interface Dbos {
  setConfig(config: { name: string; systemDatabaseUrl: string; logLevel: string }): void;
  launch(): Promise<void>;
  shutdown(): Promise<void>;
  registerWorkflow<Argument, Result>(
    body: (argument: Argument) => Promise<Result>,
    config: { name: string },
  ): (argument: Argument) => Promise<Result>;
  runStep<Result>(body: () => Promise<Result>, config: { name: string }): Promise<Result>;
}

const [folder = "", url = "", kind = "", count = ""] = process.argv.slice(2);
const { DBOS } = createRequire(join(folder, "package.json"))("@dbos-inc/dbos-sdk") as { readonly DBOS: Dbos };

const noop = (index: number): Promise<number> => DBOS.runStep(async () => index, { name: "no-op" });

const steps = DBOS.registerWorkflow(
  async (of: number) => {
    for (let index = 0; index < of; index += 1) await noop(index);
  },
  { name: "steps" },
);

const single = DBOS.registerWorkflow(noop, { name: "single" });

DBOS.setConfig({ name: "bench", systemDatabaseUrl: url, logLevel: "error" });
await DBOS.launch();
// A registered workflow minds what it is a method of.
const side = { steps: (of: number) => steps(of), single: (index: number) => single(index) };
const ms = await measureSide(side, kind, Number(count));
await DBOS.shutdown();
process.stdout.write(`${JSON.stringify({ ms })}\n`);
