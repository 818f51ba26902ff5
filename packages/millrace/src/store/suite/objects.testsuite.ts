import { describe, expect, test } from "vitest";
import type { Deployment, ObjectTypes } from "../../contract/objects.ts";
import type { Condition } from "../../contract/query.ts";
import type { Event } from "../../contract/records.ts";
import { flowIdOf } from "../../contract/flow-id.ts";
import { uuidv7 } from "../../kit/ids.ts";
import { type MakeLedger, useStore } from "./ledger.testsuite.ts";
import { aFlowRun, anEvent, aState, create, readAll, record, startAt } from "./samples.testsuite.ts";

export function aDeployment(more: Partial<Deployment> = {}): Deployment {
  const flowName = more.flowName ?? "training";
  return {
    id: uuidv7(),
    revision: 1,
    createdAt: startAt,
    updatedAt: startAt,
    flowId: flowIdOf(flowName),
    flowName,
    name: `d-${uuidv7()}`,
    paused: false,
    tags: [],
    workPoolId: null,
    workQueueId: null,
    concurrencyLimit: null,
    polledAt: null,
    ...more,
  };
}

const told = (name: string): Event => anEvent({ name, resource: { id: "millrace.deployment.x" } });

export function testObjects(makeLedger: MakeLedger): void {
  describe("objects", () => {
    const used = useStore(makeLedger);
    const eventNames = async (names: readonly string[]): Promise<readonly string[]> =>
      (await used.store.findEvents({ names }, {})).items.map(({ name }) => name);

    test("are kept with all that is given, fields of the row and others", async () => {
      const deployment = aDeployment({
        tags: ["a", "ü"],
        paused: true,
        concurrencyLimit: 3,
        polledAt: startAt + 0.125,
        parameters: { date: "2026-11-22", nested: { list: [1, null, "\0"] } },
        description: "line\nline",
      });
      expect(await used.store.insertObject("deployment", deployment, null)).toEqual(deployment);
      expect(await used.store.readObjects("deployment", [uuidv7(), deployment.id, "no id"])).toEqual([deployment]);
    });

    test("are told of by an event, unless nothing was written", async () => {
      const deployment = aDeployment();
      await used.store.insertObject("deployment", deployment, told("made"));
      expect(await used.store.insertObject("deployment", { ...deployment, id: uuidv7() }, told("twice"))).toBeNull();
      const next = { ...deployment, revision: 2, paused: true };
      expect(await used.store.replaceObject("deployment", next, told("changed"))).toBe("written");
      expect(await used.store.replaceObject("deployment", next, told("too late"))).toBe("raced");
      expect(await used.store.deleteObject("deployment", deployment.id, told("gone"))).toBe(true);
      expect(await used.store.deleteObject("deployment", deployment.id, told("gone twice"))).toBe(false);
      const names = ["made", "twice", "changed", "too late", "gone", "gone twice"];
      expect(await eventNames(names)).toEqual(["made", "changed", "gone"]);
    });

    test("cannot take a name that is another's", async () => {
      const [one, two] = [aDeployment(), aDeployment()];
      for (const each of [one, two]) await used.store.insertObject("deployment", each, null);
      const taken = { ...two, revision: 2, name: one.name };
      expect(await used.store.replaceObject("deployment", taken, told("taken"))).toBe("taken");
      expect(await eventNames(["taken"])).toEqual([]);
      expect(await used.store.readObjects("deployment", [two.id])).toEqual([two]);
    });

    test("are listed by conditions, sorted, page by page", async () => {
      const { store } = used;
      const flowName = `f-${uuidv7()}`;
      const made = await Promise.all(
        ["c", "a", "b"].map(async (name, index) => {
          const each = aDeployment({ flowName, name, paused: index === 0, tags: [`t${index}`, "all"] });
          return (await store.insertObject("deployment", each, null)) as Deployment;
        }),
      );
      const ofFlow: Condition = { field: "flowName", in: [flowName] };
      const names = async (where: Condition): Promise<string> =>
        (await store.findObjects("deployment", { where: { all: [ofFlow, where] } }, {})).items
          .map(({ name }) => name)
          .sort()
          .join("");
      const sorted = await readAll(
        (page) => store.findObjects("deployment", { where: ofFlow, sort: { field: "name", direction: "desc" } }, page),
        1,
      );
      expect(sorted.items.map(({ name }) => name)).toEqual(["c", "b", "a"]);
      const byId = await readAll(
        (page) => store.findObjects("deployment", { where: ofFlow, sort: { field: "id", direction: "asc" } }, page),
        1,
      );
      expect(byId.items.map(({ id }) => id)).toEqual(made.map(({ id }) => id).sort());
      const second = await store.findObjects("deployment", { where: ofFlow }, { offset: 1, limit: 1 });
      expect(second.items).toHaveLength(1);
      expect(await names({ all: [] })).toBe("abc");
      expect(await names({ any: [] })).toBe("");
      expect(await names({ field: "paused", in: [true] })).toBe("c");
      expect(await names({ not: { field: "paused", in: [true] } })).toBe("ab");
      expect(await names({ field: "tags", hasAll: ["t1", "all"] })).toBe("a");
      expect(await names({ field: "tags", hasAny: ["t1", "t2", "none"] })).toBe("ab");
      expect(await names({ field: "name", notIn: ["a"] })).toBe("bc");
      expect(await names({ field: "name", startsWith: "a" })).toBe("a");
      const [firstMade] = byId.items;
      expect(await names({ field: "id", startsWith: (firstMade?.id ?? "").toUpperCase() })).toBe(firstMade?.name);
      expect(await names({ field: "id", startsWith: "no id" })).toBe("");
      expect(await names({ field: "name", contains: "B" })).toBe("b");
      expect(await names({ field: "workPoolId", isNull: true })).toBe("abc");
      expect(await names({ field: "tags", isNull: false })).toBe("abc");
      expect(await names({ field: "tags", isNull: true })).toBe("");
      expect(await names({ newestOf: "flowName" })).toHaveLength(1);
      expect(await names({ newestOf: "workPoolId" })).toBe("abc");
      expect(await names({ not: { field: "concurrencyLimit", atLeast: 1 } })).toBe("abc");
      expect(await store.count("deployment", { all: [ofFlow, { field: "createdAt", above: startAt }] })).toBe(0);
      expect(await store.count("deployment", ofFlow)).toBe(3);
      // Whole numbers are asked for with any number.
      expect(await names({ field: "revision", in: [1.5, 2 ** 40, -1] })).toBe("");
      expect(await names({ field: "revision", above: 0.5, below: 1e300 })).toBe("abc");
    });

    test("are found by what belongs to them", async () => {
      const { store } = used;
      const [one, two] = [aDeployment(), aDeployment()];
      for (const each of [one, two]) await store.insertObject("deployment", each, null);
      const run = aFlowRun({ deploymentId: one.id, states: [aState("SCHEDULED")] });
      await record(store, { created: [run] });
      const where: Condition = { related: "flow-run", where: { field: "stateType", in: ["SCHEDULED"] } };
      const both: Condition = { field: "id", in: [one.id, two.id] };
      const found = await store.findObjects("deployment", { where: { all: [both, where] } }, {});
      expect(found.items.map(({ id }) => id)).toEqual([one.id]);
      const runs = await store.findFlowRuns(
        { where: { related: "deployment", where: { field: "name", in: [one.name] } } },
        "created-asc",
        {},
      );
      expect(runs.items.map(({ id, dueAt }) => [id, dueAt])).toEqual([[run.id, startAt]]);
      const deeper: Condition = { related: "deployment", where: { related: "flow-run", where: { all: [] } } };
      expect(await store.count("flow", { all: [{ field: "id", in: [one.flowId] }, deeper] })).toBe(1);
    });

    test("a flow is there with its first run", async () => {
      const flowName = `f-${uuidv7()}`;
      await create(used.store, { flowName });
      await create(used.store, { flowName });
      const [flow] = (await used.store.readObjects("flow", [flowIdOf(flowName)])) as [ObjectTypes["flow"]];
      expect(flow).toMatchObject({ name: flowName, tags: [], revision: 1, createdAt: startAt });
    });

    test("conditions that cannot be met are refused", async () => {
      const { store } = used;
      const refused: readonly Condition[] = [
        { field: "no such", in: ["a"] },
        { field: "constructor", in: ["a"] },
        { related: "log", where: { all: [] } },
        { field: "tags", in: ["a"] },
        { field: "name", in: Array.from({ length: 10_001 }, String) },
      ];
      for (const where of refused) {
        await expect(store.count("deployment", where)).rejects.toMatchObject({ code: "USAGE" });
      }
      let deep: Condition = { all: [] };
      for (let depth = 0; depth < 20; depth++) deep = { not: deep };
      await expect(store.count("deployment", deep)).rejects.toMatchObject({ code: "USAGE" });
      const leaf: Condition = { not: { field: "name", contains: "x" } };
      const leaves = (count: number): readonly Condition[] => Array.from({ length: count }, () => leaf);
      for (const many of [(count: number) => ({ any: leaves(count) }), (count: number) => ({ all: leaves(count) })]) {
        await expect(store.count("deployment", many(249))).resolves.toEqual(expect.any(Number));
        await expect(store.count("deployment", many(250))).rejects.toMatchObject({ code: "USAGE" });
      }
    });

    test("values are values, whatever they hold", async () => {
      const name = "a'; drop table deployment; -- \" % _ \\";
      await used.store.insertObject("deployment", aDeployment({ name }), null);
      expect(await used.store.count("deployment", { field: "name", in: [name] })).toBe(1);
      expect(await used.store.count("deployment", { field: "name", contains: "DROP TABLE" })).toBe(1);
      expect(await used.store.count("deployment", { field: "name", contains: "%" })).toBe(1);
      expect(await used.store.count("deployment", { field: "name", startsWith: "a'" })).toBe(1);
    });
  });

  describe("changing a flow run beside its state", () => {
    const used = useStore(makeLedger);

    test("writes what is named, if nobody came between", async () => {
      const run = await create(used.store, { extra: { labels: { a: 1 } } });
      const change = { name: "calm-crow", tags: ["x"], extra: { labels: { a: 2 } } };
      expect(await used.store.updateFlowRun(run.id, change, run.extra)).toBe(true);
      expect(await used.store.updateFlowRun(run.id, { name: "late" }, run.extra)).toBe(false);
      expect(await used.store.readFlowRuns([run.id])).toEqual([{ ...run, ...change }]);
      expect(await used.store.updateFlowRun(uuidv7(), change, {})).toBe(false);
    });
  });
}
