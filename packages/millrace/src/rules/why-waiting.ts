/**
 * Why a run is not running. The lists are read from the top: a run has to get past each line, and what holds it at one is
 * told whether or not it would get past the next, so that not every mended cause uncovers another.
 */

import { takenSlots } from "../contract/concurrency.ts";
import type { WorkPool, WorkQueue } from "../contract/objects.ts";
import { isTerminal } from "../contract/states.ts";
import type { Hold, WaitVerdict } from "../contract/waiting.ts";
import { type CodeRuntime, isOnline, isServed, runtimeOf } from "../contract/work.ts";
import { paused, subflowPaused } from "./why-waiting-answer.ts";
import type { WaitFacts } from "./why-waiting-facts.ts";
import { hold, named, some, theRun } from "./why-waiting-hold.ts";
import { freeSlots } from "./work.ts";

export function decideWhyWaiting(facts: WaitFacts): { readonly verdict: WaitVerdict; readonly holds: readonly Hold[] } {
  const { state } = facts.run;
  if (isTerminal(state.type)) return { verdict: "ended", holds: [] };
  switch (state.type) {
    case "RUNNING":
      return { verdict: "running", holds: found([subflowPaused(facts), ...slotsWait(facts), tasksWait(facts)]) };
    case "CANCELLING":
      return { verdict: "held", holds: [stopping(facts)] };
    case "PAUSED":
      return { verdict: "held", holds: [paused(facts)] };
    case "PENDING":
      return { verdict: "held", holds: [starting(facts)] };
    default: {
      const holds = found(inTheWayOfScheduled.map((look) => look(facts)));
      return { verdict: holds.length === 0 ? "next" : "held", holds };
    }
  }
}

/** What a run that is SCHEDULED has to get past, in this order. */
const inTheWayOfScheduled: readonly ((facts: WaitFacts) => Hold | null)[] = [
  notDue,
  nobodyStartsIt,
  notServed,
  poolPaused,
  queuePaused,
  noWorker,
  wrongWorker,
  queueNotServed,
  limitFull,
  poolFull,
  queueFull,
  behind,
];

function found(holds: readonly (Hold | null)[]): readonly Hold[] {
  return holds.filter((hold) => hold !== null);
}

function tasksWait({ run, waitingTasks }: WaitFacts): Hold | null {
  if (waitingTasks.length === 0) return null;
  const [first] = waitingTasks;
  const names = [...new Set(waitingTasks.map(({ name }) => name))];
  const many = waitingTasks.length === 1 ? "1 task run waits" : `${waitingTasks.length} task runs wait`;
  const message = first?.state.message ?? first?.state.name ?? "";
  const dues = waitingTasks.flatMap(({ state }) => state.details?.scheduledAt ?? []);
  return hold("tasks-wait", `It is running, and ${many} (${some(names)}): ${message}.`, {
    subject: theRun(run),
    advice: `\`millrace flow-run explain ${run.id}\` says why of each.`,
    until: dues.length === waitingTasks.length ? Math.min(...dues) : null,
  });
}

/** What `concurrency()` and `rateLimit()` wait for, in TypeScript and in Python, and Python's tasks with tags. */
function slotsWait({ slotWaits, now }: WaitFacts): readonly Hold[] {
  return slotWaits.map(({ limit, tasks, holders }) => {
    const names = [...new Set(tasks.map(({ name }) => name))];
    const who = names.length === 0 ? "it waits" : `${some(names)} ${names.length === 1 ? "waits" : "wait"}`;
    const { slots, decayPerSecond } = limit;
    const by = holders.length === 0 ? "" : `, by ${some(holders)}`;
    const are = slots === 1 ? "the one slot of it is" : `all ${slots} slots of it are`;
    const why =
      decayPerSecond > 0
        ? `${takenSlots(limit, now)} of ${slots} slots of it are taken, and ${decayPerSecond} a second come back`
        : `${are} taken${by}`;
    return hold("limit-full", `It is running, and ${who} for the concurrency limit ${limit.name}: ${why}.`, {
      subject: named("concurrency-limit", limit),
      advice: `\`millrace gcl inspect ${limit.name}\` shows who holds them.`,
    });
  });
}

function stopping({ run }: WaitFacts): Hold {
  return hold("stopping", "It is told to stop, and what executes it has not stopped yet.", {
    subject: theRun(run),
    advice: `If that is gone: \`millrace flow-run cancel ${run.id} --force\`.`,
  });
}

function starting({ run, workers, now }: WaitFacts): Hold {
  const where = run.extra.infrastructurePid ?? run.ownerId;
  const who = where == null ? "It was handed out" : `It was handed out, to ${where}`;
  const areGone = run.workPoolId !== null && !workers.some((worker) => isOnline(worker, now));
  const reason = areGone ? `${who}, and no worker of its pool is there any more.` : `${who}, and has not begun yet.`;
  return hold("starting", reason, {
    subject: theRun(run),
    advice: "The output of the worker that took it says what it does.",
  });
}

