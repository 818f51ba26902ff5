import { type ReactNode, useId } from "react";
import { type Needs, useWhyNot } from "../app/may.ts";
import { Button } from "./button.tsx";
import { Command } from "./copy.tsx";
import { Dialog } from "./dialog.tsx";
import { ErrorNote } from "./states-of-loading.tsx";
import { useAction } from "./use-action.ts";

export interface FormDialogProps {
  readonly title: string;
  readonly description?: string;
  /** On the button: "Create the pool". */
  readonly verb: string;
  /** The command line that does the same. */
  readonly command?: string | null;
  readonly whyNot?: string | null;
  /** As of Button. */
  readonly needs?: Needs;
  readonly isDangerous?: boolean;
  readonly isWide?: boolean;
  /** Closes the dialog when it resolves; what it rejects with is shown in it. */
  readonly onSubmit: () => Promise<unknown>;
  readonly onClose: () => void;
  readonly children?: ReactNode;
}

/** Asks before something is done: for its values, or only whether. */
export function FormDialog(props: FormDialogProps) {
  const { title, description, verb, command = null, isDangerous = false, isWide = false } = props;
  const { onSubmit, onClose, children } = props;
  const whyNot = useWhyNot()(props.needs) ?? props.whyNot ?? null;
  const id = useId();
  const action = useAction(onSubmit, { keepsError: true });
  return (
    <Dialog
      title={title}
      {...(description === undefined ? {} : { description })}
      isOpen
      isWide={isWide}
      onClose={onClose}
      footer={
        <>
          <Button onClick={onClose}>Close</Button>
          <Button
            kind={isDangerous ? "danger" : "primary"}
            type="submit"
            form={id}
            whyNot={action.isBusy ? "It is being done" : whyNot}
          >
            {verb}
          </Button>
        </>
      }
    >
      <form
        id={id}
        className="flex flex-col gap-3"
        onSubmit={(event) => {
          event.preventDefault();
          if (whyNot !== null) return;
          void action.run().then((isDone) => (isDone ? onClose() : undefined));
        }}
      >
        {children}
        {action.error === null ? null : <ErrorNote error={action.error} />}
        {command === null ? null : (
          <div className="flex flex-col gap-1">
            <span className="text-small text-muted">The same on a command line:</span>
            <Command text={command} />
          </div>
        )}
      </form>
    </Dialog>
  );
}
