/**
 * The wall clock of a server, or of a process that records on it, is set by hours, or goes too fast. No lease ends by that,
 * though the process seems to be on another host, where only its lease tells of it; the server stays ready; and of a schedule
 * each due time has one run at most, and what was jumped over is made up for as its policy says.
 */

import { mkdtempSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { type Client, createClient } from "millrace/client";
import { describe, expect, test } from "vitest";
import { createLedger, type Running, until } from "../../e2e/cli/millrace.ts";
import { createRemoteLedger, type ServerUnderTest, startServer } from "../../e2e/server/server.ts";
import { fixture } from "../processes.ts";
import { chaosFactor } from "./chaos-factor.ts";
import { clockMissing, createWallClock, type WallClock } from "./wall-clock.ts";

const steady = join(import.meta.dirname, "../../e2e/server/fixtures/steady.ts");
const lease = { MILLRACE_LEASE_MS: "10s" };
const minuteMs = 60_000;
const missed = { skip: { policy: "skip" }, latest: { policy: "latest" }, all: { policy: "all", max: 5 } } as const;

const steps = ["+1h", "-2h", "+0 x1.5", "+0 x0.5"] as const;
const cases = (["the server", "the process"] as const).flatMap((whose) => steps.map((to) => ({ whose, to })));

const newClock = (): WallClock => createWallClock(mkdtempSync(join(process.env.MILLRACE_HOME ?? "", "clock-")));

/** A flow whose process cannot be seen from the server, and what it has recorded there. */
function startFlow(server: ServerUnderTest, clock: WallClock | null): Running {
  return createRemoteLedger(server.url).startFile(steady, {
    env: {
      ...lease,
      ...clock?.env,
      STEP_MS: "120",
      NODE_OPTIONS: `--conditions=millrace-source --import=${fixture("another-host.ts")}`,
    },
  });
}

async function countSteps(client: Client): Promise<number> {
  return (await client.listTaskRuns({}, { limit: 1000 })).items.filter(({ state }) => state.type === "COMPLETED")
    .length;
}

describe.skipIf(clockMissing !== undefined)("a wall clock that is set", () => {
  test.each(chaosFactor() > 1 ? cases : cases.slice(0, 1))(
    "to $to, of $whose, ends no lease",
    async ({ whose, to }) => {
      const clock = newClock();
      const server = await startServer(createLedger(), {
        env: { ...lease, ...(whose === "the server" ? clock.env : {}) },
      });
      const client = createClient({ url: server.url });
      const running = startFlow(server, whose === "the process" ? clock : null);
      await until(async () => {
        expect(running.child.exitCode, running.printed().stderr).toBeNull();
        return (await countSteps(client)) >= 10;
      });
      clock.set(to);
      // Whoever looks at leases now finds them by this clock.
      for (let times = 0; times < 10; times++) {
        await client.expireProcesses();
        expect((await fetch(`${server.url}/readyz`)).status).toBe(200);
        await delay(50);
      }
      expect(await running.ended).toMatchObject({ code: 0, stdout: "sum 820\n" });
      const [run] = (await client.listFlowRuns({})).items;
      expect(run).toMatchObject({ state: { type: "COMPLETED" }, runCount: 1 });
      expect(run?.history.map(({ type }) => type)).not.toContain("CRASHED");
      await client.close();
      await server.end("SIGTERM");
    },
  );

  test("forward by an hour makes up for what was jumped over, and back again makes nothing twice", async () => {
    const clock = newClock();
    const server = await startServer(createLedger(), { env: clock.env });
    const client = createClient({ url: server.url });
    const everyMinute = { slug: null, active: true, spec: { kind: "cron", cron: "* * * * *" } } as const;
    const ids = new Map<string, string>();
    for (const [name, catchUp] of Object.entries(missed)) {
      const saved = await client.saveDeployment({ flowName: "etl", name, schedules: [{ ...everyMinute, catchUp }] });
      ids.set(saved.deployment.id, name);
    }
    const read = async () => {
      const { items } = await client.listFlowRuns({}, "created-asc", { limit: 1000 });
      return items.map(({ id, deploymentId, history, state }) => ({
        id,
        policy: ids.get(deploymentId ?? "") ?? "",
        at: history[0]?.details?.scheduledAt ?? 0,
        state,
      }));
    };
    await until(async () => (await read()).length >= 3 * 59);
    // To the beginning of a minute: no other one begins while it is looked what has become of those before.
    const now = Date.now();
    const hourLater = (Math.floor(now / minuteMs) + 61) * minuteMs + 5000;
    clock.set(`+${Math.round((hourLater - now) / 1000)}`);
    // What was made ahead is settled, and there is more ahead of it.
    const after = await until(async () => {
      const runs = await read();
      const isAhead = Object.keys(missed).every((policy) =>
        runs.some((run) => run.policy === policy && run.at > hourLater + 50 * minuteMs),
      );
      return isAhead && runs;
    });
    const keptOf = (policy: string) =>
      after.filter((run) => run.policy === policy && run.at <= hourLater && run.state.type === "SCHEDULED");
    // One within the last minute is on time, whatever the policy.
    expect(keptOf("skip").length).toBeLessThanOrEqual(1);
    expect(keptOf("latest")).toHaveLength(1);
    expect([5, 6]).toContain(keptOf("all").length);
    expect(keptOf("all").map(({ at }) => at)).toEqual(
      keptOf("all").map((_, index, { length }) => {
        const last = keptOf("all").at(-1)?.at ?? 0;
        return last - (length - 1 - index) * minuteMs;
      }),
    );

    clock.set("-2h");
    await client.saveDeployment({ flowName: "etl", name: "another", schedules: [everyMinute] });
    await until(
      async () => (await client.listFlowRuns({}, "created-asc", { limit: 1000 })).items.length > after.length + 30,
    );
    const slots = (await read()).filter(({ policy }) => policy !== "").map(({ policy, at }) => `${policy} ${at}`);
    expect(new Set(slots).size).toBe(slots.length);
    await client.close();
    await server.end("SIGTERM");
  });
});
