/** The schemas are equal to the interfaces: what one has, the other has too, down to which fields may be absent. */

import { expectTypeOf, test } from "vitest";
import type { z } from "zod";
import type { Api, FlowRunClaim } from "../../api.ts";
import type * as figures from "../../aggregates.ts";
import type { SlotAnswer, SlotDemand, SlotReturn } from "../../concurrency.ts";
import type { RecordedError } from "../../errors.ts";
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

/** Both as one plain type each, so that what is only for reading counts as equal. */
type Same<Schema extends z.ZodType> = Plain<z.infer<Schema>>;

test("states, results and errors", () => {
  expectTypeOf<Same<typeof state>>().toEqualTypeOf<Plain<State>>();
  expectTypeOf<Same<typeof proposedState>>().toEqualTypeOf<Plain<ProposedState>>();
  expectTypeOf<Same<typeof decision>>().toEqualTypeOf<Plain<Decision>>();
  expectTypeOf<Same<typeof resultRef>>().toEqualTypeOf<Plain<ResultRef>>();
  expectTypeOf<Same<typeof recordedError>>().toEqualTypeOf<Plain<RecordedError>>();
});

test("flow runs and task runs", () => {
  expectTypeOf<Same<typeof flowRun>>().toEqualTypeOf<Plain<FlowRun>>();
  expectTypeOf<Same<typeof newFlowRun>>().toEqualTypeOf<Plain<NewFlowRun>>();
  expectTypeOf<Same<typeof flowRunFilter>>().toEqualTypeOf<Plain<FlowRunFilter>>();
  expectTypeOf<Same<typeof flowRunSort>>().toEqualTypeOf<FlowRunSort>();
  expectTypeOf<Same<typeof flowRunClaim>>().toEqualTypeOf<Plain<FlowRunClaim>>();
  expectTypeOf<Same<typeof taskRun>>().toEqualTypeOf<Plain<TaskRun>>();
  expectTypeOf<Same<typeof taskRunChange>>().toEqualTypeOf<Plain<TaskRunChange>>();
  expectTypeOf<Same<typeof taskRunFilter>>().toEqualTypeOf<Plain<TaskRunFilter>>();
  expectTypeOf<Same<typeof taskCount>>().toEqualTypeOf<Plain<TaskCount>>();
  expectTypeOf<Same<typeof cacheEntry>>().toEqualTypeOf<Plain<CacheEntry>>();
});

test("the batch that is recorded", () => {
  expectTypeOf<Same<typeof recordBatch>>().toEqualTypeOf<Plain<RecordBatch>>();
  expectTypeOf<Same<typeof recordOutcome>>().toEqualTypeOf<Plain<RecordOutcome>>();
  expectTypeOf<Same<typeof flowRunProposal>>().toEqualTypeOf<Plain<FlowRunProposal>>();
  expectTypeOf<Same<typeof proposalOutcome>>().toEqualTypeOf<Plain<ProposalOutcome>>();
});

test("what runs leave behind", () => {
  expectTypeOf<Same<typeof logLine>>().toEqualTypeOf<Plain<records.LogLine>>();
  expectTypeOf<Same<typeof storedLogLine>>().toEqualTypeOf<Plain<records.StoredLogLine>>();
  expectTypeOf<Same<typeof logFilter>>().toEqualTypeOf<Plain<records.LogFilter>>();
  expectTypeOf<Same<typeof artifact>>().toEqualTypeOf<Plain<records.Artifact>>();
  expectTypeOf<Same<typeof artifactFilter>>().toEqualTypeOf<Plain<records.ArtifactFilter>>();
  expectTypeOf<Same<typeof event>>().toEqualTypeOf<Plain<records.Event>>();
  expectTypeOf<Same<typeof storedEvent>>().toEqualTypeOf<Plain<records.StoredEvent>>();
  expectTypeOf<Same<typeof eventFilter>>().toEqualTypeOf<Plain<Parameters<Api["listEvents"]>[0]>>();
  expectTypeOf<Same<typeof pageRequest>>().toEqualTypeOf<Plain<records.PageRequest>>();
});

test("figures over many runs", () => {
  expectTypeOf<Same<typeof aggregates.runHistoryRequest>>().toEqualTypeOf<Plain<figures.RunHistoryRequest>>();
  expectTypeOf<Same<typeof aggregates.runHistoryCell>>().toEqualTypeOf<Plain<figures.RunHistoryCell>>();
  expectTypeOf<Same<typeof aggregates.runMeasures>>().toEqualTypeOf<Plain<figures.RunMeasures>>();
  expectTypeOf<Same<typeof aggregates.fieldCount>>().toEqualTypeOf<Plain<figures.FieldCount>>();
  expectTypeOf<Same<typeof aggregates.seenState>>().toEqualTypeOf<Plain<figures.SeenState>>();
  expectTypeOf<Same<typeof aggregates.timelineRequest>>().toEqualTypeOf<Plain<figures.TimelineRequest>>();
  expectTypeOf<Same<typeof aggregates.timeline>>().toEqualTypeOf<Plain<figures.Timeline>>();
});

test("slots of concurrency limits", () => {
  expectTypeOf<Same<typeof slotDemand>>().toEqualTypeOf<Plain<SlotDemand>>();
  expectTypeOf<Same<typeof slotAnswer>>().toEqualTypeOf<Plain<SlotAnswer>>();
  expectTypeOf<Same<typeof slotReturn>>().toEqualTypeOf<Plain<SlotReturn>>();
});

test("why a run waits", () => {
  expectTypeOf<Same<typeof waitReport>>().toEqualTypeOf<Plain<WaitReport>>();
});

test("what runs read and hold", () => {
  expectTypeOf<Same<typeof values.variableToWrite>>().toEqualTypeOf<Plain<Parameters<Api["writeVariable"]>[0]>>();
  expectTypeOf<Same<typeof values.sealedSecret>>().toEqualTypeOf<Plain<records.SealedSecret>>();
  expectTypeOf<Same<typeof values.secretName>>().toEqualTypeOf<Plain<Omit<records.SealedSecret, "sealed">>>();
  expectTypeOf<Same<typeof values.secretToWrite>>().toEqualTypeOf<Plain<Parameters<Api["writeSecret"]>[0]>>();
  expectTypeOf<Same<typeof values.runInput>>().toEqualTypeOf<Plain<records.RunInput>>();
  expectTypeOf<Same<typeof values.runInputToSend>>().toEqualTypeOf<Plain<Parameters<Api["sendRunInput"]>[0]>>();
  expectTypeOf<Same<typeof values.executorProcess>>().toEqualTypeOf<Plain<records.ExecutorProcess>>();
  expectTypeOf<Same<typeof values.processToRegister>>().toEqualTypeOf<Plain<Parameters<Api["registerProcess"]>[0]>>();
  expectTypeOf<Same<typeof values.slotRequest>>().toEqualTypeOf<Plain<records.SlotRequest>>();
});
