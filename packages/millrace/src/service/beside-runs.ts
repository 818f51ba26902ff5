/**
 * The use cases that a run in a user's process does not need: deployments and pools, figures, searches, trials. They are half
 * of the service's code, so create-service.ts loads them when one is first asked for.
 */

import type { Api } from "../contract/api.ts";
import type { Store } from "../contract/store.ts";
import type { Clock } from "../kit/clock.ts";
import { createAccounts } from "./access/accounts.ts";
import { createAggregates } from "./aggregates.ts";
import { answerPause } from "./answer-pause.ts";
import { changeFlowRuns } from "./change-flow-runs.ts";
import { checkValues } from "./check-values.ts";
import { createDeployments } from "./deployments.ts";
import { expirePause } from "./expire-pause.ts";
import { groupFailures, listFailedRuns } from "./failures.ts";
import { findUses } from "./find-uses.ts";
import { createFlowTrends } from "./flow-trends.ts";
import { createInbox } from "./inbox.ts";
import { listEvaluations } from "./list-evaluations.ts";
import type { ObjectMethods } from "./objects.ts";
import { createQueues } from "./queues.ts";
import { searchLogs } from "./search-logs.ts";
import { createWhyWaiting } from "./why-waiting.ts";
import { createWork } from "./work.ts";
import { createWorkspaces } from "./workspaces/workspaces.ts";

export interface BesideRunsOptions {
  readonly store: Store;
  readonly clock: Clock;
  readonly objects: ObjectMethods;
  /** Proposes a state for a run whose question was answered. */
  readonly letGoOn: Api["proposeFlowRunState"];
  /** What the bigger use cases are made of. */
  readonly api: Pick<
    Api,
    "listFlowRuns" | "listTaskRuns" | "listEvents" | "count" | "proposeFlowRunState" | "deleteFlowRun"
  >;
}

export function createBesideRuns({ store, clock, objects, letGoOn, api }: BesideRunsOptions) {
  const queues = createQueues({ store, objects });
  const answering = { store, clock, propose: letGoOn };
  return {
    ...createAccounts({ store, clock }),
    ...createWorkspaces({ store, clock }),
    ...createAggregates({ store, clock }),
    ...createFlowTrends(store),
    ...createDeployments({ store, clock, objects, queues }),
    ...createWork({ store, clock, objects, queues }),
    ...createWhyWaiting({ store, clock }),
    ...createInbox(store),
    answerPause: (answer) => answerPause(answering, answer),
    expirePause: (flowRunId) => expirePause(answering, flowRunId),
    changeFlowRuns: (change) =>
      changeFlowRuns({ store, api, clock, answer: (answer) => answerPause(answering, answer) }, change),
    tryAutomation: async (trial) => {
      // With it come the schemas, which nothing else here needs.
      const { tryAutomation } = await import("./try-automation.ts");
      return tryAutomation({ api: { ...api, ...objects }, clock }, trial);
    },
    listEvaluations: (automationId) => listEvaluations(objects, automationId),
    findUses: (of) => findUses(store, of),
    groupFailures: (request) => groupFailures(store, request),
    listFailedRuns: (request) => listFailedRuns(store, request),
    searchLogs: (search) => searchLogs(store, search),
    checkValues,
  } satisfies Partial<Api>;
}
