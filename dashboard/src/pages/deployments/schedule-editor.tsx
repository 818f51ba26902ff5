import { useQuery } from "@tanstack/react-query";
import { type Deployment, isMillraceError, type JsonObject, type Schedule } from "millrace/client";
import { type ReactNode, useMemo, useState } from "react";
import { api } from "../../api/api.ts";
import { useCarefulSave } from "../../api/careful-save.ts";
import { usePreferences } from "../../app/preferences.ts";
import { toZone } from "../../format/time.ts";
import { useDebounced } from "../../ui/debounced.ts";
import { Button } from "../../ui/button.tsx";
import { Command } from "../../ui/copy.tsx";
import { Dialog } from "../../ui/dialog.tsx";
import { Field, Select, TextArea, TextInput } from "../../ui/field.tsx";
import { ErrorNote } from "../../ui/states-of-loading.tsx";
import { NextTimes } from "./next-times.tsx";
import { ParameterFields } from "./parameter-fields.tsx";
import { toCreateCommand, toUpdateCommand } from "./schedule-command.ts";
import { newDraft, type ScheduleDraft, toDraft, toSchedule, type Unit } from "./schedule-draft.ts";
import { toScheduleWords } from "./schedule-words.ts";

const timesShown = 5;

/** Makes a schedule, or changes one. When it is due is computed by the server as one types. */
export function ScheduleEditor(props: {
  readonly deployment: Deployment;
  /** Null: a new one. */
  readonly schedule: Schedule | null;
  readonly onClose: () => void;
  readonly onSaved: () => void;
}) {
  const { deployment, schedule, onClose, onSaved } = props;
  const { zone } = usePreferences();
  const [draft, setDraft] = useState<ScheduleDraft>(() =>
    schedule === null
      ? newDraft(toZone(zone) ?? new Intl.DateTimeFormat().resolvedOptions().timeZone)
      : toDraft(schedule),
  );
  const set = (change: Partial<ScheduleDraft>): void => setDraft((before) => ({ ...before, ...change }));
  const [isBusy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const read = useMemo(() => toSchedule(draft), [draft]);
  const { schedule: made, faults } = read;
  const settled = useDebounced(read);
  const asked = settled.schedule;
  const isWhole = Object.keys(faults).length === 0;
  const times = useQuery({
    queryKey: ["upcoming", asked.spec, asked.startAt, asked.endAt],
    queryFn: () =>
      api.upcoming({
        spec: asked.spec as never,
        limit: timesShown,
        ...(asked.startAt == null ? {} : { startAt: asked.startAt }),
        ...(asked.endAt == null ? {} : { endAt: asked.endAt }),
      }),
    enabled: Object.keys(settled.faults).length === 0,
    retry: false,
    staleTime: 0,
  });
  const refused = isMillraceError(times.error, "SCHEDULE_INVALID") ? times.error : null;
  const saveCarefully = useCarefulSave(schedule, {
    spec: "When it is due",
    slug: "Name",
    active: "Active",
    parameters: "Parameters",
    jitterMs: "Jitter",
    catchUp: "Times that were missed",
    startAt: "Not before",
    endAt: "Not after",
  });
  const save = async (): Promise<void> => {
    setBusy(true);
    setError(null);
    try {
      if (schedule === null) await api.createSchedule(deployment.id, made);
      else {
        await saveCarefully({
          read: () => api.readObject("schedule", schedule.id),
          save: () => api.updateSchedule(schedule.id, made),
        });
      }
      onSaved();
      onClose();
    } catch (problem) {
      setError(problem);
      setBusy(false);
    }
  };
  return (
    <Dialog
      isOpen
      isWide
      title={schedule === null ? "Add a schedule" : "Edit the schedule"}
      description={
        schedule === null
          ? `Runs of ${deployment.flowName}/${deployment.name} begin by themselves at these times.`
          : "Runs that it has made and that have not begun are dropped, and made anew by what it is then."
      }
      onClose={onClose}
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button
            kind="primary"
            disabled={isBusy}
            onClick={() => void save()}
            whyNot={isWhole && refused === null ? null : "Mend what is marked first"}
          >
            {schedule === null ? "Add schedule" : "Save schedule"}
          </Button>
        </>
      }
    >
      <form
        className="grid grid-cols-1 gap-4 sm:grid-cols-[minmax(0,1fr)_240px]"
        onSubmit={(event) => {
          event.preventDefault();
          if (isWhole && refused === null && !isBusy) void save();
        }}
      >
        <div className="flex min-w-0 flex-col gap-3">
          <fieldset>
            <legend className="mb-1 font-medium">Kind</legend>
            <div className="flex flex-wrap gap-x-4 gap-y-1">
              {kinds.map(([kind, label]) => (
                <label key={kind} className="flex items-center gap-1.5">
                  <input type="radio" name="kind" checked={draft.kind === kind} onChange={() => set({ kind })} />
                  {label}
                </label>
              ))}
            </div>
          </fieldset>
          <WhenFields draft={draft} set={set} faults={faults} refused={refused?.message ?? null} />
          <ZoneField draft={draft} set={set} />
          <MoreFields draft={draft} set={set} faults={faults} />
          <h3 className="-mb-8 font-medium">Parameters of its runs</h3>
          <ParameterFields
            deployment={deployment}
            label="Parameters of its runs"
            value={draft.parameters}
            onChange={(parameters: JsonObject) => set({ parameters })}
          />
        </div>
        <aside className="flex min-w-0 flex-col gap-2" aria-label="When it is due">
          <h3 className="font-medium">Next {timesShown} times</h3>
          {isWhole && refused === null ? (
            <>
              <p className="text-muted">{toScheduleWords(made.spec)}</p>
              <NextTimes times={times.data ?? null} zone={made.spec.timezone as string | undefined} />
              {times.error === null ? null : <ErrorNote error={times.error} />}
            </>
          ) : (
            <p className="text-muted">They are shown as soon as what is marked is mended.</p>
          )}
        </aside>
        <div className="flex min-w-0 flex-col gap-3 sm:col-span-2">
          {error === null ? null : <ErrorNote error={error} />}
          <Command
            text={schedule === null ? toCreateCommand(deployment, draft) : toUpdateCommand(deployment, schedule, draft)}
          />
        </div>
      </form>
    </Dialog>
  );
}

