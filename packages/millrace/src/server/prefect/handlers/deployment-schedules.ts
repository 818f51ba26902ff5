/** The schedules of a deployment, one by one or as the whole of a change to it. */

import { isMillraceError } from "../../../contract/errors.ts";
import type { Deployment, JsonObject, Schedule } from "../../../contract/objects.ts";
import { PrefectError } from "../errors.ts";
import { hydrateParameters } from "../hydrate-parameters.ts";
import { fromPrefectSchedule, fromPrefectScheduleUpdate, toPrefectSchedule } from "../mapping/schedule.ts";
import type { PrefectContext, PrefectHandlers } from "../routes-table-types.ts";
import type { DeploymentScheduleUpdate } from "../schemas/schedules.ts";

type DeploymentScheduleHandler = Extract<
  keyof PrefectHandlers,
  "readDeploymentSchedules" | "createDeploymentSchedules" | "updateDeploymentSchedule" | "deleteDeploymentSchedule"
>;

type Context = Pick<PrefectContext, "api" | "clock">;

const maxSchedules = 1000;

export function deploymentScheduleHandlers(context: PrefectContext): Pick<PrefectHandlers, DeploymentScheduleHandler> {
  const { api, clock } = context;

  async function checkDeployment(id: string): Promise<void> {
    if ((await api.readObject("deployment", id)) !== null) return;
    throw new PrefectError({ status: 404, detail: "Deployment not found." });
  }

  async function checkSchedule(deploymentId: string, id: string): Promise<void> {
    await checkDeployment(deploymentId);
    const schedule = await api.readObject("schedule", id);
    if (schedule?.deploymentId === deploymentId) return;
    throw new PrefectError({ status: 404, detail: "Schedule not found." });
  }

  return {
    async readDeploymentSchedules({ params }) {
      await checkDeployment(params.id);
      return { status: 200, body: (await schedulesOf(context, params.id)).map(toPrefectSchedule) };
    },

    async createDeploymentSchedules({ params, body }) {
      await checkDeployment(params.id);
      const made: Schedule[] = [];
      for (const schedule of await hydrateSchedules(context, body)) {
        made.push(await unlessTaken(() => api.createSchedule(params.id, fromPrefectSchedule(schedule, clock.now()))));
      }
      return { status: 201, body: made.map(toPrefectSchedule) };
    },

    async updateDeploymentSchedule({ params, body }) {
      await checkSchedule(params.id, params.schedule_id);
      const [change = body] = await hydrateSchedules(context, [body]);
      await unlessTaken(() => api.updateSchedule(params.schedule_id, fromPrefectScheduleUpdate(change, clock.now())));
      return { status: 204 };
    },

    async deleteDeploymentSchedule({ params }) {
      await checkSchedule(params.id, params.schedule_id);
      await api.deleteSchedule(params.schedule_id);
      return { status: 204 };
    },
  };
}

/** Schedules with the values of their parameters found, when they are saved: their runs are made with what is there. */
export async function hydrateSchedules<Given extends { readonly parameters?: JsonObject | undefined }>(
  { api }: Pick<PrefectContext, "api">,
  schedules: readonly Given[],
): Promise<readonly Given[]> {
  const what = "Error hydrating schedule parameters";
  const hydrated: Given[] = [];
  for (const each of schedules) {
    const { parameters } = each;
    hydrated.push(
      parameters === undefined ? each : { ...each, parameters: await hydrateParameters(parameters, { api, what }) },
    );
  }
  return hydrated;
}

async function schedulesOf({ api }: Context, deploymentId: string): Promise<readonly Schedule[]> {
  const where = { field: "deploymentId", in: [deploymentId] };
  return (await api.listObjects("schedule", { where }, { limit: maxSchedules })).items;
}

async function unlessTaken<T>(write: () => Promise<T>): Promise<T> {
  try {
    return await write();
  } catch (error) {
    if (!isMillraceError(error, "OBJECT_EXISTS")) throw error;
    throw new PrefectError({ status: 409, detail: "Schedule slugs must be unique within a deployment." });
  }
}

const invalid = (detail: string): PrefectError => new PrefectError({ status: 422, detail });

/**
 * The schedules of a changed deployment. Where all have slugs, those that are named change and the others stay; where the
 * deployment's have none, those that are given are all that it has.
 */
export async function changeSchedules(
  context: Context,
  deployment: Deployment,
  given: readonly DeploymentScheduleUpdate[],
): Promise<void> {
  const { api, clock } = context;
  const known = await schedulesOf(context, deployment.id);
  if (known.length === 0 || known.some(({ slug }) => slug === null)) {
    const { flowName, name } = deployment;
    const schedules = given.flatMap((each) => toWhole(each) ?? []);
    await api.saveDeployment({
      flowName,
      name,
      schedules: schedules.map((schedule) => fromPrefectSchedule(schedule, clock.now())),
    });
    return;
  }
  if (given.some(({ slug }) => slug == null)) {
    throw invalid("Please provide a slug for each schedule in your request to ensure schedules are updated correctly.");
  }
  const targets = findTargets(known, given);
  for (const [index, each] of given.entries()) {
    const target = targets[index];
    const whole = toWhole(each);
    if (target !== undefined) {
      await unlessTaken(() => api.updateSchedule(target.id, fromPrefectScheduleUpdate(each, clock.now())));
    } else if (whole !== null) await api.createSchedule(deployment.id, fromPrefectSchedule(whole, clock.now()));
  }
}

/** Which schedule each of the given ones changes; undefined for a new one. */
function findTargets(
  known: readonly Schedule[],
  given: readonly DeploymentScheduleUpdate[],
): readonly (Schedule | undefined)[] {
  const bySlug = new Map(known.map((schedule) => [schedule.slug, schedule]));
  const replaced = new Set<string>();
  for (const { replaces } of given) {
    if (replaces == null) continue;
    if (replaced.has(replaces)) {
      throw invalid(`Multiple schedules have 'replaces' targeting the same slug: ${replaces}`);
    }
    replaced.add(replaces);
  }
  return given.map((each) => {
    const { slug = null, replaces = null } = each;
    if (replaces !== null && bySlug.has(slug) && !replaced.has(slug ?? "")) {
      throw invalid(
        `Cannot rename schedule from '${replaces}' to '${slug}': a schedule with slug '${slug}' already exists.`,
      );
    }
    const target = bySlug.get(replaces ?? slug);
    if (target === undefined && each.schedule == null) {
      throw invalid("Unable to create new deployment schedules without a schedule configuration.");
    }
    return target;
  });
}

/** A schedule that says when it is due; null for one that only changes another. */
function toWhole(given: DeploymentScheduleUpdate) {
  const { schedule, active, max_scheduled_runs, parameters, slug, replaces } = given;
  if (schedule == null) return null;
  return {
    schedule,
    active: active ?? true,
    max_scheduled_runs: max_scheduled_runs ?? null,
    parameters: parameters ?? {},
    slug: slug ?? null,
    replaces: replaces ?? null,
  };
}
