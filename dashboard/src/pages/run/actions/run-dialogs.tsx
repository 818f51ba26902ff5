/** The dialog of each action: loaded when one is chosen. */

import type { FlowRun } from "millrace/client";
import { useState } from "react";
import { DeleteDialog } from "./delete-dialog.tsx";
import { RerunDialog } from "./rerun-dialog.tsx";
import { AnswerDialog, CancelDialog, ForceDialog, RetryDialog } from "./state-dialogs.tsx";
import type { RunAction } from "./which-actions.ts";

const dialogs = {
  answer: AnswerDialog,
  retry: RetryDialog,
  cancel: CancelDialog,
  rerun: RerunDialog,
  force: ForceDialog,
  delete: DeleteDialog,
} as const satisfies Record<RunAction, unknown>;

export function RunDialogs(props: { readonly action: RunAction; readonly run: FlowRun; readonly onClose: () => void }) {
  // As it was when somebody decided on it: a dialog does not turn into another under the pointer.
  const [run] = useState(props.run);
  const Chosen = dialogs[props.action];
  return <Chosen run={run} onClose={props.onClose} />;
}
