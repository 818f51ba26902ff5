import { useQuery } from "@tanstack/react-query";
import type { FailureGroup } from "millrace/client";
import { api } from "../../api/api.ts";
import { plural } from "../../format/number.ts";
import { toCommand } from "../../format/shell.ts";
import { FormDialog } from "../../ui/form-dialog.tsx";
import { Loaded } from "../../ui/states-of-loading.tsx";
import { say } from "../../ui/toast.ts";
import { findRunsOf, maxRuns } from "./group-runs.ts";

/** Refusals that are listed. */
const maxShown = 10;

/** Says first what would become of each run, and then does it. */
export function RetryGroup(props: {
  readonly group: FailureGroup;
  readonly since: number;
  readonly onClose: () => void;
}) {
  const { group, since, onClose } = props;
  const dry = useQuery({
    queryKey: ["failures", "retry", group.fingerprint, since],
    queryFn: async () => {
      const ids = await findRunsOf(group, { since, ask: (request) => api.groupFailures(request) });
      const where = { field: "id", in: ids };
      return { where, ...(await api.changeFlowRuns({ where, action: "retry", isDryRun: true, max: maxRuns })) };
    },
    // What it says must hold when it is shown.
    gcTime: 0,
    staleTime: Infinity,
  });
  const count = dry.data?.changed.length ?? 0;
  const flow = group.flowNames.length === 1 ? group.flowNames[0] : undefined;
  return (
    <FormDialog
      title="Retry all runs of this failure?"
      description="They are scheduled again, and what they have completed is not done again. Only runs of deployments can be: nobody would pick up the others."
      verb={dry.data === undefined ? "Retry the runs" : `Retry ${plural(count, "run")}`}
      whyNot={
        dry.data === undefined ? "The runs are being looked at" : count === 0 ? "None of them can be retried" : null
      }
      command={toCommand(
        "flow-run",
        "bulk",
        "retry",
        ...(flow === undefined ? [] : ["--flow", flow]),
        "--state",
        group.stateType.toLowerCase(),
        "--dry-run",
      )}
      onClose={onClose}
      onSubmit={async () => {
        if (dry.data === undefined) return;
        const done = await api.changeFlowRuns({ where: dry.data.where, action: "retry", max: maxRuns });
        say(`${plural(done.changed.length, "run is", "runs are")} scheduled again`);
      }}
    >
      <Loaded query={dry} rows={3}>
        {({ changed, refused }) => (
          <>
            <p>
              <span className="font-medium">{plural(changed.length, "run")}</span> would be retried
              {refused.length === 0 ? "." : `, ${plural(refused.length, "run")} would not:`}
              {group.flowRunCount > maxRuns ? ` Of ${group.flowRunCount}, the newest ${maxRuns} are looked at.` : ""}
            </p>
            {refused.length === 0 ? null : (
              <ul className="text-small text-muted">
                {refused.slice(0, maxShown).map(({ id, name, reason }) => (
                  <li key={id} className="break-words">
                    {name}: {reason}
                  </li>
                ))}
                {refused.length > maxShown ? <li>and {refused.length - maxShown} more</li> : null}
              </ul>
            )}
          </>
        )}
      </Loaded>
    </FormDialog>
  );
}
