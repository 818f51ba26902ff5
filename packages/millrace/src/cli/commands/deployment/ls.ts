import type { Api } from "../../../contract/api.ts";
import type { Condition } from "../../../contract/query.ts";
import type { Deployment, Schedule } from "../../../contract/objects.ts";
import { flag, text, texts, wholeNumber } from "../../arguments/options.ts";
import { defineCommand } from "../../command.ts";
import { findObject } from "../../find-object.ts";
import { deploymentTitle, readWorkPools, workPools } from "../../object-lookups.ts";
import { plural } from "../../output/numbers.ts";
import { scheduleText } from "../../output/schedule-text.ts";
import { type Column, renderTable } from "../../output/table.ts";
import { readPages } from "../../read-pages.ts";
import { nameWhere } from "../../where.ts";
import { type DeploymentStatus, statusOf, statusStyle } from "./deployment-status.ts";
import { watchable } from "../../watchable.ts";
import { withListPage } from "../../with-page.ts";

export const deploymentLs = withListPage(
  watchable(
    defineCommand({
      summary: "List deployments, with their schedules and whether somebody runs them",
      details: [
        "A deployment is ready when a worker of its pool, or a process that serves it, has asked for its runs within the last minute.",
        "With --json: an array of deployments, each with `schedules`.",
      ],
      positionals: {},
      options: {
        flow: texts("NAME", "Only deployments of this flow."),
        name: text("TEXT", "Only deployments whose name contains this."),
        tag: texts("TAG", "Only deployments with this tag; several must all be there."),
        pool: text("POOL", "Only deployments of this work pool."),
        paused: flag("Only deployments that are paused."),
        limit: wholeNumber("N", "At most so many.", { initial: 200, max: 1_000_000, short: "n" }),
      },
      examples: [
        { command: "deployment ls", why: "what is deployed, and is it served?" },
        { command: "deployment ls --flow etl --json", why: "for a script" },
      ],
      async run({ options }, context) {
        await using host = await context.openHost();
        const { api } = host;
        const where = await toWhere(api, options);
        const query = { where, sort: { field: "flowName", direction: "asc" } } as const;
        const found = await readPages((page) => api.listObjects("deployment", query, page), { limit: options.limit });
        const schedules = await readSchedules(api, found);
        const { out, json, clock } = context;
        if (json) {
          out.json(found.map((deployment) => ({ ...deployment, schedules: schedules.get(deployment.id) ?? [] })));
          return undefined;
        }
        if (found.length === 0) {
          const isNarrowed = where.all.length > 0;
          out.line(
            isNarrowed
              ? "No deployment matches."
              : "There are no deployments. Make one: `await flow.serve()` in its file, or `millrace deploy`.",
          );
          return undefined;
        }
        const pools = await readWorkPools(api);
        const rows = await Promise.all(
          found.map(async (deployment) => ({
            deployment,
            status: await statusOf(api, deployment, clock.now()),
            schedules: schedules.get(deployment.id) ?? [],
            pool: deployment.workPoolId === null ? "" : (pools.get(deployment.workPoolId)?.name ?? "(gone)"),
          })),
        );
        out.lines(renderTable(rows, columns(out.look), { width: out.width, look: out.look }));
        return undefined;
      },
    }),
  ),
  "deployment",
);

async function toWhere(
  api: Api,
  options: {
    readonly flow: readonly string[];
    readonly name: string | undefined;
    readonly tag: readonly string[];
    readonly pool: string | undefined;
    readonly paused: boolean;
  },
): Promise<{ readonly all: readonly Condition[] }> {
  const { flow, pool, paused } = options;
  const { name, tag } = options;
  return {
    all: [
      ...nameWhere({ name, tag }),
      ...(flow.length === 0 ? [] : [{ field: "flowName", in: flow }]),
      ...(pool === undefined ? [] : [{ field: "workPoolId", in: [(await findObject(api, pool, workPools)).id] }]),
      ...(paused ? [{ field: "paused", in: [true] }] : []),
    ],
  };
}

async function readSchedules(
  api: Api,
  found: readonly Deployment[],
): Promise<ReadonlyMap<string, readonly Schedule[]>> {
  const ids = found.map(({ id }) => id);
  const schedules: Schedule[] = [];
  for (let from = 0; from < ids.length; from += maxIds) {
    const where = { field: "deploymentId", in: ids.slice(from, from + maxIds) };
    schedules.push(...(await readPages((page) => api.listObjects("schedule", { where }, page))));
  }
  return Map.groupBy(schedules, ({ deploymentId }) => deploymentId);
}

/** Deployments whose schedules are asked for at once. */
const maxIds = 1000;

interface Row {
  readonly deployment: Deployment;
  readonly status: DeploymentStatus;
  readonly schedules: readonly Schedule[];
  readonly pool: string;
}

function columns(look: Parameters<typeof statusStyle>[1]): readonly Column<Row>[] {
  return [
    { title: "NAME", cell: ({ deployment }) => deploymentTitle(deployment), shrinksTo: 36 },
    { title: "STATUS", cell: ({ status }) => status, style: ({ status }) => statusStyle(status, look) },
    { title: "SCHEDULES", cell: ({ schedules }) => schedulesText(schedules), shrinksTo: 12 },
    { title: "POOL", cell: ({ pool }) => pool, shrinksTo: 8 },
    { title: "VERSION", cell: ({ deployment }) => deployment.version ?? "", shrinksTo: 7, leftOut: 1 },
  ];
}

function schedulesText(schedules: readonly Schedule[]): string {
  const active = schedules.filter((schedule) => schedule.active);
  const [only, ...others] = active;
  if (schedules.length === 0) return "none";
  if (only === undefined) return `${plural(schedules.length, "schedule")}, paused`;
  return others.length === 0 ? scheduleText(only.spec) : plural(active.length, "schedule");
}
