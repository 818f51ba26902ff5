/** The states of flow runs: what clients propose and what they are answered, pauses that go on, and the history. */

import type { Identity } from "../../../contract/access.ts";
import { isMillraceError } from "../../../contract/errors.ts";
import type { FlowRun } from "../../../contract/flow-run.ts";
import type { BlockDocument } from "../../../contract/objects.ts";
import type { ProposalOutcome } from "../../../contract/record.ts";
import type { State } from "../../../contract/states.ts";
import { asCaller } from "../../access/as-caller.ts";
import { renewsItsSlot } from "../client-version.ts";
import { openBlock } from "../../blocks/show-values.ts";
import { PrefectError } from "../errors.ts";
import { fromFlowRunFilter } from "../mapping/filters.ts";
import { toOrchestrationResult } from "../mapping/orchestration.ts";
import { toResultRef } from "../mapping/result.ts";
import { fromPrefectState, ofFlowRun, runIdPrefixOf, stateIdOf, toPrefectState } from "../mapping/state.ts";
import type { PrefectContext, PrefectHandlers } from "../routes-table-types.ts";
import type { OrchestrationResult, StateCreate } from "../schemas/states.ts";
import { flowRunNotFound } from "./flow-runs.ts";
import { findRunInput, writeRunInput } from "./run-inputs.ts";

type StateHandler = Extract<
  keyof PrefectHandlers,
  "setFlowRunState" | "resumeFlowRun" | "bulkSetFlowRunState" | "readFlowRunState" | "readFlowRunStates"
>;

/** Who sets a state past the rules, as the ledger records it. */
const forcedBy = "a client of Prefect's API";

export function flowRunStateHandlers(context: PrefectContext): Pick<PrefectHandlers, StateHandler> {
  const { api } = context;
  const places = { api, open: (block: BlockDocument) => openBlock(context, block) };

  async function propose(
    id: string,
    {
      state,
      isForced,
      userAgent,
    }: { readonly state: StateCreate; readonly isForced: boolean; readonly userAgent?: string | undefined },
  ): Promise<Answer> {
    const outcome = await api.proposeFlowRunState({
      id,
      state: fromPrefectState(state),
      guest: true,
      ...(state.type === "COMPLETED" ? { result: await toResultRef(places, state.data) } : {}),
      ...(isForced ? { force: forcedBy } : {}),
      ...(renewsItsSlot(userAgent) ? {} : { renewsNoSlot: true }),
    });
    if (outcome.run === null) throw flowRunNotFound;
    return toAnswer(outcome, outcome.run);
  }

  return {
    setFlowRunState: ({ params, body, headers }) =>
      propose(params.id, { state: body.state, isForced: body.force, userAgent: headers["user-agent"] }),

    async bulkSetFlowRunState({ body, headers }) {
      const where = body.flow_runs === null ? { all: [] } : fromFlowRunFilter(body.flow_runs);
      const { items } = await api.listFlowRuns({ where }, "created-asc", { limit: body.limit });
      const proposed = { state: body.state, isForced: body.force, userAgent: headers["user-agent"] };
      const results = [];
      for (const { id } of items) results.push({ flow_run_id: id, ...(await propose(id, proposed)).body });
      return { status: 200, body: { results } };
    },

    async resumeFlowRun({ params, body, identity }) {
      const run = await api.readFlowRun(params.id);
      if (run === null) throw flowRunNotFound;
      if (run.state.type !== "PAUSED") {
        return { status: 200, body: aborted("Cannot resume a flow run that is not paused.") };
      }
      if (asksByItself(run)) return { status: 200, body: await answerOwn(run, body.run_input, identity) };
      const keyset = keysetOf(run.state);
      if (keyset !== null) {
        const faults = await checkInput(run, keyset, body.run_input ?? {});
        if (faults !== null) return { status: 200, body: rejected(run, faults) };
      }
      const isSuspended = run.state.details?.suspended === true;
      const outcome = await api.proposeFlowRunState({
        id: run.id,
        guest: true,
        state: isSuspended ? { type: "SCHEDULED", name: "Resuming" } : { type: "RUNNING", name: "Running" },
      });
      if (outcome.decision.answer === "ACCEPT" && keyset?.response !== undefined && body.run_input !== null) {
        const value = JSON.stringify(body.run_input);
        const sender = identity?.account.name ?? null;
        await writeRunInput(api, { flowRunId: run.id, key: keyset.response, value, sender });
      }
      return toAnswer(outcome, outcome.run ?? run);
    },

    async readFlowRunState({ params }) {
      const { items } = await api.listFlowRuns({ idPrefix: runIdPrefixOf(params.id) });
      for (const run of items) {
        const of = ofFlowRun(run);
        const state = run.history.find((each) => stateIdOf(each, of) === params.id);
        if (state !== undefined) return { status: 200, body: toPrefectState(state, of) };
      }
      throw new PrefectError({ status: 404, detail: "Flow run state not found" });
    },

    async readFlowRunStates({ query }) {
      const run = await api.readFlowRun(query.flow_run_id);
      if (run === null) return { status: 200, body: [] };
      return { status: 200, body: run.history.map((state) => toPrefectState(state, ofFlowRun(run))) };
    },
  };

  /** A run of our own engine goes on by itself once it is answered. */
  async function answerOwn(
    run: FlowRun,
    input: Readonly<Record<string, unknown>> | null,
    identity: Identity | null,
  ): Promise<OrchestrationResult> {
    try {
      await asCaller(context, identity).answerPause({ flowRunId: run.id, ...(input === null ? {} : { input }) });
    } catch (error) {
      if (!isMillraceError(error) || !refusals.has(error.code)) throw error;
      return rejected(run, error.message);
    }
    const after = (await api.readFlowRun(run.id)) ?? run;
    const state = toPrefectState(after.state, ofFlowRun(run));
    return { state, status: "ACCEPT", details: { type: "accept_details" } };
  }

  async function checkInput(
    run: FlowRun,
    keyset: Readonly<Record<string, string>>,
    given: Readonly<Record<string, unknown>>,
  ): Promise<string | null> {
    const schema = keyset.schema === undefined ? null : await findRunInput(api, run.id, keyset.schema);
    if (schema === null) return "Run input schema not found.";
    const faults = await api.checkValues({
      schema: JSON.parse(schema.value) as Record<string, unknown>,
      values: given,
    });
    if (faults.length === 0) return null;
    const told = faults.map(({ path, message }) => `${path.join(".")}: ${message}`);
    return `Reason: ${told.join("; ")}`;
  }
}

