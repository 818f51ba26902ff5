/** Taking up runs again, by definitions that are in this process already. */

import type { Api } from "../contract/api.ts";
import { MillraceError } from "../contract/errors.ts";
import type { FlowRun } from "../contract/flow-run.ts";
import { type EndedRun, readRun, type StartedRun, toEnd } from "./ended-run.ts";
import { findDefinition } from "./find-definition.ts";
import type { LedgerProcess } from "./ledger-process.ts";
import { type AnyFlow, definitionOf, type FlowSubject, idOf, type RunSubject } from "./subjects.ts";
import type { ContinueOptions, TestLedger } from "./test-ledger.ts";

type FlowStart = Parameters<LedgerProcess["engine"]["startFlow"]>[0];

/** `current` is asked for the process each time: it may have died. */
export function createRunner(
  current: () => Promise<LedgerProcess>,
): Pick<TestLedger, "run" | "start" | "resume" | "retry" | "startFrom"> {
  const api = async (): Promise<Api> => (await current()).api;

  /** Resolves when the run is recorded; rejects with what is thrown before that. */
  async function begin<Value>(start: FlowStart): Promise<StartedRun<Value>> {
    const { engine } = await current();
    return new Promise((resolve, reject) => {
      const execution = engine.startFlow({
        ...start,
        onCreated: ({ id }) => resolve({ id, ended: toEnd(execution as Promise<Value>, id, api) }),
      });
      execution.catch(reject);
    });
  }

  async function start<Parameters extends readonly unknown[], Value>(
    flow: FlowSubject<Parameters, Value>,
    ...[parameters]: Parameters
  ): Promise<StartedRun<Value>> {
    return begin({ definition: definitionOf(flow), parameters });
  }

  async function goOn(subject: RunSubject, mode: "resume" | "retry", options: ContinueOptions): Promise<EndedRun> {
    const { engine } = await current();
    const id = idOf(subject);
    const definition = definitionFor(await readRun(await api(), id), options.flow);
    const run = await engine.claim(id, mode);
    const { onDrift } = options;
    const parameters = engine.decode(run.parameters);
    return toEnd(engine.continueFlow({ run, definition, parameters, mode, onDrift }), id, api);
  }

  return {
    start,
    run: async (flow, ...parameters) => (await start(flow, ...parameters)).ended,
    resume: (run, options = {}) => goOn(run, "resume", options),
    retry: (run, options = {}) => goOn(run, "retry", options),
    async startFrom(subject, step, { flow, onDrift } = {}) {
      const old = await readRun(await api(), idOf(subject));
      const until = await findStep(await current(), old, step);
      const started = await begin({
        definition: definitionFor(old, flow),
        parameters: (await current()).engine.decode(old.parameters),
        adopts: { runId: old.id, until },
        tags: old.tags,
        ...(onDrift === undefined ? {} : { onDrift }),
      });
      return started.ended;
    },
  };
}

function definitionFor(run: FlowRun, flow: AnyFlow | undefined): ReturnType<typeof findDefinition> {
  return flow === undefined ? findDefinition(run) : definitionOf(flow);
}

async function findStep({ api }: LedgerProcess, run: FlowRun, step: string): Promise<string> {
  const steps = (await api.readRecords(run.id)).filter(({ parentId }) => parentId === null);
  const found = steps.find(({ id, name, taskName }) => id === step || name === step || taskName === step);
  if (found !== undefined) return found.id;
  const advice = `It has ${steps.map(({ name }) => `\`${name}\``).join(", ") || "none"}.`;
  throw new MillraceError("NOT_FOUND", { kind: `step of flow run ${run.id}`, name: step, advice });
}
