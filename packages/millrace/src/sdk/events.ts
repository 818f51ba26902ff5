import { MillraceError } from "../contract/errors.ts";
import type { FlowRunInfo, TaskRunInfo } from "../contract/runtime.ts";
import { callId } from "./call-id.ts";
import { toJsonText } from "./json-text.ts";
import { loadRuntime } from "./runtime.ts";

export interface EmitOptions {
  /** What it happened to: its id, or labels with `id` among them. Default: the task run or flow run that emits the event. */
  readonly resource?: string | Readonly<Record<string, string>>;
  /** What there is to say of it: plain data, up to 1 MiB of JSON. */
  readonly payload?: unknown;
}

const maxPayloadBytes = 2 ** 20;

/**
 * Records that something happened. Automations and whoever lists the events see it. A body that runs again (a retry, a resume)
 * gives its events the same ids as before.
 *
 * @example await emit("orders.loaded", { resource: "table/orders", payload: { rows: 1200 } });
 * @param name words of your own, such as `orders.loaded`; those that begin with `millrace.` are the product's
 * @returns the id of the event
 * @throws EVENT_INVALID
 */
export async function emit(name: string, { resource, payload }: EmitOptions = {}): Promise<string> {
  checkName(name);
  const text = payload === undefined ? null : payloadText(name, payload);
  const loading = loadRuntime();
  const runtime = loading instanceof Promise ? await loading : loading;
  const { flowRun = null, taskRun = null } = runtime.current() ?? {};
  const event = {
    id: callId(runtime, `event:${name}`),
    name,
    at: runtime.clock.now(),
    flowRunId: flowRun?.id ?? null,
    taskRunId: taskRun?.id ?? null,
    resource:
      resource === undefined
        ? emitterLabels(flowRun, taskRun)
        : typeof resource === "string"
          ? { id: resource }
          : resource,
    payload: text,
  };
  await runtime.recordEvent(event);
  return event.id;
}

/** The labels that the events of the run's states have too. */
function emitterLabels(flowRun: FlowRunInfo | null, taskRun: TaskRunInfo | null): Readonly<Record<string, string>> {
  const flow = flowRun === null ? {} : { flow: flowRun.flowName };
  if (taskRun !== null) {
    return { id: `millrace.task-run.${taskRun.id}`, name: taskRun.name, task: taskRun.taskName, ...flow };
  }
  return flowRun === null ? {} : { id: `millrace.flow-run.${flowRun.id}`, name: flowRun.name, ...flow };
}

function checkName(name: string): void {
  if (typeof name !== "string" || name.trim() === "" || name.length > 255)
    throw invalid(name, "its name must be a text of 1 to 255 characters");
  if (name.startsWith("millrace.")) throw invalid(name, "names that begin with `millrace.` are the product's own");
}

function payloadText(name: string, payload: unknown): string {
  const found = toJsonText(payload, { root: "payload", nonFinite: "null" });
  if ("reason" in found) throw invalid(name, `\`${found.path}\` ${found.reason}`);
  const sizeBytes = Buffer.byteLength(found.text);
  if (sizeBytes > maxPayloadBytes)
    throw invalid(name, `its payload has ${sizeBytes} bytes, and may have at most ${maxPayloadBytes}`);
  return found.text;
}

function invalid(name: string, reason: string): MillraceError {
  return new MillraceError("EVENT_INVALID", { name: String(name), reason });
}
