/** What can be done with a run: the likeliest beside its title, the rest in a menu. */

import { useNavigate } from "@tanstack/react-router";
import { Ellipsis } from "lucide-react";
import type { FlowRun } from "millrace/client";
import { useState } from "react";
import { baseUrl } from "../../../api/api.ts";
import { useWhyNot } from "../../../app/may.ts";
import { usePageActions } from "../../../app/page-actions.ts";
import { toPath } from "../../../app/paths.ts";
import { Button, IconButton } from "../../../ui/button.tsx";
import { late } from "../../../ui/late.tsx";
import { Menu } from "../../../ui/menu.tsx";
import { say, sayError } from "../../../ui/toast.ts";
import { findRunBefore } from "../runs-around.ts";
import { toMarkdown } from "./copy-run.ts";
import { neededFor, offeredActions, type RunAction } from "./which-actions.ts";

const Dialogs = late(async () => (await import("./run-dialogs.tsx")).RunDialogs);

export function RunActions({ run }: { readonly run: FlowRun }) {
  const [open, setOpen] = useState<RunAction | null>(null);
  const navigate = useNavigate();
  const offered = offeredActions(run);
  const copy = async (what: string, text: string): Promise<void> => {
    try {
      await navigator.clipboard.writeText(text);
      say(`${what} is copied.`);
    } catch (error) {
      sayError(error);
    }
  };
  const compare = async (): Promise<void> => {
    try {
      const before = await findRunBefore(run);
      if (before === null) return say(`${run.flowName} has no earlier run.`);
      await navigate({ to: "/compare", search: { runs: `${before},${run.id}` } });
    } catch (error) {
      sayError(error);
    }
  };
  const reasonWhyNot = useWhyNot();
  usePageActions([
    ...offered
      .filter(({ action, whyNot }) => whyNot === null && reasonWhyNot(neededFor[action]) === null)
      .map(({ action }) => ({ does: labelOf(action, run), run: () => setOpen(action) })),
    { does: "Compare with the run before", run: () => void compare() },
  ]);
  const address = new URL(toPath("flow-run", run.id).slice(1), baseUrl).href;
  return (
    <>
      {offered
        .filter(({ isFirst }) => isFirst)
        .map(({ action, whyNot }, index) => (
          <Button
            key={action}
            kind={index === 0 && action !== "cancel" && action !== "rerun" ? "primary" : "plain"}
            needs={neededFor[action]}
            whyNot={whyNot}
            onClick={() => setOpen(action)}
          >
            {labelOf(action, run)}
          </Button>
        ))}
      <Menu
        trigger={
          <IconButton label="More actions">
            <Ellipsis size={16} />
          </IconButton>
        }
        items={[
          ...offered
            .filter(({ isFirst }) => !isFirst)
            .map(({ action, whyNot }) => ({
              label: labelOf(action, run),
              onSelect: () => setOpen(action),
              needs: neededFor[action],
              whyNot,
              isDangerous: action === "delete",
            })),
          "line",
          { label: "Compare with the run before", onSelect: () => void compare() },
          { label: "Copy id", onSelect: () => void copy("The id", run.id) },
          { label: "Copy link", onSelect: () => void copy("The link", address) },
          { label: "Copy as JSON", onSelect: () => void copy("The run as JSON", JSON.stringify(run, null, 2)) },
          { label: "Copy as Markdown", onSelect: () => void copy("The summary", toMarkdown(run, address)) },
          {
            label: "Copy as command",
            onSelect: () => void copy("The command", `millrace flow-run inspect ${run.id}`),
          },
        ]}
      />
      {open === null ? null : <Dialogs action={open} run={run} onClose={() => setOpen(null)} />}
    </>
  );
}

function labelOf(action: RunAction, { state }: FlowRun): string {
  switch (action) {
    case "answer":
      return "Resume run";
    case "retry":
      return state.type === "FAILED" ? "Retry failed tasks" : "Go on with run";
    case "cancel":
      return state.type === "CANCELLING" ? "Force cancellation" : "Cancel run";
    case "rerun":
      return "Run again with edits";
    case "force":
      return "Force a state";
    case "delete":
      return "Delete run";
  }
}
