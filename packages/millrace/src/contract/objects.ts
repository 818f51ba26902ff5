/**
 * The nouns that people make and change, beside the runs: all of them are read, listed, made, changed and deleted by the
 * same few methods of Api. A change names the fields that it changes; `revision` grows by one with each.
 */

import type { Subject } from "./query.ts";

export interface ObjectBase {
  /** UUID. */
  readonly id: string;
  /** Grows by one with each change; a change that names it is refused (REVISION_CONFLICT) when it is not the last. */
  readonly revision: number;
  /** ms since the epoch. */
  readonly createdAt: number;
  /** When it last changed, in ms since the epoch. */
  readonly updatedAt: number;
}

/** Texts, numbers and truths that people attach. */
export type Labels = Readonly<Record<string, string | number | boolean | null>>;

/** Any JSON value. */
export type Json = unknown;
export type JsonObject = Readonly<Record<string, unknown>>;

/** Made with the first run or deployment of its name. Its id is that of its name. */
export interface Flow extends ObjectBase {
  readonly name: string;
  readonly tags: readonly string[];
  readonly labels?: Labels;
}

/** Whether somebody is there to run what waits: asks for it, or would. */
export type Readiness = "ready" | "not-ready" | "paused";

/** What happens to a run when its deployment's limit is reached. */
export type CollisionStrategy = "enqueue" | "cancel-new" | "cancel-running" | "latest-only";

export interface Deployment extends ObjectBase {
  readonly flowId: string;
  readonly flowName: string;
  readonly name: string;
  readonly paused: boolean;
  readonly tags: readonly string[];
  readonly workPoolId: string | null;
  readonly workQueueId: string | null;
  readonly concurrencyLimit: number | null;
  /** When somebody last asked for its due runs. */
  readonly polledAt: number | null;
  readonly description?: string | null;
  readonly labels?: Labels;
  readonly version?: string | null;
  /** Of the code and configuration of this version. */
  readonly contentHash?: string | null;
  readonly parameters?: JsonObject;
  /** JSON Schema of the parameters. */
  readonly parameterSchema?: JsonObject | null;
  readonly enforcesSchema?: boolean;
  readonly entrypoint?: string | null;
  readonly path?: string | null;
  /** Steps that bring the code to where it runs; each an object of one step name and its inputs. */
  readonly pullSteps?: readonly JsonObject[] | null;
  readonly jobVariables?: JsonObject;
  readonly collisionStrategy?: CollisionStrategy;
  /** How long a run that took a slot may take to start, in ms. */
  readonly startGraceMs?: number;
  readonly concurrencyLimitId?: string | null;
  /** What was last told of it: whether somebody asks for its runs. */
  readonly readiness?: Readiness;
  readonly storageDocumentId?: string | null;
  readonly infrastructureDocumentId?: string | null;
  readonly createdBy?: Json;
  readonly updatedBy?: Json;
  readonly versionInfo?: Json;
  /** Of its newest version, from 1; the orchestrator sets it. */
  readonly versionNumber?: number;
}

export interface Schedule extends ObjectBase {
  readonly deploymentId: string;
  /** Names it among those of its deployment. */
  readonly slug: string | null;
  readonly active: boolean;
  /** The next time it is looked at: none of its due times before it is missing a run. Null when it has no more. */
  readonly nextAt: number | null;
  /** What contract/schedules.ts describes. */
  readonly spec: JsonObject;
  readonly parameters?: JsonObject;
  readonly maxScheduledRuns?: number | null;
  readonly catchUp?: JsonObject;
  readonly jitterMs?: number;
  /** No due time is before it, or after the other. */
  readonly startAt?: number | null;
  readonly endAt?: number | null;
  /** Each due time up to it has its run, or was left out. Null: it has not been looked at since it began to hold. */
  readonly madeUntil?: number | null;
}

export interface WorkPool extends ObjectBase {
  readonly name: string;
  readonly type: string;
  readonly paused: boolean;
  readonly description?: string | null;
  readonly concurrencyLimit?: number | null;
  readonly baseJobTemplate?: JsonObject;
  readonly defaultQueueId?: string | null;
  readonly storageConfiguration?: JsonObject;
  /** What was last told of it: whether it has a worker that is there. */
  readonly readiness?: Readiness;
}

