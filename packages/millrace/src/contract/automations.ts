/**
 * Automations: what is watched for (a trigger) and what is then done (actions). All of it is JSON. The meaning of each
 * trigger is written at the head of the file of rules/automations/ that evaluates it.
 */

import type { StateType } from "./states.ts";

export interface Automation {
  readonly id: string;
  readonly name: string;
  readonly description: string;
  /** One that is not enabled is never evaluated. */
  readonly enabled: boolean;
  readonly tags: readonly string[];
  readonly trigger: Trigger;
  /** Done at each firing, with the event that caused it. */
  readonly actions: readonly Action[];
  /** Done when the automation enters Triggered, with that change as the event. */
  readonly actionsOnTrigger: readonly Action[];
  /** Done when a metric is back where it should be, with that change as the event. */
  readonly actionsOnResolve: readonly Action[];
  /** Label of the object that made it (a deployment), and which takes it along when it is deployed again. */
  readonly ownerResource: string | null;
  /** ms since the epoch. */
  readonly createdAt: number;
  readonly updatedAt: number;
}

/** Labels of a resource by name. `id`, `name` and `role` are those of every resource; others may hold dots: `millrace.run-count`. */
export type Labels = Readonly<Record<string, string>>;

/** An event, as far as automations look at it. */
export interface EventFacts {
  readonly id: string;
  readonly name: string;
  /** When it happened, in ms since the epoch. */
  readonly at: number;
  readonly resource: Labels;
  /** Other resources that were involved; a label says in which role. */
  readonly related: readonly { readonly labels: Labels }[];
  /** JSON. */
  readonly payload: unknown;
  /** The id of an event that happened before this one, whichever arrives first. */
  readonly follows?: string;
}

/**
 * What labels must be, by name. A resource matches when each label named here is there and matches one of its patterns.
 * In a pattern `*` stands for any text, `?` for one character, `[ab]` for one of them; a leading `!` negates it.
 */
export type ResourceSpec = Readonly<Record<string, string | readonly string[]>>;

export interface ResourceMatch {
  /** The resource that the event happened to. Empty: every resource. */
  readonly match: ResourceSpec;
  /** Each of these must match one of the related resources. */
  readonly matchRelated: readonly ResourceSpec[];
  /** A list of less than two was written as a list, where it need not be one: so it is shown again. */
  readonly matchRelatedIsList?: true;
}

/** Fires for events that come (Reactive), or for events that do not (Proactive). */
export interface EventTrigger extends ResourceMatch {
  readonly kind: "event";
  readonly posture: "Reactive" | "Proactive";
  /** Event names that open a window; empty: no event is needed for it. `*` stands for at least one character. */
  readonly after: readonly string[];
  /** Event names that are counted; empty: every event. */
  readonly expect: readonly string[];
  /** Labels that split the count: `name` of the resource, or `related:role:name` of the first related one in the role. */
  readonly forEach: readonly string[];
  /** Events that make it fire (Reactive), or that keep it from firing (Proactive). */
  readonly threshold: number;
  /** Length of a window. Reactive: 0 fires at once. Proactive: at least 10,000. */
  readonly withinMs: number;
}

/** Fires when enough of its triggers have fired, within a time if one is given. */
export interface CompoundTrigger {
  readonly kind: "compound";
  readonly triggers: readonly Trigger[];
  readonly require: "any" | "all" | number;
  /** null: however long ago. */
  readonly withinMs: number | null;
}

/** Fires when all its triggers have fired in their order, within a time if one is given. */
export interface SequenceTrigger {
  readonly kind: "sequence";
  readonly triggers: readonly Trigger[];
  readonly withinMs: number | null;
}

/** `duration` and `lateness` are averages in seconds; `success-rate` is between 0 and 1. */
export type Metric = "duration" | "lateness" | "success-rate";

