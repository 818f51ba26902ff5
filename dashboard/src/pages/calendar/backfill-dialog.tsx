import { useQuery } from "@tanstack/react-query";
import type { Deployment } from "millrace/client";
import { api } from "../../api/api.ts";
import { usePreferences } from "../../app/preferences.ts";
import { plural } from "../../format/number.ts";
import { toCommand } from "../../format/shell.ts";
import { toDateTime } from "../../format/time.ts";
import { FormDialog } from "../../ui/form-dialog.tsx";
import { ErrorNote, Sketch } from "../../ui/states-of-loading.tsx";
import { say } from "../../ui/toast.ts";
import type { Day } from "./calendar-days.ts";
import { toLongDay } from "./day-words.ts";

const shownLimit = 10;

/** Makes the runs that a deployment's schedules had on a day; first it says which these are. */
export function BackfillDialog(props: {
  readonly deployment: Deployment;
  readonly day: Day;
  readonly onClose: () => void;
}) {
  const { deployment, day, onClose } = props;
  const { zone } = usePreferences();
  const time = { deploymentId: deployment.id, from: day.start, to: day.end - 1, max: 1000 };
  const foreseen = useQuery({
    queryKey: ["backfill", time],
    queryFn: () => api.scheduleRuns({ ...time, isDryRun: true }),
    retry: false,
  });
  const missing = foreseen.data?.filter(({ isNew }) => isNew) ?? [];
  return (
    <FormDialog
      needs="scheduleRuns"
      title={`Run for ${toLongDay(day.key)}`}
      description={`Makes the runs that the active schedules of ${deployment.flowName}/${deployment.name} had on that day. They begin as soon as somebody takes them, each with its own due time.`}
      verb={missing.length === 0 ? "Make the runs" : `Make ${plural(missing.length, "run")}`}
      whyNot={missing.length === 0 ? "There is no run to make" : null}
      command={toCommand(
        "deployment",
        "backfill",
        `${deployment.flowName}/${deployment.name}`,
        "--from",
        new Date(day.start).toISOString(),
        "--to",
        new Date(day.end - 1).toISOString(),
      )}
      onSubmit={async () => {
        const made = await api.scheduleRuns(time);
        say(`Made ${plural(made.filter(({ isNew }) => isNew).length, "run")}`);
      }}
      onClose={onClose}
    >
      {foreseen.error !== null ? (
        <ErrorNote error={foreseen.error} />
      ) : foreseen.data === undefined ? (
        <Sketch rows={3} />
      ) : missing.length === 0 ? (
        <p className="text-muted">Its active schedules were not due on that day.</p>
      ) : (
        <ul className="text-muted">
          {missing.slice(0, shownLimit).map(({ id, dueAt }) => (
            <li key={id}>{toDateTime(dueAt, zone)}</li>
          ))}
          {missing.length > shownLimit ? <li>and {missing.length - shownLimit} more</li> : null}
        </ul>
      )}
    </FormDialog>
  );
}
