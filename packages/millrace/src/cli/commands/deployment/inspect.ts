import type { Api } from "../../../contract/api.ts";
import type { FlowRun } from "../../../contract/flow-run.ts";
import type { ConcurrencyLimit, Deployment, Schedule, WorkPool, WorkQueue } from "../../../contract/objects.ts";
import { takenSlots } from "../../../contract/concurrency.ts";
import { required } from "../../arguments/positionals.ts";
import { type CommandContext, defineCommand } from "../../command.ts";
import { findObject } from "../../find-object.ts";
import { deploymentArgument, deployments } from "../../object-lookups.ts";
import { cleanLine } from "../../output/clean-text.ts";
import { renderFacts } from "../../output/facts.ts";
import { renderDueRuns, renderRuns } from "../../runs-table.ts";
import { statusOf } from "./deployment-status.ts";
import { renderSchedules } from "./schedules-table.ts";
import { watchable } from "../../watchable.ts";
import { withPage } from "../../with-page.ts";

const maxRuns = 5;

export const deploymentInspect = withPage(
  watchable(
    defineCommand({
      summary: "Show a deployment: what it runs, its schedules, the last runs and the next",
      details: ["With --json: the deployment, with `schedules`."],
      positionals: { deployment: required(deploymentArgument) },
      options: {},
      examples: [{ command: "deployment inspect etl/nightly", why: "when does it run next?" }],
      async run({ args }, context) {
        await using host = await context.openHost();
        const { api } = host;
        const deployment = await findObject(api, args.deployment, deployments);
        const where = { field: "deploymentId", in: [deployment.id] };
        const schedules = (await api.listObjects("schedule", { where }, { limit: 1000 })).items;
        if (context.json) context.out.json({ ...deployment, schedules });
        else await print(api, { deployment, schedules }, context);
        return undefined;
      },
    }),
  ),
  { kind: "deployment", find: async (api, { deployment }) => (await findObject(api, deployment, deployments)).id },
);

async function print(
  api: Api,
  { deployment, schedules }: { readonly deployment: Deployment; readonly schedules: readonly Schedule[] },
  context: CommandContext,
): Promise<void> {
  const { out } = context;
  const { dim } = out.look.paint;
  out.lines(renderFacts(await readFacts(api, deployment, context), out));
  if (schedules.length > 0) out.lines(["", dim("Schedules"), ...renderSchedules(schedules, context)]);
  const where = { field: "deploymentId", in: [deployment.id] };
  const isScheduled = { field: "stateType", in: ["SCHEDULED"] };
  const next = await readRuns(api, "due-asc", { all: [where, isScheduled] });
  if (next.length > 0) out.lines(["", dim("Next runs"), ...renderDueRuns(next, context)]);
  const last = await readRuns(api, "started-desc", { all: [where, { not: isScheduled }] });
  if (last.length > 0) out.lines(["", dim("Last runs"), ...renderRuns(last, context)]);
}

async function readRuns(
  api: Api,
  ...[sort, where]: readonly ["due-asc" | "started-desc", NonNullable<Parameters<Api["listFlowRuns"]>[0]["where"]>]
): Promise<readonly FlowRun[]> {
  return (await api.listFlowRuns({ where }, sort, { limit: maxRuns })).items;
}

async function readFacts(
  api: Api,
  deployment: Deployment,
  { out, times, clock }: CommandContext,
): Promise<Parameters<typeof renderFacts>[0]> {
  const { workPoolId, workQueueId, concurrencyLimitId } = deployment;
  const pool = workPoolId === null ? null : await api.readObject("work-pool", workPoolId);
  const queue = workQueueId === null ? null : await api.readObject("work-queue", workQueueId);
  const limit = concurrencyLimitId == null ? null : await api.readObject("concurrency-limit", concurrencyLimitId);
  const json = (value: object | null | undefined): string | null =>
    value == null || Object.keys(value).length === 0 ? null : cleanLine(JSON.stringify(value));
  return [
    ["Deployment", out.look.paint.bold(cleanLine(deployment.name))],
    ["Flow", cleanLine(deployment.flowName)],
    ["Id", deployment.id],
    ["Status", await statusOf(api, deployment, clock.now())],
    ["Description", deployment.description == null ? null : cleanLine(deployment.description)],
    ["Version", deployment.version ?? null],
    ["Entrypoint", deployment.entrypoint == null ? null : cleanLine(deployment.entrypoint)],
    ["Path", deployment.path == null ? null : cleanLine(deployment.path)],
    ["Parameters", json(deployment.parameters)],
    ["Schema", deployment.parameterSchema == null ? "none: the server checks no parameters" : null],
    ["Job variables", json(deployment.jobVariables)],
    ["Tags", deployment.tags.length === 0 ? null : cleanLine(deployment.tags.join(", "))],
    ["Work pool", workPoolId === null ? null : poolText(pool, queue)],
    ["Limit", limit === null ? null : limitText(limit, deployment, clock.now())],
    ["Created", times.long(deployment.createdAt)],
    ["Updated", times.long(deployment.updatedAt)],
    ["Last asked for", deployment.polledAt === null ? null : times.long(deployment.polledAt)],
  ];
}

function poolText(pool: WorkPool | null, queue: WorkQueue | null): string {
  if (pool === null) return "gone";
  const paused = pool.paused || queue?.paused === true ? ", paused" : "";
  return cleanLine(`${pool.name}, queue ${queue?.name ?? "gone"}${paused}`);
}

function limitText(limit: ConcurrencyLimit, { collisionStrategy = "enqueue" }: Deployment, now: number): string {
  return `${takenSlots(limit, now)} of ${limit.slots} slots taken, then ${collisionStrategy}`;
}
