import type { Api } from "../../../contract/api.ts";
import { MillraceError } from "../../../contract/errors.ts";
import type { WorkPool } from "../../../contract/objects.ts";
import type { WorkPoolChange } from "../../../contract/work.ts";
import type { CommandContext } from "../../command.ts";

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
  const changed = await api.updateWorkPool(pool.id, change);
  if (changed === null) {
    const advice = "It was deleted meanwhile.";
    throw new MillraceError("NOT_FOUND", { kind: "work pool", name: pool.name, advice });
  }
  if (context.json) context.out.json(changed);
  else context.out.line(told(changed));
}
