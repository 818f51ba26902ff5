/**
 * A process ends right after the last line that its flow logged: of itself, by process.exit(), by SIGTERM, or by SIGKILL. But for
 * the last of these every line is in the ledger; after SIGKILL all lines are that were logged before a step whose value the flow
 * went on with, and no line is there without those before it.
 */

import { join } from "node:path";
import { expect, test } from "vitest";
import { systemClock } from "../../../packages/millrace/src/kit/clock.ts";
import { openSqliteStore } from "../../../packages/millrace/src/store/sqlite/open.ts";
import { createLedger, type Ledger } from "../../e2e/cli/millrace.ts";
import { createRemoteLedger, startServer } from "../../e2e/server/server.ts";
import { fixture } from "../processes.ts";

/** How a process ends, and how many of its 300 lines must be there. */
const ends = { return: 300, exit: 300, SIGTERM: 300, SIGKILL: 100 };

/** For processes on one ledger: where they record, and the home that it is in. */
const places: Readonly<Record<string, () => Promise<{ readonly starts: Ledger; readonly home: string }>>> = {
  "by itself": async () => {
    const ledger = createLedger();
    return { starts: ledger, home: ledger.home };
  },
  "on a server": async () => {
    const ledger = createLedger();
    return { starts: createRemoteLedger((await startServer(ledger)).url), home: ledger.home };
  },
};

test.each(Object.keys(places))(
  "a process that records %s has written its last lines, however it ends",
  async (place) => {
    const prepared = await places[place]?.();
    if (prepared === undefined) throw new Error("there is such a place");
    const { starts, home } = prepared;
    await Promise.all(
      Object.keys(ends).map((how) => starts.startFile(fixture("last-lines.ts"), { env: { HOW: how } }).ended),
    );
    const store = await openSqliteStore({ path: join(home, "ledger.db"), durability: "process", clock: systemClock });
    const runs = (await store.findFlowRuns({}, "created-asc", { limit: 10 })).items;
    expect(runs.map(({ parameters }) => (JSON.parse(parameters) as { how: string }).how).toSorted()).toEqual(
      Object.keys(ends).toSorted(),
    );
    for (const { id, parameters } of runs) {
      const { how } = JSON.parse(parameters) as { how: keyof typeof ends };
      const logs = (await store.findLogs({ flowRunIds: [id] }, { limit: 1000 })).items;
      const lines = logs.map(({ message }) => message).filter((message) => message.startsWith("line "));
      expect(lines, how).toEqual(lines.map((_, index) => `line ${index}`));
      expect(lines.length, how).toBeGreaterThanOrEqual(ends[how]);
      const tasks = (await store.findTaskRuns({ flowRunIds: [id] }, { limit: 10 })).items;
      expect(tasks.map(({ state }) => state.type)).toEqual(["COMPLETED"]);
    }
    await store.close();
  },
);
