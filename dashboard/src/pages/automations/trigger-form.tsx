import { Plus } from "lucide-react";
import type { CompoundTrigger, EventTrigger, MetricTrigger, SequenceTrigger, Trigger } from "millrace/client";
import { Button } from "../../ui/button.tsx";
import { DurationInput } from "../../ui/duration-input.tsx";
import { Field, Select, TextInput } from "../../ui/field.tsx";
import { emptyTrigger } from "./draft.ts";
import { knownEvents, knownLabels } from "./known-events.ts";
import { LinesField, SpecField } from "./text-lists.tsx";

const kinds: readonly (readonly [Trigger["kind"], string])[] = [
  ["event", "Events come, or do not"],
  ["metric", "A figure over runs is beyond a threshold"],
  ["compound", "Several triggers, in any order"],
  ["sequence", "Several triggers, in their order"],
];
/** Triggers within triggers are shown so deep; the server takes 8. */
const maxDepth = 4;

export function TriggerForm(props: {
  readonly trigger: Trigger;
  readonly onChange: (trigger: Trigger) => void;
  readonly depth?: number;
}) {
  const { trigger, onChange, depth = 0 } = props;
  return (
    <div className="flex flex-col gap-3">
      <Field label="Watches for">
        {(ids) => (
          <Select
            {...ids}
            value={trigger.kind}
            options={depth >= maxDepth ? kinds.slice(0, 2) : kinds}
            onChange={({ target }) => onChange(emptyTrigger(target.value as Trigger["kind"]))}
          />
        )}
      </Field>
      {trigger.kind === "event" ? <EventForm trigger={trigger} onChange={onChange} /> : null}
      {trigger.kind === "metric" ? <MetricForm trigger={trigger} onChange={onChange} /> : null}
      {trigger.kind === "compound" || trigger.kind === "sequence" ? (
        <SeveralForm trigger={trigger} onChange={onChange} depth={depth} />
      ) : null}
    </div>
  );
}

function EventForm(props: { readonly trigger: EventTrigger; readonly onChange: (trigger: EventTrigger) => void }) {
  const { trigger, onChange } = props;
  const set = (change: Partial<EventTrigger>): void => onChange({ ...trigger, ...change });
  const isProactive = trigger.posture === "Proactive";
  return (
    <>
      <Field label="Fires when">
        {(ids) => (
          <Select
            {...ids}
            value={trigger.posture}
            options={[
              ["Reactive", "so many of them come"],
              ["Proactive", "fewer than so many of them come in a time"],
            ]}
            onChange={({ target }) =>
              set(
                target.value === "Proactive"
                  ? { posture: "Proactive", withinMs: Math.max(trigger.withinMs, 10_000) }
                  : { posture: "Reactive" },
              )
            }
          />
        )}
      </Field>
      <LinesField
        label="Events"
        hint="Names, one a line; * stands for one character or more. None: every event."
        lines={trigger.expect}
        onChange={(expect) => set({ expect })}
        known={knownEvents}
      />
      <div className="flex flex-wrap gap-3">
        <Field label="How many">
          {(ids) => (
            <TextInput
              {...ids}
              type="number"
              min={0}
              step={1}
              value={trigger.threshold}
              onChange={({ target }) => set({ threshold: Number(target.value) })}
              className="w-24"
            />
          )}
        </Field>
        <Field label="Within" hint={isProactive ? "At least 10s" : "0s: at once"}>
          {(ids) => (
            <DurationInput
              {...ids}
              ms={trigger.withinMs}
              onChange={(ms) => set({ withinMs: ms ?? 0 })}
              className="w-28"
            />
          )}
        </Field>
      </div>
      <LinesField
        label="After"
        hint="Names of events that begin the time, one a line. None: it is always counted."
        lines={trigger.after}
        onChange={(after) => set({ after })}
        known={knownEvents}
      />
      <MatchForm trigger={trigger} onChange={set} />
      <LinesField
        label="Counted apart for each"
        hint="Labels: id of the resource, or related:role:label."
        lines={trigger.forEach}
        onChange={(forEach) => set({ forEach })}
        known={knownLabels}
      />
    </>
  );
}

/** Which resources count: their own labels, and those of what is related to them. */
function MatchForm(props: {
  readonly trigger: EventTrigger | MetricTrigger;
  readonly onChange: (change: Pick<Partial<EventTrigger>, "match" | "matchRelated">) => void;
}) {
  const { trigger, onChange } = props;
  return (
    <fieldset className="flex flex-col gap-2">
      <legend className="mb-1 font-medium">Of which resource</legend>
      <p className="text-small text-muted">
        Labels and what they must be, as id = millrace.flow-run.*; several patterns are separated by commas, and !
        negates one.
      </p>
      <SpecField label="Resource" spec={trigger.match} onChange={(match) => onChange({ match })} />
      {trigger.matchRelated.map((spec, index) => (
        <div key={index} className="border-l-2 border-line pl-3">
          <p className="mb-1 text-small text-muted">and something related to it with</p>
          <SpecField
            label={`Related resource ${index + 1}`}
            spec={spec}
            onChange={(next) =>
              onChange({ matchRelated: trigger.matchRelated.map((each, at) => (at === index ? next : each)) })
            }
            onRemove={() => onChange({ matchRelated: trigger.matchRelated.filter((_, at) => at !== index) })}
          />
        </div>
      ))}
      <Button
        kind="quiet"
        className="self-start"
        icon={<Plus size={14} />}
        onClick={() => onChange({ matchRelated: [...trigger.matchRelated, { role: "flow", name: "*" }] })}
      >
        Add a related resource
      </Button>
    </fieldset>
  );
}