function notDue({ run, schedule, deployment, now }: WaitFacts): Hold | null {
  if (run.dueAt === null || run.dueAt <= now) return null;
  const until = run.dueAt;
  if (run.state.name === "AwaitingRetry") {
    const reason = `It waits for its next try${run.state.message === undefined ? "." : `: ${run.state.message}`}`;
    return hold("retry", reason, { subject: theRun(run), until });
  }
  // The limit is told of by its own line; the time is only when it is asked again.
  if (run.state.name === "AwaitingConcurrencySlot") return null;
  if (schedule === null) return hold("not-due", "It was submitted for a later time.", { subject: theRun(run), until });
  const name = schedule.slug ?? schedule.id;
  const of = deployment === null ? "" : ` of ${deployment.flowName}/${deployment.name}`;
  return hold("not-due", `The schedule ${name}${of} made it for a later time.`, {
    subject: named("schedule", { id: schedule.id, name }),
    until,
  });
}

function nobodyStartsIt({ run, deployment, pool }: WaitFacts): Hold | null {
  const isLost = run.workPoolId !== null && pool === null;
  if (isLost) {
    return hold("nobody-starts-it", "Its work pool is gone, so nobody starts it.", {
      subject: theRun(run),
      advice: "Give its deployment another work pool, and submit a new run.",
    });
  }
  if (deployment !== null || pool !== null) return null;
  const reason =
    run.deploymentId === null
      ? "It belongs to no deployment, so only the process that made it starts it."
      : "Its deployment is gone, so nobody starts it.";
  const givesUp = `\`millrace flow-run cancel ${run.id}\` gives it up.`;
  return hold("nobody-starts-it", reason, {
    subject: theRun(run),
    // Where its code is was recorded of what our engine has begun; nobody else's is executed here.
    advice: run.entrypoint === null ? givesUp : `\`millrace flow-run resume ${run.id}\` executes it here; ${givesUp}`,
  });
}

function notServed({ run, deployment, now }: WaitFacts): Hold | null {
  if (deployment === null || run.workPoolId !== null || isServed(deployment.polledAt, now)) return null;
  const name = `${deployment.flowName}/${deployment.name}`;
  const never = deployment.polledAt === null ? "has ever asked" : "asks any more";
  return hold(
    "not-served",
    `The deployment ${name} has no work pool, and no process that serves it ${never} for its runs.`,
    {
      subject: named("deployment", { id: deployment.id, name }),
      advice: "Start the process that calls its `serve()`, or give the deployment a work pool.",
    },
  );
}

function poolPaused({ pool }: WaitFacts): Hold | null {
  if (pool?.pool.paused !== true) return null;
  return hold("pool-paused", `The work pool ${pool.pool.name} is paused.`, {
    subject: named("work-pool", pool.pool),
    advice: `\`millrace work-pool resume ${pool.pool.name}\``,
  });
}

function queuePaused({ pool, queue }: WaitFacts): Hold | null {
  if (queue?.queue.paused !== true) return null;
  return hold("queue-paused", `The work queue ${queueName(queue.queue, pool?.pool)} is paused.`, {
    subject: named("work-queue", queue.queue),
    advice: `\`millrace work-queue resume ${queueName(queue.queue, pool?.pool)}\``,
  });
}

function queueName({ name }: WorkQueue, pool: WorkPool | undefined): string {
  return pool === undefined ? name : `${pool.name}/${name}`;
}

function noWorker({ pool, workers, queue, now }: WaitFacts): Hold | null {
  // Who asks for runs without a heartbeat is no worker, but serves as one.
  if (pool === null || workers.some((worker) => isOnline(worker, now))) return null;
  if (queue !== null && isServed(queue.queue.polledAt, now)) return null;
  const names = workers.map(({ name }) => name);
  const last = names.length === 0 ? "has none yet" : `has not heard of ${some(names)} for a while`;
  return hold("no-worker", `No worker of the work pool ${pool.pool.name} is there: it ${last}.`, {
    subject: named("work-pool", pool.pool),
    advice: `\`millrace worker start --pool ${pool.pool.name}\``,
  });
}

const languages: Readonly<Record<CodeRuntime, string>> = { node: "TypeScript", python: "Python" };