export interface WorkQueue extends ObjectBase {
  readonly workPoolId: string;
  readonly name: string;
  /** 1 comes first. */
  readonly priority: number;
  readonly paused: boolean;
  readonly polledAt: number | null;
  readonly description?: string | null;
  readonly concurrencyLimit?: number | null;
  /** What was last told of it: whether somebody asks for its runs. */
  readonly readiness?: Readiness;
}

export interface Worker extends ObjectBase {
  readonly workPoolId: string;
  readonly name: string;
  readonly heartbeatAt: number;
  readonly heartbeatIntervalMs?: number | null;
  /** What it starts; absent where it never said. */
  readonly runtime?: "node" | "python";
}

export interface BlockType extends ObjectBase {
  readonly slug: string;
  readonly name: string;
  readonly logoUrl?: string | null;
  readonly documentationUrl?: string | null;
  readonly description?: string | null;
  readonly codeExample?: string | null;
  readonly isProtected?: boolean;
}

export interface BlockSchema extends ObjectBase {
  readonly blockTypeId: string;
  readonly checksum: string;
  readonly schemaVersion: string;
  readonly capabilities: readonly string[];
  /** JSON Schema of the fields. */
  readonly fields?: JsonObject;
}

export interface BlockDocument extends ObjectBase {
  readonly blockTypeId: string;
  readonly blockSchemaId: string;
  readonly name: string;
  readonly anonymous: boolean;
  /** Its values, sealed where the server keeps a key: `{ sealed }`, else `{ data }`. */
  readonly data?: JsonObject;
  readonly sealed?: string;
}

/**
 * A number of slots that holders share. `taken` was right at `takenAt`, and shrinks by `decayPerSecond` since. Its revision
 * grows with each slot that is taken or given back, too.
 */
export interface ConcurrencyLimit extends ObjectBase {
  readonly name: string;
  readonly active: boolean;
  readonly slots: number;
  readonly taken: number;
  readonly takenAt: number;
  readonly decayPerSecond: number;
  /** How many slots are believed to be waited for, as it was at `takenAt`; see rules/slots.ts. May have a fraction. */
  readonly denied: number;
  /** A moving average of how long slots are held, in seconds. */
  readonly averageSeconds?: number;
  /** Who has asked for slots in vain, and asks again: the newest 100. */
  readonly waiting?: readonly SlotWait[];
}

/** Somebody who waits for slots of a limit. */
export interface SlotWait {
  /** As `<kind>:<id>`. */
  readonly holder: string;
  /** When it first asked, in ms since the epoch. */
  readonly since: number;
  /** Who has not asked again by then waits no more. */
  readonly until: number;
}

/** Slots that are held until a time; they are given back by the holder, or when the time has passed. */
export interface SlotLease extends ObjectBase {
  readonly expiresAt: number;
  /** Whose slots they are, as `<kind>:<id>`; empty when nobody said. */
  readonly holder: string;
  /** The limits of which it holds slots; some may be gone. */
  readonly limitIds: readonly string[];
  /** Of each of them. */
  readonly slots: number;
  /** The process that holds them: as long as its lease is renewed, so is this one. */
  readonly processId?: string;
}

export interface Automation extends ObjectBase {
  readonly name: string;
  readonly enabled: boolean;
  readonly tags: readonly string[];
  /** The resource that it belongs to and goes with. */
  readonly owner: string | null;
  readonly description?: string;
  /** What contract/automations.ts describes. */
  readonly trigger?: JsonObject;
  readonly actions?: readonly JsonObject[];
  readonly actionsOnTrigger?: readonly JsonObject[];
  readonly actionsOnResolve?: readonly JsonObject[];
}

/** One time that an automation was set off, and what became of its actions. */
export interface AutomationFiring extends ObjectBase {
  readonly automationId: string;
  readonly status: "pending" | "done" | "failed";
  readonly firing?: JsonObject;
  readonly outcomes?: readonly JsonObject[];
  /** Attempts at its actions that failed, and are made again: `index` and `kind` of the action, `at`, `reason`, `details`, `nextTryAt`. */
  readonly tries?: readonly JsonObject[];
}

