/** Executes runs in this process for the commands: from a file, or from what the ledger has of them. */

import { isMillraceError, MillraceError } from "../contract/errors.ts";
import type { FlowRun } from "../contract/flow-run.ts";
import type { Engine } from "../engine/engine.ts";
import { findStep } from "../rules/find-step.ts";
import type { CommandHost, FlowRequest, RunEnd } from "./command-host.ts";
import { findFlow } from "./import-module.ts";
import { warnOfUnknownParameters } from "./warn-of-unknown-parameters.ts";

export type Runner = Pick<CommandHost, "runFlow" | "continueRun" | "startFrom" | "answerPause">;

/** @param keepCode sees to it that the code of a module stays there while it is used */
export function createRunner(
  engine: Engine,
  { keepCode }: { readonly keepCode: (module: string) => Promise<void> },
): Runner {
  const { api } = engine.ports;

  async function read(id: string): Promise<FlowRun> {
    const run = await api.readFlowRun(id);
    if (run === null) throw new MillraceError("RUN_NOT_FOUND", { kind: "flow run", id });
    return run;
  }

  /** Runs it to its end. What it throws before a run is recorded is thrown on: there is no run then. */
  async function toEnd(id: () => string | null, execution: Promise<unknown>): Promise<RunEnd> {
    let value: unknown;
    let error: unknown = null;
    try {
      value = await execution;
    } catch (thrown) {
      if (id() === null) throw thrown;
      error = thrown;
    }
    const found = id();
    if (found === null) throw new MillraceError("RUN_NOT_FOUND", { kind: "flow run", id: "(none was recorded)" });
    return { run: await read(found), value, error };
  }

  async function runFlow(request: FlowRequest): Promise<RunEnd> {
    const { file, exportName, parameters, runName, tags = [] } = request;
    const { definition, entrypoint } = await findFlow({ file, exportName });
    let id: string | null = null;
    const execution = engine.startFlow({
      definition,
      parameters,
      entrypoint,
      tags,
      ...(runName === undefined ? {} : { runName }),
      onCreated: (run) => {
        id = run.id;
        warnOfUnknownParameters(definition, { given: parameters, taken: engine.decode(run.parameters) });
      },
    });
    return toEnd(() => id, execution);
  }

  async function find(run: FlowRun, verb: string): ReturnType<typeof findFlow> {
    if (run.entrypoint === null) {
      const reason = "it was not recorded where its code is";
      const advice = "Define the flow at the top level of a module that can be imported.";
      throw new MillraceError("RUN_NOT_RESUMABLE", { id: run.id, state: run.state.name, verb, reason, advice });
    }
    const { module, export: exportName } = run.entrypoint;
    await keepCode(module);
    return findFlow({ file: module, exportName, flowName: run.flowName });
  }

  function refuse(run: FlowRun, verb: string, reason: string, advice: string): MillraceError {
    return new MillraceError("RUN_NOT_RESUMABLE", { id: run.id, state: run.state.name, verb, reason, advice });
  }

  async function continueRun({ id, mode, onDrift }: Parameters<Runner["continueRun"]>[0]): Promise<RunEnd> {
    const found = await read(id);
    const verb = mode === "retry" ? "retried" : "resumed";
    if (found.parentRunId !== null) {
      const advice = `Go on with its root: \`millrace flow-run ${mode} ${found.rootRunId}\`.`;
      throw refuse(found, verb, "it is a subflow, which runs as a step of its parent", advice);
    }
    const { definition } = await find(found, verb);
    // A run of a deployment has the version of that, which says more than the code of the flow's function.
    const isComparable = found.deploymentId === null && definition.options.version === undefined;
    if (isComparable && definition.codeHash !== found.version) {
      process.emitWarning(
        `The code of flow \`${definition.name}\` has changed since run ${id} began (${found.version} then, ${definition.codeHash} now)`,
        "MillraceWarning",
      );
    }
    const run = await engine.claim(id, mode);
    const parameters = engine.decode(run.parameters);
    return toEnd(() => id, engine.continueFlow({ run, definition, parameters, mode, onDrift }));
  }

  async function startFrom({ id, step, parameters }: Parameters<Runner["startFrom"]>[0]): Promise<RunEnd> {
    const old = await read(id);
    const { definition, entrypoint } = await find(old, "rerun");
    const from = findStep(await api.readRecords(id), step);
    if (from === null) {
      throw new MillraceError("NOT_FOUND", {
        kind: `step of flow run ${id}`,
        name: step,
        advice: `\`millrace flow-run explain ${id}\` lists its steps.`,
      });
    }
    let created: string | null = null;
    const execution = engine.startFlow({
      definition,
      entrypoint,
      parameters: parameters ?? engine.decode(old.parameters),
      adopts: { runId: id, until: from.id },
      tags: old.tags,
      onCreated: (run) => {
        created = run.id;
      },
    });
    return toEnd(() => created, execution);
  }

  async function answerPause(request: Parameters<Runner["answerPause"]>[0]): Promise<{ end: RunEnd | null }> {
    const { id, input, answeredBy } = request;
    const run = await read(id);
    const isSuspended = run.state.details?.suspended === true;
    const goOn = (): Promise<RunEnd> => continueRun({ id, mode: "resume" });
    try {
      await api.answerPause({
        flowRunId: id,
        ...(input === undefined ? {} : { input }),
        ...(answeredBy === undefined ? {} : { answeredBy }),
        // A suspended run goes on in this process.
        then: "leave",
      });
    } catch (error) {
      // Somebody has answered it elsewhere, and it waits to be gone on with.
      if (isMillraceError(error, "PAUSE_ANSWERED") && isSuspended && input === undefined) return { end: await goOn() };
      if (!isMillraceError(error, "PAUSE_NOT_WAITING")) throw error;
      const advice = `\`millrace flow-run inspect ${id}\` shows its state.`;
      throw refuse(run, "resumed with an input", String(error.data.reason), advice);
    }
    return { end: isSuspended ? await goOn() : null };
  }

  return { runFlow, continueRun, startFrom, answerPause };
}
