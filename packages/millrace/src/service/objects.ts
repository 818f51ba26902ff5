/** The nouns that people make: their revisions, what must be their own, what goes with them, and the events of their changes. */

import type { Api } from "../contract/api.ts";
import { isMillraceError, MillraceError } from "../contract/errors.ts";
import { flowIdOf } from "../contract/flow-id.ts";
import type { FlowRun } from "../contract/flow-run.ts";
import type {
  AnyObject,
  ConcurrencyLimit,
  Deployment,
  NewObject,
  ObjectBase,
  ObjectKind,
  ObjectTypes,
} from "../contract/objects.ts";
import type { Condition } from "../contract/query.ts";
import type { Event } from "../contract/records.ts";
import type { Store } from "../contract/store.ts";
import type { Clock } from "../kit/clock.ts";
import { uuidv7 } from "../kit/ids.ts";
import { settleChange } from "../rules/slots.ts";
import { checkRevision } from "./check-revision.ts";
import { deleteLeasesOf } from "./slot-leases.ts";
import { checkVariableName, checkVariableValue } from "./variables.ts";

export type ObjectMethods = Pick<Api, "readObject" | "listObjects" | "createObject" | "updateObject" | "deleteObject">;

const everything: Condition = { all: [] };

/** How often a change is made again because another one came between. */
const maxRaces = 20;

/** What the server keeps for itself is not told of. */
const untold: ReadonlySet<ObjectKind> = new Set([
  "slot-lease",
  "configuration",
  "saved-search",
  "automation-firing",
  "deployment-version",
]);

/** Fields that change by themselves all the time: a change of nothing else is not told of. */
const unnoticed: ReadonlySet<string> = new Set([
  "polledAt",
  "heartbeatAt",
  "nextAt",
  "madeUntil",
  "taken",
  "takenAt",
  "denied",
  "averageSeconds",
]);

/** Of these there is nothing to check but their fields. */
const unchecked: ReadonlySet<ObjectKind> = new Set([
  "flow",
  "work-pool",
  "block-type",
  "concurrency-limit",
  "slot-lease",
  "variable",
  "saved-search",
  "configuration",
]);

interface Part {
  readonly kind: ObjectKind;
  readonly field: string;
  /** Whether the field has the label of the object as a resource, in place of its id. */
  readonly isLabel?: true;
}

/** What goes with an object: the kinds that name it, and by which field. */
const parts: Readonly<Partial<Record<ObjectKind, readonly Part[]>>> = {
  flow: [{ kind: "deployment", field: "flowId" }],
  deployment: [
    { kind: "schedule", field: "deploymentId" },
    { kind: "deployment-version", field: "deploymentId" },
    { kind: "automation", field: "owner", isLabel: true },
  ],
  "work-pool": [
    { kind: "work-queue", field: "workPoolId" },
    { kind: "worker", field: "workPoolId" },
  ],
  "block-type": [
    { kind: "block-document", field: "blockTypeId" },
    { kind: "block-schema", field: "blockTypeId" },
  ],
  "block-schema": [{ kind: "block-document", field: "blockSchemaId" }],
  automation: [{ kind: "automation-firing", field: "automationId" }],
};

