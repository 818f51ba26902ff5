/** /logs/out: a client says by a filter which lines it wants, and gets each as it comes. What has been it asks for by HTTP. */

import type { Api } from "../../../contract/api.ts";
import type { Condition } from "../../../contract/query.ts";
import type { StoredLogLine } from "../../../contract/records.ts";
import type { Clock } from "../../../kit/clock.ts";
import { createSeqWatch } from "../../events/event-watch.ts";
import { fromLogFilter, toPrefectLog } from "../handlers/logs.ts";
import { logFilter } from "../schemas/logs.ts";
import type { PrefectSocket } from "./prefect-socket.ts";
import type { SocketRoute } from "./socket-hub.ts";
import { ignoreMessages, readStreamRequest } from "./stream-handshake.ts";

/** Lines of one question to the ledger. */
const pageSize = 1000;
/** How long nothing may come before the ledger is asked again, in ms. */
const restMs = 15_000;

export function logsOut({ api, clock }: { readonly api: Api; readonly clock: Clock }): SocketRoute {
  const watch = createSeqWatch({ list: (filter, page) => api.listLogs(filter, page), clock });

  async function stream(socket: PrefectSocket, where: Condition, after: number): Promise<void> {
    let from = after;
    while (!socket.signal.aborted) {
      const known = watch.lastSeq;
      const lines = await read(where, from);
      if (lines === null || lines.length === 0) {
        await watch.waitBeyond(known, { ms: restMs, signal: socket.signal });
        continue;
      }
      for (const line of lines) {
        await socket.send(JSON.stringify({ type: "log", log: toPrefectLog(line) }));
      }
      from = lines.at(-1)?.seq ?? from;
    }
  }

  /** Null when the database does not answer now. */
  async function read(where: Condition, afterSeq: number): Promise<readonly StoredLogLine[] | null> {
    try {
      return (await api.listLogs({ where, afterSeq }, { limit: pageSize })).items;
    } catch {
      return null;
    }
  }

  return {
    path: "/api/logs/out",
    policy: { role: "viewer", does: "read" },
    async open(socket) {
      const request = await readStreamRequest(socket, logFilter);
      if (request === null) return;
      const newest = await watch.join();
      try {
        await Promise.all([ignoreMessages(socket), stream(socket, fromLogFilter(request.filter), newest)]);
      } finally {
        watch.leave();
      }
    },
  };
}
