/** The schemas are equal to the interfaces: what one has, the other has too, down to which fields may be absent. */

import { expect, expectTypeOf, test } from "vitest";
import type { z } from "zod";
import type { Api, FlowRunClaim } from "../../api.ts";
import type * as figures from "../../aggregates.ts";
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
import type { WaitReport } from "../../waiting.ts";
import type * as aggregates from "./aggregates.ts";
import type { slotAnswer, slotDemand, slotReturn } from "./concurrency.ts";
import type { flowRun, flowRunClaim, flowRunFilter, flowRunSort, newFlowRun } from "./flow-run.ts";
import type * as questions from "./long-questions.ts";
import type { flowRunProposal, proposalOutcome, recordBatch, recordOutcome } from "./record.ts";
import type {
  artifact,
  artifactFilter,
  event,
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
import type * as values from "./values.ts";
import type { waitReport } from "./waiting.ts";

type Plain<T> = T extends readonly (infer Item)[]
  ? readonly Plain<Item>[]
  : T extends object
    ? { readonly [Key in keyof T]: Plain<T[Key]> }
    : T;

/** Identity of types, as the compiler knows it: it costs a fraction of comparing them part by part. */
type IsSame<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;

function isSame<A, B>(is: IsSame<A, B>): void {
  expect(is).toBe(true);
}

/** Both as one plain type each, so that what is only for reading counts as equal. */
type Same<Schema extends z.ZodType> = Plain<z.infer<Schema>>;

test("states, results and errors", () => {
  isSame<Same<typeof state>, Plain<State>>(true);
  isSame<Same<typeof proposedState>, Plain<ProposedState>>(true);
  isSame<Same<typeof decision>, Plain<Decision>>(true);
  isSame<Same<typeof resultRef>, Plain<ResultRef>>(true);
  isSame<Same<typeof recordedError>, Plain<RecordedError>>(true);
});

test("flow runs and task runs", () => {
  isSame<Same<typeof flowRun>, Plain<FlowRun>>(true);
  isSame<Same<typeof newFlowRun>, Plain<NewFlowRun>>(true);
  isSame<Same<typeof flowRunFilter>, Plain<FlowRunFilter>>(true);
  isSame<Same<typeof flowRunSort>, FlowRunSort>(true);
  isSame<Same<typeof flowRunClaim>, Plain<FlowRunClaim>>(true);
  isSame<Same<typeof taskRun>, Plain<TaskRun>>(true);
  isSame<Same<typeof taskRunChange>, Plain<TaskRunChange>>(true);
  isSame<Same<typeof taskRunFilter>, Plain<TaskRunFilter>>(true);
  isSame<Same<typeof taskCount>, Plain<TaskCount>>(true);
  isSame<Same<typeof cacheEntry>, Plain<CacheEntry>>(true);
});

test("the batch that is recorded", () => {
  isSame<Same<typeof recordBatch>, Plain<RecordBatch>>(true);
  isSame<Same<typeof recordOutcome>, Plain<RecordOutcome>>(true);
  isSame<Same<typeof flowRunProposal>, Plain<FlowRunProposal>>(true);
  isSame<Same<typeof proposalOutcome>, Plain<ProposalOutcome>>(true);
});

test("what runs leave behind", () => {
  isSame<Same<typeof logLine>, Plain<records.LogLine>>(true);
  isSame<Same<typeof storedLogLine>, Plain<records.StoredLogLine>>(true);
  isSame<Same<typeof logFilter>, Plain<records.LogFilter>>(true);
  isSame<Same<typeof artifact>, Plain<records.Artifact>>(true);
  isSame<Same<typeof artifactFilter>, Plain<records.ArtifactFilter>>(true);
  isSame<Same<typeof event>, Plain<records.Event>>(true);
  isSame<Same<typeof storedEvent>, Plain<records.StoredEvent>>(true);
  isSame<Same<typeof eventFilter>, Plain<Parameters<Api["listEvents"]>[0]>>(true);
  isSame<Same<typeof pageRequest>, Plain<records.PageRequest>>(true);
});

test("figures over many runs", () => {
  isSame<Same<typeof aggregates.runHistoryRequest>, Plain<figures.RunHistoryRequest>>(true);
  isSame<Same<typeof aggregates.runHistoryCell>, Plain<figures.RunHistoryCell>>(true);
  isSame<Same<typeof aggregates.runMeasures>, Plain<figures.RunMeasures>>(true);
  isSame<Same<typeof aggregates.fieldCount>, Plain<figures.FieldCount>>(true);
  isSame<Same<typeof aggregates.seenState>, Plain<figures.SeenState>>(true);
  isSame<Same<typeof aggregates.timelineRequest>, Plain<figures.TimelineRequest>>(true);
  isSame<Same<typeof aggregates.timeline>, Plain<figures.Timeline>>(true);
});

test("long questions", () => {
  isSame<Same<typeof questions.automationTrial>, Plain<AutomationTrial>>(true);
  isSame<Same<typeof questions.flowRunsChange>, Plain<FlowRunsChange>>(true);
  isSame<Same<typeof questions.flowRunsChanged>, Plain<FlowRunsChanged>>(true);
  isSame<Same<typeof questions.logSearch>, Plain<LogSearch>>(true);
  isSame<Same<typeof questions.logMatches>, Plain<LogMatches>>(true);
});

test("slots of concurrency limits", () => {
  isSame<Same<typeof slotDemand>, Plain<SlotDemand>>(true);
  isSame<Same<typeof slotAnswer>, Plain<SlotAnswer>>(true);
  isSame<Same<typeof slotReturn>, Plain<SlotReturn>>(true);
});

test("why a run waits", () => {
  isSame<Same<typeof waitReport>, Plain<WaitReport>>(true);
});

test("what runs read and hold", () => {
  isSame<Same<typeof values.variableToWrite>, Plain<Parameters<Api["writeVariable"]>[0]>>(true);
  isSame<Same<typeof values.sealedSecret>, Plain<records.SealedSecret>>(true);
  isSame<Same<typeof values.secretName>, Plain<Omit<records.SealedSecret, "sealed">>>(true);
  isSame<Same<typeof values.secretToWrite>, Plain<Parameters<Api["writeSecret"]>[0]>>(true);
  isSame<Same<typeof values.runInput>, Plain<records.RunInput>>(true);
  isSame<Same<typeof values.runInputToSend>, Plain<Parameters<Api["sendRunInput"]>[0]>>(true);
  isSame<Same<typeof values.executorProcess>, Plain<records.ExecutorProcess>>(true);
  isSame<Same<typeof values.processToRegister>, Plain<Parameters<Api["registerProcess"]>[0]>>(true);
  isSame<Same<typeof values.slotRequest>, Plain<records.SlotRequest>>(true);
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
