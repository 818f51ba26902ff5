/**
 * /api/events/in: events of clients. Those that tell of a task run's state are recorded as task runs; the rest is kept as it
 * is. A batch is recorded before the next is read, so what a client's ping is answered after is durable.
 */

import type { Api } from "../../../contract/api.ts";
import { parseJson } from "../../../kit/json.ts";
import { recordPrefectEvents } from "../record-events.ts";
import { event as eventSchema } from "../schemas/events.ts";
import type { SocketRoute } from "./socket-hub.ts";

/** Events recorded in one go. */
const maxItems = 500;
/** A flow's tasks are told of one by one: a transaction for each would take more than all else that is done for them. */
const gatherMs = 25;

export function eventsIn({ api, onEvents }: { readonly api: Api; readonly onEvents: () => void }): SocketRoute {
  return {
    path: "/api/events/in",
    policy: { role: "runner", does: "work" },
    async open(socket) {
      for await (const texts of socket.batches({ maxItems, gatherMs })) {
        if (await recordEvents(api, texts.map(parseEvent))) onEvents();
      }
    },
  };
}

/** What cannot be read is left out: the client is not told of single events. */
function parseEvent(text: string): unknown {
  try {
    return parseJson(text);
  } catch {
    return null;
  }
}

/** Whether anything was recorded. */
async function recordEvents(api: Api, given: readonly unknown[]): Promise<boolean> {
  const events = given.flatMap((each) => {
    const parsed = eventSchema.safeParse(each);
    return parsed.success ? parsed.data : [];
  });
  await recordPrefectEvents(api, events);
  return events.length > 0;
}
