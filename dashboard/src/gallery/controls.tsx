import { Ellipsis, Plus, Trash2 } from "lucide-react";
import { useState } from "react";
import { Button, type ButtonKind, IconButton } from "../ui/button.tsx";
import { Command, CopyButton, ShortId } from "../ui/copy.tsx";
import { Menu } from "../ui/menu.tsx";
import { Meter } from "../ui/meter.tsx";
import { Switch } from "../ui/switch.tsx";
import { say, sayError } from "../ui/toast.ts";
import { Case, Cases, Section } from "./case.tsx";

const kinds: readonly ButtonKind[] = ["primary", "plain", "quiet", "danger"];

export function Controls() {
  const [isOn, setOn] = useState(true);
  return (
    <Section title="Controls">
      <Cases>
        {kinds.map((kind) => (
          <Case key={kind} title={kind}>
            <span className="flex flex-wrap gap-2">
              <Button kind={kind}>Retry the run</Button>
              <Button kind={kind} icon={<Plus size={14} />}>
                With an icon
              </Button>
              <Button kind={kind} whyNot="It is being done">
                Cannot be pressed
              </Button>
            </span>
          </Case>
        ))}
      </Cases>
      <Cases>
        <Case title="Icons">
          <span className="flex">
            <IconButton label="Delete it">
              <Trash2 size={14} />
            </IconButton>
            <IconButton label="Delete what is gone" disabled>
              <Trash2 size={14} />
            </IconButton>
            <CopyButton text="what is copied" label="Copy it" />
          </span>
        </Case>
        <Case title="A menu">
          <Menu
            trigger={
              <IconButton label="More actions">
                <Ellipsis size={16} />
              </IconButton>
            }
            head="Above its items"
            items={[
              { label: "Copy the id", keys: "c", onSelect: () => say("It is copied.") },
              { label: "Cannot be chosen", whyNot: "Nothing is filtered", onSelect: () => undefined },
              "line",
              { label: "Delete the run…", isDangerous: true, icon: <Trash2 size={14} />, onSelect: () => undefined },
            ]}
          />
        </Case>
        <Case title="Switches">
          <span className="flex items-center gap-3">
            <Switch label="On or off" isOn={isOn} onChange={setOn} command="millrace limit disable database" />
            <Switch label="Off" isOn={false} onChange={() => undefined} />
            <Switch label="Cannot be switched" isOn isDisabled onChange={() => undefined} />
          </span>
        </Case>
        <Case title="Words that pass">
          <span className="flex gap-2">
            <Button onClick={() => say("The view is saved.")}>Say it</Button>
            <Button onClick={() => sayError(new Error("The server does not answer."))}>Say what went wrong</Button>
          </span>
        </Case>
      </Cases>
      <Cases>
        <Case title="An id">
          <ShortId id="2524b87f-da64-8b07-a86f-407afece2d8a" />
        </Case>
        <Case title="A command">
          <Command text="millrace flow-run inspect 2524b87f" />
        </Case>
        {(
          [
            ["Nothing taken", 0, 10],
            ["Some", 7, 10],
            ["Full", 10, 10],
            ["Without a limit", 1234, null],
          ] as const
        ).map(([title, used, limit]) => (
          <Case key={title} title={title}>
            <span className="flex w-40">
              <Meter used={used} limit={limit} what="slots" />
            </span>
          </Case>
        ))}
      </Cases>
    </Section>
  );
}
