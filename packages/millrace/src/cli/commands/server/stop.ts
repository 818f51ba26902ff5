import type { NotedServer } from "../../../app/noted-servers.ts";
import { MillraceError } from "../../../contract/errors.ts";
import { isSameProcessAlive } from "../../../kit/process-identity.ts";
import { duration, flag, number } from "../../arguments/options.ts";
import { type CommandContext, defineCommand, exitCodes } from "../../command.ts";

/** How often it is looked whether they have ended, and how long where it is not said; in ms. */
const lookEveryMs = 50;
const defaultWaitMs = 30_000;

export const serverStop = defineCommand({
  summary: "Stop the server that works over the ledger of the home folder, on this machine",
  details: [
    "It is told so by SIGTERM, and ends in good order: it is not ready for stopDelayMs, and then finishes what is under way. Flows and workers that work over it wait for another one.",
    "Where several run, --port says which, and --all means all of them. Exit code 0 also where none runs; 1 where one has not ended in time.",
    'With --json: `{ "stopped": [{ url, pid }], "running": [{ url, pid }] }`.',
  ],
  positionals: {},
  options: {
    port: number("PORT", "The one that listens on this port.", { max: 65_535, short: "p" }),
    all: flag("All that run over the ledger."),
    wait: duration("How long it may take to end. Default 30s."),
  },
  examples: [
    { command: "server stop", why: "" },
    { command: "server stop --all --wait 2m", why: "all of them, with a balancer before them" },
  ],
  async run({ options }, context) {
    const { findServers } = await import("../../../app/noted-servers.ts");
    const { home } = await context.settings();
    const meant = choose(findServers(home), options);
    for (const server of meant) tellToStop(server);
    const isLeft = await untilEnded(meant, { waitMs: options.wait ?? defaultWaitMs, context });
    const told = (which: readonly NotedServer[]) => which.map(({ url, process: { pid } }) => ({ url, pid }));
    const stopped = meant.filter((server) => !isLeft.includes(server));
    const { out, json } = context;
    if (json) out.json({ stopped: told(stopped), running: told(isLeft) });
    else {
      if (meant.length === 0) out.line(`No server runs over the ledger in ${home}.`);
      for (const { url } of stopped) out.line(`Stopped the server at ${url}.`);
      for (const { url, pid } of told(isLeft)) out.line(`The server at ${url} has not ended yet (process ${pid}).`);
    }
    return isLeft.length === 0 ? exitCodes.ok : exitCodes.failed;
  },
});

/** @throws USAGE where it is not said which of several, or none is on the port */
function choose(
  running: readonly NotedServer[],
  { port, all }: { readonly port: number | undefined; readonly all: boolean },
): readonly NotedServer[] {
  const listed = running.map(({ url }) => url).join(", ");
  if (port !== undefined) {
    const found = running.filter(({ url }) => portOf(url) === port);
    if (found.length > 0 || running.length === 0) return found;
    throw new MillraceError("USAGE", { reason: `No server listens on port ${port}`, advice: `There are: ${listed}.` });
  }
  if (running.length < 2 || all) return running;
  throw new MillraceError("USAGE", {
    reason: `Several servers run: ${listed}`,
    advice: "Say which by --port, or give --all.",
  });
}

function portOf(url: string): number {
  const { port, protocol } = new URL(url);
  return port === "" ? (protocol === "https:" ? 443 : 80) : Number(port);
}

/** One that has just ended needs not be told. */
function tellToStop({ process: { pid } }: NotedServer): void {
  try {
    process.kill(pid, "SIGTERM");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}

/** Those that still run when the time is over. */
async function untilEnded(
  servers: readonly NotedServer[],
  { waitMs, context: { clock } }: { readonly waitMs: number; readonly context: CommandContext },
): Promise<readonly NotedServer[]> {
  const startedAt = clock.monotonic();
  for (;;) {
    const running = servers.filter(({ process: each }) => isSameProcessAlive(each) === "alive");
    if (running.length === 0 || clock.monotonic() - startedAt >= waitMs) return running;
    await clock.sleep(lookEveryMs);
  }
}
