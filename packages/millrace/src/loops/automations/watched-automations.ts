/** The automations that are evaluated, with what is remembered of each, in memory and (now and then) in the ledger. */

import type { Api } from "../../contract/api.ts";
import type { Automation } from "../../contract/automations.ts";
import { evaluationName, type KeptReason } from "../../contract/evaluations.ts";
import type { Automation as KeptAutomation } from "../../contract/objects.ts";
import type { AutomationState } from "../../rules/automations/automation-state.ts";
import { type PreparedAutomation, prepareAutomation } from "../../rules/automations/prepare-automation.ts";
import { deleteKeptValue, type KeptValueApi, readKeptValue, writeKeptValue } from "./kept-value.ts";

export interface WatchedAutomation {
  readonly prepared: PreparedAutomation;
  state: AutomationState | null;
  /** Events up to this number are in the state. */
  seq: number;
  /** Events before this time were before the automation; null where its making was seen in the stream. */
  readonly notBefore: number | null;
  /** The newest reasons of its evaluations. */
  reasons: readonly KeptReason[];
  revision: number | null;
  isDirty: boolean;
}

interface KeptState {
  readonly seq: number;
  readonly state: AutomationState | null;
  readonly reasons: WatchedAutomation["reasons"];
}

export interface WatchedAutomations {
  readonly all: ReadonlyMap<string, WatchedAutomation>;
  /** Reads one again; `madeAt` is the number of the event that told of its making. */
  reload(id: string, made: { readonly seq: number } | null): Promise<void>;
  /** Keeps what has changed. False when another server has written it: this one is behind. */
  save(): Promise<boolean>;
}

/** Automations read at once. */
const pageSize = 500;
/** Reasons kept of an automation. */
export const maxReasons = 50;

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
        notBefore: known === null && made === null ? kept.createdAt : null,
        reasons: known?.value.reasons ?? [],
        revision: known?.revision ?? null,
        isDirty: false,
      });
    } catch (error) {
      options.onFailure(error);
    }
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
      if (kept === null || !kept.enabled) await deleteKeptValue(api, evaluationName(id));
      else await watch(kept, made);
    },
    async save() {
      for (const [id, watched] of all) {
        if (!watched.isDirty) continue;
        const { seq, state, reasons, revision } = watched;
        const value: KeptState = { seq, state, reasons };
        const written = await writeKeptValue(api, evaluationName(id), { value, revision });
        if (written === null) return false;
        watched.revision = written;
        watched.isDirty = false;
      }
      return true;
    },
  };
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
