/**
 * /api/task_runs/subscriptions/scheduled: hands task runs that wait for a worker to those that serve their tasks, one after
 * the other, each to one of them. A task run that a worker has not begun in time, or whose worker is gone before it said that
 * it has it, is handed out again: at least once, as Prefect has it.
 */

import type { Api } from "../../../contract/api.ts";
import { isMillraceError } from "../../../contract/errors.ts";
import type { TaskRun } from "../../../contract/task-run.ts";
import type { Clock } from "../../../kit/clock.ts";
import { parseJson } from "../../../kit/json.ts";
import type { SeqWatch } from "../../events/event-watch.ts";
import { type KeptTaskRun, toPrefectTaskRun, toTaskName } from "../mapping/task-run.ts";
import type { PrefectSocket } from "./prefect-socket.ts";
import type { SocketRoute } from "./socket-hub.ts";
import type { TaskWorkers } from "./task-workers.ts";

/** A handed-out task run that is still waiting after this is handed out again. In ms. */
const beginWithinMs = 60_000;
/** Between two looks where no event says that there is something, in ms. */
const lookEveryMs = 5000;
/** Task runs looked at in one go. */
const maxLooked = 200;
/** The code that Prefect's server closes with. */
const violation = 4001;

export function taskSubscriptions(options: {
  readonly api: Api;
  readonly clock: Clock;
  readonly watch: SeqWatch;
  readonly workers: TaskWorkers;
}): SocketRoute {
  const { api, clock, watch, workers } = options;

  /** Makes the task run this server's to hand out. False when it is another's. */
  async function claim(run: TaskRun): Promise<boolean> {
    const name = claimOf(run);
    try {
      await api.createObject("configuration", { name });
      return true;
    } catch (error) {
      if (!isMillraceError(error, "OBJECT_EXISTS")) throw error;
    }
    const [known] = (await api.listObjects("configuration", { where: { field: "name", in: [name] } })).items;
    if (known !== undefined && known.createdAt < clock.now() - beginWithinMs) {
      await api.deleteObject("configuration", known.id);
    }
    return false;
  }

  async function giveUp(run: TaskRun): Promise<void> {
    const where = { field: "name", in: [claimOf(run)] };
    for (const { id } of (await api.listObjects("configuration", { where })).items) {
      await api.deleteObject("configuration", id);
    }
  }

  async function findWaiting(keys: ReadonlySet<string>): Promise<readonly TaskRun[]> {
    const names = [...new Set([...keys].map(toTaskName))];
    const where = {
      all: [
        { field: "dueAt", atMost: clock.now() },
        { field: "taskName", in: names },
      ],
    };
    const { items } = await api.listTaskRuns({ where }, { limit: maxLooked }, "expected-asc");
    return items.filter((run) => keys.has((run.extra as KeptTaskRun | null)?.task_key ?? ""));
  }

  async function serve(
    socket: PrefectSocket,
    messages: AsyncIterator<string>,
    { client, keys: asked }: Subscription,
  ): Promise<void> {
    const keys = new Set(asked);
    /** What the worker has said that it has, and has not begun yet. */
    const handed = new Map<string, TaskRun>();
    while (!socket.signal.aborted) {
      workers.see(client, asked);
      const known = watch.lastSeq;
      await forgetBegun(handed);
      const next = await takeNext(keys, handed);
      if (next === null) {
        await watch.waitBeyond(known, { ms: lookEveryMs, signal: socket.signal });
        continue;
      }
      let hasIt = false;
      try {
        await socket.send(JSON.stringify(toPrefectTaskRun(next, { now: clock.now() })));
        const answer = await messages.next();
        hasIt = answer.done !== true && typeOf(answer.value) === "ack";
      } finally {
        if (hasIt) handed.set(next.id, next);
        else await giveUp(next);
      }
      if (!hasIt) return;
    }
  }

  async function takeNext(keys: ReadonlySet<string>, handed: ReadonlyMap<string, TaskRun>): Promise<TaskRun | null> {
    for (const run of await findWaiting(keys)) {
      if (handed.has(run.id) || !(await claim(run))) continue;
      // It may have been begun since it was found.
      if ((await api.readTaskRun(run.id))?.state.type === "SCHEDULED") return run;
      await giveUp(run);
    }
    return null;
  }

  async function forgetBegun(handed: Map<string, TaskRun>): Promise<void> {
    for (const run of handed.values()) {
      const state = (await api.readTaskRun(run.id))?.state;
      if (state?.type === "SCHEDULED" && state.at === run.state.at) continue;
      handed.delete(run.id);
      await giveUp(run);
    }
  }

  return {
    path: "/api/task_runs/subscriptions/scheduled",
    policy: { role: "runner", does: "work" },
    async open(socket) {
      const messages = socket.messages()[Symbol.asyncIterator]();
      const first = await messages.next();
      const asked = first.done === true ? null : readSubscription(first.value);
      if (asked === null) {
        socket.close(violation, "Protocol violation: expected a 'subscribe' message with 'keys' and 'client_id'");
        return;
      }
      await watch.join();
      try {
        await serve(socket, messages, asked);
      } finally {
        watch.leave();
        workers.forget(asked.client);
      }
    },
  };
}

/** The same run that waits again, for a retry, is handed out anew. */
function claimOf({ id, state }: TaskRun): string {
  return `task delivery ${id} ${state.at}`;
}

function typeOf(text: string): string | null {
  const { type } = parse(text);
  return typeof type === "string" ? type : null;
}

interface Subscription {
  readonly client: string;
  readonly keys: readonly string[];
}

function readSubscription(text: string): Subscription | null {
  const { type, keys, client_id: client } = parse(text);
  if (type !== "subscribe" || typeof client !== "string" || !Array.isArray(keys)) return null;
  const texts = keys.filter((key) => typeof key === "string");
  return texts.length === 0 ? null : { client, keys: texts };
}

function parse(text: string): Readonly<Record<string, unknown>> {
  try {
    const value = parseJson(text);
    return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}