/** Name: lower-case letters, digits, `-` and `_`. `value` is JSON text. */
export interface Variable extends ObjectBase {
  /** By which it is read; unique. */
  readonly name: string;
  /** JSON text. */
  readonly value: string;
  /** To find it by. */
  readonly tags: readonly string[];
}

export interface SavedSearch extends ObjectBase {
  readonly name: string;
  readonly filters?: Json;
}

/** How the sender of a request to a webhook shows that it has the secret: an HMAC-SHA256. */
export interface WebhookSignature {
  /**
   * `github`: of the body, in `X-Hub-Signature-256`. `timestamped`: of the time and the body, as `t=…,v1=…`. `header`: of the
   * body, in hexadecimal or base64. `standard`: of an id, the time and the body, as Standard Webhooks has it.
   */
  readonly scheme: "github" | "timestamped" | "header" | "standard";
  /** The secret of this name; the server opens it with the key of its vault. */
  readonly secretName: string;
  /** Default: `X-Hub-Signature-256`, `Stripe-Signature`, `X-Signature`, `Webhook-Signature`. */
  readonly header?: string;
  /** How far the time that is signed may be from now, for `timestamped` and `standard`. In ms; default 300,000. */
  readonly toleranceMs?: number;
}

/**
 * What a request becomes. Each text may be a template over `body` (the JSON, the fields of a form, or the text), `headers`,
 * `query` and `webhook`.
 */
export interface WebhookTemplate {
  /** The name of the event; not one that begins with `millrace.`. */
  readonly event: string;
  /** Labels of what it happened to; `id` names it. Default: the webhook. */
  readonly resource?: Readonly<Record<string, string>>;
  /** JSON, with templates in it. Default: the body. */
  readonly payload?: Json;
}

/** A request to `/v1/hooks/<slug>` becomes an event. */
export interface Webhook extends ObjectBase {
  readonly name: string;
  /** Lower-case letters, digits, `-` and `_`. Where there is no signature, who knows it may send. */
  readonly slug: string;
  readonly enabled: boolean;
  readonly description?: string;
  readonly template?: WebhookTemplate;
  readonly signature?: WebhookSignature | null;
}

/** What the runs of a deployment were made of, from one change of it to the next. */
export interface DeploymentVersion extends ObjectBase {
  readonly deploymentId: string;
  /** From 1. */
  readonly number: number;
  /** Of `definition`: SHA-256, as hexadecimal digits. */
  readonly contentHash: string;
  /** The fields of the deployment that its runs are made of. */
  readonly definition?: JsonObject;
  /** Who or what changed it. */
  readonly by?: Json;
  /** The version that it brought back. */
  readonly rolledBackTo?: number;
}

/** A value that the server keeps for itself, by name. */
export interface Configuration extends ObjectBase {
  readonly name: string;
  readonly value?: Json;
}

export interface ObjectTypes {
  readonly flow: Flow;
  readonly deployment: Deployment;
  readonly schedule: Schedule;
  readonly "work-pool": WorkPool;
  readonly "work-queue": WorkQueue;
  readonly worker: Worker;
  readonly "block-type": BlockType;
  readonly "block-schema": BlockSchema;
  readonly "block-document": BlockDocument;
  readonly "concurrency-limit": ConcurrencyLimit;
  readonly "slot-lease": SlotLease;
  readonly automation: Automation;
  readonly "automation-firing": AutomationFiring;
  readonly variable: Variable;
  readonly "saved-search": SavedSearch;
  readonly webhook: Webhook;
  readonly "deployment-version": DeploymentVersion;
  readonly configuration: Configuration;
}

export type ObjectKind = keyof ObjectTypes & Subject;

/** What a new object is made of; an id is made where none is given. */
export type NewObject<Kind extends ObjectKind> = Omit<ObjectTypes[Kind], keyof ObjectBase> & { readonly id?: string };

/** The fields that change. */
export type ObjectChange<Kind extends ObjectKind> = Partial<Omit<ObjectTypes[Kind], keyof ObjectBase>>;

export type AnyObject = ObjectTypes[ObjectKind];
