/** What people call runs by: the start of an id, a run's name, or `latest`. */

import type { Api } from "../contract/api.ts";
import { isMillraceError, MillraceError } from "../contract/errors.ts";
import type { FlowRun } from "../contract/flow-run.ts";
import type { Condition } from "../contract/query.ts";
import type { TaskRun } from "../contract/task-run.ts";

/** What help says of an argument that names a flow run. */
export const runArgument =
  "The id of a flow run or its start, its name, or `latest` (what schedules have made for later does not count).";

/** @throws RUN_NOT_FOUND, RUN_ID_AMBIGUOUS */
export async function findFlowRun(api: Api, reference: string): Promise<FlowRun> {
  if (reference === "latest") return (await newest(api)) ?? notFound("flow run", reference);
  const byId = await findById(api, reference, "flow-run");
  const run = byId === null ? await findByName(api, reference) : await api.readFlowRun(byId);
  return run ?? notFound("flow run", reference);
}

/** A schedule makes its runs long before their time: the newest one of those is nobody's latest run. */
const madeForLater: Condition = {
  all: [
    { field: "autoScheduled", in: [true] },
    { field: "stateType", in: ["SCHEDULED"] },
    { field: "runCount", in: [0] },
  ],
};

async function newest(api: Api): Promise<FlowRun | undefined> {
  const filter = { rootsOnly: true, where: { not: madeForLater } };
  return (await api.listFlowRuns(filter, "created-desc", { limit: 1 })).items[0];
}

async function findByName(api: Api, name: string): Promise<FlowRun | undefined> {
  const { items } = await api.listFlowRuns({ nameContains: name }, "created-desc", { limit: 100 });
  const [only, ...others] = items.filter((run) => run.name === name);
  if (others.length === 0) return only;
  const candidates = [only, ...others].map((run) => run?.id).join(", ");
  throw new MillraceError("RUN_ID_AMBIGUOUS", { id: `The name ${name}`, candidates });
}

/** @throws RUN_NOT_FOUND, RUN_ID_AMBIGUOUS */
export async function findTaskRun(api: Api, reference: string): Promise<TaskRun> {
  const id = await findById(api, reference, "task-run");
  const run = id === null ? null : await api.readTaskRun(id);
  return run ?? notFound("task run", reference);
}

/** Null for what is no id of this kind. */
async function findById(
  api: Api,
  reference: string,
  kind: "flow-run" | "task-run" | "artifact",
): Promise<string | null> {
  try {
    return (await api.resolveId(reference, kind)).id;
  } catch (error) {
    if (isMillraceError(error, "RUN_NOT_FOUND")) return null;
    throw error;
  }
}

function notFound(kind: string, id: string): never {
  throw new MillraceError("RUN_NOT_FOUND", { kind, id });
}
