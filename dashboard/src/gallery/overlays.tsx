import { useState } from "react";
import { Button } from "../ui/button.tsx";
import { Dialog } from "../ui/dialog.tsx";
import { FormDialog } from "../ui/form-dialog.tsx";
import { TextField } from "../ui/field.tsx";
import { Section } from "./case.tsx";

type Open = "plain" | "form" | "danger" | null;

export function Overlays() {
  const [open, setOpen] = useState<Open>(null);
  const [name, setName] = useState("");
  const close = (): void => setOpen(null);
  return (
    <Section title="Overlays">
      <div className="flex flex-wrap gap-2">
        <Button onClick={() => setOpen("plain")}>Open a dialog</Button>
        <Button onClick={() => setOpen("form")}>Open a form</Button>
        <Button kind="danger" onClick={() => setOpen("danger")}>
          Open a question
        </Button>
      </div>
      <Dialog title="A dialog" description="What is about to happen." isOpen={open === "plain"} onClose={close}>
        <p>What it shows.</p>
      </Dialog>
      {open === "form" ? (
        <FormDialog
          title="Create a thing"
          verb="Create the thing"
          whyNot={name === "" ? "It needs a name" : null}
          command="millrace thing create"
          onClose={close}
          onSubmit={async () => {
            throw new Error("There is one of this name.");
          }}
        >
          <TextField label="Name" value={name} onChange={setName} />
        </FormDialog>
      ) : null}
      {open === "danger" ? (
        <FormDialog
          title="Delete the thing?"
          description="It goes, and cannot be brought back."
          verb="Delete the thing"
          isDangerous
          onClose={close}
          onSubmit={async () => undefined}
        />
      ) : null}
    </Section>
  );
}
