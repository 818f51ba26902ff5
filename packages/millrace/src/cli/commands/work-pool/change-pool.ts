import type { Api } from "../../../contract/api.ts";
import type { WorkPool } from "../../../contract/objects.ts";
import type { WorkPoolChange } from "../../../contract/work.ts";
import type { CommandContext } from "../../command.ts";
import { demandChanged } from "../../demand-changed.ts";

/** Changes a pool and says so. @throws NOT_FOUND when it was deleted meanwhile */
export async function changePool(
  api: Api,
  options: {
    readonly pool: WorkPool;
    readonly change: WorkPoolChange;
    readonly context: CommandContext;
    readonly told: (pool: WorkPool) => string;
  },
): Promise<void> {
  const { pool, change, context, told } = options;
  const updated = await api.updateWorkPool(pool.id, change);
  const changed = demandChanged(updated, { kind: "work pool", name: pool.name });
  if (context.json) context.out.json(changed);
  else context.out.line(told(changed));
}
