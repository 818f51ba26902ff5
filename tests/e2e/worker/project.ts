/** A project of a user, with deployments, a pool and workers. */

import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Client } from "millrace/client";
import { onTestFinished } from "vitest";
import type { Ledger, Running } from "../cli/millrace.ts";
import { until } from "../cli/millrace.ts";

const fixtures = join(import.meta.dirname, "fixtures");
const source = join(import.meta.dirname, "../../../packages/millrace");

/** A folder with the flows and a package.json, in which `millrace` is installed. */
export function makeProject({
  from = fixtures,
  files = ["flows.ts", "millrace.yaml"],
}: {
  readonly from?: string;
  readonly files?: readonly string[];
} = {}): string {
  const folder = mkdtempSync(join(tmpdir(), "millrace-project-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }));
  for (const name of files) cpSync(join(from, name), join(folder, name));
  writeFileSync(join(folder, "package.json"), JSON.stringify({ name: "project", version: "1.0.0", type: "module" }));
  mkdirSync(join(folder, "node_modules"));
  symlinkSync(source, join(folder, "node_modules/millrace"));
  return folder;
}

type Environment = Readonly<Record<string, string>>;

/** A worker of the pool `local`, which is there until the test ends. */
export async function startWorker(
  ledger: Ledger,
  { env, words = [] }: { env: Environment; words?: readonly string[] },
): Promise<Running> {
  const running = ledger.start(["worker", "start", "--pool", "local", "--type", "process", ...words], { env });
  onTestFinished(async () => {
    running.child.kill("SIGKILL");
    await running.ended;
  });
  await until(() => {
    const { stdout, stderr } = running.printed();
    if (running.child.exitCode !== null) throw new Error(`The worker ended: ${stderr}`);
    return stdout.includes("takes runs of pool local");
  });
  return running;
}

/** Asks for a run of `flow/deployment`. */
export async function ask(
  client: Client,
  name: string,
  parameters: Readonly<Record<string, unknown>> = {},
): Promise<string> {
  const { items } = await client.listObjects("deployment", {});
  const deployment = items.find((each) => `${each.flowName}/${each.name}` === name);
  if (deployment === undefined) throw new Error(`There is no deployment ${name}`);
  return (await client.submitRun({ deployment: deployment.id, parameters })).run.id;
}

type FlowRun = NonNullable<Awaited<ReturnType<Client["readFlowRun"]>>>;

/** The run once it has ended. */
export function endOf(client: Client, id: string): Promise<FlowRun> {
  return until(async () => {
    const run = await client.readFlowRun(id);
    return run !== null && /^(COMPLETED|FAILED|CRASHED|CANCELLED)$/.test(run.state.type) && run;
  });
}
