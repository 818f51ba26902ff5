import { useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { Ellipsis, Pause, Play, SlidersHorizontal, Trash2 } from "lucide-react";
import type { Deployment } from "millrace/client";
import { useState } from "react";
import { api } from "../../api/api.ts";
import { type Needs, useWhyNot } from "../../app/may.ts";
import { type PageAction, usePageActions } from "../../app/page-actions.ts";
import { Button, IconButton } from "../../ui/button.tsx";
import { FormDialog } from "../../ui/form-dialog.tsx";
import { Menu } from "../../ui/menu.tsx";
import { say, sayError } from "../../ui/toast.ts";
import { toReference } from "./readiness.ts";

/** What can be done with a deployment, in the head of its page. */
export function DeploymentActions({ deployment }: { readonly deployment: Deployment }) {
  const { id, paused, flowName, name, enforcesSchema = true, parameterSchema, parameters = {} } = deployment;
  const client = useQueryClient();
  const navigate = useNavigate();
  const [asks, setAsks] = useState<"run" | "pause" | "delete" | null>(null);
  const [isBusy, setBusy] = useState(false);
  const reference = toReference(deployment);
  const readAgain = (): Promise<void> => client.invalidateQueries({ queryKey: ["deployment", id] });
  const missing = enforcesSchema ? missingParameters(parameterSchema?.required, parameters) : [];
  const copy = async (text: string): Promise<void> => {
    await navigator.clipboard.writeText(text);
    say("Copied");
  };
  const act = async (action: () => Promise<unknown>): Promise<void> => {
    setBusy(true);
    try {
      await action();
      await readAgain();
    } catch (error) {
      sayError(error);
    } finally {
      setBusy(false);
    }
  };
  const openForm = (): void => void navigate({ to: "/deployments/deployment/$id/run", params: { id } });
  const reasonWhyNot = useWhyNot();
  const mayDo = (needs: Needs, action: PageAction): readonly PageAction[] =>
    reasonWhyNot(needs) === null ? [action] : [];
  const runNow = (): void => (missing.length === 0 ? setAsks("run") : openForm());
  usePageActions([
    ...mayDo("submitRun", { does: "Run now", run: runNow }),
    ...mayDo("submitRun", { does: "Run with parameters", run: openForm }),
    ...(paused
      ? mayDo("resumeDeployment", { does: "Resume its schedules", run: () => void act(() => api.resumeDeployment(id)) })
      : mayDo("pauseDeployment", { does: "Pause its schedules", run: () => setAsks("pause") })),
    ...mayDo("deleteDeployment", { does: "Delete the deployment", run: () => setAsks("delete") }),
  ]);
  return (
    <>
      <Button
        kind="primary"
        needs="submitRun"
        icon={<Play size={14} />}
        onClick={runNow}
        title={
          missing.length === 0
            ? "Run it now with its own parameters"
            : `It has no value for ${missing.join(", ")}: fill in the form`
        }
      >
        Run now
      </Button>
      <Button needs="submitRun" icon={<SlidersHorizontal size={14} />} onClick={openForm}>
        Run with parameters
      </Button>
      <Menu
        trigger={
          <IconButton label="More actions">
            <Ellipsis size={16} />
          </IconButton>
        }
        items={[
          paused
            ? {
                label: "Resume its schedules",
                icon: <Play size={14} />,
                needs: "resumeDeployment",
                onSelect: () => void act(() => api.resumeDeployment(id)),
              }
            : {
                label: "Pause its schedules…",
                icon: <Pause size={14} />,
                needs: "pauseDeployment",
                onSelect: () => setAsks("pause"),
              },
          "line",
          { label: "Copy the id", onSelect: () => void copy(id) },
          {
            label: "Copy the command to run it",
            onSelect: () => void copy(`millrace deployment run ${reference} --watch`),
          },
          {
            label: "Copy the command to show it",
            onSelect: () => void copy(`millrace deployment inspect ${reference}`),
          },
          "line",
          {
            label: "Delete the deployment…",
            icon: <Trash2 size={14} />,
            isDangerous: true,
            needs: "deleteDeployment",
            onSelect: () => setAsks("delete"),
            whyNot: isBusy ? "Something is going on with it" : null,
          },
        ]}
      />
      {asks === "run" ? (
        <FormDialog
          title="Run it now"
          description={`A run of ${flowName}/${name} with the parameters of the deployment begins as soon as somebody takes it.`}
          verb="Submit run"
          command={`millrace deployment run ${reference} --watch`}
          onClose={() => setAsks(null)}
          onSubmit={async () => {
            const { run } = await api.submitRun({ deployment: id, idempotencyKey: crypto.randomUUID() });
            await navigate({ to: "/runs/flow-run/$id", params: { id: run.id }, search: {} });
          }}
        />
      ) : null}
      {asks === "pause" ? (
        <FormDialog
          title="Pause its schedules"
          description="Its schedules make no runs until it is resumed, and those that they have made and that have not begun are dropped. Runs that people submit go on."
          verb="Pause schedules"
          command={`millrace deployment pause ${reference}`}
          onClose={() => setAsks(null)}
          onSubmit={async () => {
            await api.pauseDeployment(id);
            await readAgain();
          }}
        />
      ) : null}
      {asks === "delete" ? (
        <FormDialog
          isDangerous
          title="Delete the deployment"
          description={`${flowName}/${name} goes, with its schedules and the runs that have not begun. Runs that have begun stay. It comes back only by being deployed again.`}
          verb="Delete deployment"
          command={`millrace deployment delete ${reference}`}
          onClose={() => setAsks(null)}
          onSubmit={async () => {
            await api.deleteDeployment(id);
            say(`${flowName}/${name} was deleted`);
            await navigate({ to: "/deployments", search: {} });
          }}
        />
      ) : null}
    </>
  );
}

function missingParameters(required: unknown, given: Readonly<Record<string, unknown>>): readonly string[] {
  if (!Array.isArray(required)) return [];
  return required.filter((name): name is string => typeof name === "string" && !Object.hasOwn(given, name));
}
