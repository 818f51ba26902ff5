/** Whatever has an id, and where it is shown. What has no page of its own is shown among what it belongs to. */

import type { IdKind } from "millrace/client";
import { api } from "../api/api.ts";
import { wholeId } from "../format/whole-id.ts";
import { toView } from "../pages/runs/saved-views.ts";
import { hasOwnPage, toPath } from "./paths.ts";

export interface FoundById {
  /** `event`, or as the server has it. */
  readonly kind: IdKind | "event";
  readonly id: string;
}

/** An address, and what it shows there. */
export interface FoundPlace {
  readonly to: string;
  readonly search: Readonly<Record<string, unknown>>;
}

/** By the start of an id; an event by all of it. @throws RUN_NOT_FOUND, RUN_ID_AMBIGUOUS */
export async function findById(text: string): Promise<FoundById> {
  const asked = text.trim().toLowerCase();
  // First, for who asks for what is no event is told so by an answer, and for the other by an error.
  const [event] = wholeId.test(asked) ? (await api.listEvents({ ids: [asked] }, { limit: 1 })).items : [];
  return event === undefined ? api.resolveId(asked) : { kind: "event", id: event.id };
}

export async function placeOf({ kind, id }: FoundById): Promise<FoundPlace> {
  if (kind !== "event" && hasOwnPage(kind)) return { to: toPath(kind, id), search: {} };
  const place = await findPlace({ kind, id });
  if (place === null) throw new Error(`What had the id ${id} is gone: it was deleted a moment ago.`);
  return place;
}

/** Null where it is gone. */
async function findPlace({ kind, id }: FoundById): Promise<FoundPlace | null> {
  switch (kind) {
    case "variable": {
      const variable = await api.readObject(kind, id);
      return variable && { to: "/variables", search: { variable: variable.name } };
    }
    case "schedule": {
      const schedule = await api.readObject(kind, id);
      return schedule && { to: toPath("deployment", schedule.deploymentId), search: { tab: "schedules" } };
    }
    case "deployment-version": {
      const version = await api.readObject(kind, id);
      return version && { to: toPath("deployment", version.deploymentId), search: { tab: "versions" } };
    }
    case "worker": {
      const worker = await api.readObject(kind, id);
      return worker && { to: toPath("work-pool", worker.workPoolId), search: { tab: "workers" } };
    }
    case "block-type": {
      const type = await api.readObject(kind, id);
      return type && { to: "/blocks", search: { type: type.slug } };
    }
    case "block-schema": {
      const schema = await api.readObject(kind, id);
      return schema && findPlace({ kind: "block-type", id: schema.blockTypeId });
    }
    case "automation-firing": {
      const firing = await api.readObject(kind, id);
      return firing && { to: toPath("automation", firing.automationId), search: {} };
    }
    case "slot-lease": {
      const lease = await api.readObject(kind, id);
      const [limit] = lease?.limitIds ?? [];
      return lease && { to: "/limits", search: limit === undefined ? {} : { limit } };
    }
    case "saved-search": {
      const saved = await api.readObject(kind, id);
      return saved && { to: "/runs", search: { ...toView(saved)?.search } };
    }
    case "event":
      return { to: "/events", search: { event: id, since: "all" } };
    case "configuration":
      return { to: "/settings", search: {} };
    case "flow-run":
    case "task-run":
    case "artifact":
    case "flow":
    case "deployment":
    case "work-pool":
    case "work-queue":
    case "block-document":
    case "automation":
    case "concurrency-limit":
    case "webhook":
      return { to: toPath(kind, id), search: {} };
  }
}
