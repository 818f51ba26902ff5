/** The schemas are equal to the interfaces: what one has, the other has too, down to which fields may be absent. */

import { expectTypeOf, test } from "vitest";
import type { z } from "zod";
import type { Api, FlowRunClaim } from "../../api.ts";
import type { ArtifactRow } from "../../artifact-row.ts";
import type * as figures from "../../aggregates.ts";
import type { Action } from "../../automations.ts";
import type { SlotAnswer, SlotDemand, SlotReturn } from "../../concurrency.ts";
import type { FlowRunsChange, FlowRunsChanged } from "../../bulk.ts";
import type { LogMatches, LogSearch } from "../../log-search.ts";
import type { AutomationTrial } from "../../trials.ts";
import type { RecordedError } from "../../errors.ts";
import type { ObjectTypes } from "../../objects.ts";
import type { FlowRun, FlowRunFilter, FlowRunSort, NewFlowRun } from "../../flow-run.ts";
import type { FlowRunProposal, ProposalOutcome, RecordBatch, RecordOutcome } from "../../record.ts";
import type * as records from "../../records.ts";
import type { ResultRef } from "../../results.ts";
import type { Decision, ProposedState, State } from "../../states.ts";
import type { CacheEntry, TaskCount, TaskRun, TaskRunChange, TaskRunFilter } from "../../task-run.ts";
import type { UsedThing, Uses } from "../../uses.ts";
import type { WaitReport } from "../../waiting.ts";
import type * as aggregates from "./aggregates.ts";
import type { action } from "./automations.ts";
import type { slotAnswer, slotDemand, slotReturn } from "./concurrency.ts";
import type { flowRun, flowRunClaim, flowRunFilter, flowRunSort, newFlowRun } from "./flow-run.ts";
import type * as questions from "./long-questions.ts";
import type { flowRunProposal, proposalOutcome, recordBatch, recordOutcome } from "./record.ts";
import type {
  artifact,
  artifactFilter,
  event,
  artifactRow,
  eventFilter,
  logFilter,
  logLine,
  pageRequest,
  storedEvent,
  storedLogLine,
} from "./records.ts";
import type { ObjectBySchema } from "./objects.ts";
import type { recordedError, resultRef } from "./results.ts";
import type { decision, proposedState, state } from "./states.ts";
import type { cacheEntry, taskCount, taskRun, taskRunChange, taskRunFilter } from "./task-run.ts";
import type { usedThing, uses } from "./uses.ts";
import type * as values from "./values.ts";
import type { waitReport } from "./waiting.ts";

type Plain<T> = T extends readonly (infer Item)[]
  ? readonly Plain<Item>[]
  : T extends object
    ? { readonly [Key in keyof T]: Plain<T[Key]> }
    : T;

/** Identity of types, as the compiler knows it: it costs a fraction of comparing them part by part. */
type IsSame<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;

/** Both as one plain type each, so that what is only for reading counts as equal. */
type Same<Schema extends z.ZodType> = Plain<z.infer<Schema>>;

test("states, results and errors", () => {
  expectTypeOf<IsSame<Same<typeof state>, Plain<State>>>().toEqualTypeOf<true>();
  expectTypeOf<IsSame<Same<typeof proposedState>, Plain<ProposedState>>>().toEqualTypeOf<true>();
  expectTypeOf<IsSame<Same<typeof decision>, Plain<Decision>>>().toEqualTypeOf<true>();
  expectTypeOf<IsSame<Same<typeof resultRef>, Plain<ResultRef>>>().toEqualTypeOf<true>();
  expectTypeOf<IsSame<Same<typeof recordedError>, Plain<RecordedError>>>().toEqualTypeOf<true>();
});

