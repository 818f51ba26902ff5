/** All handlers of Prefect's API that there are. An operation that none of them has is answered with 501. */

import { concurrencyLimitHandlers } from "./handlers/concurrency-limits.ts";
import { concurrencyLimitV2Handlers } from "./handlers/concurrency-limits-v2.ts";
import { eventHandlers } from "./handlers/events.ts";
import { flowRunStateHandlers } from "./handlers/flow-run-states.ts";
import { flowRunHandlers } from "./handlers/flow-runs.ts";
import { flowHandlers } from "./handlers/flows.ts";
import { graphHandlers } from "./handlers/graph.ts";
import { historyHandlers } from "./handlers/history.ts";
import { logHandlers } from "./handlers/logs.ts";
import { runInputHandlers } from "./handlers/run-inputs.ts";
import { taskRunHandlers } from "./handlers/task-runs.ts";
import { adminHandlers } from "./handlers/admin.ts";
import { artifactHandlers } from "./handlers/artifacts.ts";
import { automationHandlers } from "./handlers/automations.ts";
import { blockDocumentHandlers } from "./handlers/block-documents.ts";
import { blockSchemaHandlers } from "./handlers/block-schemas.ts";
import { blockTypeHandlers } from "./handlers/block-types.ts";
import { collectionHandlers } from "./handlers/collections.ts";
import { savedSearchHandlers } from "./handlers/saved-searches.ts";
import { uiHandlers } from "./handlers/ui.ts";
import { variableHandlers } from "./handlers/variables.ts";
import { deploymentHandlers } from "./handlers/deployments.ts";
import { deploymentRunHandlers } from "./handlers/deployment-runs.ts";
import { deploymentScheduleHandlers } from "./handlers/deployment-schedules.ts";
import { workPoolHandlers } from "./handlers/work-pools.ts";
import { workPoolQueueHandlers } from "./handlers/work-pool-queues.ts";
import { workQueueHandlers } from "./handlers/work-queues.ts";
import { taskWorkerHandlers } from "./handlers/task-workers.ts";
import { workerHandlers } from "./handlers/workers.ts";
import type { PrefectContext, PrefectHandlers } from "./routes-table-types.ts";
import { serverHandlers } from "./server-handlers.ts";
import { createTaskWorkers, type TaskWorkers } from "./sockets/task-workers.ts";

/** Making them does nothing with the context; it is used once they are asked. */
export function prefectHandlers(
  context: PrefectContext,
  taskWorkers: TaskWorkers = createTaskWorkers(context.clock),
): Partial<PrefectHandlers> {
  return {
    ...serverHandlers(context),
    ...adminHandlers(context),
    ...collectionHandlers(context),
    ...blockTypeHandlers(context),
    ...blockSchemaHandlers(context),
    ...blockDocumentHandlers(context),
    ...variableHandlers(context),
    ...artifactHandlers(context),
    ...savedSearchHandlers(context),
    ...uiHandlers(context),
    ...flowHandlers(context),
    ...flowRunHandlers(context),
    ...flowRunStateHandlers(context),
    ...runInputHandlers(context),
    ...graphHandlers(context),
    ...historyHandlers(context),
    ...taskRunHandlers(context),
    ...logHandlers(context),
    ...eventHandlers(context),
    ...automationHandlers(context),
    ...concurrencyLimitHandlers(context),
    ...concurrencyLimitV2Handlers(context),
    ...deploymentHandlers(context),
    ...deploymentRunHandlers(context),
    ...deploymentScheduleHandlers(context),
    ...workPoolHandlers(context),
    ...workPoolQueueHandlers(context),
    ...workQueueHandlers(context),
    ...workerHandlers(context),
    ...taskWorkerHandlers(taskWorkers),
  };
}
