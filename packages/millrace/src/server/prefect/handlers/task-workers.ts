import type { PrefectHandlers } from "../routes-table-types.ts";
import type { TaskWorkers } from "../sockets/task-workers.ts";
import { toPrefectTime } from "../times.ts";

export function taskWorkerHandlers(workers: TaskWorkers): Pick<PrefectHandlers, "readTaskWorkers"> {
  return {
    async readTaskWorkers({ body }) {
      const found = workers.list(body.task_worker_filter?.task_keys ?? []);
      const answer = found.map(({ client, keys, at }) => ({
        identifier: client,
        task_keys: [...keys],
        timestamp: toPrefectTime(at),
      }));
      return { status: 200, body: answer };
    },
  };
}
