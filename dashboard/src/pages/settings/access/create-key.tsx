import type { MadeApiKey, OwnKeyToMake } from "millrace/client";
import { useRef, useState } from "react";
import { readNow } from "../../../format/now.ts";
import { toCommand } from "../../../format/shell.ts";
import { Button } from "../../../ui/button.tsx";
import { CopyButton } from "../../../ui/copy.tsx";
import { Dialog } from "../../../ui/dialog.tsx";
import { Field, Select, TextField, TextInput } from "../../../ui/field.tsx";
import { FormDialog } from "../../../ui/form-dialog.tsx";

const dayMs = 86_400_000;
/** In days; 0: until it is revoked. */
const lengths: readonly (readonly [days: string, label: string])[] = [
  ["7", "in 7 days"],
  ["30", "in 30 days"],
  ["90", "in 90 days"],
  ["365", "in a year"],
  ["0", "never"],
];

export function CreateKey(props: {
  readonly accountName: string;
  readonly create: (key: OwnKeyToMake) => Promise<MadeApiKey>;
  readonly onMade: (made: MadeApiKey) => void;
  readonly onClose: () => void;
}) {
  const { accountName, create, onMade, onClose } = props;
  const [name, setName] = useState("");
  const [days, setDays] = useState("90");
  const made = useRef<MadeApiKey | null>(null);
  const written = name.trim();
  return (
    <FormDialog
      title="Create an API key"
      description={`It may do what ${accountName} may.`}
      verb="Create the key"
      whyNot={written === "" ? "Say what it is for" : null}
      command={toCommand(
        "api-key",
        "create",
        "--account",
        accountName,
        "--name",
        written === "" ? "NAME" : written,
        ...(days === "0" ? [] : ["--expires-in", `${days}d`]),
      )}
      onClose={() => (made.current === null ? onClose() : onMade(made.current))}
      onSubmit={async () => {
        const expiresAt = days === "0" ? null : readNow() + Number(days) * dayMs;
        made.current = await create({ name: written, expiresAt });
      }}
    >
      <TextField
        label="What it is for"
        hint="As: laptop, CI, the workers of rack 7"
        isRequired
        autoFocus
        value={name}
        onChange={setName}
      />
      <Field label="Expires">
        {(ids) => <Select {...ids} value={days} options={lengths} onChange={({ target }) => setDays(target.value)} />}
      </Field>
    </FormDialog>
  );
}

/** The key itself is in no answer from now on, so this is closed only by saying that it is kept. */
export function ShowKey({ made, onClose }: { readonly made: MadeApiKey; readonly onClose: () => void }) {
  const { text, key } = made;
  return (
    <Dialog
      title={`The key for ${key.name}`}
      description="It is shown this once, and kept nowhere. Put it where it is needed now; who loses it makes another one."
      isOpen
      isHeld
      onClose={onClose}
      footer={
        <Button kind="primary" onClick={onClose}>
          I have kept it
        </Button>
      }
    >
      <div className="flex items-center gap-1">
        <TextInput
          aria-label="The key"
          readOnly
          value={text}
          onFocus={({ target }) => target.select()}
          className="w-full font-mono text-small"
        />
        <CopyButton text={text} label="Copy the key" />
      </div>
      <p className="mt-3 text-muted">
        The command line and workers take it from <code className="font-mono text-small">MILLRACE_API_KEY</code>,
        Prefect&apos;s clients from <code className="font-mono text-small">PREFECT_API_KEY</code>.
      </p>
    </Dialog>
  );
}