/** Why an answer is not taken. Who may give none is refused the request. */
const refusals: ReadonlySet<string> = new Set(["INPUT_INVALID", "PAUSE_ANSWERED", "PAUSE_NOT_WAITING"]);

/** Clients that leave their pauses to the orchestrator have account kept of them. */
function asksByItself({ state, extra }: FlowRun): boolean {
  return state.details?.pauseKey !== undefined && extra.pauseKeys === undefined;
}

interface Answer {
  readonly status: 200 | 201;
  readonly body: OrchestrationResult;
}

function toAnswer({ decision }: ProposalOutcome, run: FlowRun): Answer {
  const of = ofFlowRun(run);
  // What was written is the run's state now; a rejection may have written none.
  const isWritten =
    decision.answer === "ACCEPT" &&
    stateIdOf(decision.state, of) === stateIdOf(run.state, of) &&
    run.history.length > 1;
  return { status: isWritten ? 201 : 200, body: toOrchestrationResult(decision, of) };
}

function aborted(reason: string): OrchestrationResult {
  return { state: null, status: "ABORT", details: { type: "abort_details", reason } };
}

function rejected(run: FlowRun, reason: string): OrchestrationResult {
  return {
    state: toPrefectState(run.state, ofFlowRun(run)),
    status: "REJECT",
    details: { type: "reject_details", reason },
  };
}

/** Under which keys a pause's schema, description and answer are kept. */
function keysetOf(state: State): Readonly<Record<string, string>> | null {
  const { details } = (state.extra ?? {}) as { readonly details?: { readonly run_input_keyset?: unknown } };
  const keyset = details?.run_input_keyset;
  return typeof keyset === "object" && keyset !== null ? (keyset as Record<string, string>) : null;
}
