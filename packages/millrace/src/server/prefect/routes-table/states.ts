import * as z from "zod";
import type { PrefectRoute } from "../routes-table-types.ts";
import * as schemas from "../schemas/states.ts";
import { byId } from "./path-params.ts";

const tag = "States";

export const stateRoutes = {
  readFlowRunState: {
    verb: "GET",
    path: "/flow_run_states/:id",
    tag,
    summary: "A state of a flow run",
    ...byId,
    answers: { 200: schemas.state },
  },
  readFlowRunStates: {
    verb: "GET",
    path: "/flow_run_states/",
    tag,
    summary: "The states that a flow run has had, oldest first",
    query: schemas.statesOfFlowRunQuery,
    answers: { 200: z.array(schemas.state) },
  },
  readTaskRunState: {
    verb: "GET",
    path: "/task_run_states/:id",
    tag,
    summary: "A state of a task run",
    ...byId,
    answers: { 200: schemas.state },
  },
  readTaskRunStates: {
    verb: "GET",
    path: "/task_run_states/",
    tag,
    summary: "The states that a task run has had, oldest first",
    query: schemas.statesOfTaskRunQuery,
    answers: { 200: z.array(schemas.state) },
  },
  readObservedStates: {
    verb: "GET",
    path: "/observed-states",
    tag,
    summary: "Names that states of runs have had",
    query: schemas.observedStatesQuery,
    answers: { 200: z.array(schemas.observedState) },
  },
} as const satisfies Record<string, PrefectRoute>;
