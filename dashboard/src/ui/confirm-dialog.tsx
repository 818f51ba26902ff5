import { type ReactNode, useState } from "react";
import { Button } from "./button.tsx";
import { Command } from "./copy.tsx";
import { Dialog } from "./dialog.tsx";
import { ErrorNote } from "./states-of-loading.tsx";

/** Asks before something is done that cannot be taken back easily, and stays to say so when it was refused. */
export function ConfirmDialog(props: {
  readonly title: string;
  /** What will happen, in a sentence. */
  readonly description: string;
  /** Verb and object. */
  readonly action: string;
  readonly isDangerous?: boolean;
  /** The command line that does the same. */
  readonly command?: string;
  readonly run: () => Promise<void>;
  readonly onClose: () => void;
  readonly children?: ReactNode;
  readonly isWide?: boolean;
}) {
  const { title, description, action, isDangerous = false, command, run, onClose, children, isWide = false } = props;
  const [isBusy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const go = async (): Promise<void> => {
    setBusy(true);
    setError(null);
    try {
      await run();
      onClose();
    } catch (problem) {
      setError(problem);
      setBusy(false);
    }
  };
  return (
    <Dialog
      title={title}
      description={description}
      isOpen
      onClose={onClose}
      isWide={isWide}
      footer={
        <>
          <Button onClick={onClose}>Keep it as it is</Button>
          <Button kind={isDangerous ? "danger" : "primary"} disabled={isBusy} onClick={() => void go()}>
            {action}
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-3">
        {children}
        {error === null ? null : <ErrorNote error={error} />}
        {command === undefined ? null : <Command text={command} />}
      </div>
    </Dialog>
  );
}
