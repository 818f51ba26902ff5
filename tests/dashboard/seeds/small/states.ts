/** A run in each state that there is, and what waits for people. */

import { anError, type RunSpec, type StateName } from "../run-spec.ts";
import type { SeededDeployments } from "./deployments.ts";

const minute = 60_000;
const day = 86_400_000;

export function* makeStates(deployments: SeededDeployments, now: number): Iterable<RunSpec> {
  const sales = {
    deploymentId: deployments.sales,
    workPoolId: deployments.localPoolId,
    workQueueId: deployments.defaultQueueId,
  };
  yield {
    flow: "daily-sales",
    name: "tomorrow-morning",
    agoMs: -14 * 60 * minute,
    state: "Scheduled",
    autoScheduled: true,
    ...sales,
  };
  yield {
    flow: "daily-sales",
    name: "in-an-hour",
    agoMs: -58 * minute,
    state: "Scheduled",
    autoScheduled: true,
    ...sales,
  };
  yield {
    flow: "send-invoices",
    name: "overdue-wren",
    agoMs: 47 * minute,
    state: "Late",
    workPoolId: deployments.gpuPoolId,
    deploymentId: deployments.train,
  };
  yield {
    flow: "train-model",
    name: "queued-shrew",
    agoMs: 6 * minute,
    state: "AwaitingConcurrencySlot",
    message: "The limit `tag:gpu` is reached",
    deploymentId: deployments.train,
  };
  yield {
    flow: "sync-contacts",
    name: "ready-snipe",
    agoMs: 20_000,
    state: "Pending",
    deploymentId: deployments.contacts,
  };
  const running = {
    state: "Running",
    deploymentId: deployments.train,
    tags: ["ml", "gpu"],
    parameters: { epochs: 40 },
  } as const;
  for (const [index, name] of ["patient-otter", "quick-lynx", "keen-stoat"].entries()) {
    yield {
      flow: "train-model",
      name,
      agoMs: (index * 9 + 4) * minute,
      ...running,
      tasks: [
        { task: "load-data", fromMs: 40, tookMs: 15_000, state: "Completed" },
        ...Array.from({ length: 12 }, (_, fold) => ({
          task: "train",
          name: `train fold-${fold + 1}`,
          fromMs: 15_100 + fold * 12_000,
          tookMs: 11_000,
          state: (fold < 6 ? "Completed" : fold < 8 ? "Running" : "Pending") as StateName,
          after: ["load-data"],
        })),
      ],
      logs: [{ atMs: 30, message: "40 epochs" }],
      artifacts: [
        { kind: "progress", key: `training-${name}`, description: "Epochs", data: { value: 0.4 + index * 0.2 } },
      ],
    };
  }
  yield {
    flow: "sync-contacts",
    name: "trying-plover",
    agoMs: 3 * minute,
    tookMs: minute,
    state: "Retrying",
    message: "Attempt 2 of 3",
  };
  yield {
    flow: "sync-contacts",
    name: "stopping-tern",
    agoMs: 5 * minute,
    tookMs: 4 * minute,
    state: "Cancelling",
    message: "Cancelled by Ada",
  };
  yield {
    flow: "sync-contacts",
    name: "again-curlew",
    agoMs: 7 * minute,
    tookMs: minute,
    state: "AwaitingRetry",
    message: "HTTP 503",
    details: { scheduledAt: now + day },
  };
  yield { flow: "sync-contacts", name: "cached-dunlin", agoMs: 61 * minute, tookMs: 40, state: "Cached" };
  yield { flow: "sync-contacts", name: "back-redshank", agoMs: 66 * minute, tookMs: 9000, state: "RolledBack" };
  yield {
    flow: "sync-contacts",
    name: "gone-godwit",
    agoMs: 71 * minute,
    tookMs: 12_000,
    state: "Cancelled",
    message: "Cancelled by Ada",
  };
  yield {
    flow: "sync-contacts",
    name: "slow-whimbrel",
    agoMs: 76 * minute,
    tookMs: 600_000,
    state: "TimedOut",
    message: "It took longer than 10 min",
    error: anError("Error", "It took longer than 10 min"),
  };
  yield {
    flow: "sync-contacts",
    name: "dead-knot",
    agoMs: 81 * minute,
    tookMs: 6000,
    state: "Crashed",
    message: "The process that executed it has died (killed by signal SIGKILL)",
  };
  yield* makeQuestions(now);
}

function* makeQuestions(now: number): Iterable<RunSpec> {
  yield {
    flow: "release",
    name: "release-1-4-0",
    agoMs: 95 * minute,
    tookMs: 8000,
    state: "Paused",
    details: {
      pauseKey: "approval",
      inputTitle: "Publish version 1.4.0?",
      inputDescription: "**3 mended, 1 new.** See [the list](https://git.example/compare).\n\nIt goes to *all* shops.",
      inputSchema: {
        type: "object",
        properties: {
          approved: { type: "boolean", title: "Publish it" },
          note: { type: "string", title: "Note", description: "For the list of changes" },
          channel: { enum: ["all", "beta"], default: "beta", title: "Where" },
        },
        required: ["approved"],
      },
      initialValues: { approved: false },
      answerers: ["ada", "ops"],
    },
  };
  yield {
    flow: "send-invoices",
    name: "invoices-of-october",
    agoMs: 30 * 60 * minute,
    tookMs: 20_000,
    state: "Suspended",
    details: {
      suspended: true,
      pauseKey: "check",
      inputTitle: "Are these 214 invoices right?",
      inputSchema: { type: "object", properties: { send: { type: "boolean" } }, required: ["send"] },
      pauseTimeoutAt: now + 3 * day,
      timeoutAnswer: '{"send":false}',
    },
  };
  yield {
    flow: "sync-contacts",
    name: "held-by-ada",
    agoMs: 12 * minute,
    tookMs: 4000,
    state: "Paused",
    message: "Paused by Ada",
  };
}
