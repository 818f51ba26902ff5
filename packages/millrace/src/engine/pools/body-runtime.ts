import type { Api } from "../../contract/api.ts";
import type { TaskDefinition } from "../../contract/definitions.ts";
import { MillraceError } from "../../contract/errors.ts";
import { refuseWhileImporting } from "../../contract/importing.ts";
import type { PoolHost } from "../../contract/pools.ts";
import { brands, type Runtime, type Vault } from "../../contract/runtime.ts";
import { systemClock as clock } from "../../kit/clock.ts";
import { uuidv7 } from "../../kit/ids.ts";
import { systemRandom } from "../../kit/random.ts";
import { type BodyContext, bodyStorage } from "./body-context.ts";
import { InlineFuture } from "./inline-future.ts";
import { InlineWarnings, runInlineTask } from "./inline-task.ts";
import { callBody, resolveInline } from "./run-inline.ts";

/**
 * What `context()`, task calls and the like mean in the body of a thread or process. The body is one step of the record:
 * tasks, sleeps and values that it asks for run inside it and are not recorded or cached by themselves. What needs
 * the flow's process (flows, pauses, transactions) is refused; what the orchestrator knows is asked for by message.
 */
export function createBodyRuntime(runner: "thread" | "process"): Runtime {
  const here = (api: string): BodyContext => bodyStorage.getStore() ?? refuse(api);
  const refuse = (api: string): never => {
    throw new MillraceError("CONTEXT_MISSING", {
      api,
      needed: `flow or task that runs in the flow's own process (this code runs in a ${runner})`,
    });
  };
  const warnings = new InlineWarnings(runner);
  /** Refuses a call of a module that is being imported at once, though nobody awaits it. */
  const refuseOutside = (definition: TaskDefinition): void => {
    if (bodyStorage.getStore() === undefined) refuseWhileImporting(definition);
  };
  const runTask = async (definition: TaskDefinition, given: readonly unknown[]): Promise<unknown> => {
    const context = here(`${definition.name}()`);
    warnings.tell(definition, context);
    const args = await Promise.all(given.map(resolveInline));
    return runInlineTask({ definition, args, context, clock, random: systemRandom });
  };
  const callTask = (definition: TaskDefinition, args: readonly unknown[]): Promise<unknown> => {
    refuseOutside(definition);
    return runTask(definition, args);
  };
  const submitTask = (definition: TaskDefinition, args: readonly unknown[]): InlineFuture => {
    refuseOutside(definition);
    here(`${definition.name}.submit()`);
    return new InlineFuture(definition.name, () => callTask(definition, args), clock);
  };
  const asked = (api: string): PoolHost["runtime"] => here(api).parts.remote<PoolHost["runtime"]>("runtime");
  return {
    current: () => bodyStorage.getStore(),
    callFlow: (definition) => {
      refuseWhileImporting(definition);
      return refuse(`${definition.name}()`);
    },
    callTask,
    submitTask,
    mapTask: (definition, args) => zip(definition, args).map((item) => submitTask(definition, item)),
    async *streamTask(definition, args) {
      warnings.tell(definition, here(`${definition.name}()`));
      yield* callBody(definition, await Promise.all(args.map(resolveInline))) as AsyncIterable<unknown>;
    },
    step: (spec) => {
      const { signal, taskRun } = here(`${spec.name}()`);
      return spec.run({ startedAt: clock.now(), signal, taskRunId: taskRun.id });
    },
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

/** The arguments of each item of a map: arrays are mapped over, all else is passed whole. */
function zip(definition: TaskDefinition, args: readonly unknown[]): readonly (readonly unknown[])[] {
  const columns = args.map((argument) => (isMapped(argument) ? [...argument] : null));
  const lengths = new Set(columns.flatMap((column) => (column === null ? [] : [column.length])));
  if (lengths.size > 1) {
    throw new TypeError(`${definition.name}.map(): the arrays differ in length: ${[...lengths].join(", ")}`);
  }
  const [length = 0] = lengths;
  return Array.from({ length }, (_, index) =>
    columns.map((column, place) => (column === null ? args[place] : column[index])),
  );
}

function isMapped(argument: unknown): argument is Iterable<unknown> {
  return (
    typeof argument === "object" && argument !== null && Symbol.iterator in argument && !(brands.unmapped in argument)
  );
}
