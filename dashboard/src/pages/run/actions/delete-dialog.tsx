import { useNavigate } from "@tanstack/react-router";
import { type FlowRun, MillraceError } from "millrace/client";
import { api } from "../../../api/api.ts";
import { useLive } from "../../../api/queries.ts";
import { plural } from "../../../format/number.ts";
import { say } from "../../../ui/toast.ts";
import { ActionDialog } from "./action-dialog.tsx";
import { short } from "./state-dialogs.tsx";

export function DeleteDialog({ run, onClose }: { readonly run: FlowRun; readonly onClose: () => void }) {
  const navigate = useNavigate();
  const size = useLive({
    key: ["run", run.id, "size"],
    read: async () => {
      const [tasks, subflows] = await Promise.all([
        api.count("task-run", { field: "flowRunId", in: [run.id] }),
        run.rootRunId === run.id
          ? api.count("flow-run", {
              all: [
                { field: "rootRunId", in: [run.id] },
                { field: "id", notIn: [run.id] },
              ],
            })
          : api.count("flow-run", { field: "parentRunId", in: [run.id] }),
      ]);
      return { tasks, subflows };
    },
  });
  const what =
    size.data === undefined
      ? "its task runs"
      : `${plural(size.data.tasks, "task run")}${size.data.subflows === 0 ? "" : `, ${plural(size.data.subflows, "subflow run")} and what is in them`}`;
  return (
    <ActionDialog
      title="Delete run"
      description={`${short(run.name)} is deleted for good, with ${what}, logs and artifacts. Cached results stay.`}
      verb="Delete run"
      isDangerous
      commands={[`millrace flow-run delete ${run.id}`]}
      onClose={onClose}
      act={async () => {
        if (!(await api.deleteFlowRun(run.id)))
          throw new MillraceError("RUN_NOT_FOUND", { kind: "flow run", id: run.id });
        say("The run is deleted.");
        await navigate({ to: "/runs", search: {} });
        return <p>The run is deleted.</p>;
      }}
    />
  );
}
