/** The automations that are evaluated, with what is remembered of each, in memory and (now and then) in the ledger. */

import type { Api } from "../../contract/api.ts";
import type { Automation } from "../../contract/automations.ts";
import {
  evaluationName,
  type KeptEvaluation,
  type KeptEvaluationState,
  maxKeptEvaluations,
} from "../../contract/evaluations.ts";
import type { Automation as KeptAutomation } from "../../contract/objects.ts";
import type { AutomationState } from "../../rules/automations/automation-state.ts";
import {
  addToHistory,
  boundHistory,
  dropOldEvaluations,
  type NewEvaluation,
} from "../../rules/automations/evaluation-history.ts";
import { type PreparedAutomation, prepareAutomation } from "../../rules/automations/prepare-automation.ts";
import { deleteKeptValue, type KeptValueApi, readKeptValue, writeKeptValue } from "./kept-value.ts";

export interface WatchedAutomation {
  readonly prepared: PreparedAutomation;
  state: AutomationState | null;
  /** Events up to this number are in the state. */
  seq: number;
  /** Events before this time were before the automation; null where its making was seen in the stream. */
  readonly notBefore: number | null;
  /** What its evaluations came to; see rules/automations/evaluation-history.ts. */
  history: readonly KeptEvaluation[];
  revision: number | null;
  /** What is not in the ledger yet: nothing, evaluations that came to the same as the ones before, or more than that. */
  unsaved: "nothing" | "counts" | "changes";
}

type KeptState = KeptEvaluationState<AutomationState>;

export interface WatchedAutomations {
  readonly all: ReadonlyMap<string, WatchedAutomation>;
  /** Reads one again; `madeAt` is the number of the event that told of its making. */
  reload(id: string, made: { readonly seq: number } | null): Promise<void>;
  /** Keeps what has changed, or counts too. False when another server has written it: this one is behind. */
  save(what: "changes" | "everything"): Promise<boolean>;
  /** Drops what was evaluated before a time, in ms since the epoch. */
  forgetBefore(time: number): void;
}

/** Automations read at once. */
const pageSize = 500;

/** Those that are enabled. */
export async function loadWatchedAutomations(
  api: KeptValueApi & Pick<Api, "listObjects">,
  options: {
    /** Told of one that cannot be read. */
    readonly onFailure: (error: unknown) => void;
  },
): Promise<WatchedAutomations> {
  const all = new Map<string, WatchedAutomation>();

  async function watch(kept: KeptAutomation, made: { readonly seq: number } | null): Promise<void> {
    if (!kept.enabled || kept.trigger === undefined) return;
    try {
      const prepared = prepareAutomation(toAutomation(kept));
      const known = await readKeptValue<KeptState>(api, evaluationName(kept.id));
      all.set(kept.id, {
        prepared,
        state: known?.value.state ?? null,
        seq: known?.value.seq ?? made?.seq ?? 0,
        notBefore: known?.value.seq === undefined && made === null ? kept.createdAt : null,
        history: known?.value.history ?? [],
        revision: known?.revision ?? null,
        unsaved: "nothing",
      });
    } catch (error) {
      options.onFailure(error);
    }
  }

  /** One that is paused begins anew when it goes on; what it came to is still to be read. */
  async function forgetState(id: string, before: WatchedAutomation | undefined): Promise<void> {
    const known = await readKeptValue<KeptState>(api, evaluationName(id));
    if (known === null && before === undefined) return;
    const history = boundHistory(before?.history ?? known?.value.history ?? [], maxKeptEvaluations);
    const value: KeptState = { state: null, history };
    await writeKeptValue(api, evaluationName(id), { value, revision: known?.revision ?? null });
  }

  let cursor: string | null = null;
  do {
    const page: { readonly items: readonly KeptAutomation[]; readonly next: string | null } = await api.listObjects(
      "automation",
      { where: { field: "enabled", in: [true] } },
      { limit: pageSize, cursor },
    );
    for (const kept of page.items) await watch(kept, null);
    cursor = page.next;
  } while (cursor !== null);

  return {
    all,
    async reload(id, made) {
      const before = all.get(id);
      const kept = await api.readObject("automation", id);
      if (kept !== null && kept.enabled && before !== undefined) {
        // What is remembered stays; another trigger forgets it.
        all.set(id, { ...before, prepared: prepareAutomation(toAutomation(kept)) });
        return;
      }
      all.delete(id);
      if (kept === null) await deleteKeptValue(api, evaluationName(id));
      else if (kept.enabled) await watch(kept, made);
      else await forgetState(id, before);
    },
    async save(what) {
      for (const [id, watched] of all) {
        if (watched.unsaved === "nothing" || (watched.unsaved === "counts" && what === "changes")) continue;
        watched.history = boundHistory(watched.history, maxKeptEvaluations);
        const { seq, state, history, revision } = watched;
        const value: KeptState = { seq, state, history };
        const written = await writeKeptValue(api, evaluationName(id), { value, revision });
        if (written === null) return false;
        watched.revision = written;
        watched.unsaved = "nothing";
      }
      return true;
    },
    forgetBefore(time) {
      for (const watched of all.values()) {
        const history = dropOldEvaluations(watched.history, time);
        if (history === watched.history) continue;
        watched.history = history;
        if (watched.unsaved === "nothing") watched.unsaved = "counts";
      }
    },
  };
}

/** Adds an evaluation to the history, in memory. */
export function tellEvaluation(watched: WatchedAutomation, evaluation: NewEvaluation): void {
  const { history, change } = addToHistory(watched.history, evaluation);
  // Bounded now and then, not with each row: that looks at all of them.
  watched.history = history.length > 2 * maxKeptEvaluations ? boundHistory(history, maxKeptEvaluations) : history;
  if (change === "row") watched.unsaved = "changes";
  else if (watched.unsaved === "nothing") watched.unsaved = "counts";
}

export function toAutomation(kept: KeptAutomation): Automation {
  return {
    id: kept.id,
    name: kept.name,
    description: kept.description ?? "",
    enabled: kept.enabled,
    tags: kept.tags,
    trigger: kept.trigger as unknown as Automation["trigger"],
    actions: (kept.actions ?? []) as unknown as Automation["actions"],
    actionsOnTrigger: (kept.actionsOnTrigger ?? []) as unknown as Automation["actionsOnTrigger"],
    actionsOnResolve: (kept.actionsOnResolve ?? []) as unknown as Automation["actionsOnResolve"],
    ownerResource: kept.owner,
    createdAt: kept.createdAt,
    updatedAt: kept.updatedAt,
  };
}
