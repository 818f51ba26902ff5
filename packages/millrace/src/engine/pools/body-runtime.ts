import type { Api } from "../../contract/api.ts";
import type { TaskDefinition } from "../../contract/definitions.ts";
import { MillraceError } from "../../contract/errors.ts";
import { refuseWhileImporting } from "../../contract/importing.ts";
import type { PoolHost } from "../../contract/pools.ts";
import type { Runtime, Vault } from "../../contract/runtime.ts";
import { uuidv7 } from "../../kit/ids.ts";
import { systemRandom } from "../../kit/random.ts";
import { readStream, Stream } from "../stream.ts";
import { type BodyContext, bodyStorage } from "./body-context.ts";
import type { Caller, NestedCalls } from "./nested-calls.ts";
import { callBody } from "./run-inline.ts";

/**
 * What `context()`, task calls and the like mean in the body of a thread or process. Tasks, sleeps and values that it asks for
 * are calls of the flow's process, which records them and has their bodies run here, beside the caller's. What needs that
 * process (flows, pauses, transactions) is refused; what the orchestrator knows is asked for by message.
 */
export function createBodyRuntime(calls: NestedCalls): Runtime {
  const { runner, clock } = calls;
  const here = (api: string): BodyContext => bodyStorage.getStore() ?? refuse(api);
  const callerOf = (api: string): Caller => {
    const { id, tags } = here(api).parts;
    return { id, tags };
  };
  const refuse = (api: string): never => {
    throw new MillraceError("CONTEXT_MISSING", {
      api,
      needed: `flow or task that runs in the flow's own process (this code runs in a ${runner})`,
    });
  };
  /** Refuses a call of a module that is being imported at once, though nobody awaits it. */
  const refuseOutside = (definition: TaskDefinition): void => {
    if (bodyStorage.getStore() === undefined) refuseWhileImporting(definition);
  };
  const runTask = async (definition: TaskDefinition, args: readonly unknown[]): Promise<unknown> =>
    calls.call(callerOf(`${definition.name}()`), { how: "call", definition, args }).result();
  const asked = (api: string): PoolHost["runtime"] => here(api).parts.remote<PoolHost["runtime"]>("runtime");
  return {
    current: () => bodyStorage.getStore(),
    callFlow: (definition) => {
      refuseWhileImporting(definition);
      return refuse(`${definition.name}()`);
    },
    callTask: (definition, args) => {
      refuseOutside(definition);
      return runTask(definition, args);
    },
    submitTask: (definition, args) => {
      refuseOutside(definition);
      return calls.call(callerOf(`${definition.name}.submit()`), { how: "submit", definition, args });
    },
    mapTask: (definition, args) => {
      refuseOutside(definition);
      return calls.map(callerOf(`${definition.name}.map()`), definition, args);
    },
    streamTask: (definition, args) => {
      const stream = new Stream();
      const body = (...given: readonly unknown[]): unknown =>
        stream.pump(callBody(definition, given) as AsyncIterable<unknown>);
      return readStream(stream, () => ({
        done: calls.call(callerOf(`${definition.name}()`), { how: "call", definition, args, body }).result(),
      }));
    },
    step: async (spec) => calls.step(callerOf(`${spec.name}()`), spec),
    pause: async () => refuse("pause()"),
    transaction: async () => refuse("transaction()"),
    withTags: (tags, body) => {
      const context = bodyStorage.getStore();
      return context === undefined ? body() : bodyStorage.run(context.withTags(tags), body);
    },
    api: async () => here("api()").parts.remote<Api>("api"),
    vault: async () => here("vault()").parts.remote<Vault>("vault"),
    mask: (value) => here("mask()").parts.mask(value),
    hide: (texts) => asked("runDeployment()").hide(texts),
    encode: (value) => JSON.stringify(value),
    decode: (text) => JSON.parse(text) as unknown,
    readResult: async () => refuse("runDeployment()"),
    recordArtifact: (artifact) => asked("artifact").recordArtifact(artifact),
    recordEvent: (event) => asked("emit()").recordEvent(event),
    readEnvironment: (name) => asked("secret()").readEnvironment(name),
    newId: uuidv7,
    random: systemRandom,
    clock,
  };
}
