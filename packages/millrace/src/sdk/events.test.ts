import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { openCommandHost } from "../app/command-host.ts";
import type { StoredEvent } from "../contract/records.ts";
import { context, emit, flow, task } from "../exports/index.ts";

const host = await openCommandHost();
afterAll(() => host[Symbol.asyncDispose]());

async function list(name: string): Promise<readonly StoredEvent[]> {
  return (await host.api.listEvents({ names: [name] })).items;
}

describe("an event", () => {
  test("names the task run that emits it", async () => {
    const load = task({ name: "load" }, async () => {
      const id = await emit("orders.loaded", { payload: { rows: 3 } });
      return { id, taskRun: context().taskRun?.id, flowRun: context().flowRun?.id };
    });
    const { id, taskRun, flowRun } = await flow({ name: "orders" }, () => load())();
    expect(await list("orders.loaded")).toEqual([
      {
        id,
        name: "orders.loaded",
        seq: expect.any(Number),
        at: expect.any(Number),
        flowRunId: flowRun,
        taskRunId: taskRun,
        resource: { id: `millrace.task-run.${taskRun}`, name: "load", task: "load", flow: "orders" },
        payload: '{"rows":3}',
      },
    ]);
  });

  test("names the flow run whose body emits it", async () => {
    const id = await flow({ name: "orders" }, async () => {
      await emit("orders.begun");
      return context().flowRun?.id;
    })();
    expect(await list("orders.begun")).toMatchObject([
      { flowRunId: id, taskRunId: null, resource: { id: `millrace.flow-run.${id}`, flow: "orders" }, payload: null },
    ]);
  });

  test("may be of a thing of one's own, and of no run", async () => {
    await emit("table.changed", { resource: "table/orders" });
    await emit("table.changed", { resource: { id: "table/items", owner: "sales" } });
    expect((await list("table.changed")).map(({ resource, flowRunId }) => [resource, flowRunId])).toEqual([
      [{ id: "table/orders" }, null],
      [{ id: "table/items", owner: "sales" }, null],
    ]);
  });
});

describe("a body that runs again has emitted each event once", () => {
  test("another attempt of a task", async () => {
    const flaky = task({ name: "flaky", retries: 1 }, async () => {
      const ids = [await emit("flaky.tried"), await emit("flaky.tried")];
      if (context().taskRun?.attempt === 1) throw new Error("not yet");
      return ids;
    });
    const ids = await flow({ name: "flaky" }, () => flaky())();
    expect((await list("flaky.tried")).map(({ id }) => id)).toEqual(ids);
  });

  test("a run that is gone on with", async () => {
    const gate = join(process.env.MILLRACE_HOME ?? "", "gate");
    const file = join(import.meta.dirname, "fixtures/flows.ts");
    const { run } = await host.runFlow({ file, exportName: "reporting", parameters: { gate } });
    await writeFile(gate, "");
    const { run: ended } = await host.continueRun({ id: run.id, mode: "retry" });
    expect(ended.state.type).toBe("COMPLETED");
    expect(await list("report.written")).toHaveLength(1);
  });
});

test.each([
  ["", {}, "its name must be a text of 1 to 255 characters"],
  ["x".repeat(256), {}, "its name must be a text of 1 to 255 characters"],
  ["millrace.flow-run.Completed", {}, "names that begin with `millrace.` are the product's own"],
  ["orders", { payload: { total: 1n } }, "`payload.total` is a bigint"],
  ["orders", { payload: "x".repeat(2 ** 20) }, "its payload has 1048578 bytes, and may have at most 1048576"],
])("an event %s is refused", async (name, options, reason) => {
  await expect(emit(name, options)).rejects.toMatchObject({ code: "EVENT_INVALID", data: { reason } });
});