export function createObjects({
  store,
  clock,
  onRunDeleted,
}: {
  readonly store: Store;
  readonly clock: Clock;
  /** A run has been deleted with its flow, as it was. */
  readonly onRunDeleted: (run: FlowRun) => Promise<void>;
}): ObjectMethods {
  const read = async <Kind extends ObjectKind>(kind: Kind, id: string): Promise<ObjectTypes[Kind] | null> =>
    (await store.readObjects(kind, [id]))[0] ?? null;

  async function deleteObject(kind: ObjectKind, id: string): Promise<boolean> {
    const object = await read(kind, id);
    if (object === null) return false;
    if (kind === "flow") await deleteRunsOf((object as ObjectTypes["flow"]).name);
    for (const part of parts[kind] ?? []) {
      const where: Condition = {
        field: part.field,
        in: [part.isLabel === true ? `millrace.${kind}.${id}` : id],
      };
      // Each is gone once it is deleted, so the first page is always the next one.
      for (;;) {
        const { items } = await store.findObjects(part.kind, { where }, { limit: 500 });
        if (items.length === 0) break;
        for (const { id: partId } of items) await deleteObject(part.kind, partId);
      }
    }
    const deleted = await store.deleteObject(kind, id, toEvent(kind, "deleted", object));
    if (kind === "concurrency-limit") await deleteLeasesOf(store, id);
    return deleted;
  }

  async function deleteRunsOf(flowName: string): Promise<void> {
    for (;;) {
      const { items } = await store.findFlowRuns({ flowNames: [flowName] }, "created-asc", { limit: 500 });
      if (items.length === 0) return;
      for (const run of items) if (await store.deleteFlowRun(run.id)) await onRunDeleted(run);
    }
  }

  /** Null where nobody is to be told. */
  function toEvent(kind: ObjectKind, what: string, object: AnyObject): Event | null {
    if (untold.has(kind) || ("anonymous" in object && object.anonymous)) return null;
    const name = "name" in object ? object.name : object.id;
    return {
      id: uuidv7(),
      name: `millrace.${kind}.${what}`,
      at: clock.now(),
      flowRunId: null,
      taskRunId: null,
      resource: { id: `millrace.${kind}.${object.id}`, name },
      payload: null,
    };
  }

  async function check(kind: ObjectKind, object: AnyObject, before: AnyObject | null): Promise<void> {
    if (unchecked.has(kind)) return;
    const { checkObject } = await import("./check-object.ts");
    await checkObject(store, { kind, object, before });
  }

  async function ensureFlow(name: string): Promise<void> {
    if ((await read("flow", flowIdOf(name))) !== null) return;
    try {
      await methods.createObject("flow", { name, tags: [] });
    } catch (error) {
      if (!isMillraceError(error, "OBJECT_EXISTS")) throw error;
    }
  }

  const methods: ObjectMethods = {
    readObject: read,
    listObjects: (kind, query = {}, page = {}) =>
      store.findObjects(
        kind,
        { where: query.where ?? everything, ...(query.sort === undefined ? {} : { sort: query.sort }) },
        page,
      ),

    async createObject(kind, object) {
      checkVariable(kind, object);
      const now = clock.now();
      const id = kind === "flow" ? flowIdOf((object as unknown as NewObject<"flow">).name) : (object.id ?? uuidv7());
      const base: ObjectBase = { id, revision: 1, createdAt: now, updatedAt: now };
      const made = { ...object, ...base } as unknown as ObjectTypes[typeof kind];
      await check(kind, made, null);
      if (kind === "deployment") await ensureFlow((made as Deployment).flowName);
      const written = await store.insertObject(kind, made, toEvent(kind, "created", made));
      if (written === null) throw exists(kind, made);
      return written;
    },

    async updateObject(kind, id, change, revision) {
      checkVariable(kind, change);
      for (let race = 0; race < maxRaces; race++) {
        const found = await read(kind, id);
        if (found === null) return null;
        checkRevision({ kind, id, revision: found.revision }, revision);
        const base: ObjectBase = {
          id: found.id,
          revision: found.revision + 1,
          createdAt: found.createdAt,
          updatedAt: clock.now(),
        };
        const given =
          kind === "concurrency-limit" ? settleChange(found as ConcurrencyLimit, change, base.updatedAt) : change;
        const changed = { ...found, ...given, ...base } as unknown as ObjectTypes[typeof kind];
        await check(kind, changed, found);
        const isNoticed = Object.keys(change).some((field) => !unnoticed.has(field));
        const outcome = await store.replaceObject(kind, changed, isNoticed ? toEvent(kind, "updated", changed) : null);
        if (outcome === "written") return changed;
        if (outcome === "taken") throw exists(kind, changed);
      }
      throw new MillraceError("LEDGER_BUSY", { location: `${kind} ${id}`, waited: `${maxRaces} attempts` });
    },

    deleteObject,
  };
  return methods;
}

function checkVariable(kind: ObjectKind, given: object): void {
  if (kind !== "variable") return;
  if ("name" in given) checkVariableName(String(given.name));
  if ("value" in given) checkVariableValue("name" in given ? String(given.name) : "", String(given.value));
}

function exists(kind: ObjectKind, object: AnyObject): MillraceError {
  const name = "slug" in object ? String(object.slug) : "name" in object ? object.name : object.id;
  return new MillraceError("OBJECT_EXISTS", { kind, name });
}
