import { expectTypeOf, test } from "vitest";
import type { PrefectAnswer, PrefectContext, PrefectHandlers, PrefectRequest } from "./routes-table-types.ts";
import type { FlowRunResponse } from "./schemas/flow-runs.ts";

test("a request has what its route's schemas make of it", () => {
  type Request = PrefectRequest<"getScheduledFlowRuns">;
  expectTypeOf<Request["params"]>().toEqualTypeOf<{ name: string }>();
  expectTypeOf<Request["body"]["scheduled_before"]>().toEqualTypeOf<number | null | undefined>();
  expectTypeOf<Request["body"]["limit"]>().toEqualTypeOf<number>();
  expectTypeOf<PrefectRequest<"setFlowRunState">["body"]["state"]["type"]>().extract<"RUNNING">().toBeString();
  expectTypeOf<PrefectRequest<"readFlow">["body"]>().toEqualTypeOf<undefined>();
  expectTypeOf<PrefectRequest<"readFlow">["query"]>().toEqualTypeOf<Record<never, never>>();
  expectTypeOf<PrefectRequest<"updateFlowRun">["body"]["tags"]>().toEqualTypeOf<string[] | undefined>();
});

test("an answer has one of its route's statuses, with its body", () => {
  expectTypeOf<PrefectAnswer<"createFlowRun">["status"]>().toEqualTypeOf<200 | 201>();
  expectTypeOf<PrefectAnswer<"createFlowRun">["body"]>().toEqualTypeOf<FlowRunResponse>();
  expectTypeOf<PrefectAnswer<"deleteFlow">>().not.toHaveProperty("body");
});

test("handlers are made some at a time, and what is wrong with one is seen", () => {
  function flowHandlers({ version }: PrefectContext): Pick<PrefectHandlers, "deleteFlow" | "countFlows" | "readFlow"> {
    return {
      deleteFlow: async ({ params }) => (params.id === "" ? { status: 204 } : { status: 204, headers: { version } }),
      // @ts-expect-error a count is a number
      countFlows: async () => ({ status: 200, body: "many" }),
      // @ts-expect-error a flow has tags
      readFlow: async ({ params: { id } }) => ({
        status: 200,
        body: { id, created: null, updated: null, name: "etl", labels: {} },
      }),
    };
  }
  expectTypeOf(flowHandlers).parameter(0).toEqualTypeOf<PrefectContext>();
});