function MetricForm(props: { readonly trigger: MetricTrigger; readonly onChange: (trigger: MetricTrigger) => void }) {
  const { trigger, onChange } = props;
  const set = (change: Partial<MetricTrigger>): void => onChange({ ...trigger, ...change });
  return (
    <>
      <div className="flex flex-wrap gap-3">
        <Field label="Figure">
          {(ids) => (
            <Select
              {...ids}
              value={trigger.query}
              options={[
                ["success-rate", "Success rate, 0 to 1"],
                ["duration", "Average duration, in seconds"],
                ["lateness", "Average lateness, in seconds"],
              ]}
              onChange={({ target }) => set({ query: target.value as MetricTrigger["query"] })}
            />
          )}
        </Field>
        <Field label="Is">
          {(ids) => (
            <Select
              {...ids}
              value={trigger.operator}
              options={(["<", "<=", ">", ">="] as const).map((each) => [each, each] as const)}
              onChange={({ target }) => set({ operator: target.value as MetricTrigger["operator"] })}
            />
          )}
        </Field>
        <Field label="Threshold">
          {(ids) => (
            <TextInput
              {...ids}
              type="number"
              step="any"
              value={trigger.threshold}
              onChange={({ target }) => set({ threshold: Number(target.value) })}
              className="w-28"
            />
          )}
        </Field>
      </div>
      <div className="flex flex-wrap gap-3">
        <Field label="Over the runs of" hint="At least 5m">
          {(ids) => (
            <DurationInput
              {...ids}
              ms={trigger.rangeMs}
              onChange={(ms) => set({ rangeMs: ms ?? 0 })}
              className="w-28"
            />
          )}
        </Field>
        <Field label="For as long as" hint="At least 5m">
          {(ids) => (
            <DurationInput
              {...ids}
              ms={trigger.firingForMs}
              onChange={(ms) => set({ firingForMs: ms ?? 0 })}
              className="w-28"
            />
          )}
        </Field>
      </div>
      <MatchForm trigger={trigger} onChange={set} />
    </>
  );
}

type Several = CompoundTrigger | SequenceTrigger;

function SeveralForm(props: {
  readonly trigger: Several;
  readonly onChange: (trigger: Several) => void;
  readonly depth: number;
}) {
  const { trigger, onChange, depth } = props;
  const put = (triggers: readonly Trigger[]): void => onChange({ ...trigger, triggers });
  return (
    <>
      <div className="flex flex-wrap gap-3">
        {trigger.kind === "compound" ? (
          <Field label="Needs">
            {(ids) => (
              <Select
                {...ids}
                value={String(trigger.require)}
                options={[
                  ["all", "all of them"],
                  ["any", "any of them"],
                  ...trigger.triggers.map((_, index) => [String(index + 1), `${index + 1} of them`] as const),
                ]}
                onChange={({ target: { value } }) =>
                  onChange({ ...trigger, require: value === "all" || value === "any" ? value : Number(value) })
                }
              />
            )}
          </Field>
        ) : null}
        <Field label="Within" hint="Empty: however long ago">
          {(ids) => (
            <DurationInput
              {...ids}
              ms={trigger.withinMs}
              onChange={(withinMs) => onChange({ ...trigger, withinMs })}
              className="w-28"
            />
          )}
        </Field>
      </div>
      {trigger.triggers.map((child, index) => (
        <fieldset key={index} className="border-l-2 border-line pl-3">
          <legend className="mb-1 flex items-center gap-2 font-medium">
            Trigger {index + 1}
            <Button
              kind="quiet"
              whyNot={trigger.triggers.length < 2 ? "It needs one" : null}
              onClick={() => put(trigger.triggers.filter((_, at) => at !== index))}
            >
              Remove trigger {index + 1}
            </Button>
          </legend>
          <TriggerForm
            trigger={child}
            depth={depth + 1}
            onChange={(next) => put(trigger.triggers.map((each, at) => (at === index ? next : each)))}
          />
        </fieldset>
      ))}
      <Button
        className="self-start"
        icon={<Plus size={14} />}
        onClick={() => put([...trigger.triggers, emptyTrigger("event")])}
      >
        Add a trigger
      </Button>
    </>
  );
}
