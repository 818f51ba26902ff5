import type { Worker, WorkPool } from "../../../contract/objects.ts";
import { isOnline } from "../../../contract/work.ts";
import type { CommandContext } from "../../command.ts";
import { renderTable } from "../../output/table.ts";

interface Known extends Pick<CommandContext, "out" | "times" | "clock"> {
  /** Empty where all are of one pool, which is not named. */
  readonly pools: ReadonlyMap<string, WorkPool>;
}

export function renderWorkers(workers: readonly Worker[], { out, times, clock, pools }: Known): readonly string[] {
  const { paint } = out.look;
  const now = clock.now();
  return renderTable(
    workers,
    [
      { title: "NAME", cell: ({ name }) => name, shrinksTo: 16 },
      ...(pools.size === 0
        ? []
        : [
            { title: "POOL", cell: ({ workPoolId }: Worker) => pools.get(workPoolId)?.name ?? "(gone)", shrinksTo: 10 },
          ]),
      {
        title: "STATUS",
        cell: (worker) => (isOnline(worker, now) ? "online" : "offline"),
        style: (worker) => (isOnline(worker, now) ? paint.green : paint.dim),
      },
      { title: "LAST SEEN", cell: ({ heartbeatAt }) => times.short(heartbeatAt) },
      { title: "SINCE", cell: ({ createdAt }) => times.short(createdAt), leftOut: 1 },
    ],
    { width: out.width, look: out.look },
  );
}
