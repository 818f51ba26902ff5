import type { Firing, TrialReport } from "millrace/client";
import { useCallback, useState } from "react";
import { api } from "../../api/api.ts";
import { usePreferences } from "../../app/preferences.ts";
import { plural, toCount } from "../../format/number.ts";
import { readNow } from "../../format/now.ts";
import { toDateTime, toDay } from "../../format/time.ts";
import { Button } from "../../ui/button.tsx";
import { Panel } from "../../ui/panel.tsx";
import { ErrorNote } from "../../ui/states-of-loading.tsx";
import { useAction } from "../../ui/use-action.ts";
import { DateTime } from "../../ui/when.tsx";
import { type Draft, fromDraft } from "./draft.ts";

const weekMs = 7 * 86_400_000;
const maxFirings = 500;
/** Listed below the strip. */
const maxShown = 20;

interface Trial {
  readonly report: TrialReport;
  readonly since: number;
  readonly until: number;
  /** The trigger that was tried: another one needs another trial. */
  readonly of: string;
}

/** What an automation would have done with the events of the past week. Nothing is kept, and nothing is done. */
export function DryRun({ draft }: { readonly draft: Draft }) {
  const [trial, setTrial] = useState<Trial | null>(null);
  const { trigger, actions, actionsOnTrigger, actionsOnResolve, enabled } = fromDraft(draft);
  const asked = JSON.stringify({ trigger, actions, actionsOnTrigger, actionsOnResolve });
  const act = useCallback(async () => {
    const until = readNow();
    const since = until - weekMs;
    const parts = JSON.parse(asked) as Pick<
      ReturnType<typeof fromDraft>,
      "trigger" | "actions" | "actionsOnTrigger" | "actionsOnResolve"
    >;
    const report = await api.tryAutomation({ ...parts, enabled, since, until, maxFirings });
    setTrial({ report, since, until, of: JSON.stringify(parts.trigger) });
  }, [asked, enabled]);
  const action = useAction(act, { keepsError: true });
  return (
    <Panel
      title="Dry run"
      aside={
        <Button whyNot={action.isBusy ? "It is being tried" : null} onClick={() => void action.run()}>
          {action.isBusy ? "Trying…" : "Try it on the past week"}
        </Button>
      }
    >
      <div className="flex flex-col gap-3 p-3" aria-live="polite">
        {action.error !== null ? (
          <ErrorNote error={action.error} />
        ) : trial === null ? (
          <p className="text-muted">
            How often would it have been set off in the past week, and when? Nothing is kept, and no action is done.
          </p>
        ) : (
          <>
            {trial.of === JSON.stringify(trigger) ? null : (
              <p className="text-state-attention">It has been changed since. Try it again.</p>
            )}
            <Report trial={trial} />
          </>
        )}
      </div>
    </Panel>
  );
}

function Report({ trial: { report, since, until } }: { readonly trial: Trial }) {
  const { firings, reasons, eventCount, isCut } = report;
  const told =
    firings.length === 0
      ? "It would not have fired"
      : `It would have fired ${plural(firings.length, "time")}${firings.length === maxFirings ? " or more" : ""}`;
  return (
    <>
      <p>
        <span className="font-semibold">{told}</span>
        <span className="text-muted">; its trigger has looked at {plural(eventCount, "event")}.</span>
      </p>
      <FiringStrip firings={firings} since={since} until={until} />
      {isCut ? (
        <p className="text-muted">There was more than one trial looks at: the end of the week is left out.</p>
      ) : null}
      {firings.length === 0 ? (
        <ul className="text-small text-muted">
          {reasons.slice(-5).map((reason, index) => (
            <li key={index} className="break-words">
              {reason.outcome}: {reason.text}
            </li>
          ))}
        </ul>
      ) : (
        <ol className="flex flex-col gap-1 text-small">
          {firings
            .slice(-maxShown)
            .toReversed()
            .map((firing) => (
              <li key={firing.id} className="flex gap-2">
                <DateTime at={firing.at} className="shrink-0 text-muted" />
                <span className="min-w-0 break-words">
                  {firing.state === "Resolved" ? "resolved: " : ""}
                  {firing.reason}
                </span>
              </li>
            ))}
          {firings.length > maxShown ? (
            <li className="text-muted">and {toCount(firings.length - maxShown)} before</li>
          ) : null}
        </ol>
      )}
    </>
  );
}

const width = 700;
const height = 36;

/** When it would have been set off, as strokes along the week. */
function FiringStrip(props: { readonly firings: readonly Firing[]; readonly since: number; readonly until: number }) {
  const { firings, since, until } = props;
  const { zone } = usePreferences();
  const days = Array.from({ length: 8 }, (_, index) => since + (index * (until - since)) / 7);
  const toX = (at: number): number => ((at - since) / (until - since)) * width;
  return (
    <div>
      <svg
        viewBox={`0 0 ${width} ${height}`}
        preserveAspectRatio="none"
        className="h-9 w-full rounded-control bg-panel"
        role="img"
        aria-label={`${plural(firings.length, "time")} from ${toDateTime(since, zone)} to ${toDateTime(until, zone)}`}
      >
        {days.slice(1, -1).map((at) => (
          <line key={at} x1={toX(at)} x2={toX(at)} y1={0} y2={height} stroke="var(--line)" />
        ))}
        {firings.map(({ id, at, state }) => (
          <line
            key={id}
            x1={toX(at)}
            x2={toX(at)}
            y1={state === "Resolved" ? height / 2 : 4}
            y2={height - 4}
            stroke={state === "Resolved" ? "var(--completed)" : "var(--attention)"}
            strokeWidth={2}
            vectorEffect="non-scaling-stroke"
          />
        ))}
      </svg>
      <div className="flex justify-between text-meta text-muted">
        <span>{toDay(since, zone)}</span>
        <span>{toDay(until, zone)}</span>
      </div>
    </div>
  );
}
