/** What an event happened to, in words and as a link. */

import { Link } from "@tanstack/react-router";
import { type IdKind, stateTypes } from "millrace/client";
import { toPath } from "../../app/paths.ts";
import { lookOf, type StateLook } from "../../states/families.ts";

export type Labels = Readonly<Record<string, string>>;

export interface Subject {
  /** `flow-run`; null for what is not of ours. */
  readonly kind: string | null;
  /** Of the object, or the whole id of the resource. */
  readonly id: string;
}

export function toSubject(resourceId: string): Subject {
  const [, kind, id] = /^millrace\.([a-z-]+)\.(.+)$/s.exec(resourceId) ?? [];
  return kind === undefined || id === undefined ? { kind: null, id: resourceId } : { kind, id };
}

const linked: ReadonlySet<string> = new Set<IdKind>([
  "flow-run",
  "task-run",
  "flow",
  "deployment",
  "work-pool",
  "work-queue",
  "block-document",
  "artifact",
  "automation",
  "variable",
  "concurrency-limit",
  "schedule",
  "worker",
  "webhook",
]);

export function SubjectLink({ labels, isBare = false }: { readonly labels: Labels; readonly isBare?: boolean }) {
  const whole = labels.id ?? "";
  const { kind, id } = toSubject(whole);
  const shown = labels.name ?? (kind === null ? whole : id.slice(0, 13));
  const word =
    kind === null || isBare ? null : (
      <span className="shrink-0 text-muted max-sm:hidden">{kind.replaceAll("-", " ")}</span>
    );
  return (
    <span className="flex min-w-0 items-baseline gap-1.5" title={whole}>
      {word}
      {kind !== null && linked.has(kind) ? (
        <Link to={toPath(kind as IdKind, id)} className="truncate hover:underline">
          {shown}
        </Link>
      ) : (
        <span className="truncate">{shown}</span>
      )}
    </span>
  );
}

const stateNames: Readonly<Record<string, string>> = {
  Cached: "COMPLETED",
  TimedOut: "FAILED",
  Late: "SCHEDULED",
  AwaitingRetry: "SCHEDULED",
  AwaitingConcurrencySlot: "SCHEDULED",
  Retrying: "RUNNING",
  Skipped: "COMPLETED",
  Suspended: "PAUSED",
};

/** How the state looks that an event tells of; null where it tells of none. */
export function lookOfEvent(name: string): StateLook | null {
  const [, state] = /^millrace\.(?:flow|task)-run\.([A-Z]\w*)$/.exec(name) ?? [];
  if (state === undefined) return null;
  const type = stateTypes.find((each) => each === (stateNames[state] ?? state.toUpperCase()));
  return type === undefined ? null : lookOf({ type, name: state });
}