const kinds: readonly (readonly [ScheduleDraft["kind"], string])[] = [
  ["cron", "Cron"],
  ["interval", "Interval"],
  ["rrule", "Recurrence rule"],
  ["dates", "Given times"],
];

interface FieldsProps {
  readonly draft: ScheduleDraft;
  readonly set: (change: Partial<ScheduleDraft>) => void;
  readonly faults: ReturnType<typeof toSchedule>["faults"];
}

function WhenFields({ draft, set, faults, refused }: FieldsProps & { readonly refused: string | null }): ReactNode {
  switch (draft.kind) {
    case "cron":
      return (
        <>
          <Field label="Cron expression" hint="Minute, hour, day of the month, month, day of the week." error={refused}>
            {(ids) => (
              <TextInput
                {...ids}
                className="font-mono"
                value={draft.cron}
                onChange={(event) => set({ cron: event.target.value })}
              />
            )}
          </Field>
          <label className="flex items-center gap-1.5">
            <input type="checkbox" checked={!draft.dayOr} onChange={(event) => set({ dayOr: !event.target.checked })} />
            A day must meet both the day of the month and that of the week
          </label>
        </>
      );
    case "interval":
      return (
        <>
          <Field label="Every" error={faults.every ?? refused}>
            {(ids) => (
              <span className="flex gap-2">
                <TextInput
                  {...ids}
                  inputMode="decimal"
                  className="w-24"
                  value={draft.every}
                  onChange={(event) => set({ every: event.target.value })}
                />
                <Select
                  aria-label="Unit"
                  value={draft.unit}
                  onChange={(event) => set({ unit: event.target.value as Unit })}
                  options={[
                    ["second", "seconds"],
                    ["minute", "minutes"],
                    ["hour", "hours"],
                    ["day", "days"],
                    ["week", "weeks"],
                  ]}
                />
              </span>
            )}
          </Field>
          <TimeField
            label="Counted from"
            hint="Left empty: midnight of 1 January 2020."
            value={draft.anchor}
            error={faults.anchor ?? null}
            onChange={(anchor) => set({ anchor })}
          />
        </>
      );
    case "rrule":
      return (
        <Field label="Rule" hint="As RFC 5545 has it: RRULE, RDATE, EXDATE, one a line." error={refused}>
          {(ids) => <TextArea {...ids} value={draft.rrule} onChange={(event) => set({ rrule: event.target.value })} />}
        </Field>
      );
    case "dates":
      return (
        <Field
          label="Times"
          hint="One a line, on the clock of the zone: 2026-11-26T06:00."
          error={faults.dates ?? refused}
        >
          {(ids) => <TextArea {...ids} value={draft.dates} onChange={(event) => set({ dates: event.target.value })} />}
        </Field>
      );
  }
}

