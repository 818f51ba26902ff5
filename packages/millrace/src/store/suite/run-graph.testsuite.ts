import { describe, expect, test } from "vitest";
import type { RunGraph } from "../../contract/run-graph.ts";
import type { TaskRunChange } from "../../contract/task-run.ts";
import { uuidv7 } from "../../kit/ids.ts";
import { type MakeLedger, useStore } from "./ledger.testsuite.ts";
import { aState, aTaskRun, create, record, startAt } from "./samples.testsuite.ts";

export function testRunGraph(makeLedger: MakeLedger): void {
  describe("the graph of a flow run", () => {
    const used = useStore(makeLedger);
    const now = startAt + 1000;

    const of = (flowRunId: string, taskName: string, more: Partial<TaskRunChange> = {}): TaskRunChange =>
      aTaskRun(flowRunId, [aState("RUNNING", startAt), aState("COMPLETED", startAt + 10)], { taskName, ...more });
    const from = (parameter: string, { id }: { readonly id: string }) => ({ parameter, taskRunId: id });
    const read = async (flowRunId: string): Promise<RunGraph> => used.store.readRunGraph({ flowRunId, now });

    test("has each task once, with the states of its runs and what they took from others", async () => {
      const { store } = used;
      const { id } = await create(store);
      const load = of(id, "load");
      const [one, two] = ["rows", "rows"].map((parameter) => of(id, "train", { inputs: [from(parameter, load)] }));
      const failed = aTaskRun(id, [aState("RUNNING", startAt + 3), aState("FAILED", startAt + 40)], {
        taskName: "train",
        inputs: [from("rows", load), from("before", one as TaskRunChange)],
      });
      const last = of(id, "report", {
        inputs: [from("best", two as TaskRunChange), from("stranger", { id: uuidv7() })],
      });
      await record(store, { taskRuns: [load, one, two, failed, last] as TaskRunChange[] });
      expect(await read(id)).toEqual({
        flowRunId: id,
        readAt: now,
        total: 5,
        isCut: false,
        nodes: [
          aNode("load", { states: [completed(1)] }),
          aNode("train", {
            count: 3,
            states: [completed(2), { stateType: "FAILED", stateName: "Failed", count: 1 }],
            lastEndedAt: startAt + 40,
          }),
          aNode("report", { states: [completed(1)] }),
        ],
        edges: [
          { from: 0, to: 1, count: 3, parameters: ["rows"] },
          { from: 1, to: 1, count: 1, parameters: ["before"] },
          { from: 1, to: 2, count: 1, parameters: ["best"] },
        ],
      });
    });

    test("puts what was called in the body of a task under it, and tells which runs a subflow had", async () => {
      const { store } = used;
      const { id } = await create(store);
      const children = Array.from({ length: 22 }, () => uuidv7());
      const [body, other] = [of(id, "body"), of(id, "body")];
      const inner = of(id, "step", { parentId: other.id, inputs: [from("x", body)] });
      const deep = of(id, "body", { parentId: inner.id });
      const orphan = of(id, "step", { parentId: uuidv7() });
      const subflows = children.map((childFlowRunId) => of(id, "sub", { kind: "flow", childFlowRunId }));
      await record(store, { taskRuns: [body, other, inner, deep, orphan, ...subflows] });
      const { nodes, edges } = await read(id);
      expect(nodes.map(({ taskName, kind, parent, count }) => [taskName, kind, parent, count])).toEqual([
        ["body", "task", null, 2],
        ["step", "task", 0, 1],
        ["body", "task", 1, 1],
        ["step", "task", null, 1],
        ["sub", "flow", null, 22],
      ]);
      expect(nodes[4]?.childFlowRunIds).toEqual(children.toReversed().slice(0, 20));
      expect(edges).toEqual([{ from: 0, to: 1, count: 1, parameters: ["x"] }]);
    });

    test("is bounded in depth, in nodes and in names of parameters", async () => {
      const { store } = used;
      const { id } = await create(store);
      const chain: TaskRunChange[] = [];
      for (let depth = 0; depth < 20; depth++) chain.push(of(id, "again", { parentId: chain.at(-1)?.id ?? null }));
      await record(store, { taskRuns: chain });
      const { nodes } = await read(id);
      expect(nodes.map(({ parent }) => parent)).toEqual([null, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
      expect(nodes.at(-1)?.count).toBe(9);

      const wide = await create(store);
      const first = of(wide.id, "first");
      const names = ["\0half \ud800", "b", "c".repeat(500), "d", "e", "f", "f"];
      const taker = of(wide.id, "taker", { inputs: names.map((name) => from(name, first)) });
      const many = Array.from({ length: 2100 }, (_, at) => of(wide.id, `task-${at}`));
      await record(store, { taskRuns: [first, taker] });
      for (let at = 0; at < many.length; at += 700) await record(store, { taskRuns: many.slice(at, at + 700) });
      const cut = await read(wide.id);
      expect(cut).toMatchObject({ total: 2102, isCut: true });
      expect(cut.nodes).toHaveLength(2000);
      expect(cut.edges).toMatchObject([{ from: 0, to: 1, count: 7 }]);
      expect(cut.edges[0]?.parameters[0]).toBe("f");
      expect(cut.edges[0]?.parameters).toHaveLength(5);
      expect(cut.edges[0]?.parameters.every((name) => name.length <= 200)).toBe(true);
    });

    test("of a run without task runs, or of none, is empty", async () => {
      const { id } = await create(used.store);
      for (const flowRunId of [id, "no id"]) {
        expect(await read(flowRunId)).toEqual({ flowRunId, readAt: now, total: 0, isCut: false, nodes: [], edges: [] });
      }
    });
  });
}

const completed = (count: number) => ({ stateType: "COMPLETED", stateName: "Completed", count });

function aNode(taskName: string, more: object): object {
  return {
    taskName,
    kind: "task",
    parent: null,
    count: 1,
    firstStartedAt: startAt,
    lastEndedAt: startAt + 10,
    childFlowRunIds: [],
    ...more,
  };
}
