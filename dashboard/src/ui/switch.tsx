import { Switch as Parts } from "radix-ui";
import { type Needs, useWhyNot } from "../app/may.ts";
import { CopyButton } from "./copy.tsx";

/** On or off, at once: what it switches is its name. */
export function Switch(props: {
  readonly label: string;
  readonly isOn: boolean;
  readonly onChange: (isOn: boolean) => void;
  readonly isDisabled?: boolean;
  /** As of Button. */
  readonly needs?: Needs;
  /** The command that switches it as a press would, to be copied beside it. */
  readonly command?: string;
}) {
  const { command, ...rest } = props;
  if (command === undefined) return <Lever {...rest} />;
  return (
    <span className="inline-flex items-center">
      <Lever {...rest} />
      <CopyButton text={command} label={`Copy the command that switches it ${rest.isOn ? "off" : "on"}`} />
    </span>
  );
}

function Lever(props: {
  readonly label: string;
  readonly isOn: boolean;
  readonly onChange: (isOn: boolean) => void;
  readonly isDisabled?: boolean;
  readonly needs?: Needs;
}) {
  const { label, isOn, onChange, isDisabled = false, needs } = props;
  const reason = useWhyNot()(needs);
  return (
    <Parts.Root
      aria-label={label}
      title={reason ?? label}
      checked={isOn}
      // Not `disabled`, which would take the focus from who has just switched it.
      aria-disabled={isDisabled || reason !== null}
      onCheckedChange={(next) => (isDisabled || reason !== null ? undefined : onChange(next))}
      className="inline-flex h-6 w-9 shrink-0 items-center aria-disabled:opacity-50"
    >
      <span
        className={`flex h-4.5 w-8 items-center rounded-full border forced-color-adjust-none ${isOn ? "justify-end border-accent bg-accent" : "justify-start border-[var(--control-line)] bg-panel"}`}
      >
        <Parts.Thumb
          className={`mx-0.5 block size-3 rounded-full ${isOn ? "bg-on-accent" : "bg-[var(--control-line)]"}`}
        />
      </span>
    </Parts.Root>
  );
}
