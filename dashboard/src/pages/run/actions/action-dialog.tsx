/** What all actions on a run have in common: what will happen, the same as a command, and what the server answered. */

import { useMutation, useQueryClient } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { Button } from "../../../ui/button.tsx";
import { Command } from "../../../ui/copy.tsx";
import { Dialog } from "../../../ui/dialog.tsx";
import { ErrorNote } from "../../../ui/states-of-loading.tsx";

export function ActionDialog(props: {
  readonly title: string;
  readonly description: string;
  /** Verb and object. Null where the command is all that can be done. */
  readonly verb: string | null;
  readonly isDangerous?: boolean;
  readonly whyNot?: string | null;
  readonly commands: readonly string[];
  /** Does it, and says what became of it. */
  readonly act: () => Promise<ReactNode>;
  readonly onClose: () => void;
  readonly children?: ReactNode;
  readonly isWide?: boolean;
}) {
  const {
    title,
    description,
    verb,
    isDangerous = false,
    whyNot = null,
    commands,
    act,
    onClose,
    children,
    isWide,
  } = props;
  const client = useQueryClient();
  const doing = useMutation({
    mutationFn: act,
    // Not everything that changes has an event.
    onSettled: () => client.invalidateQueries({ refetchType: "active" }),
  });
  const isDone = doing.data !== undefined;
  return (
    <Dialog
      title={title}
      {...(isDone ? {} : { description })}
      isOpen
      onClose={onClose}
      {...(isWide === undefined ? {} : { isWide })}
      footer={
        isDone || verb === null ? (
          <Button onClick={onClose}>Close</Button>
        ) : (
          <>
            <Button onClick={onClose}>Leave it</Button>
            <Button
              kind={isDangerous ? "danger" : "primary"}
              onClick={() => doing.mutate()}
              whyNot={doing.isPending ? "The server is asked" : whyNot}
            >
              {verb}
            </Button>
          </>
        )
      }
    >
      <div className="flex min-w-0 flex-col gap-3">
        {isDone ? (
          <div role="status">{doing.data}</div>
        ) : (
          <>
            {children}
            {doing.error === null ? null : <ErrorNote error={doing.error} />}
            <div className="flex min-w-0 flex-col gap-1">
              <p className="text-small text-muted">
                {verb === null ? "Run this where the code is:" : "The same as a command:"}
              </p>
              {commands.map((command) => (
                <Command key={command} text={command} />
              ))}
            </div>
          </>
        )}
      </div>
    </Dialog>
  );
}
