import { useQueryClient } from "@tanstack/react-query";
import { Pause, Pencil, Play, Plus, Trash2 } from "lucide-react";
import type { Deployment, Schedule } from "millrace/client";
import { useState } from "react";
import { api } from "../../api/api.ts";
import { ofKind, useLive } from "../../api/queries.ts";
import { Glyph } from "../../states/state-badge.tsx";
import { Button } from "../../ui/button.tsx";
import { FormDialog } from "../../ui/form-dialog.tsx";
import { Command } from "../../ui/copy.tsx";
import { Facts } from "../../ui/panel.tsx";
import { Empty, ErrorNote, Loaded } from "../../ui/states-of-loading.tsx";
import { sayError } from "../../ui/toast.ts";
import { DateTime } from "../../ui/when.tsx";
import { toDuration } from "../../format/time.ts";
import { NextTimes } from "./next-times.tsx";
import { toWord } from "../../format/shell.ts";
import { toReference } from "./readiness.ts";
import { ScheduleEditor } from "./schedule-editor.tsx";
import { toScheduleWords } from "./schedule-words.ts";

const scheduleLimit = 100;
const timesShown = 5;

export function SchedulesTab({ deployment }: { readonly deployment: Deployment }) {
  const client = useQueryClient();
  const key = ["deployment", deployment.id, "schedules"];
  const schedules = useLive({
    key,
    read: () =>
      api.listObjects("schedule", { where: { field: "deploymentId", in: [deployment.id] } }, { limit: scheduleLimit }),
    concerns: ofKind("deployment", "schedule"),
  });
  const [edited, setEdited] = useState<Schedule | "new" | null>(null);
  const [gone, setGone] = useState<Schedule | null>(null);
  const readAgain = async (): Promise<void> => {
    await client.invalidateQueries({ queryKey: ["deployment", deployment.id] });
  };
  const setActive = async ({ id }: Schedule, active: boolean): Promise<void> => {
    try {
      await api.updateSchedule(id, { active });
      await readAgain();
    } catch (error) {
      sayError(error);
    }
  };
  const add = (
    <Button needs="createSchedule" icon={<Plus size={14} />} onClick={() => setEdited("new")}>
      Add schedule
    </Button>
  );
  return (
    <div className="min-h-0 grow overflow-auto p-4">
      <Loaded query={schedules}>
        {({ items }) =>
          items.length === 0 ? (
            <Empty title="It has no schedule">
              <p className="mb-3">It runs when somebody asks for it. A schedule lets it run by itself.</p>
              {add}
              <div className="mt-3 text-left">
                <Command text={`millrace deployment schedule create ${toReference(deployment)} --cron "0 2 * * *"`} />
              </div>
            </Empty>
          ) : (
            <div className="flex flex-col gap-3">
              <div className="flex items-center gap-2">
                {add}
                {deployment.paused ? <p className="text-muted">The deployment is paused, so none makes runs.</p> : null}
              </div>
              <ul className="grid grid-cols-1 gap-3 lg:grid-cols-2">
                {items.map((schedule) => (
                  <li key={schedule.id}>
                    <ScheduleCard
                      schedule={schedule}
                      onEdit={() => setEdited(schedule)}
                      onDelete={() => setGone(schedule)}
                      onActive={(active) => void setActive(schedule, active)}
                    />
                  </li>
                ))}
              </ul>
            </div>
          )
        }
      </Loaded>
      {edited === null ? null : (
        <ScheduleEditor
          deployment={deployment}
          schedule={edited === "new" ? null : edited}
          onClose={() => setEdited(null)}
          onSaved={() => void readAgain()}
        />
      )}
      {gone === null ? null : (
        <FormDialog
          isDangerous
          title="Delete the schedule"
          description={`${toScheduleWords(gone.spec)}: it goes, with the runs that it has made and that have not begun.`}
          verb="Delete schedule"
          command={`millrace deployment schedule delete ${toReference(deployment)} ${toWord(gone.slug ?? gone.id)}`}
          onClose={() => setGone(null)}
          onSubmit={async () => {
            await api.deleteSchedule(gone.id);
            await readAgain();
          }}
        />
      )}
    </div>
  );
}

