import type { WorkPool, WorkQueue } from "../../../contract/objects.ts";
import { isServed, type QueueUse } from "../../../contract/work.ts";
import type { CommandContext } from "../../command.ts";
import { formatCount } from "../../output/numbers.ts";
import { renderTable } from "../../output/table.ts";
import { limitText } from "../work-pool/pool-status.ts";

interface Known extends Pick<CommandContext, "out" | "times" | "clock"> {
  readonly active: readonly QueueUse[];
  /** Empty where all are of one pool, which is not named. */
  readonly pools: ReadonlyMap<string, WorkPool>;
}

export function renderQueues(
  queues: readonly WorkQueue[],
  { out, times, clock, active, pools }: Known,
): readonly string[] {
  const { paint } = out.look;
  const used = new Map(active.map((each) => [each.workQueueId, each.active]));
  return renderTable(
    queues,
    [
      ...(pools.size === 0
        ? []
        : [{ title: "POOL", cell: ({ workPoolId }: WorkQueue) => pools.get(workPoolId)?.name ?? "", shrinksTo: 12 }]),
      { title: "NAME", cell: ({ name }) => name, shrinksTo: 12 },
      { title: "PRIORITY", cell: ({ priority }) => String(priority), align: "right" },
      {
        title: "STATUS",
        cell: (queue) => queueStatus(queue, clock.now()),
        style: ({ paused }) => (paused ? paint.yellow : (text) => text),
      },
      { title: "ACTIVE", cell: ({ id }) => formatCount(used.get(id) ?? 0), align: "right" },
      { title: "LIMIT", cell: ({ concurrencyLimit }) => limitText(concurrencyLimit), align: "right" },
      { title: "LAST ASKED FOR", cell: ({ polledAt }) => (polledAt === null ? "never" : times.short(polledAt)) },
      { title: "DESCRIPTION", cell: ({ description }) => description ?? "", shrinksTo: 11, leftOut: 1 },
    ],
    { width: out.width, look: out.look },
  );
}

/** "ready" when somebody has asked for its runs within the last minute */
export function queueStatus({ paused, polledAt }: WorkQueue, now: number): "paused" | "ready" | "not ready" {
  if (paused) return "paused";
  return isServed(polledAt, now) ? "ready" : "not ready";
}
