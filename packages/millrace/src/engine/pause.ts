/** Waiting for a person: the run is Paused while its process stays, or Suspended when the process is given up. */

import { isMillraceError, MillraceError } from "../contract/errors.ts";
import { answerId, isAnswerId, refusalKey, type RunInput, timeoutSender } from "../contract/records.ts";
import type { PauseSpec } from "../contract/runtime.ts";
import type { ProposedState } from "../contract/states.ts";
import { formatDuration } from "../kit/duration.ts";
import type { ActiveRun } from "./active-run.ts";
import type { ExecutionContext } from "./context.ts";
import type { Engine } from "./engine.ts";
import { StepWork } from "./steps.ts";
import { messageOf } from "./outcome.ts";
import type { TaskExecution } from "./task-run.ts";

export function pause(engine: Engine, context: ExecutionContext, spec: PauseSpec): Promise<unknown> {
  const name = spec.suspend ? "suspend" : "pause";
  const work = new PauseWork(engine, spec, context.tags);
  return engine.callStep(context, { name, key: spec.key, work }).done;
}

/** What a pause is answered under: its own key, or its number in the run. */
function pauseKeyOf(key: string): string {
  const [, given, name, occurrence = "0"] = /^(?:[^@~]*@(.*)|([^@~]*))~(\d+)$/s.exec(key) ?? [];
  if (given === undefined) return `${name}-${Number(occurrence) + 1}`;
  return occurrence === "0" ? given : `${given}-${Number(occurrence) + 1}`;
}

class PauseWork extends StepWork {
  readonly #engine: Engine;
  readonly #spec: PauseSpec;
  readonly #refused = new Set<string>();

  constructor(engine: Engine, spec: PauseSpec, tags: readonly string[]) {
    const name = spec.suspend ? "suspend" : "pause";
    const asked = spec.title ?? spec.description;
    const preview = asked === null ? {} : { preview: asked };
    super(engine, { kind: "wait", name, ...preview, run: async () => undefined }, tags);
    this.#engine = engine;
    this.#spec = spec;
  }