function ZoneField({ draft, set }: Pick<FieldsProps, "draft" | "set">) {
  const zones = useMemo(() => ["UTC", ...Intl.supportedValuesOf("timeZone")], []);
  return (
    <Field label="Time zone" hint="Times keep their hour when the clocks change.">
      {(ids) => (
        <>
          <TextInput
            {...ids}
            list="time-zones"
            value={draft.timezone}
            onChange={(event) => set({ timezone: event.target.value })}
          />
          <datalist id="time-zones">
            {zones.map((name) => (
              <option key={name} value={name} />
            ))}
          </datalist>
        </>
      )}
    </Field>
  );
}

function MoreFields({ draft, set, faults }: FieldsProps) {
  return (
    <details open={draft.start !== "" || draft.end !== "" || draft.jitterSeconds !== "" || draft.catchUp !== "skip"}>
      <summary className="font-medium">Name, catch-up, jitter, first and last day</summary>
      <div className="mt-2 grid grid-cols-1 gap-3 sm:grid-cols-2">
        <Field label="Name" hint="Names it among the schedules.">
          {(ids) => <TextInput {...ids} value={draft.slug} onChange={(event) => set({ slug: event.target.value })} />}
        </Field>
        <Field label="Jitter, in seconds" hint="Runs begin up to so much later." error={faults.jitterSeconds ?? null}>
          {(ids) => (
            <TextInput
              {...ids}
              inputMode="decimal"
              value={draft.jitterSeconds}
              onChange={(event) => set({ jitterSeconds: event.target.value })}
            />
          )}
        </Field>
        <Field label="Times that were missed" hint="While nothing could run them.">
          {(ids) => (
            <Select
              {...ids}
              value={draft.catchUp}
              onChange={(event) => set({ catchUp: event.target.value as ScheduleDraft["catchUp"] })}
              options={[
                ["skip", "Are left out"],
                ["latest", "The last one is made up for"],
                ["all", "Are made up for"],
              ]}
            />
          )}
        </Field>
        {draft.catchUp === "all" ? (
          <Field label="At most so many" error={faults.catchUpMax ?? null}>
            {(ids) => (
              <TextInput
                {...ids}
                inputMode="numeric"
                value={draft.catchUpMax}
                onChange={(event) => set({ catchUpMax: event.target.value })}
              />
            )}
          </Field>
        ) : (
          <span />
        )}
        <TimeField
          label="Not before"
          value={draft.start}
          error={faults.start ?? null}
          onChange={(start) => set({ start })}
        />
        <TimeField label="Not after" value={draft.end} error={faults.end ?? null} onChange={(end) => set({ end })} />
      </div>
    </details>
  );
}

function TimeField(props: {
  readonly label: string;
  readonly hint?: string;
  readonly value: string;
  readonly error: string | null;
  readonly onChange: (value: string) => void;
}) {
  const { label, hint, value, error, onChange } = props;
  return (
    <Field label={label} error={error} {...(hint === undefined ? {} : { hint })}>
      {(ids) => (
        <TextInput {...ids} type="datetime-local" value={value} onChange={(event) => onChange(event.target.value)} />
      )}
    </Field>
  );
}
