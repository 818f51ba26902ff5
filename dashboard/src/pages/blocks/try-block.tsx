/** Sends a test by a block: for those that the server itself sends something by. */

import { type BlockTrial, triableBlockTypes } from "millrace/client";
import { useState } from "react";
import { api } from "../../api/api.ts";
import { FormDialog } from "../../ui/form-dialog.tsx";

export const isTriable = (slug: string | undefined): boolean => triableBlockTypes.some((triable) => triable === slug);

/** These wake people up. */
const alarms: ReadonlySet<string> = new Set(["pager-duty-webhook", "opsgenie-webhook"]);

export function TryBlock(props: {
  readonly id: string;
  readonly slug: string;
  readonly reference: string;
  readonly onTried: (trial: BlockTrial) => void;
  readonly onClose: () => void;
}) {
  const { id, slug, reference, onTried, onClose } = props;
  const [failure, setFailure] = useState<string | null>(null);
  const what = slug === "webhook" ? "The address is called once" : "A message is sent once";
  return (
    <FormDialog
      title="Send a test?"
      description={`${what} by ${reference}, saying that it is a test.${alarms.has(slug) ? " It raises an alert there." : ""}`}
      verb="Send a test"
      onClose={onClose}
      onSubmit={async () => {
        setFailure(null);
        const trial = await api.tryBlock(id);
        if (!trial.isOk) {
          setFailure(trial.told);
          throw new Error(trial.told);
        }
        onTried(trial);
      }}
    >
      {failure === null ? null : <p className="text-muted">Nothing was changed: edit the block, and try it again.</p>}
    </FormDialog>
  );
}
