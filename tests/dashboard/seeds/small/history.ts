/** What has run in the past week: short runs of a few flows, most of which went well. */

import { anError, type RunSpec, type StateName, type TaskSpec } from "../run-spec.ts";
import type { SeededDeployments } from "./deployments.ts";

const minute = 60_000;
const hour = 60 * minute;
const adjectives = ["calm", "brave", "amber", "quiet", "swift", "merry", "noble", "plain"] as const;
const animals = ["heron", "otter", "vole", "lynx", "crane", "stoat", "finch", "badger", "newt"] as const;

const nameOf = (index: number): string =>
  `${adjectives[index % adjectives.length]}-${animals[Math.floor(index / adjectives.length) % animals.length]}-${index}`;

export function* makeHistory(deployments: SeededDeployments): Iterable<RunSpec> {
  for (let index = 0; index < 160; index++) {
    // The past day is busier than those before it.
    const isToday = index < 80;
    const agoMs = isToday
      ? 2 * hour + index * 16 * minute + ((index * 7919) % 900_000)
      : (index - 68) * 2 * hour + ((index * 7919) % 3_000_000);
    const state: StateName = index % 23 === 11 ? "Failed" : index % 41 === 30 ? "Crashed" : "Completed";
    const isSales = index % 2 === 0;
    const tookMs = (isSales ? 42_000 : 9000) + ((index * 104_729) % 20_000);
    const flow = isSales ? "daily-sales" : "sync-contacts";
    yield {
      flow,
      name: nameOf(index),
      agoMs,
      tookMs,
      state,
      autoScheduled: true,
      tags: isSales ? ["sales", "auto-scheduled"] : ["crm", "auto-scheduled"],
      parameters: isSales ? { date: "2026-11-25", region: "west", limit: 5000 } : {},
      deploymentId: isSales ? deployments.sales : deployments.contacts,
      workPoolId: deployments.localPoolId,
      workQueueId: isSales ? deployments.defaultQueueId : deployments.urgentQueueId,
      tasks: makeTasks(flow, tookMs, state),
      ...(state === "Failed"
        ? {
            message: "The task `load` failed: connection refused by db.example:5432",
            error: anError("Error", "connection refused by db.example:5432", [`flows/${flow}.ts:41:9`]),
          }
        : state === "Crashed"
          ? { message: "The process that executed it has died (killed by signal SIGKILL)" }
          : { result: { rows: 400 + index } }),
    };
  }
}

function* makeTasks(flow: string, tookMs: number, state: StateName): Iterable<TaskSpec> {
  const part = tookMs / 3;
  const names =
    flow === "daily-sales" ? (["extract", "transform", "load"] as const) : (["read", "match", "load"] as const);
  for (const [index, task] of names.entries()) {
    const isLast = index === 2;
    const isBad = isLast && state !== "Completed";
    yield {
      task,
      fromMs: part * index + 20,
      tookMs: part - 40,
      state: isBad ? (state === "Failed" ? "Failed" : "Running") : "Completed",
      after: index === 0 ? [] : [names[index - 1] ?? "extract"],
      ...(isBad && state === "Failed"
        ? {
            error: anError("Error", "connection refused by db.example:5432", [`flows/${flow}.ts:41:9`]),
            message: "connection refused",
          }
        : {}),
    };
  }
}
