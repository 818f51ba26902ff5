/** An automation as it is written on the page, before it is kept. */

import type { Action, Automation, EventTrigger, JsonObject, StoredEvent, Trigger } from "millrace/client";

export interface Draft {
  readonly name: string;
  readonly description: string;
  readonly enabled: boolean;
  readonly tags: readonly string[];
  readonly trigger: Trigger;
  readonly actions: readonly Action[];
  readonly actionsOnTrigger: readonly Action[];
  readonly actionsOnResolve: readonly Action[];
}

export const emptyEventTrigger: EventTrigger = {
  kind: "event",
  posture: "Reactive",
  match: {},
  matchRelated: [],
  after: [],
  expect: [],
  forEach: [],
  threshold: 1,
  withinMs: 0,
};

const ofFlowRuns = { id: "millrace.flow-run.*" };

/** Of each kind, as it is first shown. */
export function emptyTrigger(kind: Trigger["kind"]): Trigger {
  switch (kind) {
    case "event":
      return { ...emptyEventTrigger, match: ofFlowRuns, expect: ["millrace.flow-run.Failed"] };
    case "compound":
      return { kind, triggers: [emptyTrigger("event"), emptyTrigger("event")], require: "all", withinMs: 3_600_000 };
    case "sequence":
      return { kind, triggers: [emptyTrigger("event"), emptyTrigger("event")], withinMs: 3_600_000 };
    case "metric":
      return {
        kind,
        match: {},
        matchRelated: [],
        query: "success-rate",
        operator: "<",
        threshold: 0.9,
        rangeMs: 3_600_000,
        firingForMs: 300_000,
      };
  }
}

export const emptyDraft: Draft = {
  name: "",
  description: "",
  enabled: true,
  tags: [],
  trigger: emptyTrigger("event"),
  actions: [],
  actionsOnTrigger: [],
  actionsOnResolve: [],
};

const ends = ["Completed", "Failed", "Crashed", "Cancelled"].map((name) => `millrace.flow-run.${name}`);

/** To begin with; by the word of the address. */
export const templates: Readonly<Record<string, { readonly title: string; readonly draft: Partial<Draft> }>> = {
  failed: {
    title: "A run fails or crashes",
    draft: {
      name: "run-failed",
      trigger: {
        ...emptyEventTrigger,
        match: ofFlowRuns,
        expect: ["millrace.flow-run.Failed", "millrace.flow-run.Crashed"],
      },
    },
  },
  "in-a-row": {
    title: "Three failures of a deployment in ten minutes pause it",
    draft: {
      name: "failures-in-a-row",
      trigger: {
        ...emptyEventTrigger,
        match: ofFlowRuns,
        expect: ["millrace.flow-run.Failed", "millrace.flow-run.Crashed"],
        forEach: ["related:deployment:id"],
        threshold: 3,
        withinMs: 600_000,
      },
      actions: [{ kind: "pause-deployment", target: { source: "inferred" } }],
    },
  },
  stuck: {
    title: "A run that does not end within two hours is cancelled",
    draft: {
      name: "stuck",
      trigger: {
        ...emptyEventTrigger,
        posture: "Proactive",
        match: ofFlowRuns,
        after: ["millrace.flow-run.Running"],
        expect: ends,
        forEach: ["id"],
        withinMs: 7_200_000,
      },
      actions: [{ kind: "cancel-flow-run" }],
    },
  },
  late: {
    title: "A run is late",
    draft: {
      name: "run-late",
      trigger: { ...emptyEventTrigger, match: ofFlowRuns, expect: ["millrace.flow-run.Late"] },
    },
  },
  "no-worker": {
    title: "A work pool has no worker any more",
    draft: {
      name: "pool-not-ready",
      trigger: {
        ...emptyEventTrigger,
        match: { id: "millrace.work-pool.*" },
        expect: ["millrace.work-pool.not-ready"],
      },
    },
  },
  silence: {
    title: "An event that is expected does not come for an hour",
    draft: {
      name: "silence",
      trigger: {
        ...emptyEventTrigger,
        posture: "Proactive",
        expect: ["order.received"],
        withinMs: 3_600_000,
      },
    },
  },
  "success-rate": {
    title: "Fewer than 90 % of the runs succeed",
    draft: { name: "success-rate", trigger: emptyTrigger("metric") },
  },
};

/** As it is kept: what others have made may lack parts. */
export function toDraft(automation: Automation): Draft {
  const { name, description = "", enabled, tags, trigger, actions, actionsOnTrigger, actionsOnResolve } = automation;
  const known = (given: readonly JsonObject[] | undefined): readonly Action[] =>
    (given ?? []) as unknown as readonly Action[];
  return {
    name,
    description,
    enabled,
    tags,
    trigger: (trigger ?? emptyTrigger("event")) as unknown as Trigger,
    actions: known(actions),
    actionsOnTrigger: known(actionsOnTrigger),
    actionsOnResolve: known(actionsOnResolve),
  };
}

/** What a client sends of it. */
export function fromDraft(draft: Draft) {
  const plain = (actions: readonly Action[]): readonly JsonObject[] => actions as unknown as readonly JsonObject[];
  return {
    ...draft,
    trigger: draft.trigger as unknown as JsonObject,
    actions: plain(draft.actions),
    actionsOnTrigger: plain(draft.actionsOnTrigger),
    actionsOnResolve: plain(draft.actionsOnResolve),
  };
}

/**
 * One that is set off by events like this. Those of runs are of many runs: of the same flow, where that is known.
 *
 * @param flow the label of the flow that a run is of
 */
export function draftOfEvent(event: Pick<StoredEvent, "name" | "resource">, flow: string | null): Draft {
  const { id = "" } = event.resource;
  const [, kind] = /^millrace\.(flow-run|task-run)\./.exec(id) ?? [];
  return {
    ...emptyDraft,
    name: event.name.replace(/^millrace\./, "on-").replaceAll(".", "-"),
    trigger: {
      ...emptyEventTrigger,
      expect: [event.name],
      match: kind === undefined ? { id } : { id: `millrace.${kind}.*` },
      matchRelated: kind === undefined || flow === null ? [] : [{ id: flow, role: "flow" }],
    },
  };
}