test("flow runs and task runs", () => {
  expectTypeOf<IsSame<Same<typeof flowRun>, Plain<FlowRun>>>().toEqualTypeOf<true>();
  expectTypeOf<IsSame<Same<typeof newFlowRun>, Plain<NewFlowRun>>>().toEqualTypeOf<true>();
  expectTypeOf<IsSame<Same<typeof flowRunFilter>, Plain<FlowRunFilter>>>().toEqualTypeOf<true>();
  expectTypeOf<IsSame<Same<typeof flowRunSort>, FlowRunSort>>().toEqualTypeOf<true>();
  expectTypeOf<IsSame<Same<typeof flowRunClaim>, Plain<FlowRunClaim>>>().toEqualTypeOf<true>();
  expectTypeOf<IsSame<Same<typeof taskRun>, Plain<TaskRun>>>().toEqualTypeOf<true>();
  expectTypeOf<IsSame<Same<typeof taskRunChange>, Plain<TaskRunChange>>>().toEqualTypeOf<true>();
  expectTypeOf<IsSame<Same<typeof taskRunFilter>, Plain<TaskRunFilter>>>().toEqualTypeOf<true>();
  expectTypeOf<IsSame<Same<typeof taskCount>, Plain<TaskCount>>>().toEqualTypeOf<true>();
  expectTypeOf<IsSame<Same<typeof cacheEntry>, Plain<CacheEntry>>>().toEqualTypeOf<true>();
});

test("the batch that is recorded", () => {
  expectTypeOf<IsSame<Same<typeof recordBatch>, Plain<RecordBatch>>>().toEqualTypeOf<true>();
  expectTypeOf<IsSame<Same<typeof recordOutcome>, Plain<RecordOutcome>>>().toEqualTypeOf<true>();
  expectTypeOf<IsSame<Same<typeof flowRunProposal>, Plain<FlowRunProposal>>>().toEqualTypeOf<true>();
  expectTypeOf<IsSame<Same<typeof proposalOutcome>, Plain<ProposalOutcome>>>().toEqualTypeOf<true>();
});

test("what runs leave behind", () => {
  expectTypeOf<IsSame<Same<typeof logLine>, Plain<records.LogLine>>>().toEqualTypeOf<true>();
  expectTypeOf<IsSame<Same<typeof storedLogLine>, Plain<records.StoredLogLine>>>().toEqualTypeOf<true>();
  expectTypeOf<IsSame<Same<typeof logFilter>, Plain<records.LogFilter>>>().toEqualTypeOf<true>();
  expectTypeOf<IsSame<Same<typeof artifact>, Plain<records.Artifact>>>().toEqualTypeOf<true>();
  expectTypeOf<IsSame<Same<typeof artifactFilter>, Plain<records.ArtifactFilter>>>().toEqualTypeOf<true>();
  expectTypeOf<IsSame<Same<typeof event>, Plain<records.Event>>>().toEqualTypeOf<true>();
  expectTypeOf<IsSame<Same<typeof artifactRow>, Plain<ArtifactRow>>>().toEqualTypeOf<true>();
  expectTypeOf<IsSame<Same<typeof storedEvent>, Plain<records.StoredEvent>>>().toEqualTypeOf<true>();
  expectTypeOf<IsSame<Same<typeof eventFilter>, Plain<Parameters<Api["listEvents"]>[0]>>>().toEqualTypeOf<true>();
  expectTypeOf<IsSame<Same<typeof pageRequest>, Plain<records.PageRequest>>>().toEqualTypeOf<true>();
});

test("figures over many runs", () => {
  expectTypeOf<
    IsSame<Same<typeof aggregates.runHistoryRequest>, Plain<figures.RunHistoryRequest>>
  >().toEqualTypeOf<true>();
  expectTypeOf<IsSame<Same<typeof aggregates.runHistoryCell>, Plain<figures.RunHistoryCell>>>().toEqualTypeOf<true>();
  expectTypeOf<
    IsSame<Same<typeof aggregates.eventHistoryRequest>, Plain<figures.EventHistoryRequest>>
  >().toEqualTypeOf<true>();
  expectTypeOf<
    IsSame<Same<typeof aggregates.eventHistoryCell>, Plain<figures.EventHistoryCell>>
  >().toEqualTypeOf<true>();
  expectTypeOf<
    IsSame<Same<typeof aggregates.eventGroupsRequest>, Plain<figures.EventGroupsRequest>>
  >().toEqualTypeOf<true>();
  expectTypeOf<IsSame<Same<typeof aggregates.eventGroup>, Plain<figures.EventGroup>>>().toEqualTypeOf<true>();
  expectTypeOf<IsSame<Same<typeof aggregates.runMeasures>, Plain<figures.RunMeasures>>>().toEqualTypeOf<true>();
  expectTypeOf<IsSame<Same<typeof aggregates.fieldCount>, Plain<figures.FieldCount>>>().toEqualTypeOf<true>();
  expectTypeOf<IsSame<Same<typeof aggregates.seenState>, Plain<figures.SeenState>>>().toEqualTypeOf<true>();
  expectTypeOf<IsSame<Same<typeof aggregates.timelineRequest>, Plain<figures.TimelineRequest>>>().toEqualTypeOf<true>();
  expectTypeOf<IsSame<Same<typeof aggregates.timeline>, Plain<figures.Timeline>>>().toEqualTypeOf<true>();
});

