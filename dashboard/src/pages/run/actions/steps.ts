/** The steps that a run can be run again from: its tasks in the order first seen, not those within others. */

import type { FlowRun, TaskRun } from "millrace/client";
import { api } from "../../../api/api.ts";

/** More are not offered: the command line takes any. */
export const maxSteps = 500;

export interface Step {
  readonly id: string;
  /** As it is chosen: with its state. */
  readonly title: string;
  /** As the command line is told of it: by its name, where that means no other. */
  readonly word: string;
}

export async function readSteps({ id }: Pick<FlowRun, "id">): Promise<readonly Step[]> {
  const where = { field: "parentId", isNull: true } as const;
  const { items } = await api.listTaskRuns({ flowRunIds: [id], where }, { limit: maxSteps });
  return toSteps(items);
}

export function toSteps(runs: readonly Pick<TaskRun, "id" | "name" | "taskName" | "state">[]): readonly Step[] {
  const named = new Set<string>();
  return runs.map(({ id, name, taskName, state }) => {
    const isFirst = !named.has(name);
    named.add(name).add(taskName);
    // What could be the start of an id is taken for one.
    const isClear = isFirst && !/^[\da-f-]+$/i.test(name);
    return { id, title: `${name} (${state.name.toLowerCase()})`, word: isClear ? name : id };
  });
}