/** Fires when a figure over recent flow runs stays beyond a threshold, and resolves when it stays back. */
export interface MetricTrigger extends ResourceMatch {
  readonly kind: "metric";
  readonly query: Metric;
  readonly operator: "<" | "<=" | ">" | ">=";
  readonly threshold: number;
  /** How far back flow runs are looked at. At least 300,000. */
  readonly rangeMs: number;
  /** How long the figure must stay on one side before the state changes. At least 300,000. */
  readonly firingForMs: number;
}

export type Trigger = EventTrigger | CompoundTrigger | SequenceTrigger | MetricTrigger;

/** What an action is done to: the object with this id, or the one that the event is about. */
export type ActionTarget = { readonly source: "selected"; readonly id: string } | { readonly source: "inferred" };

/** Actions on a flow run take the run of the firing's labels, or else the one that the event is about. */
export type Action =
  | { readonly kind: "do-nothing" }
  | {
      readonly kind: "run-deployment";
      readonly target: ActionTarget;
      /** Texts in it may be templates. null: the deployment's own. */
      readonly parameters: Readonly<Record<string, unknown>> | null;
      readonly jobVariables: Readonly<Record<string, unknown>> | null;
      /** The run is due this long after the firing. */
      readonly delayMs: number;
    }
  | { readonly kind: "pause-deployment" | "resume-deployment"; readonly target: ActionTarget }
  | {
      readonly kind: "pause-schedule" | "resume-schedule";
      readonly deploymentId: string;
      readonly scheduleId: string;
    }
  | { readonly kind: "pause-work-pool" | "resume-work-pool"; readonly target: ActionTarget }
  | { readonly kind: "pause-work-queue" | "resume-work-queue"; readonly target: ActionTarget }
  | { readonly kind: "pause-automation" | "resume-automation"; readonly target: ActionTarget }
  | { readonly kind: "cancel-flow-run" | "suspend-flow-run" | "resume-flow-run" | "delete-flow-run" }
  | {
      readonly kind: "change-flow-run-state";
      readonly state: StateType;
      /** null: the default name of the type. */
      readonly name: string | null;
      readonly message: string | null;
      /** Past the transition rules, recorded as such. */
      readonly force: boolean;
    }
  | {
      readonly kind: "call-webhook";
      readonly blockDocumentId: string;
      /** A template. */
      readonly payload: string;
    }
  | {
      readonly kind: "send-notification";
      readonly blockDocumentId: string;
      /** Templates. */
      readonly subject: string;
      readonly body: string;
    }
  | {
      readonly kind: "declare-incident";
      readonly severity: "minor" | "moderate" | "major" | "critical";
      /** Templates. */
      readonly title: string;
      readonly description: string;
    };

/** One firing of a trigger. The same causes give the same id, whichever server evaluates them. */
export interface Firing {
  /** UUID. */
  readonly id: string;
  readonly automationId: string;
  /** Where the trigger stands: "trigger", or "trigger.0.2" for the third in the first of it. */
  readonly path: string;
  readonly state: "Triggered" | "Resolved";
  /** The time of the event or of the evaluation that caused it, in ms since the epoch. */
  readonly at: number;
  /** The labels that `forEach` names, with their values. */
  readonly labels: Labels;
  /** The event that caused it, or the last one that counted; null when there was none. */
  readonly eventId: string | null;
  /** The events that were counted, in the order evaluated; the newest 64. */
  readonly eventIds: readonly string[];
  /** What a metric was. */
  readonly value: number | null;
  /** The firings of its triggers, for compound and sequence. */
  readonly firings: readonly Firing[];
  readonly reason: string;
}

/** What an evaluation did to one trigger, and why; the lines of an automation's history. */
export interface EvaluationReason {
  readonly path: string;
  /** Values of the labels that `forEach` names. */
  readonly key: readonly string[];
  readonly outcome:
    | "fired"
    | "counted"
    | "opened"
    | "satisfied"
    | "expired"
    | "late"
    | "repeated"
    | "no-window"
    | "waiting"
    | "evicted";
  /** "2 of 3 events within 1m 00s". */
  readonly text: string;
}