test("long questions", () => {
  expectTypeOf<IsSame<Same<typeof questions.automationTrial>, Plain<AutomationTrial>>>().toEqualTypeOf<true>();
  expectTypeOf<
    IsSame<Same<typeof questions.flowRunsChange>, Plain<Omit<FlowRunsChange, "caller">>>
  >().toEqualTypeOf<true>();
  expectTypeOf<IsSame<Same<typeof questions.flowRunsChanged>, Plain<FlowRunsChanged>>>().toEqualTypeOf<true>();
  expectTypeOf<IsSame<Same<typeof questions.logSearch>, Plain<LogSearch>>>().toEqualTypeOf<true>();
  expectTypeOf<IsSame<Same<typeof questions.logMatches>, Plain<LogMatches>>>().toEqualTypeOf<true>();
});

test("slots of concurrency limits", () => {
  expectTypeOf<IsSame<Same<typeof slotDemand>, Plain<SlotDemand>>>().toEqualTypeOf<true>();
  expectTypeOf<IsSame<Same<typeof slotAnswer>, Plain<SlotAnswer>>>().toEqualTypeOf<true>();
  expectTypeOf<IsSame<Same<typeof slotReturn>, Plain<SlotReturn>>>().toEqualTypeOf<true>();
});

test("what refers to something", () => {
  expectTypeOf<IsSame<Same<typeof usedThing>, Plain<UsedThing>>>().toEqualTypeOf<true>();
  expectTypeOf<IsSame<Same<typeof uses>, Plain<Uses>>>().toEqualTypeOf<true>();
});

test("why a run waits", () => {
  expectTypeOf<IsSame<Same<typeof waitReport>, Plain<WaitReport>>>().toEqualTypeOf<true>();
});

test("what runs read and hold", () => {
  expectTypeOf<
    IsSame<Same<typeof values.variableToWrite>, Plain<Parameters<Api["writeVariable"]>[0]>>
  >().toEqualTypeOf<true>();
  expectTypeOf<IsSame<Same<typeof values.sealedSecret>, Plain<records.SealedSecret>>>().toEqualTypeOf<true>();
  expectTypeOf<
    IsSame<Same<typeof values.secretName>, Plain<Omit<records.SealedSecret, "sealed">>>
  >().toEqualTypeOf<true>();
  expectTypeOf<
    IsSame<Same<typeof values.secretToWrite>, Plain<Parameters<Api["writeSecret"]>[0]>>
  >().toEqualTypeOf<true>();
  expectTypeOf<IsSame<Same<typeof values.runInput>, Plain<records.RunInput>>>().toEqualTypeOf<true>();
  expectTypeOf<
    IsSame<Same<typeof values.runInputToSend>, Plain<Parameters<Api["sendRunInput"]>[0]>>
  >().toEqualTypeOf<true>();
  expectTypeOf<IsSame<Same<typeof values.executorProcess>, Plain<records.ExecutorProcess>>>().toEqualTypeOf<true>();
  expectTypeOf<
    IsSame<Same<typeof values.processToRegister>, Plain<Parameters<Api["registerProcess"]>[0]>>
  >().toEqualTypeOf<true>();
  expectTypeOf<IsSame<Same<typeof values.slotRequest>, Plain<records.SlotRequest>>>().toEqualTypeOf<true>();
});

test("the nouns that people make", () => {
  type Kinds = keyof ObjectTypes;
  type Differing = {
    [Kind in Kinds]: Plain<ObjectBySchema<Kind>> extends Plain<ObjectTypes[Kind]>
      ? Plain<ObjectTypes[Kind]> extends Plain<ObjectBySchema<Kind>>
        ? never
        : Kind
      : Kind;
  }[Kinds];
  expectTypeOf<Differing>().toEqualTypeOf<never>();
});

test("actions of automations", () => {
  expectTypeOf<z.infer<typeof action>>().toExtend<Action>();
  expectTypeOf<Plain<Action>>().toExtend<Same<typeof action>>();
});