/** Of a worker that never said what it runs nothing is known. */
function wrongWorker({ deployment, pool, workers, now }: WaitFacts): Hold | null {
  if (deployment === null || pool === null) return null;
  const online = workers.filter((worker) => isOnline(worker, now));
  const needed = runtimeOf(deployment.entrypoint);
  if (online.length === 0 || online.some(({ runtime = needed }) => runtime === needed)) return null;
  const { name } = pool.pool;
  const others = some(online.map((worker) => worker.name));
  const reason = `Its code is ${languages[needed]}, and the work pool ${name} has no worker for it: ${others} ${online.length === 1 ? "runs" : "run"} other code.`;
  return hold("wrong-worker", reason, {
    subject: named("work-pool", pool.pool),
    advice: needed === "node" ? `\`millrace worker start --pool ${name}\`` : `\`prefect worker start --pool ${name}\``,
  });
}

function queueNotServed({ pool, queue, workers, now }: WaitFacts): Hold | null {
  if (pool === null || queue === null || isServed(queue.queue.polledAt, now)) return null;
  const online = workers.filter((worker) => isOnline(worker, now));
  // Workers leave out what is paused, and without workers that is the reason.
  if (online.length === 0 || pool.pool.paused || queue.queue.paused) return null;
  const name = queueName(queue.queue, pool.pool);
  const who = online.length === 1 ? `The worker ${online[0]?.name ?? ""} is` : `${online.length} workers are`;
  return hold("queue-not-served", `${who} there, but nobody asks for runs of ${name}.`, {
    subject: named("work-queue", queue.queue),
    advice: `Start a worker for it: \`millrace worker start --pool ${pool.pool.name} --queue ${queue.queue.name}\``,
  });
}

function limitFull({ run, limit, deployment, now }: WaitFacts): Hold | null {
  if (limit === null || !limit.limit.active) return null;
  const { slots } = limit.limit;
  const taken = takenSlots(limit.limit, now);
  if (freeSlots({ limit: slots, active: taken }) > 0) return null;
  const name = deployment === null ? limit.limit.name : `${deployment.flowName}/${deployment.name}`;
  const others = limit.holders.filter(({ id }) => id !== run.id);
  const by = others.length === 0 ? "" : `, by ${some(others.map((holder) => holder.name))}`;
  // Who goes on renews its lease: its end says nothing.
  const goesOn = others.some(({ state }) => !isTerminal(state.type));
  const are = slots === 1 ? "The one slot" : `All ${slots} slots`;
  const reason =
    slots === 0
      ? `The concurrency limit of ${name} is 0, so no run of it ever starts.`
      : `${are} of the concurrency limit of ${name} ${slots === 1 ? "is" : "are"} taken${by}.`;
  return hold("limit-full", reason, {
    subject: named("concurrency-limit", limit.limit),
    until: run.state.name === "AwaitingConcurrencySlot" && !goesOn ? run.dueAt : null,
  });
}

function poolFull({ pool }: WaitFacts): Hold | null {
  if (pool === null || freeSlots({ limit: pool.pool.concurrencyLimit, active: pool.active }) > 0) return null;
  const limit = pool.pool.concurrencyLimit ?? 0;
  return hold(
    "pool-full",
    `The work pool ${pool.pool.name} lets ${runs(limit)} go at once, and ${underWay(pool.active)}.`,
    {
      subject: named("work-pool", pool.pool),
      advice: `\`millrace work-pool set-concurrency-limit ${pool.pool.name} ${limit + 1}\` lets more.`,
    },
  );
}

function queueFull({ pool, queue }: WaitFacts): Hold | null {
  if (queue === null || freeSlots({ limit: queue.queue.concurrencyLimit, active: queue.active }) > 0) return null;
  const limit = queue.queue.concurrencyLimit ?? 0;
  const name = queueName(queue.queue, pool?.pool);
  return hold("queue-full", `The work queue ${name} lets ${runs(limit)} go at once, and ${underWay(queue.active)}.`, {
    subject: named("work-queue", queue.queue),
    advice: `\`millrace work-queue set-concurrency-limit ${name} ${limit + 1}\` lets more.`,
  });
}

function underWay(count: number): string {
  return count === 1 ? "1 is under way" : `${count} are under way`;
}

function runs(count: number): string {
  return count === 1 ? "1 run" : `${count} runs`;
}

/** Only where somebody serves the queue at all: else that is the reason. */
function behind({ run, pool, queue, ahead, now }: WaitFacts): Hold | null {
  if (queue === null || ahead === 0 || !isServed(queue.queue.polledAt, now)) return null;
  if (run.dueAt !== null && run.dueAt > now) return null;
  const name = queueName(queue.queue, pool?.pool);
  const are = ahead === 1 ? "1 run of it is" : `${ahead} runs of it are`;
  return hold("behind", `The work queue ${name} is served in order, and ${are} due before this one.`, {
    subject: named("work-queue", queue.queue),
    advice: "A queue of higher priority, or more workers, let it go sooner.",
  });
}
