import type { Api } from "../contract/api.ts";
import type { Deployment, WorkPool } from "../contract/objects.ts";

export interface Seeded {
  readonly pool: WorkPool;
  readonly nightly: Deployment;
}

/** A pool `local` and two deployments of `etl`: `nightly` in the pool, with a schedule, and `hourly`, which serves itself. */
export async function seedDeployments(api: Api): Promise<Seeded> {
  const pool = await api.createWorkPool({ name: "local", type: "process", paused: false });
  const { deployment: nightly } = await api.saveDeployment({
    flowName: "etl",
    name: "nightly",
    tags: ["prod"],
    workPoolId: pool.id,
    workQueueId: pool.defaultQueueId ?? null,
    parameters: { rows: 10 },
    parameterSchema: { type: "object", properties: { rows: { type: "integer" } } },
    schedules: [{ slug: "daily", active: true, spec: { kind: "cron", cron: "0 2 * * *", timezone: "Europe/Berlin" } }],
  });
  await api.saveDeployment({ flowName: "etl", name: "hourly" });
  return { pool, nightly };
}
