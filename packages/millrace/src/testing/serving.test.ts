import { existsSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { context } from "../sdk/context.ts";
import { now, sleep } from "../sdk/durable.ts";
import { flow } from "../sdk/flow.ts";
import { runDeployment } from "../sdk/run-deployment.ts";
import { secret } from "../sdk/secrets.ts";
import { serve } from "../sdk/serve.ts";
import { task } from "../sdk/task.ts";
import { createTestLedger } from "./ledger-under-test.testsuite.ts";
import type { TestLedger, TestLedgerOptions } from "./test-ledger.ts";

const report = flow({ name: "report" }, async () => (await now()).toISOString());
const six = { cron: "0 6 * * *" } as const;

async function ended(ledger: TestLedger): Promise<readonly unknown[]> {
  const runs = await ledger.runs({ stateTypes: ["COMPLETED", "FAILED", "CRASHED", "CANCELLED"] });
  return runs.toSorted((a, b) => a.expectedAt - b.expectedAt);
}

const atSix = (day: number): object => ({
  flowName: "report",
  state: { name: "Completed" },
  expectedAt: Date.UTC(2026, 0, day, 6),
});

describe("a served deployment", () => {
  test.each<TestLedgerOptions>([{}, { clock: "manual" }, { database: "file" }])(
    "runs at its times as they pass: %o",
    async (options) => {
      await using ledger = await createTestLedger(options);
      const [saved] = await ledger.serve(report.toDeployment(six));
      await ledger.clock.advance("3d");
      expect(await ended(ledger)).toMatchObject([1, 2, 3].map(atSix));
      expect(await ended(ledger)).toMatchObject([1, 2, 3].map(() => ({ deploymentId: saved?.deployment.id })));
      expect(ledger.clock.now()).toBe(Date.UTC(2026, 0, 4));
    },
  );

  test("that is due when the time that was asked for ends has run then", async () => {
    await using ledger = await createTestLedger();
    await ledger.serve(report.toDeployment({ cron: "0 0 * * *" }));
    await ledger.clock.advance("3d");
    const days = [2, 3, 4].map((day) => ({ expectedAt: Date.UTC(2026, 0, day), state: { name: "Completed" } }));
    expect(await ended(ledger)).toMatchObject(days);
  });

  test("lets no time pass by itself, and goes on while runs sleep", async () => {
    await using ledger = await createTestLedger();
    await ledger.serve(report.toDeployment(six));
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(ledger.clock.now()).toBe(Date.UTC(2026, 0, 1));
    await ledger.run(flow({ name: "long" }, async () => sleep("2d")));
    expect(await ended(ledger)).toMatchObject([{ flowName: "long" }, ...[1, 2].map(atSix)]);
  });

  test("runs side by side with itself, as far as its limit lets it", async () => {
    await using ledger = await createTestLedger({ clock: "manual" });
    const slow = flow({ name: "slow" }, async () => sleep("90m"));
    await ledger.serve(slow.toDeployment({ interval: "1h", concurrencyLimit: 1 }));
    const free = flow({ name: "free" }, async () => sleep("90m"));
    await ledger.serve(free.toDeployment({ interval: "1h" }));
    await ledger.clock.advance("2h 10m");
    const running = await ledger.runs({ stateTypes: ["RUNNING"] });
    expect(running.map(({ flowName }) => flowName).toSorted()).toEqual(["free", "free", "slow"]);
  });

  test("runs a run again from a step on: what came before is taken, also where that run is retried", async () => {
    await using ledger = await createTestLedger();
    const ran: string[] = [];
    let isBroken = false;
    const step = (name: string) =>
      task({ name }, async (value: string) => {
        ran.push(name);
        if (name === "train" && isBroken) throw new Error("broken");
        return `${name}(${value})`;
      });
    const [load, clean, train] = [step("load"), step("clean"), step("train")];
    const pipeline = flow({ name: "pipeline", parameters: z.object({ from: z.string() }) }, async ({ from }) =>
      train(await clean(await load(from))),
    );
    const [saved] = await ledger.serve(pipeline.toDeployment({}));
    const deployment = saved?.deployment.id ?? "";
    const { run: old } = await ledger.api.submitRun({ deployment, parameters: { from: "a" } });
    await ledger.untilState(old, "COMPLETED");

    const { run } = await ledger.api.submitRun({ deployment, rerun: { of: old.id, fromStep: "clean" } });
    await ledger.untilState(run, "COMPLETED");
    expect(ran).toEqual(["load", "clean", "train", "clean", "train"]);
    const records = await ledger.taskRuns(run);
    expect(records.map(({ taskName, state }) => [taskName, state.name])).toEqual([
      ["load", "Completed"],
      ["clean", "Completed"],
      ["train", "Completed"],
    ]);
    expect(await ledger.read(run)).toMatchObject({ adopts: { runId: old.id }, parameters: '{"from":"a"}' });

    isBroken = true;
    const { run: other } = await ledger.api.submitRun({ deployment, rerun: { of: old.id, fromStep: "train" } });
    await ledger.untilState(other, "FAILED");
    isBroken = false;
    await ledger.api.changeFlowRuns({ where: { field: "id", in: [other.id] }, action: "retry" });
    await ledger.clock.advance("1s");
    expect((await ledger.read(other)).state.type).toBe("COMPLETED");
    expect(ran.slice(5)).toEqual(["train", "train"]);
  });

  test("runs everything where the run that it would take results of is gone by then", async () => {
    await using ledger = await createTestLedger();
    const ran: string[] = [];
    const load = task({ name: "load" }, async () => ran.push("load"));
    const train = task({ name: "train" }, async () => ran.push("train"));
    const pipeline = flow({ name: "pipeline" }, async () => [await load(), await train()]);
    const [saved] = await ledger.serve(pipeline.toDeployment({}));
    const deployment = saved?.deployment.id ?? "";
    const { run: old } = await ledger.api.submitRun({ deployment });
    await ledger.untilState(old, "COMPLETED");
    const rerun = { of: old.id, fromStep: "train" };
    const { run } = await ledger.api.submitRun({ deployment, rerun, scheduledAt: ledger.clock.now() + 3_600_000 });
    await ledger.api.deleteFlowRun(old.id);
    await ledger.clock.advance("2h");
    expect((await ledger.read(run)).state.type).toBe("COMPLETED");
    expect(ran).toEqual(["load", "train", "load", "train"]);
  });

  test("takes what is submitted, and what another run asks for", async () => {
    await using ledger = await createTestLedger();
    const double = flow(
      { name: "double", parameters: z.object({ n: z.number() }) },
      async ({ n }) => `${n * 2} of ${context().flowRun?.deploymentId}`,
    );
    const [saved] = await ledger.serve(double.toDeployment({ parameters: { n: 4 } }));
    const { value } = await ledger.run(
      flow({ name: "asking" }, async () => (await runDeployment("double/double")).result()),
    );
    expect(value).toBe(`8 of ${saved?.deployment.id}`);
    const submission = { deployment: saved?.deployment.id ?? "", enforcesSchema: false };
    const { run } = await ledger.api.submitRun({ ...submission, parameters: { n: "four" } });
    await expect(ledger.untilState(run, "COMPLETED")).rejects.toThrow("ended Failed instead");
    expect(await ledger.read(run)).toMatchObject({ error: { code: "PARAMETERS_INVALID" } });
  });

  test("is asked for with tags and a name that show no secret", async () => {
    await using ledger = await createTestLedger();
    await ledger.serve(report.toDeployment());
    const asking = flow({ name: "asking", tags: ["of-s3cr3t-value"] }, async () => {
      await secret.set("token", "s3cr3t-value");
      return (await runDeployment("report/report", { runName: "s3cr3t-value-run", tags: ["with-s3cr3t-value"] })).id;
    });
    const { value } = await ledger.run(asking);
    expect(await ledger.read({ id: String(value) })).toMatchObject({
      name: "********-run",
      tags: expect.arrayContaining(["of-********", "with-********"]),
    });
  });

  test("that is paused makes no runs, and its time changes with it", async () => {
    await using ledger = await createTestLedger();
    const [saved] = await ledger.serve(report.toDeployment(six));
    const { id } = saved?.deployment ?? { id: "" };
    await ledger.api.pauseDeployment(id);
    await ledger.clock.advance("2d");
    expect(await ended(ledger)).toEqual([]);
    await ledger.api.resumeDeployment(id);
    await ledger.clock.advance("1d");
    expect(await ended(ledger)).toMatchObject([atSix(3)]);
  });

  test("is served by the process that comes after one that died", async () => {
    await using ledger = await createTestLedger();
    let calls = 0;
    const dying = flow({ name: "dying" }, async () => (++calls === 1 ? ledger.crash() : calls));
    await ledger.serve(dying.toDeployment(six));
    await ledger.clock.advance("2d");
    expect(await ended(ledger)).toMatchObject([{ state: { name: "Crashed" } }, { state: { name: "Completed" } }]);
  });
});

describe("while a ledger is open", () => {
  test("serve() goes there, until it is told to stop", async () => {
    await using ledger = await createTestLedger();
    const stop = new AbortController();
    const started = Promise.withResolvers<void>();
    const serving = serve(report.toDeployment(six), { signal: stop.signal, onServing: started.resolve });
    await started.promise;
    await ledger.clock.advance("1d");
    stop.abort();
    await serving;
    await ledger.clock.advance("5d");
    expect(await ended(ledger)).toMatchObject([atSix(1)]);
    expect(await ledger.api.listObjects("deployment", {})).toMatchObject({ items: [{ name: "report", paused: true }] });
    expect(existsSync(`${ledger.home}/ledger.db`)).toBe(false);
  });

  test("closing it ends flow.serve()", async () => {
    const ledger = await createTestLedger();
    const started = Promise.withResolvers<void>();
    const serving = report.serve({ ...six, onServing: started.resolve });
    await started.promise;
    await ledger.close();
    expect(await serving).toBeUndefined();
  });

  test("deploy() goes there, and its runs are run by this process", async () => {
    await using ledger = await createTestLedger();
    const outcome = await report.deploy({ ...six, pool: "machines" });
    expect(outcome).toMatchObject({ name: "report/report", outcome: "made" });
    await ledger.clock.advance("1d");
    expect(await ended(ledger)).toMatchObject([{ ...atSix(1), deploymentId: outcome.id }]);
    expect(await ledger.api.listObjects("work-pool", {})).toMatchObject({ items: [{ name: "machines" }] });
  });

  test("a dry run of deploy() changes nothing", async () => {
    await using ledger = await createTestLedger();
    await report.deploy({ ...six, pool: "machines", dryRun: true });
    expect((await ledger.api.listObjects("deployment", {})).items).toEqual([]);
  });
});

describe("wherever the ledger is, and whatever its time", () => {
  const url = process.env.MILLRACE_TEST_POSTGRES_URL;
  test.skipIf(url === undefined)("over PostgreSQL", async () => {
    await using ledger = await createTestLedger({ database: url as `postgres://${string}` });
    await ledger.serve(report.toDeployment(six));
    await ledger.clock.advance("2d");
    expect(await ended(ledger)).toMatchObject([1, 2].map(atSix));
  });

  test("by the machine's clock", async () => {
    await using ledger = await createTestLedger({ clock: "real" });
    const ran = Promise.withResolvers<string | null | undefined>();
    const often = flow({ name: "often" }, async () => ran.resolve(context().flowRun?.deploymentId));
    const [saved] = await ledger.serve(often.toDeployment({ interval: "1s" }));
    expect(await ran.promise).toBe(saved?.deployment.id);
  });
});
