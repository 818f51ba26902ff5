/** Events that clients send, by HTTP or by a socket, on their way into the ledger. */

import type { Api } from "../../contract/api.ts";
import type { Event } from "../../contract/records.ts";
import type { TaskRunObservation } from "../../contract/task-run.ts";
import { fromPrefectEvent } from "./mapping/event.ts";
import { fromTaskRunReport, isTaskRunReport } from "./mapping/task-run-report.ts";
import type { Event as PrefectEvent } from "./schemas/events.ts";

/**
 * Records events in one transaction. Those by which a client reports its task runs become task runs, and the ledger makes
 * the events of their states itself; the others are kept as they are. Sending them again is harmless.
 */
export async function recordPrefectEvents(api: Api, sent: readonly PrefectEvent[]): Promise<void> {
  const observed: TaskRunObservation[] = [];
  const events: Event[] = [];
  for (const event of sent) {
    const report = isTaskRunReport(event) ? fromTaskRunReport(event) : null;
    if (report === null) events.push(fromPrefectEvent(event));
    else observed.push(report);
  }
  if (sent.length > 0) await api.record({ processId: "prefect-client", observed, events });
}