function ScheduleCard(props: {
  readonly schedule: Schedule;
  readonly onEdit: () => void;
  readonly onDelete: () => void;
  readonly onActive: (active: boolean) => void;
}) {
  const { schedule, onEdit, onDelete, onActive } = props;
  const { id, slug, active, spec, revision, startAt = null, endAt = null, jitterMs = 0, parameters = {} } = schedule;
  const times = useLive({
    key: ["schedule", id, revision, "upcoming"],
    read: () =>
      api.upcoming({
        spec: spec as never,
        limit: timesShown,
        ...(startAt === null ? {} : { startAt }),
        ...(endAt === null ? {} : { endAt }),
      }),
    everyMs: 60_000,
    isEnabled: active,
  });
  const words = toScheduleWords(spec);
  return (
    <article className="flex h-full flex-col gap-2 rounded-panel border border-line p-3" aria-label={words}>
      <header className="flex flex-wrap items-start justify-between gap-2">
        <div className="min-w-0">
          <h2 className="font-semibold break-words">{words}</h2>
          <p className="flex items-center gap-1.5 text-muted">
            <Glyph name={active ? "check" : "pause"} family={active ? "completed" : "inert"} />
            {active ? "Active" : "Paused"}
            {slug === null ? null : (
              <span className="max-w-60 truncate" title={slug}>
                · {slug}
              </span>
            )}
          </p>
        </div>
        <div className="flex gap-1">
          <Button
            kind="quiet"
            needs="updateSchedule"
            icon={active ? <Pause size={14} /> : <Play size={14} />}
            onClick={() => onActive(!active)}
          >
            {active ? "Pause" : "Resume"}
          </Button>
          <Button kind="quiet" needs="updateSchedule" icon={<Pencil size={14} />} onClick={onEdit}>
            Edit
          </Button>
          <Button kind="quiet" needs="deleteSchedule" icon={<Trash2 size={14} />} onClick={onDelete}>
            Delete
          </Button>
        </div>
      </header>
      <div className="grid grid-cols-1 gap-3 sm:grid-cols-2">
        <div>
          <Facts
            items={[
              ["Written as", <code className="font-mono text-small break-words">{toWritten(spec)}</code>],
              ["Missed times", toCatchUpWords(schedule.catchUp)],
              ...(jitterMs === 0 ? [] : [["Jitter", `up to ${toDuration(jitterMs)}`] as const]),
              ...(startAt === null ? [] : [["Not before", <DateTime key="start" at={startAt} />] as const]),
              ...(endAt === null ? [] : [["Not after", <DateTime key="end" at={endAt} />] as const]),
              ...(Object.keys(parameters).length === 0
                ? []
                : [
                    [
                      "Parameters",
                      <code
                        key="parameters"
                        className="line-clamp-3 font-mono text-small"
                        title={JSON.stringify(parameters)}
                      >
                        {JSON.stringify(parameters)}
                      </code>,
                    ] as const,
                  ]),
            ]}
          />
        </div>
        {active ? (
          times.error === null ? (
            <NextTimes
              times={times.data ?? null}
              zone={typeof spec.timezone === "string" ? spec.timezone : undefined}
            />
          ) : (
            <ErrorNote error={times.error} />
          )
        ) : (
          <p className="text-muted">It makes no runs until it is resumed.</p>
        )}
      </div>
    </article>
  );
}

function toWritten(spec: Schedule["spec"]): string {
  const { kind, timezone, cron, rrule, everyMs, at } = spec;
  const zone = typeof timezone === "string" ? ` ${timezone}` : "";
  if (kind === "cron") return `${String(cron)}${zone}`;
  if (kind === "rrule") return `${String(rrule).slice(0, 300)}${zone}`;
  if (kind === "interval") return `every ${toDuration(Number(everyMs))}${zone}`;
  return Array.isArray(at) ? `${at.length} times` : String(kind);
}

function toCatchUpWords(catchUp: Schedule["catchUp"]): string {
  if (catchUp?.policy === "latest") return "the last is made up for";
  if (catchUp?.policy === "all") return `at most ${String(catchUp.max)} are made up for`;
  return "are left out";
}
