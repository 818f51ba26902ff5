/** Random commands on what runs leave behind and who executes them, for the model-based test: caches, artifacts, owners, slots. */

import { deepEqual, equal } from "node:assert/strict";
import fc from "fast-check";
import { stateTypes } from "../contract/states.ts";
import type { Store } from "../contract/store.ts";
import { clean, type Model } from "./suite/model.testsuite.ts";
import { startAt } from "./suite/samples.testsuite.ts";

export type Run = (model: Model, store: Store) => Promise<void>;

export interface Ids {
  readonly flowIds: readonly string[];
  readonly taskIds: readonly string[];
  readonly artifactIds: readonly string[];
  readonly processIds: readonly string[];
}

const time = fc.integer({ min: 0, max: 8 }).map((eighths) => startAt + eighths / 8);

/** Each with what it says of itself. */
export function keptCommands({ flowIds, taskIds, artifactIds, processIds }: Ids): fc.Arbitrary<readonly [string, Run]> {
  const flowId = fc.constantFrom(...flowIds);
  const taskId = fc.constantFrom(...taskIds);
  const processId = fc.constantFrom(...processIds);
  const key = fc.constantFrom("c1", "c2");

  const keeping = fc
    .record({ key, taskRunId: taskId, createdAt: time, expiresAt: fc.option(time, { nil: null }), data: key })
    .map(({ data, ...given }): readonly [string, Run] => [
      `keepOnce(${fc.stringify(given)})`,
      async (model, store) => {
        const entry = { ...given, result: { storage: "inline" as const, data } };
        const kept = model.cache.get(entry.key);
        const isFree = kept === undefined || (kept.expiresAt !== null && kept.expiresAt <= entry.createdAt);
        if (isFree) model.cache.set(entry.key, entry);
        deepEqual(await store.keepOnce(entry), model.cache.get(entry.key));
      },
    ]);

  const dropping = fc
    .record({ key, taskRunId: taskId, now: time, isDrop: fc.boolean() })
    .map((given): readonly [string, Run] => [
      `drop kept ${fc.stringify(given)}`,
      async (model, store) => {
        if (given.isDrop) {
          const isOwn = model.cache.get(given.key)?.taskRunId === given.taskRunId;
          equal(await store.dropKept(given.key, given.taskRunId), isOwn);
          if (isOwn) model.cache.delete(given.key);
          return;
        }
        const expired = [...model.cache.values()].filter(
          ({ expiresAt }) => expiresAt !== null && expiresAt < given.now,
        );
        equal(await store.deleteExpiredCache(given.now), expired.length);
        for (const each of expired) model.cache.delete(each.key);
      },
    ]);

  const deleting = fc
    .record({ artifactId: fc.constantFrom(...artifactIds), taskId, flowId, key: fc.constantFrom("go", "stop") })
    .chain((given) =>
      fc
        .constantFrom("artifact" as const, "task run" as const, "inputs" as const)
        .map((what): readonly [string, Run] => [
          `delete ${what} ${fc.stringify(given)}`,
          async (model, store) => {
            switch (what) {
              case "artifact":
                return equal(await store.deleteArtifact(given.artifactId), model.artifacts.delete(given.artifactId));
              case "task run":
                return equal(await store.deleteTaskRun(given.taskId), model.taskRuns.delete(given.taskId));
              case "inputs": {
                const left = model.inputs.filter((each) => each.flowRunId !== given.flowId || each.key !== given.key);
                equal(await store.deleteRunInputs(given.flowId, given.key), left.length < model.inputs.length);
                model.inputs = left;
              }
            }
          },
        ]),
    );

  const naming = fc
    .record({ taskId, flowId, name: fc.constantFrom("alpha", "\0 \ud800", "ß") })
    .map((given): readonly [string, Run] => [
      `rename and count task runs ${fc.stringify(given)}`,
      async (model, store) => {
        const known = model.taskRuns.get(given.taskId);
        equal(await store.renameTaskRun(given.taskId, given.name), known !== undefined);
        if (known !== undefined) model.taskRuns.set(given.taskId, { ...known, name: clean(given.name) });
        const counts = Object.groupBy(
          model.findTaskRuns({ flowRunIds: [given.flowId] }),
          ({ taskName, state }) => `${taskName} ${state.type} ${state.name}`,
        );
        const found = await store.countTaskRuns(given.flowId);
        deepEqual(
          found.map(({ taskName, stateType, stateName, count }) => [`${taskName} ${stateType} ${stateName}`, count]),
          Object.entries(counts).map(([group, runs]) => [group, runs?.length]),
        );
      },
    ]);

  const owning = fc
    .record({ processId, types: fc.subarray([...stateTypes]), limitName: fc.constantFrom("db", "gpu"), at: time })
    .map((given): readonly [string, Run] => [
      `owners ${fc.stringify(given)}`,
      async (model, store) => {
        const { types, limitName, at } = given;
        const runs = [...model.flowRuns.values()];
        const owned = runs.filter(({ ownerId, state }) => ownerId === given.processId && types.includes(state.type));
        deepEqual(idsOf(await store.findOwnedRuns(given.processId, types)), idsOf(owned));
        const lost = runs.flatMap(({ ownerId, endedAt }) =>
          ownerId !== null && endedAt === null && !model.processes.has(ownerId) ? [ownerId] : [],
        );
        deepEqual(await store.findLostOwners(10), [...new Set(lost)].toSorted());
        const holders = [...(model.slots.get(limitName) ?? [])].flatMap(([holder, own]) =>
          own === given.processId ? [holder] : [],
        );
        deepEqual(await store.findSlotHolders(limitName, given.processId), holders.toSorted());
        equal(await store.renewProcess(given.processId, at), model.processes.has(given.processId));
      },
    ]);

  return fc.oneof(keeping, dropping, deleting, naming, owning);
}

function idsOf(rows: readonly { readonly id: string }[]): readonly string[] {
  return rows.map(({ id }) => id).toSorted();
}
