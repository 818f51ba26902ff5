import { Link } from "@tanstack/react-router";
import { X } from "lucide-react";
import { api } from "../../api/api.ts";
import { useLive } from "../../api/queries.ts";
import { StateBadge } from "../../states/state-badge.tsx";
import { IconButton } from "../../ui/button.tsx";
import { Command, ShortId } from "../../ui/copy.tsx";
import { InspectorEdge, useEscape } from "../../ui/inspector.tsx";
import { Code, Facts } from "../../ui/panel.tsx";
import { Loaded } from "../../ui/states-of-loading.tsx";
import { DateTime, Took } from "../../ui/when.tsx";
import { ErrorView } from "./error/error-view.tsx";
import { reasonWords } from "./tasks/reasons.ts";

/** A task run at a glance, beside what it was chosen in. Esc closes it. */
export function TaskInspector({ taskRunId, onClose }: { readonly taskRunId: string; readonly onClose: () => void }) {
  const query = useLive({
    key: ["task-run", taskRunId],
    read: async () => {
      const found = await api.readTaskRun(taskRunId);
      if (found === null) throw new Error("This task run is gone: it was deleted.");
      return found;
    },
    concerns: (event) => event.taskRunId === taskRunId,
  });
  useEscape(onClose);
  return (
    <aside
      aria-label="Task run"
      className="absolute inset-y-0 right-0 z-20 flex w-[min(var(--inspector),100%)] shrink-0 flex-col border-l border-line bg-raised shadow-lg xl:relative xl:max-w-[70vw] xl:shadow-none"
    >
      <InspectorEdge />
      <div className="flex min-h-0 grow flex-col overflow-auto p-4">
        <Loaded query={query}>
          {(task) => (
            <div className="flex flex-col gap-3">
              <header className="flex items-start justify-between gap-2">
                <div className="min-w-0">
                  <h2 className="truncate text-section font-semibold" title={task.name}>
                    {task.name}
                  </h2>
                  <StateBadge state={task.state} />
                </div>
                <IconButton label="Close" onClick={onClose}>
                  <X size={16} />
                </IconButton>
              </header>
              <Link to="/runs/task-run/$id" params={{ id: task.id }} search={{}} className="link w-fit font-medium">
                Open the task run
              </Link>
              <Facts
                items={[
                  ["Task", task.taskName],
                  ["Took", <Took key="took" from={task.startedAt} to={task.endedAt} />],
                  ["Began", <DateTime key="began" at={task.startedAt} />],
                  ["Attempts", String(task.attempt)],
                  ...(task.reason === null || task.reason === "ran"
                    ? []
                    : [
                        [
                          "Why",
                          [reasonWords(task.reason), task.reasonDetail].filter((part) => part !== null).join(": "),
                        ] as const,
                      ]),
                  ["Id", <ShortId key="id" id={task.id} />],
                ]}
              />
              {task.state.message === undefined || task.error !== null ? null : (
                <p className="text-muted">{task.state.message}</p>
              )}
              {task.error === null ? null : <ErrorView error={task.error} />}
              {task.inputPreview === null ? null : (
                <section>
                  <h3 className="mb-1 font-medium">Inputs</h3>
                  <Code label="Inputs" text={task.inputPreview} />
                </section>
              )}
              <Command text={`millrace task-run inspect ${task.id.slice(0, 13)}`} />
            </div>
          )}
        </Loaded>
      </div>
    </aside>
  );
}