  override async body(execution: TaskExecution): Promise<unknown> {
    const { flow } = execution;
    if (flow === null) throw new MillraceError("CONTEXT_MISSING", { api: "pause()", needed: "flow" });
    const key = pauseKeyOf(execution.key);
    await this.#spec.check();
    const known = await this.#readAnswer(execution, flow, key);
    if (known !== null) return known.value;
    const { timeoutMs, suspend } = this.#spec;
    const timeoutAt = timeoutMs === null ? null : execution.firstStartedAt + timeoutMs;
    if (this.#isOver(timeoutAt)) return (await this.#timeOut(execution, flow, key)).value;
    await this.#enter(flow, key, timeoutAt);
    if (suspend) {
      const suspended = new MillraceError("SUSPENDED", { id: flow.id });
      flow.stop(suspended);
      throw suspended;
    }
    const answer = await this.#awaitAnswer(execution, flow, key, timeoutAt);
    await this.#propose(flow, { type: "RUNNING", name: "Running" });
    return answer.value;
  }

  async #enter(flow: ActiveRun, key: string, timeoutAt: number | null): Promise<void> {
    const { suspend, inputSchema, title, description, initialValues, answerers, onTimeout } = this.#spec;
    const { masker } = this.#engine.ports;
    const details = {
      pauseKey: key,
      ...(timeoutAt === null ? {} : { pauseTimeoutAt: timeoutAt }),
      ...(suspend ? { suspended: true } : {}),
      ...(inputSchema === null ? {} : { inputSchema }),
      ...(title === null ? {} : { inputTitle: masker.mask(title) }),
      ...(description === null ? {} : { inputDescription: masker.mask(description) }),
      ...(initialValues === undefined ? {} : { initialValues }),
      ...(answerers === null ? {} : { answerers }),
      ...(onTimeout === null || timeoutAt === null ? {} : { timeoutAnswer: this.#engine.encode(onTimeout.answer) }),
    };
    await this.#engine.journal.flush();
    await this.#propose(flow, { type: "PAUSED", name: suspend ? "Suspended" : "Paused", details });
  }

  async #awaitAnswer(
    execution: TaskExecution,
    flow: ActiveRun,
    key: string,
    timeoutAt: number | null,
  ): Promise<{ readonly value: unknown }> {
    const { clock } = this.#engine;
    for (;;) {
      const answer = await this.#readAnswer(execution, flow, key);
      if (answer !== null) return answer;
      if (this.#isOver(timeoutAt)) return await this.#timeOut(execution, flow, key);
      const restMs = timeoutAt === null ? Number.POSITIVE_INFINITY : timeoutAt - clock.now();
      await this.#untilNextLook(restMs, execution.attemptSignal);
    }
  }

  #isOver(timeoutAt: number | null): boolean {
    return timeoutAt !== null && this.#engine.clock.now() >= timeoutAt;
  }

  /** Takes the answer that was agreed on for this; or that of a person who was faster. @throws PAUSE_TIMED_OUT */
  async #timeOut(execution: TaskExecution, flow: ActiveRun, key: string): Promise<{ readonly value: unknown }> {
    const { onTimeout, timeoutMs } = this.#spec;
    if (onTimeout !== null) {
      const value = this.#engine.encode(onTimeout.answer);
      const id = answerId(this.#refused.size);
      try {
        await this.#engine.ports.api.sendRunInput({ flowRunId: flow.id, key, id, value, sender: timeoutSender });
      } catch (error) {
        // It was never recorded that it waits: an earlier process died before that, so nobody was asked.
        if (!isMillraceError(error, "ANSWER_NOT_ALLOWED")) throw error;
        return { value: await this.#spec.validate(onTimeout.answer) };
      }
      const answer = await this.#readAnswer(execution, flow, key);
      if (answer !== null) return answer;
    }
    const timeout = formatDuration(timeoutMs ?? 0);
    throw new MillraceError("PAUSE_TIMED_OUT", { id: flow.id, timeout, key });
  }

  /** The process stays for the answer as long as there is time; looking for it is done in the background. */
  #untilNextLook(restMs: number, signal: AbortSignal): Promise<void> {
    const { clock, ports } = this.#engine;
    return new Promise((resolve, reject) => {
      const end = (settle: () => void) => (): void => {
        stay.cancel();
        look.cancel();
        signal.removeEventListener("abort", onAbort);
        settle();
      };
      const onAbort = end(() => reject(signal.reason as Error));
      const stay = clock.setTimer(restMs, end(resolve));
      const look = clock.setTimer(ports.limits.attentionMs, end(resolve), { background: true });
      if (signal.aborted) onAbort();
      else signal.addEventListener("abort", onAbort);
    });
  }

  /** The first answer that the pause accepts; the others are told once. */
  async #readAnswer(
    execution: TaskExecution,
    flow: ActiveRun,
    key: string,
  ): Promise<{ readonly value: unknown } | null> {
    for (const input of await this.#engine.ports.api.listRunInputs(flow.id, key)) {
      // What was sent by other ways than that of an answer may be from anybody.
      if (this.#refused.has(input.id) || !isAnswerId(input.id)) continue;
      const answer = await this.#accept(execution, key, input);
      if (answer !== null) return answer;
      this.#refused.add(input.id);
    }
    return null;
  }

  /** What is not accepted is told in the log, and to whoever may answer next. */
  async #accept(execution: TaskExecution, key: string, input: RunInput): Promise<{ readonly value: unknown } | null> {
    try {
      return { value: await this.#spec.validate(this.#engine.decode(input.value)) };
    } catch (error) {
      const reason = this.#engine.ports.masker.mask(messageOf(error));
      const message = `The answer to \`${key}\` is not accepted: ${reason}`;
      execution.caller.write("warn", message, undefined, "millrace.pause");
      const { flowRunId, id } = input;
      const refusal = { flowRunId, key: refusalKey(key), id, value: this.#engine.encode(reason), sender: null };
      await this.#engine.ports.api.sendRunInput(refusal);
      return null;
    }
  }

  async #propose(flow: ActiveRun, proposed: ProposedState): Promise<void> {
    // With a time of its own, so that it is one state although it may be sent twice.
    const state = { ...proposed, at: this.#engine.stamp() };
    const { decision, run } = await this.#engine.journal.propose({ id: flow.id, epoch: flow.epoch, state });
    if (decision.answer === "ABORT") {
      flow.lose(decision.reason);
      throw flow.lostError(decision.reason);
    }
    if (run === null) return;
    const { id, name, flowName, parentRunId, rootRunId, error } = run;
    const sighting = { id, name, flowName, parentRunId, rootRunId, state: run.state, error, resumed: false };
    this.#engine.ports.observer?.flowRun(sighting);
  }
}
