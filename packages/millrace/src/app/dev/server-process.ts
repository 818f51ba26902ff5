/** The server under `millrace dev`. It imports nothing of the user's. */

import { isMillraceError } from "../../contract/errors.ts";
import { describeServerSettings } from "../server-status.ts";
import { readSettings } from "../settings.ts";
import { startServer } from "../start-server.ts";
import { type Kept, obeyStarter } from "./kept-process.ts";
import type { ServerProcessOptions, ServerReady, ServerReport } from "./messages.ts";

/** The worker ends first: what becomes of its runs is recorded here. */
const outliveMs = 3000;

async function start(
  options: ServerProcessOptions,
  report: (report: ServerReport) => void,
): Promise<Kept<ServerReady>> {
  const { home, database, host, port } = options;
  const settings = readSettings({ home, ...(database === null ? {} : { database }) });
  const server = await startServer({
    settings,
    shownSettings: describeServerSettings(settings, { serverHost: host, serverPort: port }),
    host,
    port,
    allowRemote: false,
    onFailure({ where, error }) {
      const what = error instanceof Error && !isMillraceError(error) ? (error.stack ?? error.message) : String(error);
      report({ what: `${where}: ${what}` });
    },
  });
  let closing: Promise<void> | null = null;
  return { ready: { url: server.url }, stop: () => (closing ??= server.close()) };
}

obeyStarter(start, { outliveMs });
